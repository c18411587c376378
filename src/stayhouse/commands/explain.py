"""``stayhouse explain``: what failed in the last build, and what to do about it."""

import argparse
from pathlib import Path

from stayhouse.base import project
from stayhouse.reports.explain import report


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``explain``."""
    parser = subparsers.add_parser(
        "explain",
        help="say what failed in the last build, and what to do",
        description="Read what dbt wrote about its last run, and say of each failure and warning "
        "what it means, which rows broke it and what to do. Exits with 1 when something failed.",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder that dbt wrote manifest.json and run_results.json to (default: target)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    return report(root, root / args.target_path)
