"""A run of ``dbt build`` as a person wants to follow it: how far it is, what it warns of.

dbt runs in a process of its own, since a build in this one would keep the warehouse file locked. It
tells its events as JSON lines; what is for developers goes to ``logs/``.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from tqdm import tqdm

from stayhouse.base.build_token import commit_of

DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
# Where nobody watches a bar, a line for each tenth of the steps, or after so many seconds.
_TENTH, _SECONDS = 0.1, 15.0
# Told of tests by what the law says, from run_results.json; told of all as one count.
_TOLD_OTHERWISE = ("LogTestResult", "RunResult", "CheckNodeTestFailure", "EndOfRunSummary")
_WARNING_LENGTH = 300
_BAR = "{desc}: {n_fmt} of {total_fmt} steps |{bar}| {elapsed}{postfix}"


@dataclass
class DbtRun:
    """What a run of dbt told: its exit code, its warnings and errors as sentences."""

    code: int = 0
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def run_dbt(root: Path, words: Iterable[str], log: TextIO) -> DbtRun:
    """Run ``dbt build`` and show its progress.

    Args:
        root: the project's folder, in which it runs.
        words: more words of its command line.
        log: takes every line that is no event: prints, tracebacks.
    """
    command = [*DBT, "--no-use-colors", "--log-format", "json", "--log-format-file", "debug"]
    # A debug log of every query costs two seconds of a build: DBT_LOG_LEVEL_FILE=debug asks for it.
    set_here = {
        "STAYHOUSE_COMMIT": commit_of(root),
        "DBT_PROFILES_DIR": str(root),
        "DBT_PROJECT_DIR": str(root),
        "DBT_LOG_LEVEL_FILE": "info",
    }
    environment = {**set_here, **os.environ}
    run = DbtRun()
    with (
        subprocess.Popen(
            [*command, "build", *words],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
        _ends_with_us(process),
        Progress() as progress,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            event = _event(line)
            if event is None:
                log.write(line)
                continue
            progress.take(event)
            _take(event, run)
    code = process.returncode
    run.code = code if code >= 0 else 128 - code  # as a shell says that a signal ended it
    return run


class Progress:
    """How far a run is: a bar on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.done = self.total = self.failed = 0
        self._began = self._said_at = time.perf_counter()
        self._said_of = 0
        self._bar: Any = None

    def __enter__(self) -> "Progress":
        """Show the bar, where there is a terminal."""
        if sys.stderr.isatty():
            self._bar = tqdm(desc="reading the project", bar_format="{desc}", total=1, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave a line on how it ended."""
        if self._bar is not None:
            self._bar.close()
        if self.total:
            self._say()

    def take(self, event: dict[str, Any]) -> None:
        """Count an event that ends a step."""
        name, data = event["info"]["name"], event["data"]
        is_end = name.startswith("Log") and name.endswith("Result")
        if not is_end and name not in ("SkippingDetails", "LogSkipBecauseError"):
            return
        self._grow(data.get("total") or self.total)
        self.done += 1
        self.failed += event["info"]["level"] == "error"
        now = time.perf_counter()
        if self._bar is not None:
            if self.failed:
                self._bar.set_postfix_str(f", {self.failed} failed", refresh=False)
            self._bar.update()
        elif (
            self.done - self._said_of >= _TENTH * self.total or now - self._said_at >= _SECONDS
        ) and self.done < self.total:
            self._say()
            self._said_of, self._said_at = self.done, now

    def _grow(self, total: int) -> None:
        self.total = total
        if self._bar is not None and self._bar.total != total:
            self._bar.set_description_str("building", refresh=False)
            self._bar.bar_format = _BAR
            self._bar.total = total
            self._bar.refresh()

    def _say(self) -> None:
        failed = f", {self.failed} failed" if self.failed else ""
        seconds = round(time.perf_counter() - self._began)
        print(
            f"  {self.done:,} of {self.total:,} steps ({100 * self.done // self.total} %), "
            f"{seconds // 60}:{seconds % 60:02}{failed}",
            flush=True,
        )


def _event(line: str) -> dict[str, Any] | None:
    """Return the event that a line of dbt's output tells; None where it is somebody else's."""
    if not line.startswith("{"):
        return None
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return event if {"info", "data"} <= event.keys() else None


def _take(event: dict[str, Any], run: DbtRun) -> None:
    info = event["info"]
    if info["level"] == "warn" and not info["name"].startswith(_TOLD_OTHERWISE):
        sentence = " ".join(info["msg"].split())
        if len(sentence) > _WARNING_LENGTH:
            sentence = f"{sentence[:_WARNING_LENGTH]}…"
        if sentence and sentence not in run.warnings:
            run.warnings.append(sentence)
    if info["level"] == "error" and info["name"].startswith("Main"):
        run.errors.append(event["data"].get("exc") or info["msg"])


@contextmanager
def _ends_with_us(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Let a process end where this one is told to, so that no build goes on unseen."""

    def end(number: int, frame: FrameType | None) -> None:
        process.terminate()

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if process.poll() is None and sys.exc_info()[0] is not None:
            process.terminate()
