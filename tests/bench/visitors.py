"""How long a browser waits for the first page of a server that nobody has visited yet."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.building import CHECKOUT

_VISITORS = 4
_CHARTS = "[...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
# The overview has four figures, three of them with a chart.
_DRAWN = (
    f"document.querySelectorAll('.sh-row details').length === 8 && {_CHARTS}.length === 2 "
    f"&& {_CHARTS}.every(chart => chart.querySelector('.vega-embed svg .role-mark'))"
)


def measure(root: Path) -> None:
    """Start the app in a project folder; print what each of some visitors waits, and the CPU.

    Each visitor has a browser of their own, with nothing kept from before. Without Playwright or
    its browser a line says that they are missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("no visitors: Playwright is missing, see README, Look at it")
        return
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    app = subprocess.Popen(
        [sys.executable, "-m", "app", "--server.port", str(port)],
        cwd=root, env={**os.environ, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'src'}"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _listens(port):
            assert app.poll() is None
            time.sleep(0.02)
        print(f"the app listens after {time.perf_counter() - began:.2f} s, "
              f"{_cpu(app.pid):.2f} s of CPU")  # fmt: skip
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium-headless-shell"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            for number in range(1, _VISITORS + 1):
                page = browser.new_context().new_page()
                spent, began = _cpu(app.pid), time.perf_counter()
                page.goto(f"http://localhost:{port}/")
                page.wait_for_function(_DRAWN, polling=20, timeout=60_000)
                waited = time.perf_counter() - began
                print(f"visitor {number}: {waited:.2f} s, "
                      f"{_cpu(app.pid) - spent:.2f} s of the server's CPU")  # fmt: skip
                page.context.close()
            browser.close()
    finally:
        app.terminate()
        app.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("localhost", port)) == 0


def _cpu(pid: int) -> float:
    """Return the CPU seconds, user and system, that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
