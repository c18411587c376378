"""The rows of a batch as they stand in its folder: plainly written, with what landing notes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.clock import SLACK
from stayhouse.landing.dates import behind, instant_of
from stayhouse.landing.files import InputFile
from stayhouse.landing.kinds import INSTANT
from stayhouse.landing.notation import KINDS, Notation
from stayhouse.landing.signs import CurrencyOf
from stayhouse.landing.unread import Unread, ahead, unread, words_as_ids
from stayhouse.landing.values import Values, read_values

ROWS = "data.parquet"
# As the readers leave them: every value as it came.
RAW_ROWS = "rows.parquet"
# The signs of currencies that stood beside a row's amounts, where its order says theirs.
SIGN = "landed_sign"


@dataclass(frozen=True)
class Ways:
    """How the values of a table are read: what its columns hold, what is stated of their notation.

    ``typed`` are columns of a file that are no text, and so plain. ``plain_instant`` is the pattern
    of the instants that staging reads. ``currency_of`` is what says the currency of amounts.
    """

    kinds: dict[str, str]
    stated: Notation
    plain_instant: str
    warn_rate: float
    ids: list[str]
    currency_of: CurrencyOf
    typed: frozenset[str] = frozenset()

    @property
    def text_kinds(self) -> dict[str, str]:
        """What the columns hold that may be written in more than one way."""
        return {c: kind for c, kind in self.kinds.items() if c not in self.typed}

    def of(self, file: InputFile, plain: set[str]) -> "Ways":
        """Return the ways of a file in which some columns are no text, and so are plain.

        Instants of a stated zone are read all the same: they may have no offset; and so is what is
        stated as a pattern or an epoch. Parquet has a null of its own, so that words for it are not
        looked for among its ids.
        """
        written = {c for c, said in self.stated.columns.items() if said not in KINDS}
        kept = written | {
            column for column, kind in self.kinds.items() if kind == INSTANT and self.stated.zone
        }
        ids = [] if file.format == "parquet" else [c for c in self.ids if c not in plain]
        return replace(self, typed=frozenset(plain - kept), ids=ids)


@dataclass(frozen=True)
class Finished:
    """The columns and the number of the rows, the instant up to which they are complete, what was
    found in their values, and which of these nobody can read.
    """

    columns: list[str]
    row_count: int
    data_until: datetime | None
    values: Values
    unread: list[Unread]


def finish(
    folder: Path,
    work: Path,
    ways: Ways,
    remembered: Notation,
    file_name: str,
    data_until: datetime | None,
    landed_at: datetime,
    before: Path | None,
    refuse: Callable[[str], None],
) -> Finished:
    """Make ``data.parquet`` of the rows in a folder.

    Args:
        folder: where ``rows.parquet`` stands, which goes.
        work: a folder to spill into.
        ways: how values are read.
        remembered: how the table's latest batch was written.
        file_name: the file, for messages.
        data_until: the instant up to which the file is complete; None: the largest received_at.
        landed_at: when the file lands.
        before: the folder of the batch that landed last, or None.
        refuse: is told where what a value means cannot be told.
    """
    rows = folder / RAW_ROWS
    # A folder above may be called like a partition.
    source = f"read_parquet({literal(escape(str(rows)))}, hive_partitioning = false)"
    with connection(work) as con:
        values = read_values(
            con,
            source,
            ways.text_kinds,
            ways.stated,
            remembered,
            ways.plain_instant,
            ways.warn_rate,
            ways.currency_of,
            file_name,
            refuse,
        )
        values.doubts += words_as_ids(con, source, ways.ids)
        if values.written:
            written = ", ".join(f"{sql} as {identifier(c)}" for c, sql in values.written.items())
            sign = f", {values.sign} as {SIGN}" if values.sign else ""
            source = f"(select * replace ({written}){sign} from {source})"
        names = pq.read_schema(rows).names
        if data_until is None and "received_at" in names:
            # A text without offset is UTC. What lies ahead of the landing was not received by
            # then: one wrong date must not move the clock of the whole warehouse.
            data_until = con.execute(
                f"with received as (select {instant_of('received_at')} as instant from {source}) "
                "select max(instant)::timestamp from received "
                f"where isfinite(instant) and instant <= {_instant(landed_at + SLACK)}"
            ).fetchall()[0][0]
        con.execute(
            f"copy (select *, {_instant(data_until)} as data_until, "
            f"{_instant(landed_at)} as landed_at from {source}) "
            f"to {literal(str(folder / ROWS))} (format parquet, compression zstd)"
        )
        written = f"read_parquet({literal(escape(str(folder / ROWS)))}, hive_partitioning = false)"
        left = unread(con, written, values.written, ways.kinds, ways.plain_instant)
        left += ahead(con, written, ways.kinds, landed_at)
        values.doubts += behind(con, folder / ROWS, before and before / ROWS, ways.kinds, landed_at)
    rows.unlink()
    metadata = pq.read_metadata(folder / ROWS)
    columns = metadata.schema.to_arrow_schema().names
    return Finished(columns, metadata.num_rows, data_until, values, left)


def _instant(instant: datetime | None) -> str:
    return f"cast({literal(instant.isoformat()) if instant else 'null'} as timestamp)"


@contextmanager
def connection(work: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB in memory, bounded, spilling into a working folder; instants are UTC."""
    with duckdb.connect(
        config={"memory_limit": "1GB", "temp_directory": str(work / "spill")}
    ) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con
