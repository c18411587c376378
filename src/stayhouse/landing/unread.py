"""Values for which the build rejects their rows, or takes them for none: told as a file lands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.clock import SLACK
from stayhouse.landing.dates import instant_of
from stayhouse.landing.kinds import DAY, INSTANT, NUMBER, PLAIN_NUMBER
from stayhouse.landing.personal import NO_VALUE

_NOTHING = ", ".join(map(literal, sorted(NO_VALUE)))
# So few words for none may be by chance.
_FEWEST_WORDS = 3
# Plans, which may lie ahead.
_PLANNED = ("promised_at", "starts_at", "ends_at")
# No place on earth is further from UTC.
_FURTHEST_OFFSET = timedelta(hours=14)


def shown(value: str) -> str:
    """Return a value as a sentence shows it: on one line, and not long."""
    return " ".join(value.split())[:40]


@dataclass
class Unread:
    """Values of a column for which the build rejects their rows, and what they are."""

    column: str
    what: str
    count: int
    value: str
    row: int

    def __str__(self) -> str:
        """Return it as a part of a sentence."""
        values = "1 value is" if self.count == 1 else f"{self.count:,} values are"
        place = f"such as {shown(self.value)} (line {self.row:,})"
        return f"{self.column}: {values} {self.what}, {place}"


def unread(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Iterable[str],
    kinds: Mapping[str, str],
    plain_instant: str,
) -> list[Unread]:
    """Return what of columns that were written anew is still not plain."""
    found = []
    for column in columns:
        c = identifier(column)
        pattern = PLAIN_NUMBER if kinds[column] == NUMBER else plain_instant
        count, value, row = con.execute(
            f"select count(*), arg_min({c}, landed_row), min(landed_row) from {relation} "
            f"where not regexp_matches({c}, {literal(pattern)}) "
            f"and lower(trim({c})) not in ({_NOTHING})"
        ).fetchall()[0]
        if count:
            what = "number" if kinds[column] == NUMBER else "instant"
            found.append(Unread(column, f"no {what} that can be read", count, value, row))
    return found


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


def words_as_ids(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]
) -> list[str]:
    """Return a sentence on each column of ids in which a word for no value is the most frequent.

    Staging takes it for none, so nobody has these rows: a person may have meant an id.
    """
    told = []
    spelled = {form for word in NO_VALUE - {""} for form in (word, word.upper(), word.title())}
    words = ", ".join(map(literal, sorted(spelled)))
    for column in dict.fromkeys(columns):
        c = identifier(column)
        count, word, row = con.execute(
            f"select count(*), arg_min({c}, landed_row), min(landed_row) from {relation} "
            f"where {c} in ({words})"
        ).fetchall()[0]
        if count < _FEWEST_WORDS:
            continue
        most = con.execute(
            f"select coalesce(max(n), 0) from (select count(*) as n from {relation} "
            f"where {c} not in ({words}) group by {c})"
        ).fetchall()[0][0]
        if count > most:
            told.append(
                f"WARNING: {column}: its most frequent value is a word for none, in {count:,} "
                f"rows, such as {word} (line {row:,}); these rows have no {column}."
            )
    return told
