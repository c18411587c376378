"""``stayhouse land``."""

import argparse
from datetime import datetime
from pathlib import Path

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.landing.batch import parse_instant
from stayhouse.landing.clock import now
from stayhouse.landing.land import Landing, land
from stayhouse.landing.limits import read_limits
from stayhouse.landing.notation import DECIMALS, Notation, checked
from stayhouse.sources.following import follow_sheet

_DESCRIPTION = """\
Land raw files as numbered batches of Parquet under the folder STAYHOUSE_LANDING.

Reads CSV with a header, JSON lines (one object a line; both also as .gz or .zst), Parquet and
sheets of workbooks (.xlsx). How a file is written is found out of it, and asked where it cannot be.
Columns are matched by name with models/staging/<source>/aliases.csv. A line that cannot be read
is kept in rejected_lines.csv beside the batch, with its number and the reason. Personal columns
become keyed hashes (set STAYHOUSE_PII_KEY) or are not written. The same file lands once."""

_EXAMPLES = """\
examples:
  stayhouse land shop exports/orders.csv
  stayhouse land shop exports/ --data-until 2024-05-31T00:00:00+00:00
  stayhouse land shop january.jsonl.gz --table events"""


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``land``."""
    parser = subparsers.add_parser(
        "land",
        help="bring raw files into the landing folder",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", help="a folder of models/staging, such as shop")
    parser.add_argument(
        "path", type=Path, help="a file, or a folder whose files are named after tables"
    )
    parser.add_argument("--table", help="the table, where the file is not named after it")
    add_until(parser)
    parser.add_argument(
        "--landed-at",
        metavar="T",
        help="the instant at which the files came, where that was not now; nothing that is dated "
        "more than a day later is accepted",
    )
    parser.add_argument(
        "--accept",
        "--accept-rejected-lines",
        dest="accept",
        action="store_true",
        help="land also a file of which more lines are rejected than rejection_stop_rate allows, "
        "or of whose values more cannot be read than rejection_warn_rate allows",
    )
    add_notation(parser)
    # All batches take their place at the end, or none does.
    parser.set_defaults(run=_run, writes_data=True, stopped="; nothing is half-written")


def add_until(parser: argparse.ArgumentParser) -> None:
    """Add the option that says until when the files are complete."""
    parser.add_argument(
        "--data-until",
        metavar="T",
        help="the instant up to which the files are complete (ISO; UTC unless it has an offset); "
        "default: the largest received_at of the batch",
    )


def stated_until(args: argparse.Namespace) -> datetime | None:
    """Return until when the files are complete, naive UTC; None where the option is not given."""
    return parse_instant(args.data_until, "--data-until") if args.data_until else None


def add_notation(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how files are written, where they do not tell it themselves."""
    group = parser.add_argument_group(
        "how the files are written",
        "found out of each file, or stated in models/staging/<source>/format.toml",
    )
    group.add_argument("--encoding", help="such as windows-1252, gbk, shift-jis or utf-16")
    group.add_argument("--decimal", choices=DECIMALS, help="what stands before decimals")
    group.add_argument(
        "--dates",
        metavar="ORDER",
        help="day-first or month-first, or a pattern such as '%%d.%%m.%%Y %%H:%%M'",
    )
    group.add_argument("--zone", help="the time zone of instants without an offset (default: UTC)")
    group.add_argument("--sheet", help="the sheet of a workbook, where several are filled")


def stated_notation(args: argparse.Namespace) -> Notation:
    """Return what the options say of how the files are written."""
    names = ("encoding", "decimal", "dates", "zone", "sheet")
    given = {name: value for name in names if (value := getattr(args, name)) is not None}
    return Notation.of({name: checked(name, value, f"--{name}") for name, value in given.items()})


def follow(root: Path, source: str) -> bool:
    """Let staging read what a source's sheet maps; say what changed, and return whether anything.

    Raises:
        StayhouseError: something that is mapped would be read by nothing.
    """
    told = follow_sheet(root, source)
    for line in told:
        print(line, flush=True)
    landing = project.landing_path(root)
    if told and landing is not None and any((landing / source).glob("*/batch_id=*")):
        print(
            f"  What landed before has none of it: take it back ('stayhouse unland {source}') and "
            "land it again."
        )
    return bool(told)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    landing = project.own_landing(root)
    landed_at = parse_instant(args.landed_at, "--landed-at") if args.landed_at else None
    if landed_at is not None and landed_at > now():
        raise StayhouseError(
            f"--landed-at {args.landed_at} has not come yet: give the instant at which the files "
            "came, or leave it out."
        )
    follow(root, args.source)
    landed = land(
        root,
        landing,
        args.source,
        args.path,
        table_name=args.table,
        data_until=stated_until(args),
        landed_at=landed_at,
        key=project.pii_key(),
        accepts_rejected=args.accept,
        stated=stated_notation(args),
    )
    print_batches(landed, read_limits(root).warn_rate)
    for name in landed.repeated:
        print(f"{name} has landed before and was left alone")
    for sentence in landed.outdated:
        print(f"  {sentence}")
    for name in landed.without_rows:
        print(f"{name} has no rows and was left alone")
    for name in landed.nameless:
        print(f"{name} names no table of {args.source} and was left alone")
    if not landed.batches:
        print("nothing new has landed")
    return 0


def print_batches(landed: Landing, warn_rate: float) -> None:
    """Print what landed, batch by batch, with what was rejected and how it was read."""
    for batch, rejections in zip(landed.batches, landed.rejections, strict=True):
        erased = f"{batch.rows_erased:,} of erased people left out, " if batch.rows_erased else ""
        print(
            f"{batch.source}.{batch.table} batch {batch.batch_id}: "
            f"{batch.rows_landed:,} rows landed, {batch.lines_rejected:,} lines rejected, "
            f"{erased}{batch.file}"
        )
        for rejection in rejections:
            print(f"  {rejection}")
        if batch.lines_rejected > warn_rate * batch.lines_in:
            share = batch.lines_rejected / batch.lines_in
            print(f"  WARNING: {share:.0%} of its lines are missing: correct the file and land it.")
