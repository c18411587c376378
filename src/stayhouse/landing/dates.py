"""Instants by the text that lands, and a batch that ends long before the one before it."""

from collections.abc import Mapping
from datetime import date, datetime
from glob import escape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.clock import SLACK
from stayhouse.landing.kinds import INSTANT

# Of each table what a row is of.
_DATED = ("occurred_at", "ordered_at", "refunded_at", "created_at", "sent_at", "exposed_at")
# An export of a night has something of its days: who swaps day and month goes further back.
_LONG_DAYS = 60


def instant_of(column: str) -> str:
    """Return the SQL of the instant that a plain text tells; without offset it is of UTC."""
    text = f"replace(replace({identifier(column)}, ' +', '+'), ' -', '-')"
    return f"try_cast({text} as timestamptz)"


def behind(
    con: duckdb.DuckDBPyConnection, rows: Path, before: Path | None, kinds: Mapping[str, str],
    landed_at: datetime,
) -> list[str]:  # fmt: skip
    """Return a sentence where the latest row of a batch is long before that of the batch before.

    Args:
        con: DuckDB.
        rows: the batch's rows, as they land.
        before: those of the batch that landed last, or None.
        kinds: by column, what it holds.
        landed_at: naive UTC; what lies more than a day ahead of it is no latest row.
    """
    column = next((c for c in _DATED if kinds.get(c) == INSTANT), None)
    if before is None or column is None:
        return []
    last, earlier = (_last_day(con, path, column, landed_at + SLACK) for path in (rows, before))
    if last is None or earlier is None or (earlier - last).days <= _LONG_DAYS:
        return []
    return [
        f"WARNING: {column} ends on {last}, and in the batch before on {earlier}: look whether day "
        "and month are in each other's place; of a file from before, this is as it should be."
    ]


def _last_day(
    con: duckdb.DuckDBPyConnection, rows: Path, column: str, latest: datetime
) -> date | None:
    """Return the day of the latest instant, by its text: what is plain begins with its year."""
    if column not in pq.read_schema(rows).names:
        return None
    c = identifier(column)
    found: list[tuple[date | None]] = con.execute(
        f"select try_cast(regexp_extract(max({c}), '^[0-9]+-[0-9]+-[0-9]+') as date) "
        f"from read_parquet({literal(escape(str(rows)))}, hive_partitioning = false) "
        f"where {c} between '1900' and {literal(latest.isoformat())}"
    ).fetchall()
    return found[0][0]
