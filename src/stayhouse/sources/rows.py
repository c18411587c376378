"""The rows of a sample as staging would read them, in an engine to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from stayhouse.base.warehouse import identifier
from stayhouse.landing.kinds import NUMBER, plain_instant
from stayhouse.landing.notation import Notation
from stayhouse.landing.unread import unread
from stayhouse.landing.values import read_values
from stayhouse.sources.samples import Sample

# So many orders of several rows tell what is an order's own.
_FEWEST = 3
_MOST = 0.95


@dataclass(frozen=True)
class PlainRows:
    """A relation ``plain_rows`` of our columns, numbers as decimals and all else as text.

    ``doubts`` are sentences on values that have two readings, ``notation`` is how they are written.
    """

    con: duckdb.DuckDBPyConnection
    notation: Notation
    doubts: list[str]

    def share(self, condition: str, among: str = "true") -> float | None:
        """Return the share of the rows for which a condition holds; None where there are none."""
        return self._number(
            f"select avg(({condition})::int) from plain_rows where ({among}) "
            f"and ({condition}) is not null"
        )

    def is_of_order(self, column: str) -> bool:
        """Whether nearly all orders of several rows repeat one value of a column, not 0."""
        c = identifier(column)
        count, same = self.con.execute(
            f"select count(*), count(*) filter (where n = 1) from (select count(distinct {c}) as n "
            f"from plain_rows group by order_id having count(*) > 1 and bool_or({c} <> 0) "
            f"and count({c}) = count(*))"
        ).fetchall()[0]
        return bool(count >= _FEWEST and same >= _MOST * count)

    def varied(self, column: str) -> int:
        """Return how many orders have several values of a column."""
        c = identifier(column)
        return int(
            self._number(
                f"select count(*) from (select 1 from plain_rows where order_id is not null "
                f"group by order_id having count(distinct {c}) > 1)"
            )
            or 0
        )

    def are_mostly(self, condition: str, among: str = "true") -> bool:
        """Whether a condition holds for nearly all rows, of those for which it says anything."""
        share = self.share(condition, among)
        return share is not None and share >= _MOST

    def _number(self, query: str) -> float | None:
        value = self.con.execute(query).fetchall()[0][0]
        return None if value is None else float(value)


def plain_rows(
    root: Path,
    sample: Sample,
    columns: Mapping[str, str],
    kinds: Mapping[str, str],
    stated: Notation,
    warn_rate: float,
) -> PlainRows:
    """Return the rows of a sample, with what landing finds of their notation.

    Args:
        root: the project's folder.
        sample: the file.
        columns: our name of each column that lands, by its name.
        kinds: which of ours hold instants and numbers.
        stated: what is stated of the notation.
        warn_rate: as for landing.
    """
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    arrays = {ours: pa.array(sample.columns[name], pa.string()) for name, ours in columns.items()}
    count = len(next(iter(sample.columns.values())))
    # The header is a line too, where there is one.
    first = 1 if sample.file.format in ("jsonl", "parquet") else 2
    arrays["landed_row"] = pa.array(range(first, first + count), pa.int64())
    con.register("sample", pa.table(arrays))
    con.execute("create table landed_rows as select * from sample")
    refused: list[str] = []
    values = read_values(
        con, "landed_rows", kinds, stated, Notation(), plain_instant(root), warn_rate,
        None, sample.file.name, refused.append,
    )  # fmt: skip
    written = [
        f"{values.written.get(ours, identifier(ours))} as {identifier(ours)}"
        for ours in columns.values()
    ]
    con.execute(
        f"create table written_rows as select {', '.join(written)}, landed_row from landed_rows"
    )
    left = unread(con, "written_rows", values.written, kinds, plain_instant(root))
    plain = [
        f"try_cast({name} as decimal(38, 8)) as {name}" if kinds.get(ours) == NUMBER else name
        for ours in columns.values()
        for name in [identifier(ours)]
    ]
    con.execute(f"create table plain_rows as select {', '.join(plain)} from written_rows")
    return PlainRows(con, values.notation, [*refused, *values.doubts, *map(str, left)])
