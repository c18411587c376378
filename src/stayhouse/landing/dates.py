"""Instants that lie ahead of their landing, which nothing can, or long before what landed last."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from glob import escape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.clock import SLACK
from stayhouse.landing.kinds import DAY, INSTANT
from stayhouse.landing.values import Unread

# Plans, which may.
_PLANNED = ("promised_at", "starts_at", "ends_at")
# Of each table what a row is of.
_DATED = ("occurred_at", "ordered_at", "refunded_at", "created_at", "sent_at", "exposed_at")
# An export of a night has something of its days: who swaps day and month goes further back.
_LONG_DAYS = 60
# No place on earth is further from UTC.
_FURTHEST_OFFSET = timedelta(hours=14)


def instant_of(column: str) -> str:
    """Return the SQL of the instant that a plain text tells; without offset it is of UTC."""
    text = f"replace(replace({identifier(column)}, ' +', '+'), ' -', '-')"
    return f"try_cast({text} as timestamptz)"


def ahead(
    con: duckdb.DuckDBPyConnection, relation: str, kinds: Mapping[str, str], landed_at: datetime
) -> list[Unread]:
    """Return what of the instants and days of rows is more than a day later than their landing.

    Args:
        con: DuckDB, whose zone is UTC.
        relation: the rows, with landed_row.
        kinds: by column, what it holds.
        landed_at: naive UTC.
    """
    latest = landed_at + SLACK
    # What is plain begins with its year, so few texts are read as instants.
    earliest_text = (latest - _FURTHEST_OFFSET).date().isoformat()
    found = []
    for column, kind in kinds.items():
        if kind not in (INSTANT, DAY) or column in _PLANNED:
            continue
        c = identifier(column)
        count, value, row = con.execute(
            f"select count(*), arg_min({c}, landed_row), min(landed_row) from {relation} "
            f"where {c} >= {literal(earliest_text)} "
            f"and {instant_of(column)} > timestamptz {literal(latest.isoformat() + 'Z')}"
        ).fetchall()[0]
        if count:
            found.append(Unread(column, "more than a day ahead of this landing", count, value, row))
    return found


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
