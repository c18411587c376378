"""The app as people meet it: a published shop, Streamlit in front of it, and a real browser."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pytest

from stayhouse.base.artifacts import public_marts
from stayhouse.publishing.publish import publish
from tests.building import CHECKOUT, Run

# An extra: without it these tests are left out, and this file is still read.
if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Locator, Page, Request

# At a deep link Streamlit first asks below that address for its health, and then at the root.
_EXPECTED = ("/_stcore/health", "/_stcore/host-config")
_CONTROLS = """
[...document.querySelectorAll('[data-testid=stMain], [data-testid=stSidebarUserContent]')]
    .flatMap(part => [...part.querySelectorAll(
        'button, input, select, textarea, summary, iframe, [role=slider], [contenteditable=true]')])
    .filter(e => !e.closest('[data-testid=stElementToolbar]'))
    .map(e => {
        const named = e.closest('[class*="st-key-"]:not([class*="st-key-figure-"])');
        return named ? [...named.classList].find(c => c.startsWith('st-key-')).slice(7)
            : 'without a key: ' + (e.innerText || e.ariaLabel || e.tagName);
    })
"""
_WORDS = """
[...document.querySelectorAll('[data-testid=stMain], [data-testid=stSidebar]')].flatMap(part => {
    const texts = [], all = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (all.nextNode()) texts.push(all.currentNode);
    return texts.filter(text => !text.parentElement.closest('code, style, script, q'))
        .map(text => text.data);
}).join('\\n')
"""
# Notes when the page last asked for a run of its script, which is field 11 of Streamlit's message,
# and when one was last seen.
_NOTE_RUNS = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (message) {
    if (message[0] === (11 << 3 | 2)) window.askedAt = performance.now();
    return send.call(this, message);
};
new MutationObserver(() => {
    const app = document.querySelector('[data-testid=stApp]');
    if (app?.dataset.testScriptState === 'running') window.ranAt = performance.now();
}).observe(document, {subtree: true, attributeFilter: ['data-test-script-state']});
"""
# A run that was asked for has begun, however busy the machine is. Between two runs of a page, as
# when an address is put right, Streamlit says for a moment that nothing runs, and what was drawn
# may come after that: so nothing runs, and nothing is added, for a fifth of a second.
_IS_STILL = """
() => {
    const state = document.querySelector('[data-testid=stApp]').dataset.testScriptState;
    const seen = state + document.querySelectorAll('[data-testid=stMain] *').length;
    const now = performance.now();
    if (state === 'running') window.ranAt = now;
    const isAsked = window.askedAt > (window.ranAt ?? 0) && now - window.askedAt < 3000;
    if (seen !== window.seenLast || state !== 'notRunning' || isAsked) {
        window.seenLast = seen;
        window.seenSince = now;
    }
    return now - window.seenSince > 200;
}
"""
# Streamlit fetches the script of each kind of part when one is first drawn; a grey field holds its
# place until then.
_IS_WHOLE = "!document.querySelector('[data-testid=stSkeleton]')"
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
        with self._open() as con:
            return con.execute(sql).fetchall()

    def csv(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a CSV file gives them."""
        with self._open() as con:
            con.execute("set TimeZone = 'UTC'")
            return pd.read_csv(io.StringIO(con.execute(sql).df().to_csv(index=False)))

    def _open(self) -> duckdb.DuckDBPyConnection:
        link = self.root / "published" / "stayhouse.duckdb"
        return duckdb.connect(str(link.resolve()), read_only=True)


@dataclass
class Visit:
    """A window of the browser at the app, and what went wrong in it."""

    page: Page
    site: Site
    tongue: str = "en"
    wrong: list[str] = field(default_factory=list)

    def open(self, address: str) -> Visit:
        """Go to an address of the app and wait until it is drawn."""
        from playwright.sync_api import TimeoutError as NeverCame

        joint = "&" if "?" in address else "?"
        self.page.goto(f"{self.site.url}/{address}{joint}lang={self.tongue}")
        try:
            self._wait_for_parts()
        except NeverCame:
            # As was seen in CI, and never by hand: a script of Streamlit's own (that of all buttons
            # for files) does not come, without an error. A person loads the page again.
            self.page.reload()
            self._wait_for_parts()
        return self.wait()

    def _wait_for_parts(self) -> None:
        # The last that a page draws: on a busy machine it may stand still before that for a while.
        self.page.wait_for_selector(".sh-footer, .sh-error")
        self.page.wait_for_function(_IS_WHOLE)

    def wait(self) -> Visit:
        """Wait until nothing runs and every chart is drawn, and hold what is seen to its word."""
        self.page.wait_for_timeout(50)
        self.page.wait_for_function(_IS_WHOLE)
        self.page.wait_for_function(_IS_STILL, polling=30)
        self.page.wait_for_function(
            "[...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
            ".every(chart => chart.querySelector('.vega-embed svg .role-mark, .vega-embed canvas'))"
        )
        for bad in (".sh-error", '[data-testid="stException"]'):
            assert self.page.locator(bad).count() == 0, self.page.locator(bad).first.inner_text()
        assert self.wrong == []
        return self

    def table(self, key: str) -> list[list[str]]:
        """Return the cells of a table that is there; of a cell with its interval, the value."""
        place = f'table[data-table="{key}"]'
        self.page.wait_for_selector(place, state="attached")
        cells: list[list[str]] = self.page.eval_on_selector_all(
            f"{place} tbody tr",
            "rows => rows.map(row => [...row.cells].map(cell => cell.firstChild.textContent))",
        )
        return cells

    def controls(self) -> list[str]:
        """Return the key of every control on the page, in order; without a key, what it says.

        Links of tables lead away, and the buttons that Streamlit lays over a chart are hidden.
        """
        found: list[str] = self.page.evaluate(_CONTROLS)
        return list(dict.fromkeys(found))

    def words(self) -> str:
        """Return every text on the page, one a line, without code and what customers wrote."""
        return str(self.page.evaluate(_WORDS))

    def csv(self, key: str) -> pd.DataFrame:
        """Return the rows that a chart or table gives as CSV."""
        with self.page.expect_download() as download:
            self.page.locator(f".st-key-csv-{key} button").click()
        return pd.read_csv(download.value.path())

    def picture(self, key: str) -> bytes:
        """Return the picture of a chart, as it is given for a slide."""
        with self.page.expect_download() as download:
            self.page.locator(f".st-key-png-{key} button").click()
        return Path(download.value.path()).read_bytes()

    def sql(self, key: str) -> str:
        """Return the SQL under "How is this computed" of a chart or table."""
        button = self.page.locator(f".st-key-how-{key} button")
        button.click()
        code = self.page.locator('[data-testid="stPopoverBody"] pre code')
        text = code.inner_text()
        button.click()
        code.wait_for(state="detached")
        return text

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

    def options(self, key: str) -> list[str]:
        """Return what the options of a list say; the first one is chosen then."""
        options = self._opened(key)
        texts = options.all_inner_texts()
        options.first.click()
        self.wait()
        return texts

    def _opened(self, key: str) -> Locator:
        button = self.page.locator(f".st-key-{key} button[aria-haspopup=listbox]")
        options = self.page.get_by_role("option")
        # A list closes when the page scrolls, so scroll first; a chart that comes late may scroll
        # it all the same.
        button.scroll_into_view_if_needed()
        for pause in (100, 300, 300):
            self.page.wait_for_timeout(pause)
            if options.count() == 0:
                button.click()
            self.page.wait_for_timeout(150)
            if options.count():
                break
        options.first.wait_for()
        return options


@pytest.fixture(scope="session")
def site(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample shop, published, and the app on a port of its own."""
    with served(warehouse, tmp_path_factory.mktemp("site")) as place:
        yield place


@contextmanager
def served(warehouse: Run, root: Path) -> Iterator[Site]:
    """Publish a build into a project folder and put the app in front of it, until the end."""
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
    """Debian's browser without windows, and without errands of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--no-first-run"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tab(chromium: Browser) -> Iterator[Page]:
    """One tab for all visits.

    To fetch and compile the app's scripts anew took more than half of a page's time.
    """
    context = chromium.new_context(accept_downloads=True)
    # The first page of a run, when nothing is compiled, took over a minute beside other sections of
    # CI. A page that never comes fails all the same.
    context.set_default_timeout(180_000)
    context.add_init_script(_NOTE_RUNS)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(site: Site, tab: Page, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A window; a test may ask for another theme, screen or language by parameters."""
    asked = getattr(request, "param", "light-desktop-en")
    with window(site, tab, *asked.split("-")) as opened:
        yield opened


@contextmanager
def window(
    site: Site, tab: Page, theme: str = "light", screen: str = "desktop", tongue: str = "en"
) -> Iterator[Visit]:
    """Open a window at a site, in which every error and every request elsewhere is noted."""
    width, height = _SCREENS[screen]
    opened = Visit(tab, site, tongue)
    # The visit before may have looked at what is printed.
    tab.emulate_media(media="screen", color_scheme=theme)  # type: ignore[arg-type]
    tab.set_viewport_size({"width": width, "height": height})

    def on_console(message: ConsoleMessage) -> None:
        is_expected = str(message.location.get("url", "")).endswith(_EXPECTED)
        if message.type == "error" and not is_expected:
            opened.wrong.append(f"console: {message.text}")

    def on_request(asked: Request) -> None:
        if not asked.url.startswith((site.url, "data:", "blob:")):
            opened.wrong.append(f"request to {asked.url}")

    def on_error(error: Error) -> None:
        opened.wrong.append(f"script: {error}")

    def on_dialog(dialog: Dialog) -> None:
        opened.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    heard = {
        "dialog": on_dialog,
        "console": on_console,
        "pageerror": on_error,
        "request": on_request,
    }
    for event, listener in heard.items():
        tab.on(event, listener)  # type: ignore[call-overload]
    try:
        yield opened
    finally:
        # Nothing of this visit is the next one's, also where it failed: no theme from the menu, and
        # nobody who still listens.
        for event, listener in heard.items():
            tab.remove_listener(event, listener)
        tab.evaluate("localStorage.clear()")
        tab.goto("about:blank")
