"""The tour's pictures: the app in front of what is published, in a browser without windows."""

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tests.building import CHECKOUT

_WIDTH = 1180
# What of a page is pictured: so many pixels from its top, or the figure of this key.
_PAGES: dict[str, int | str] = {
    "quality": 1180,
    "overview": 1180,
    "retention": "retention_triangle",
    "lifecycle": 760,
    "segments": 900,
    "acquisition": 960,
    "funnel": 760,
    "baskets": 760,
    "rhythm": 960,
    "churn": 780,
    "churn_model": 820,
    "value": 960,
    "recommendations": 960,
    "experiments": 760,
    "feedback": 900,
    "customer": 1250,
}
_QUALITY = 80


def take(folder: Path, person: str) -> list[Path]:
    """Picture every page into a folder, as WebP; return the files.

    Args:
        folder: made if it does not exist.
        person: whose page is pictured.
    """
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with _app() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(60_000)
        for name, part in _PAGES.items():
            height = part if isinstance(part, int) else 1180
            page.set_viewport_size({"width": _WIDTH, "height": height})
            asked = f"{name}?person={person}&" if name == "customer" else f"{name}?"
            page.goto(f"{url}/{'?' if name == 'overview' else asked}lang=en")
            page.wait_for_selector("h1")
            page.wait_for_timeout(500)
            page.wait_for_selector(
                '[data-testid="stApp"][data-test-script-state="notRunning"]', state="attached"
            )
            page.wait_for_function(
                "[...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
                ".every(chart => chart.querySelector('.vega-embed svg'))"
            )
            page.wait_for_timeout(500)
            taken = (
                page.locator(f".st-key-figure-{part}").screenshot()
                if isinstance(part, str)
                else page.screenshot()
            )
            path = folder / f"{name}.webp"
            Image.open(io.BytesIO(taken)).convert("RGB").save(path, quality=_QUALITY, method=6)
            made.append(path)
        browser.close()
    return made


@contextmanager
def _app() -> Iterator[str]:
    """The app on a port of its own; gives its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    app = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(CHECKOUT / "app" / "main.py"),
         "--server.port", str(port)],
        cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT / "src")},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        app.terminate()
        app.wait()
