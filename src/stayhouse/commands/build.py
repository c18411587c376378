"""``stayhouse build``: dbt's build as a person wants to follow it, and then its publication."""

import argparse
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from stayhouse.base import project
from stayhouse.base.artifacts import warn_rate
from stayhouse.base.dbt_run import DbtRun, run_dbt
from stayhouse.base.errors import StayhouseError
from stayhouse.base.seed_files import check_seeds
from stayhouse.base.sources import without_idle_sources
from stayhouse.base.warehouse import reading
from stayhouse.commands.land import follow
from stayhouse.publishing import publish
from stayhouse.publishing.quiet import quiet_night
from stayhouse.reports import explain
from stayhouse.reports.costs import dearest_line, note_costs
from stayhouse.reports.fits import TAG, fits_of_night
from stayhouse.reports.stopped import lines_of
from stayhouse.reports.style import style_of
from stayhouse.reports.summary import summary_lines
from stayhouse.reports.unit_tests import forget_removed

LOG = "build.log"
# Schemas and catalogs that DuckDB has already.
_TAKEN = ("main", "memory", "system", "temp")


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
    if sentence := project.misspelt_var(root):
        raise StayhouseError(sentence)
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
    if fits is not None and not args.words:
        published = None if args.no_publish else root / "published"
        if sentence := quiet_night(root, landing, warehouse, fits, published):
            print(sentence)
            return 0
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
        page = summary_lines(
            warehouse, places, rate, warnings=warnings, published=root / "published"
        )
        print("\n".join(page))
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


def _why_it_stopped(run: DbtRun, log: Path, root: Path) -> Iterator[str]:
    """Say why dbt ran nothing, in the sentence of the macro that stopped it where there is one."""
    told = (tuple(lines_of(error, root)) for error in run.errors)
    # dbt tells some errors twice, once with its own traceback.
    for sentence, *remedy in dict.fromkeys(told):
        yield from (f"stayhouse: {sentence}", *remedy)
    if run.code > 128:
        yield (
            f"stayhouse: The build was ended from outside (signal {run.code - 128}): run it again; "
            "readers keep what was published before."
        )
    elif not run.errors:
        yield f"stayhouse: dbt could not run (its words are in {log}): run 'stayhouse doctor'."
