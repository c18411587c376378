"""Currencies whose rates are missing, of other days, or invented, each named once with its money.

Read from marts alone, so that a published file tells it too.
"""

from collections.abc import Iterator
from datetime import date
from re import fullmatch
from typing import Any

import duckdb

from stayhouse.reports.losses import harmless, money_of

_REMEDY = "'stayhouse rates' brings rates (docs/data.md)"
# Rates pause for a holiday, at most so many days.
_PAUSE_DAYS = 7

_UNRATED = """
select
    coalesce(currency, example) as currency,
    any_value(clock.base_currency) as base_currency,
    table_name,
    sum(row_count)::bigint as row_count,
    coalesce(sum(abs(amount)), 0)::double as amount
from core.data_quality
cross join core.clock
where reason_code = 'unknown_currency' and disposition = 'rejected'
group by coalesce(currency, example), table_name
order by 1, 3
"""

_CARRIED = f"""
with lines as (
    select
        m.currency, abs(m.native_amount) as amount, m.is_rate_carried,
        m.effective_at::date as day
    from core.money_lines as m
    cross join core.clock
    where m.currency <> clock.base_currency
),

reach as (
    select
        currency,
        min(day) filter (where not is_rate_carried) as first_day,
        max(day) filter (where not is_rate_carried) as last_day
    from lines
    group by currency
)

select
    l.currency, r.first_day, r.last_day,
    count(*)::bigint as line_count,
    sum(l.amount)::double as amount
from lines as l
inner join reach as r on l.currency = r.currency
where
    r.first_day is null
    or l.day < r.first_day - {_PAUSE_DAYS}
    or l.day > r.last_day + {_PAUSE_DAYS}
group by all
-- Banks publish none at weekends: of a currency that is sold once a month they say nothing.
having r.first_day is null or count(*) filter (where isodow(l.day) < 6) > 0
order by all
"""

_RATES = """
select distinct currency, effective_at::date, (rate * 100000000)::bigint
from core.money_lines
where
    not is_rate_carried
    and currency in ('EUR', 'USD')
    and (select base_currency = 'GBP' and not is_sample from core.clock)
"""


def rate_lines(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a sentence for each currency whose money is in no figure, or in a doubtful one.

    The sample's own flaws are none of a person's.

    Raises:
        duckdb.Error: the file lacks the marts, or was built before they said so much.
    """
    if con.execute("select is_sample from core.clock").fetchall() == [(True,)]:
        return []
    return [
        *_unrated(con.execute(_UNRATED).fetchall()),
        *_carried(con.execute(_CARRIED).fetchall()),
        *_invented(con.execute(_RATES).fetchall()),
    ]


def _unrated(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    base = rows[0][1] if rows else ""
    for currency in dict.fromkeys(row[0] for row in rows):
        # What is no code may be anything, of a row without one the whole row.
        code = currency if fullmatch("[A-Z]{3}", currency or "") else ""
        parts = [
            f"{count:,} {_noun(table, count)}" + (f" ({money_of(amount, code)})" if amount else "")
            for name, _, table, count, amount in rows
            if name == currency
        ]
        lost = f"{' and '.join(parts)} in no figure"
        if code:
            yield (
                f"{currency} has no rate in {base}: {lost}; {_REMEDY}, or set var base_currency "
                "where it is the shop's own."
            )
        elif not currency or currency.startswith("{"):
            yield f"No currency is named: {lost}; it is three capital letters, such as {base}."
        else:
            yield (
                f"What is named is no currency, such as '{harmless(currency)}': {lost}; it is "
                f"three capital letters, such as {base}."
            )


def _noun(table: str, count: int) -> str:
    noun = table.replace("_", " ")
    return noun[:-1] if count == 1 else noun


def _carried(rows: list[tuple[str, date | None, date | None, int, float]]) -> Iterator[str]:
    for currency, first, last, count, amount in rows:
        beyond = (
            f"before {first} or after {last}, the first and the last day of a sale that has a rate,"
            if first
            else "of days without any rate"
        )
        lines, take, them = (
            ("1 line", "takes", "it") if count == 1 else (f"{count:,} lines", "take", "them")
        )
        yield (
            f"{currency}: {lines} of the ledger ({money_of(amount, currency)}) {beyond} {take} the "
            f"last rate before {them}, else the first; {_REMEDY}."
        )


def _invented(rows: list[tuple[str, date, int]]) -> Iterator[str]:
    if not rows:
        return
    # Imported here: it takes NumPy, which other commands need not wait for.
    from stayhouse.shop.orders.rates import published_rate

    for currency in sorted({row[0] for row in rows}):
        if all(rate == published_rate(currency, day) for c, day, rate in rows if c == currency):
            yield (f"{currency} is converted at the sample's rates, which are invented: {_REMEDY}.")
