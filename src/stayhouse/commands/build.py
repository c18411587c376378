"""``stayhouse build``: dbt's build as a person wants to follow it, and then its publication.

dbt runs in a process of its own, since a build in this one would keep the warehouse file locked. It
tells its events as JSON lines; what is for developers goes to ``logs/``.
"""

import argparse
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

from stayhouse.base import project
from stayhouse.base.artifacts import warn_rate
from stayhouse.base.build_token import commit_of
from stayhouse.base.errors import StayhouseError
from stayhouse.base.seed_files import check_seeds
from stayhouse.base.sources import without_idle_sources
from stayhouse.base.warehouse import reading
from stayhouse.commands.land import follow
from stayhouse.publishing import publish
from stayhouse.reports import explain
from stayhouse.reports.costs import dearest_line, note_costs
from stayhouse.reports.fits import TAG, fits_of_night
from stayhouse.reports.stopped import lines_of
from stayhouse.reports.style import style_of
from stayhouse.reports.summary import summary_lines
from stayhouse.reports.unit_tests import forget_removed

DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
LOG = "build.log"
# Where nobody watches a bar, a line for each tenth of the steps, or after so many seconds.
_TENTH, _SECONDS = 0.1, 15.0
# Told of tests by what the law says, from run_results.json; told of all as one count.
_TOLD_OTHERWISE = ("LogTestResult", "RunResult", "CheckNodeTestFailure", "EndOfRunSummary")
_WARNING_LENGTH = 300
# Schemas and catalogs that DuckDB has already.
_TAKEN = ("main", "memory", "system", "temp")
_BAR = "{desc}: {n_fmt} of {total_fmt} steps |{bar}| {elapsed}{postfix}"


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``build``."""
    parser = subparsers.add_parser(
        "build",
        help="build the warehouse with dbt, test it, publish it",
        description="Run 'dbt build' and show how far it is; then publish, or say what failed and "
        "what to do. Unit tests are left out: no data moves them, and 'make test' runs them. Exits "
        "as dbt does: 1 when something failed, 2 when it could not begin.",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder for what dbt writes about its run (default: target)",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--nightly",
        action="store_true",
        help="apply what was fitted last, where it is younger than var train_every_days; what the "
        "data has drifted from, or what other code or settings made, is fitted anew",
    )
    which.add_argument(
        "--model",
        default="",
        help="this model alone, with what it reads of its own room, their unit tests, grains and "
        "laws; nothing is published",
    )
    parser.add_argument("--no-publish", action="store_true", help="build and test only")
    parser.add_argument(
        "words",
        nargs="*",
        metavar="-- WORDS",
        help="words for 'dbt build', after two dashes, such as -- --full-refresh",
    )
    parser.set_defaults(run=_run, writes_data=True)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    target = root / args.target_path
    landing = project.landing_path(root)
    what = "the sample, an invented shop," if landing is None else f"what landed in {landing}"
    if read := project.sources_read(root):
        tables = f"the tables of {', '.join(read)} that var reads names"
        what = tables if landing is None else f"{tables}, and {what}"
    warehouse = project.warehouse_path(root)
    _check(warehouse)
    check_seeds(root)
    for source in project.setting(root, "sources") or {}:
        follow(root, source)
    words = [*args.words, "--target-path", str(target)]
    fits = fits_of_night(root, warehouse, args.words) if args.nightly else None
    if fits is not None and not fits.are_due:
        words += ["--exclude", TAG]
    if args.model:
        words += ["--select", *_select(root, args.model, whole=not warehouse.exists())]
    else:
        # Unit tests hold SQL to rows of their own: no data moves them, `make test` runs them once.
        words += ["--exclude-resource-type", "unit_test"]
        words += without_idle_sources(root, landing, warehouse)
    log = root / "logs" / LOG
    what = f"{args.model} of {what}" if args.model else what
    print(f"Building {what} and testing it; developers' lines are in {log}.", flush=True)
    if fits is not None:
        print(fits.sentence, flush=True)
    log.parent.mkdir(exist_ok=True)
    forget_removed(root, target)
    try:
        with log.open("w", encoding="utf-8") as lines:
            run = run_dbt(root, words, lines)
            if args.model and run.code and forget_removed(root, target):
                print("dbt's cache held unit tests that no YAML has any more: once without it.")
                run = run_dbt(root, words, lines)
    except KeyboardInterrupt:
        run = DbtRun(128 + signal.SIGINT)
    for sentence in run.warnings:
        print(f"dbt warns: {sentence}")
    if run.code == 1:
        explain.report(root, target)
        print("Nothing was published: readers keep what was published before.")
        return 1
    if run.code != 0:
        print("\n".join(_why_it_stopped(run, log, root)), file=sys.stderr)
        return run.code
    if args.model:
        for sentence in _style(root, args.model):
            print(f"style: {sentence}")
        print(
            f"{args.model} is built, and its checks hold. `dbt show -s {args.model}` shows rows, "
            "`make test CHANGED=main` says what else it touches, `make build` publishes it."
        )
        return 0
    # A build of a part says nothing of what the whole costs.
    costs = "" if args.words else dearest_line(note_costs(target, warehouse))
    if args.no_publish:
        places = [(str(warehouse), "every mart; nothing was published")]
        warnings = explain.warnings_of(target)
        rate = warn_rate(root, target)
        print("\n".join(summary_lines(warehouse, places, rate, warnings=warnings)))
        if costs:
            print(f"\n{costs}")
        return 0
    publish.publish_last(root, target)
    if costs:
        print(f"\n{costs}")
    print("\nLook at it: make app")
    return 0


def _select(root: Path, model: str, *, whole: bool) -> list[str]:
    """Return dbt's selection of a model with what it rests on: room and seeds, or all of it.

    Where the rest of the warehouse stands, all tests that read the model run, also those that read
    another one beside it, as a law does that ties it to a neighbour.

    Raises:
        StayhouseError: there is no such model.
    """
    for path, room in project.model_files(root):
        if path.stem == model:
            if whole:
                return [f"+{model}"]
            return [
                f"+{model},fqn:stayhouse.{room}",
                f"+{model},resource_type:seed",
                f"{model}+1,resource_type:test",
            ]
    raise StayhouseError(
        f"No model is named {model}: give the name of a file of models, without its folder."
    )


def _style(root: Path, model: str) -> list[str]:
    """What is not in the house's style of a model's SQL: told here, since `make test` asks it."""
    paths = [path for path, _ in project.model_files(root) if path.stem == model]
    found = style_of(root, paths[0])
    return (
        [*found, f"`sqlfluff fix {paths[0].relative_to(root)}` mends most of it"] if found else []
    )


def _check(warehouse: Path) -> None:
    """Say in a sentence what dbt would say in a traceback: the file cannot be written.

    Raises:
        StayhouseError: its folder is missing, its name is DuckDB's own, another process has it, or
            it is no DuckDB file.
    """
    if not warehouse.parent.is_dir():
        raise StayhouseError(
            f"The folder {warehouse.parent} of the warehouse file is missing: make it, or set "
            "STAYHOUSE_DB to a file elsewhere."
        )
    if warehouse.stem in _TAKEN:
        raise StayhouseError(
            f"DuckDB calls a file by its name, and {warehouse.stem} is a name of its own: set "
            "STAYHOUSE_DB to a file of another name, such as warehouse/stayhouse.duckdb."
        )
    if warehouse.exists():
        with reading(warehouse):
            pass


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


def _why_it_stopped(run: DbtRun, log: Path, root: Path) -> Iterator[str]:
    """Say why dbt ran nothing, in the sentence of the macro that stopped it where there is one."""
    for error in run.errors:
        told, *remedy = lines_of(error, root)
        yield from (f"stayhouse: {told}", *remedy)
    if run.code > 128:
        yield (
            f"stayhouse: The build was ended from outside (signal {run.code - 128}): run it again; "
            "readers keep what was published before."
        )
    elif not run.errors:
        yield f"stayhouse: dbt could not run (its words are in {log}): run 'stayhouse doctor'."


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
