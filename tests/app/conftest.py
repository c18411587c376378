"""The app as people meet it: a published shop, Streamlit in front of it, and a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from stayhouse.artifacts import public_marts
from stayhouse.publish import publish
from tests.building import CHECKOUT, Run

# An extra: without it these tests are left out, and this file is still read.
if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

# At a deep link Streamlit first asks below that address for its health, and then at the root.
_EXPECTED = ("/_stcore/health", "/_stcore/host-config")
_SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Site:
    """A project folder with a publication, the app in front of it, and the build behind it."""

    url: str
    root: Path
    run: Run

    def publish(self) -> None:
        """Publish the build again, as the next version."""
        publish(self.run.database, public_marts(self.run.target), self.root / "published")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query against what is published."""
        link = self.root / "published" / "stayhouse.duckdb"
        with duckdb.connect(str(link.resolve()), read_only=True) as con:
            return con.execute(sql).fetchall()


@dataclass
class Visit:
    """A window of the browser at the app, and what went wrong in it."""

    page: Page
    site: Site
    tongue: str = "en"
    wrong: list[str] = field(default_factory=list)

    def open(self, address: str) -> Visit:
        """Go to an address of the app and wait until it is drawn."""
        joint = "&" if "?" in address else "?"
        self.page.goto(f"{self.site.url}/{address}{joint}lang={self.tongue}")
        self.page.wait_for_selector("h1")
        return self.wait()

    def wait(self) -> Visit:
        """Wait until nothing runs and every chart is drawn, and hold what is seen to its word."""
        self.page.wait_for_timeout(150)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_function(
            "[...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
            ".every(chart => chart.querySelector('.vega-embed svg .role-mark, .vega-embed canvas'))"
        )
        for bad in (".sh-error", '[data-testid="stException"]'):
            assert self.page.locator(bad).count() == 0, self.page.locator(bad).first.inner_text()
        assert self.wrong == []
        return self

    def table(self, key: str) -> list[list[str]]:
        """Return the cells of a table; of a cell with its interval, the value."""
        cells: list[list[str]] = self.page.eval_on_selector_all(
            f'table[data-table="{key}"] tbody tr',
            "rows => rows.map(row => [...row.cells].map(cell => cell.firstChild.textContent))",
        )
        return cells

    def choose(self, key: str, option: int | str) -> str:
        """Choose an option of a list, by number or by name, and return what it says."""
        options = self._opened(key)
        chosen = (
            options.nth(option)
            if isinstance(option, int)
            else self.page.get_by_role("option", name=option, exact=True)
        )
        text = chosen.inner_text()
        chosen.click()
        self.wait()
        return text

    def options(self, key: str) -> int:
        """Return how many options a list has; the first one is chosen then."""
        options = self._opened(key)
        count = options.count()
        options.first.click()
        self.wait()
        return count

    def _opened(self, key: str) -> Locator:
        button = self.page.locator(f".st-key-{key} button[aria-haspopup=listbox]")
        # A list closes when the page scrolls, so scroll first.
        button.scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        button.click()
        self.page.wait_for_selector('[role="option"]')
        return self.page.get_by_role("option")


@pytest.fixture(scope="session")
def site(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample shop, published, and the app on a port of its own."""
    root = tmp_path_factory.mktemp("site")
    (root / "dbt_project.yml").touch()
    (root / "src" / "stayhouse").mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    place = Site(f"http://localhost:{port}", root, warehouse)
    place.publish()
    log = root / "app.log"
    with log.open("w") as out:
        app = subprocess.Popen(
            [sys.executable, "-m", "app", "--server.port", str(port)],
            cwd=root, env={**os.environ, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'src'}"},
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        for _ in range(300):
            assert app.poll() is None, log.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.1)
        yield place
    finally:
        app.terminate()
        app.wait()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a screen and without errands of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--no-first-run"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A window; a test may ask for another theme, screen or language by parameters."""
    asked = getattr(request, "param", "light-desktop-en")
    theme, screen, tongue = asked.split("-")
    width, height = _SCREENS[screen]
    context = chromium.new_context(
        color_scheme=theme, viewport={"width": width, "height": height}, accept_downloads=True
    )
    context.set_default_timeout(30_000)
    window = Visit(context.new_page(), site, tongue)

    def on_console(message: ConsoleMessage) -> None:
        is_expected = str(message.location.get("url", "")).endswith(_EXPECTED)
        if message.type == "error" and not is_expected:
            window.wrong.append(f"console: {message.text}")

    def on_request(asked: Request) -> None:
        if not asked.url.startswith((site.url, "data:", "blob:")):
            window.wrong.append(f"request to {asked.url}")

    window.page.on("console", on_console)
    window.page.on("pageerror", lambda error: window.wrong.append(f"script: {error}"))
    window.page.on("request", on_request)
    yield window
    context.close()
