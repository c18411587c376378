"""Land the files of a source: all of them, or none."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.base.private import keep_out_of_git
from stayhouse.base.project import DEMO_PII_KEY, setting
from stayhouse.base.warehouse import reading
from stayhouse.landing.aliases import Source, UnknownColumns, read_source
from stayhouse.landing.batch import TableLanding, table_landing
from stayhouse.landing.clock import check_until, now
from stayhouse.landing.currencies import Rows, unlike_orders
from stayhouse.landing.files import InputFile, find_files
from stayhouse.landing.finish import ROWS, Ways
from stayhouse.landing.kinds import kinds_of, plain_instant
from stayhouse.landing.leaving_out import leave_out
from stayhouse.landing.limits import Limits, read_limits
from stayhouse.landing.manifest import Batch
from stayhouse.landing.notation import Notation, read_formats
from stayhouse.landing.personal import checked_key, hasher, mark_key
from stayhouse.landing.reasons import Rejection
from stayhouse.landing.signs import CurrencyOf
from stayhouse.landing.suppression_list import SuppressionList, read_list, update_list
from stayhouse.landing.terms import Terms


@dataclass(frozen=True)
class Landing:
    """What a landing did: the batches it made, and the names of files it left alone.

    ``rejections`` are those of each batch, in the order of ``batches``, and sentences on doubts.
    ``repeated`` had landed before, ``outdated`` says of some what is mapped since;
    ``without_rows`` have at most a header; ``nameless`` name no table of the source, or are of a
    kind that landing does not read.
    """

    batches: list[Batch]
    rejections: list[list[Rejection | str]]
    repeated: list[str]
    without_rows: list[str]
    nameless: list[str]
    outdated: list[str] = field(default_factory=list)


def land(
    root: Path,
    landing: Path,
    source_name: str,
    path: Path,
    *,
    table_name: str | None = None,
    data_until: datetime | None = None,
    landed_at: datetime | None = None,
    key: str | None = None,
    accepts_rejected: bool = False,
    stated: Notation | None = None,
) -> Landing:
    """Land a file, or every file of a folder that names a table.

    Every file is read and checked before the first batch takes its place. In a folder, files that
    landed before are left alone, so that a night can be run again, and so are those without rows,
    since a table may have none on some day. A single such file is refused, and so is one that
    lacks even a header. Rows of people who were erased do not land.

    Args:
        root: the project's folder.
        landing: the landing folder; made if it does not exist.
        source_name: a folder of ``models/staging``.
        path: a file or a folder.
        table_name: the table, where the file's name does not say it.
        data_until: the instant up to which the files are complete, naive UTC; without it the
            largest ``received_at`` of a batch, where it has one that is not ahead of the landing.
        landed_at: when the files land, naive UTC; without it the machine's time.
        key: the key of personal columns, needed where the source marks one to be hashed.
        accepts_rejected: land also a file of which more lines than ``rejection_stop_rate`` are
            rejected, or in whose columns more than ``rejection_warn_rate`` cannot be read.
        stated: how the files are written, as far as options say it.

    Raises:
        StayhouseError: anything is wrong with the arguments or a file; no batch has changed.
    """
    landed_at = landed_at or now()
    check_until(data_until, landed_at)
    source, limits = read_source(root, source_name), read_limits(root)
    if source.has_personal_columns:
        checked_key(key, root, landing, source_name)
    files, nameless = find_files(source, path, table_name)
    is_hashed = source.has_personal_columns or any(table.has_personal for table, _ in files)
    keyed_hash = hasher(checked_key(key, root, landing, source_name)) if is_hashed else None
    make_folder(root, landing)
    tables = {table.name: table for table, _ in files}
    with ExitStack() as stack:
        landings = {
            name: stack.enter_context(table_landing(table, landing))
            for name, table in tables.items()
        }
        # Under the locks, since an erasure writes the list before it waits for them.
        erased = read_list(landing)
        suppressed = erased.of(source_name, key, keyed_hash, learns=True) if erased else None
        ways = ways_of(root, source, limits, stated or Notation())
        terms = Terms(limits, accepts_rejected, data_until, landed_at, keyed_hash, suppressed, ways)
        repeated: list[str] = []
        outdated: list[str] = []
        without_rows: list[str] = []
        refusal = ""
        for table, file in files:
            table_land, sha256 = landings[table.name], file.sha256()
            known = table_land.landed_as(sha256)
            if known:
                repeated.append(file.name)
                refusal = (
                    f"{file.name} has landed before, as {table.label} batch {known.batch_id}: the "
                    "same file lands once."
                )
                if new := table_land.mapped_since(known):
                    outdated.append(
                        f"{table.alias_path} maps {' and '.join(new)} of {table.name} since "
                        f"{file.name} landed: take it back ('stayhouse unland {source_name} "
                        f"--file {file.name}') and land it again."
                    )
                    refusal = f"{refusal} {outdated[-1]}"
            elif file.is_empty or not _stage(table_land, file, sha256, terms):
                without_rows.append(file.name)
                refusal = refusal or f"{file.name} has no rows: nothing to land."
        if suppressed is not None:
            leave_out(root, source, landing, landings, suppressed)
        if suppressed is not None and suppressed.learnt:
            orders = {"order_id": sorted(suppressed.learnt)}
            _remember(landing, source_name, orders, key)
        _hold_signs(landing, source_name, landings, terms)
        rejections = [found for table_land in landings.values() for found in table_land.rejections]
        for table_land in landings.values():
            table_land.prepare()
        try:
            batches = [batch for table_land in landings.values() for batch in table_land.commit()]
        except BaseException:
            for table_land in landings.values():
                table_land.withdraw()
            raise
        if not batches and not path.is_dir():
            raise StayhouseError(refusal)
        # The sample is everybody's, and so is its key: nothing is written beside it.
        if batches and is_hashed and key is not None and key != DEMO_PII_KEY:
            mark_key(key, landing)
    return Landing(batches, rejections, repeated, without_rows, nameless, outdated)


def _stage(landing: TableLanding, file: InputFile, sha256: str, terms: Terms) -> bool:
    """Write a file as a batch into the working folder; return False if it has no rows."""
    try:
        return landing.stage(file, sha256, terms)
    except UnknownColumns as error:
        # Other faults may stand behind the first, and a file can be checked as a whole.
        raise StayhouseError(
            f"{error} 'stayhouse check' says all that is wrong with a file at once."
        ) from error


def _hold_signs(
    landing: Path, source: str, landings: dict[str, TableLanding], terms: Terms
) -> None:
    """Hold the signs beside amounts against the currency that their orders say.

    Raises:
        StayhouseError: more orders than may say another currency.
    """
    about = [
        Rows(name, batch.file, folder / ROWS)
        for name, table_land in landings.items()
        for batch, folder in table_land.staged
    ]
    for found in unlike_orders(landing, source, about, terms.ways):
        if found.share > terms.limits.warn_rate and not terms.accepts_rejected:
            raise StayhouseError(f"{found.sentence}; to land it all the same: say --accept.")
        table_land = landings[found.rows.table]
        place = [folder / ROWS for _, folder in table_land.staged].index(found.rows.path)
        table_land.rejections[place].append(f"{found.sentence}.")


def make_folder(root: Path, landing: Path) -> None:
    """Make the landing folder, out of git.

    Raises:
        StayhouseError: it cannot be made, or the warehouse was built of what landed elsewhere: the
            next build would take the shop for one of a few rows.
    """
    if not landing.exists() and _holds_a_shop(project.warehouse_path(root)):
        raise StayhouseError(
            f"STAYHOUSE_LANDING is {landing}, which does not exist, and the warehouse "
            f"{project.warehouse_path(root)} was built of what has landed elsewhere: set it to "
            "that folder, or mount it. Another shop needs a clone of its own: published/ has "
            "one shop, whatever STAYHOUSE_DB says."
        )
    try:
        landing.mkdir(parents=True, exist_ok=True)
        keep_out_of_git(root, landing)
    except OSError as error:
        raise StayhouseError(
            f"The landing folder {landing} cannot be made ({error.strerror}): set "
            "STAYHOUSE_LANDING to a folder you may write to."
        ) from error


def _holds_a_shop(warehouse: Path) -> bool:
    """Whether a warehouse was built of what somebody landed, not of the sample."""
    if not warehouse.is_file():
        return False
    # While a build has it nothing is known; then the landing folder is there.
    unknown = (StayhouseError, duckdb.CatalogException, duckdb.BinderException)
    with suppress(*unknown), reading(warehouse) as con:
        return (False,) in con.execute("select is_sample from core.clock").fetchall()
    return False


def ways_of(root: Path, source: Source, limits: Limits, stated: Notation) -> dict[str, Ways]:
    """Return by table how the values of a source's files are read.

    Raises:
        StayhouseError: the source's ``format.toml`` has a fault.
    """
    formats = {name: stated.over(said) for name, said in read_formats(root, source).items()}
    pattern = plain_instant(root)
    currencies = currencies_of(root, source)
    return {
        table.name: Ways(
            kinds_of(root, table, formats[table.name]),
            formats[table.name],
            pattern,
            limits.warn_rate,
            [a.our_column for a in table.aliases if a.is_id and a.is_written and not a.personal],
            currencies[table.name],
        )
        for table in source.tables.values()
    }


def currencies_of(root: Path, source: Source) -> dict[str, CurrencyOf]:
    """Return by table what says the currency of its amounts."""
    base = str(setting(root, "base_currency"))
    # Lines of an order, and what else belongs to one, are in its currency.
    said = [
        t.name for t in source.tables.values() if {"order_id", "currency"} <= set(t.landed_columns)
    ]
    orders = min(said, key=lambda name: name != "orders", default=None)
    return {
        table.name: CurrencyOf(
            base,
            "currency" if "currency" in table.landed_columns else None,
            orders if "order_id" in table.landed_columns else None,
        )
        for table in source.tables.values()
    }


def _remember(landing: Path, source: str, orders: dict[str, list[str]], key: str | None) -> None:
    """Keep orders of erased people on the list, since their lines may land another day."""

    def extended(known: SuppressionList | None) -> SuppressionList:
        assert known is not None  # it named the people
        return known.extended(source, orders, key)

    update_list(landing, extended)
