"""``stayhouse check``."""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import reading
from stayhouse.commands.land import add_notation, add_until, follow, stated_notation, stated_until
from stayhouse.landing.aliases import read_source
from stayhouse.landing.check import Checked, CheckedFile, check_files
from stayhouse.landing.judge import Judged, judge
from stayhouse.landing.limits import read_limits
from stayhouse.landing.unmatched import Unmatched
from stayhouse.reports.losses import harmless, money_of, rows_of, share
from stayhouse.reports.row_remedies import remedy_of

_DESCRIPTION = """\
Say all that is wrong with raw files at once, and what the build would reject of them and why. Reads
them as 'stayhouse land' does and writes nothing that stays. The rows are judged by the staging
models themselves, which dbt runs; where the sheet maps a column that they do not read yet, they do
from then on. Exits with 1 where landing would refuse a file, or where more than rejection_warn_rate
of a file's lines or of a table's rows would be rejected, or of its orders have no line or its lines
no order, or where ids of two tables are such that none meets. Ids are looked for in the files, and
in the warehouse as it was last built."""

_EXAMPLES = """\
examples:
  stayhouse check shop exports/
  stayhouse check shop orders.csv --dates day-first"""

# Ids that no accepted row of another table has, and what becomes of them: by the table, the column
# and that table. Whether a rejected row has one is not asked.
_UNMATCHED = {
    ("orders", "order_id", "order_lines"): (
        "orders",
        "have no accepted line, so they are worth nothing and are in no figure",
    ),
    ("orders", "customer_id", "customers"): (
        "customers who ordered",
        "are not among the accepted customers: of them nothing but their orders is known",
    ),
    ("order_lines", "order_id", "orders"): (
        "orders that have lines",
        "are not among the accepted orders: their lines are in no figure",
    ),
    ("refunds", "order_id", "orders"): (
        "orders that were refunded",
        "are not among the accepted orders: what was paid back is taken off no order",
    ),
    ("events", "customer_id", "customers"): (
        "customers who were seen",
        "are not among the accepted customers: where these are ids of another kind, visits meet no "
        "order",
    ),
    ("events", "order_id", "orders"): (
        "orders that events tell of",
        "are not among the accepted orders: where these are numbers of another kind, no visit is "
        "known to have sold anything",
    ),
    ("exposures", "experiment_id", "experiments"): (
        "experiments that units met",
        "are not among the accepted experiments: nothing is told of them",
    ),
    ("exposures", "arm", "experiments"): (
        "arms that units met",
        "are no arm of their experiment: units of them are in no result",
    ),
    ("contacts", "campaign_id", "campaigns"): (
        "campaigns that sent something",
        "are not among the accepted campaigns: what they sent is in no result",
    ),
}
# Ids of people are shown to nobody.
_OF_PEOPLE = ("customer_id",)
# Of these an id that is not there costs its money.
_COSTLY = ("order_lines", "orders")
# Without a table: what there is not.
_WITHOUT = {
    "orders": "no retention of buyers, RFM, lifecycle or churn",
    "order_lines": "orders are worth nothing: no revenue, RFM or churn",
    "events": "no sessions, visits or sources; retention of buyers, RFM and churn work",
    "customers": "people are those of orders and events: no countries, consent or referrals",
    "refunds": "net sales are sales",
    "products": "no names or categories",
}


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``check``."""
    parser = subparsers.add_parser(
        "check",
        help="say all that is wrong with raw files, without landing them",
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
    add_notation(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    nothing = "nothing else was written" if follow(root, args.source) else "nothing was written"
    # Personal columns are hashed here as everywhere; the folder is its owner's only, and goes.
    with tempfile.TemporaryDirectory(prefix="stayhouse-check-") as name:
        folder = Path(name) / "landing"
        folder.mkdir()
        checked = check_files(
            root,
            folder,
            args.source,
            args.path,
            table_name=args.table,
            landing=project.landing_path(root),
            key=project.pii_key(),
            data_until=stated_until(args),
            stated=stated_notation(args),
        )
        landed = [file for file in checked.files if file.batch]
        there = _landed_tables(root, args.source)
        built = _warehouse(root, is_missed=bool(there)) if landed else None
        judged = judge(root, args.source, folder, Path(name), built) if landed else []
    for problem in checked.problems:
        print(f"PROBLEM: {problem}")
    for file in checked.files:
        print("\n".join(_file_lines(file)))
    for file_name in checked.left_alone:
        print(f"{file_name} names no table of {args.source} and would be left alone")
    if judged:
        print("\n".join(_judged_lines(judged, checked, there)))
    warn_rate = read_limits(root).warn_rate
    is_wrong = (
        bool(checked.problems)
        or any(f.problems or f.proposals or f.personal for f in checked.files)
        or any(
            f.batch.lines_rejected > warn_rate * f.batch.lines_in for f in checked.files if f.batch
        )
        or any(table.rejected_count > warn_rate * table.row_count for table in judged)
        or any(
            u.share > warn_rate
            for table in judged
            for u in _told(table, there)
            if u.column == "order_id" and table.table in _COSTLY
        )
        # Where none meets, they are ids of another kind, or a name is misspelt; of a night one
        # alone is somebody whose profile comes tomorrow.
        or any(
            u.count == u.all and (u.all > 1 or not u.is_of_all)
            for table in judged
            for u in _told(table, there)
        )
    )
    if is_wrong:
        print(f"{nothing.capitalize()}.")
    elif any(table.rejected for table in judged):
        print(f"Few rows would be rejected (at most {share(warn_rate)} of a table), and counted.")
        print(f"Nothing else is wrong; {nothing}.")
    elif any(_told(table, there) for table in judged):
        print(f"Nothing else is wrong; {nothing}.")
    else:
        print(f"Nothing is wrong; {nothing}.")
    return int(is_wrong)


def _file_lines(file: CheckedFile) -> Iterator[str]:
    rows = f", {rows_of(file.batch.rows_landed)}" if file.batch else ""
    known = f", {file.known_count} columns known" if file.known_count else ""
    yield f"{file.file}: {file.table}{rows}{known}"
    for problem in file.problems:
        yield f"  PROBLEM: {problem}"
    for proposal in file.proposals:
        yield f"  unknown column: {proposal}"
    for personal in file.personal:
        yield f"  {personal}: its row needs the word hash, or drop"
    for note in file.notes:
        yield f"  {note}"


def _landed_tables(root: Path, source: str) -> set[str]:
    """Return the tables of a source of which something has landed."""
    landing = project.landing_path(root)
    if landing is None:
        return set()
    landed = {batch.parent.name for batch in landing.glob(f"{source}/*/batch_id=*")}
    provided = set((project.setting(root, "sources") or {}).get(source, ()))
    if landed <= provided:
        return landed
    # One file of a platform is several tables of ours.
    return landed | (provided - set(read_source(root, source).tables))


def _warehouse(root: Path, is_missed: bool) -> Path | None:
    """Return the warehouse of what has landed; say why there is none, where something has."""
    path = project.warehouse_path(root)
    why = f"{path} is not of what has landed: run 'stayhouse build' first."
    try:
        with reading(path) as con:
            # Ids of the sample are nobody's.
            if con.execute("select is_sample from core.clock").fetchall() == [(False,)]:
                return path
    except StayhouseError as error:
        why = str(error)
    except (duckdb.CatalogException, duckdb.BinderException):
        pass  # A part of a build, or one before there was such a column.
    if is_missed:
        print(f"Ids are looked for in these files alone. {why}")
    return None


def _told(table: Judged, there: set[str]) -> list[Unmatched]:
    """Return which ids of a table another one lacks.

    What has landed before may have them, where the warehouse could not be asked.
    """
    return [found for found in table.unmatched if found.is_of_all or found.other not in there]


def _judged_lines(judged: list[Judged], checked: Checked, there: set[str]) -> Iterator[str]:
    files = {f.batch.batch_id: f.file for f in checked.files if f.batch}
    yield "What the build would make of it:"
    for table in judged:
        if not table.row_count:
            continue
        part = share(table.rejected_count / table.row_count)
        rejected = f", {table.rejected_count:,} rejected ({part})" if table.rejected else ""
        yield f"  {table.table}: {rows_of(table.row_count)}{rejected}"
        for found in table.rejected:
            where = f"{files.get(found.batch_id, 'the file')}, line {found.row:,}"
            remedy = remedy_of(found.reason) or "see docs/data.md"
            worth = " and ".join(money_of(amount, code or "") for amount, code in found.money)
            yield (
                f"    {found.count:,} {found.reason}{f' worth {worth}' if worth else ''}, first in "
                f"{where}: {harmless(found.value)}; {remedy}"
            )
        for unmatched in _told(table, there):
            ids, become = _UNMATCHED[table.table, unmatched.column, unmatched.other]
            such = f", such as {harmless(unmatched.example)}"
            yield (
                f"    {unmatched.count:,} of {unmatched.all:,} {ids} ({share(unmatched.share)}) "
                f"{become}{'' if unmatched.column in _OF_PEOPLE else such}"
            )
        for unmatched in table.unmatched:
            # Refunds, profiles and visits are of former orders and customers; lines seldom are.
            if unmatched not in _told(table, there) and table.table == "order_lines":
                ids, _ = _UNMATCHED[table.table, unmatched.column, unmatched.other]
                part = f"{unmatched.count:,} of {unmatched.all:,} {ids} ({share(unmatched.share)})"
                yield f"    {part} are not in these files; whether they landed before is not asked"
    if any(unmatched.is_of_all for table in judged for unmatched in table.unmatched):
        yield "  ids were looked for in these files and in what was last built"
    # Of what has landed before, a night's files need have none; and once a problem is mended, what
    # it kept back comes.
    there = there | {file.table for file in checked.files if file.problems or file.proposals}
    for name, without in _WITHOUT.items():
        if name not in there and not any(
            table.table == name and table.row_count for table in judged
        ):
            yield f"  no {name}: {without}"
