"""``stayhouse pull``."""

import argparse

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.commands.land import follow, print_batches
from stayhouse.landing.limits import read_limits
from stayhouse.pulling.pull import pull

_DESCRIPTION = """\
Land what is new in the tables of a database: PostgreSQL, MySQL or SQLite. Which tables, and by
which column new and changed rows are known, stands in models/staging/<source>/pull.toml
(docs/sources/database.md). The URL of the database is read from STAYHOUSE_DATABASE_<SOURCE>, of
your shell or of .env. Rows land in batches, as files do ('stayhouse land'); a pull that broke off
is run again and goes on where it was, without loss or repetition."""

_EXAMPLES = """\
examples:
  STAYHOUSE_DATABASE_SHOP=postgresql://reader:secret@localhost/shop stayhouse pull shop"""


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``pull``."""
    parser = subparsers.add_parser(
        "pull",
        help="land what is new in the tables of a database",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", help="a folder of models/staging with a pull.toml")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="land also what 'stayhouse land' lands only with --accept",
    )
    parser.set_defaults(run=_run, writes_data=True)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    landing = project.own_landing(root)
    variable, url = project.database_url(args.source)
    warn_rate = read_limits(root).warn_rate
    follow(root, args.source)
    steps = pull(
        root,
        landing,
        args.source,
        url=url,
        variable=variable,
        key=project.pii_key(),
        accepts_rejected=args.accept,
    )
    try:
        for step in steps:
            if step.landing:
                print_batches(step.landing, warn_rate)
            if step.rows_to_come:
                label = f"{args.source}.{step.table}"
                print(f"{label}: {step.rows_read:,} of {step.rows_to_come:,} rows", flush=True)
            for note in step.notes:
                print(f"{args.source}.{step.table}: {note}", flush=True)
    except KeyboardInterrupt:
        raise StayhouseError(
            "Interrupted: what has landed stays; run the command again, and it goes on from there."
        ) from None
    return 0
