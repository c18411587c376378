"""``stayhouse costs``: where the time of builds goes."""

import argparse
from pathlib import Path

from stayhouse.base import project
from stayhouse.reports.costs import cost_lines, read_costs


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``costs``."""
    parser = subparsers.add_parser(
        "costs",
        help="show the seconds, rows and bytes of the last builds by room and step",
        description="Show what the last whole build cost by room and step, beside the build "
        "before it: seconds, rows, megabytes, and which steps grew more than their rows.",
    )
    parser.add_argument("--room", help="list the steps of this room, such as core")
    parser.add_argument(
        "--db",
        type=Path,
        help="the warehouse file (default: STAYHOUSE_DB or warehouse/stayhouse.duckdb)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    database = args.db or project.warehouse_path(project.project_root())
    print("\n".join(cost_lines(read_costs(database), args.room)))
    return 0
