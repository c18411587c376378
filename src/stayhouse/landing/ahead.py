"""Instants that lie ahead of their landing: what has happened cannot, and its rows are rejected."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.clock import SLACK
from stayhouse.landing.kinds import DAY, INSTANT
from stayhouse.landing.values import Unread

# Plans, which may.
_PLANNED = ("promised_at", "starts_at", "ends_at")
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
