"""How much of what landed is in figures, in two sentences: rows, money, and why the rest is not.

Money of different currencies is never added up. It is that of order lines, or of the one table that
is chosen: an order's amount is its lines' again, and what was looked at in events was not paid.
"""

from collections.abc import Mapping
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published
from stayhouse.reports.losses import IS_LOST

_WHERE = """
where ($source = '' or source_name = $source) and ($table = '' or table_name = $table)"""

_ROWS = f"""
select
    coalesce(sum(row_count) filter (disposition = 'accepted' and not {IS_LOST}), 0)::bigint
        as accepted_count,
    coalesce(sum(row_count) filter ({IS_LOST}), 0)::bigint as lost_count
from core.data_quality{_WHERE}
"""

_MONEY = f"""
select
    currency,
    coalesce(sum(abs(amount)) filter ({IS_LOST}), 0)::double as lost,
    sum(abs(amount))::double as landed
from core.data_quality{_WHERE}
    and table_name <> 'events' and ($table <> '' or table_name = 'order_lines')
    and (disposition = 'accepted' or {IS_LOST}) and currency is not null
group by currency
having sum(abs(amount)) filter (disposition = 'accepted') > 0
order by landed desc, currency
"""

_REASONS = f"""
select
    reason_code, coalesce(currency, '') as currency,
    sum(row_count)::bigint as row_count,
    coalesce(sum(abs(amount)) filter (
        table_name <> 'events' and (table_name <> 'orders' or $table = 'orders')
    ), 0)::double as amount,
    sum(sum(row_count)) over (partition by reason_code)::bigint as reason_count
from core.data_quality{_WHERE}
    and {IS_LOST}
group by reason_code, coalesce(currency, '')
order by reason_count desc, reason_code, amount desc, currency
"""

_NAMED = 3


def show(published: Published, source: str, table: str) -> None:
    """Say how much of a source's table, or of all, was accepted, and what became of the rest."""
    asked = {"source": source, "table": table}
    (counts,) = layout.rows(published.ask(_ROWS, **asked).frame)
    counted = counts["accepted_count"] + counts["lost_count"]
    if not counted:
        return
    if not counts["lost_count"]:
        layout.remark(say("quality.all_accepted", rows=figures.count(counted)))
        return
    money = {row["currency"]: row for row in layout.rows(published.ask(_MONEY, **asked).frame)}
    share = _share(counts["accepted_count"] / counted)
    parts = [(_share(1 - row["lost"] / row["landed"]), name) for name, row in money.items()]
    if not parts:
        said = say("quality.rows_accepted", rows=share)
    elif len(parts) == 1:
        said = say("quality.rows_and_money_accepted", rows=share, money=parts[0][0])
    else:
        each = (say("quality.share_in", share=part, currency=name) for part, name in parts)
        moneys = say("quality.comma").join(each)
        said = say("quality.rows_and_moneys_accepted", rows=share, money=moneys)
    landed = {name: row["landed"] for name, row in money.items()}
    reasons = layout.rows(published.ask(_REASONS, **asked).frame)
    layout.remark(f"{said} {_rest(reasons, counts['lost_count'], counted, landed)}")


def _rest(rows: list[dict[str, Any]], lost: int, counted: int, landed: Mapping[str, float]) -> str:
    """Say why the rest was not accepted: the largest reasons, with their rows and money.

    A reason is as large as its share of rows, or of the money of the currency that it took most of.
    """
    reasons: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        reasons.setdefault(row["reason_code"], []).append(row)

    def size(code: str) -> float:
        money = (
            r["amount"] / landed[r["currency"]] for r in reasons[code] if r["currency"] in landed
        )
        return float(max([reasons[code][0]["reason_count"] / counted, *money]))

    # Alike in size they stay in the order of the answer: rows, then names.
    largest = sorted(reasons, key=size, reverse=True)[:_NAMED]
    parts = [_reason(reasons[code]) for code in largest]
    if len(reasons) > _NAMED:
        others = lost - sum(reasons[code][0]["reason_count"] for code in largest)
        parts.append(say("quality.other_reasons", rows=figures.count(others)))
    said = say("quality.semicolon").join(parts)
    return say("quality.rest", lost=figures.count(lost), reasons=said)


def _reason(rows: list[dict[str, Any]]) -> str:
    """Say one reason: its rows, and its money in each currency."""
    reason = name_of("rejection", rows[0]["reason_code"])
    count = figures.count(rows[0]["reason_count"])
    money = [
        figures.money(row["amount"], row["currency"])
        if row["currency"]
        else say("quality.no_currency", amount=figures.decimal(row["amount"], 0))
        for row in rows
        if row["amount"]
    ]
    if not money:
        return say("quality.reason", reason=reason, rows=count)
    return say(
        "quality.reason_money", reason=reason, rows=count, money=say("quality.comma").join(money)
    )


def _share(value: float) -> str:
    """Write a share so that what is not all is not 100.0 %."""
    return say("quality.nearly_all") if 0.9995 <= value < 1 else figures.percent(value)
