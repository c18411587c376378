"""``stayhouse summary``: what a build found, on one page."""

import argparse
from pathlib import Path

from stayhouse.base import project
from stayhouse.base.artifacts import warn_rate
from stayhouse.reports.summary import summary_lines


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``summary``."""
    parser = subparsers.add_parser(
        "summary",
        help="print what was found and where to look",
        description="Print what a build found: rows, people, orders, cohorts, segments, churn.",
    )
    parser.add_argument(
        "--db",
        type=Path,
        help="a DuckDB file with the marts, such as published/stayhouse.duckdb (default: the "
        "warehouse file, STAYHOUSE_DB or warehouse/stayhouse.duckdb)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    path = args.db or project.warehouse_path(root)
    rate = warn_rate(root, root / "target")
    places = [(str(path), "every mart of this file")]
    published = None if args.db else root / "published"
    print("\n".join(summary_lines(path, places, rate, published=published)))
    return 0
