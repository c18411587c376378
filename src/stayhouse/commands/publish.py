"""``stayhouse publish``: publish the last build again."""

import argparse
from pathlib import Path

from stayhouse.base import project
from stayhouse.publishing.publish import publish_last


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``publish``."""
    parser = subparsers.add_parser(
        "publish",
        help="copy the public marts to published/, for BI tools",
        description="Copy the public marts of the last good 'dbt build' to published/ as a DuckDB "
        "file and as Parquet. A build that failed publishes nothing; readers never see half.",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder that dbt wrote its files to (default: target)",
    )
    parser.set_defaults(run=_run, writes_data=True)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    publish_last(root, root / args.target_path)
    return 0
