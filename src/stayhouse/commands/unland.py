"""``stayhouse unland``."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import reading
from stayhouse.landing.manifest import Batch
from stayhouse.landing.unland import landed_batches, unland

_DESCRIPTION = """\
Take a landed batch back, known by its number or by the name of the file that landed; or all
batches of a table, of a source or of a night. The warehouse and what is published hold it until
the next build. Land the same file again to undo it: it then counts as what landed last. People who
were erased stay erased."""

_EXAMPLES = """\
examples:
  stayhouse unland shop --file orders_may.csv
  stayhouse unland shop --table orders --batch 12
  stayhouse unland shop --landed-on 2026-11-26
  stayhouse unland shop --all"""


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``unland``."""
    parser = subparsers.add_parser(
        "unland",
        help="take a landed batch back",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", help="the source that it landed in, such as shop")
    parser.add_argument("--table", help="the table, where several have such a batch")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--batch", type=int, metavar="N", help="the batch's number")
    which.add_argument("--file", metavar="NAME", help="the name of the file that landed")
    which.add_argument(
        "--landed-on", type=date.fromisoformat, metavar="DAY",
        help="all batches that landed on a day of UTC, such as 2026-11-26",
    )  # fmt: skip
    which.add_argument("--all", action="store_true", help="all batches of the table or source")
    parser.set_defaults(run=_run, writes_data=True)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    landing = project.own_landing(root)
    taken = unland(
        root,
        landing,
        args.source,
        table=args.table,
        number=args.batch,
        file=args.file,
        day=args.landed_on,
        takes_all=args.all,
    )
    for batch in taken:
        print(
            f"{batch.source}.{batch.table} batch {batch.batch_id}: {batch.rows_landed:,} rows "
            f"taken back, {batch.file}"
        )
    print(_what_comes(root, landing, taken))
    pulled = project.pull_folder(landing, args.source)
    if pulled.exists():
        print(
            f"What was pulled is behind the cursor: to have it again, remove {pulled} and run "
            f"'stayhouse pull {args.source}', which reads its tables from the beginning. "
            "Rows that still stand count once."
        )
    return 0


def _what_comes(root: Path, landing: Path, taken: Sequence[Batch]) -> str:
    """Say what the next build does."""
    if not landed_batches(landing):
        return "Nothing is landed any more: builds stop until something is."
    events = {(batch.source, batch.batch_id) for batch in taken if batch.table == "events"}
    if _are_taken(root, events):
        told = "events, sessions and visitor days anew, from all batches that are left"
    else:
        told = "all marts without that; events, sessions and visitor days go on as ever"
    return f"Next build: {told}. One with --nightly applies what was fitted with it."


def _are_taken(root: Path, events: set[tuple[str, int]]) -> bool:
    """Return whether a build has taken one of these batches of events, or may have."""
    warehouse = project.warehouse_path(root)
    if not events or not warehouse.exists():
        return False
    try:
        with reading(warehouse) as con:
            ledger = con.execute("select source_name, batch_id from core.int_batches__numbered")
            return not events.isdisjoint(ledger.fetchall())
    except (StayhouseError, duckdb.CatalogException):
        return True
