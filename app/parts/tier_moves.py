"""Who moved from one tier of value to another in a month."""

from typing import Any

from app import choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.parts.tiers import TIERS
from app.published import Published

_MONTHS = """
select month, is_month_complete, bool_or(is_served <> was_served) as is_changed
from strategy.value_tier_movement
group by all
order by month desc
"""

_MOVES = """
select
    from_tier, to_tier, people_count, net_sales_365d_before::double as before,
    net_sales_365d::double as after
from strategy.value_tier_movement
where month = $month and from_tier <> to_tier
order by people_count desc, from_tier, to_tier
"""


@by_itself
def show(published: Published, currency: str) -> None:
    """Say whom the top lost and won in a month, and list all moves."""
    known = published.ask(_MONTHS).frame
    if known.empty:
        layout.notice(say("value.no_month"), say("value.no_month_remedy"))
        return
    rows = {row["month"].date(): row for row in layout.rows(known)}
    month = choices.one(
        say("value.month"), list(rows), key="value-month", has_label=False,
        write=lambda m: _month(m, bool(rows[m]["is_month_complete"])),
        default=next((n for n, m in enumerate(rows) if rows[m]["is_month_complete"]), 0),
    )  # fmt: skip
    moves = published.ask(_MOVES, month=month)
    if moves.frame.empty:
        layout.notice(say("value.no_move"), say("value.no_move_remedy"))
        return
    _said(layout.rows(moves.frame), currency)
    if rows[month]["is_changed"]:
        layout.caption(say("value.served_since"))
    column = layout.Column
    layout.table(
        "value_moves",
        moves,
        [
            column("from_tier", say("segments.move"), is_text=True, write_row=lambda row: say(
                "segments.from_to", before=name_of("value_tier", row["from_tier"]),
                after=name_of("value_tier", row["to_tier"]))),
            column("people_count", say("unit.people"), figures.count),
            column("before", say("value.year_before", currency=currency), figures.count),
            column("after", say("value.year_after", currency=currency), figures.count),
        ],
        "strategy.value_tier_movement",
    )  # fmt: skip


def _said(moves: list[dict[str, Any]], currency: str) -> None:
    lost = [row for row in moves if row["from_tier"] == TIERS[0]]
    won = [row for row in moves if row["to_tier"] == TIERS[0]]
    layout.remark(
        say("value.moved", lost=figures.people(sum(row["people_count"] for row in lost)),
            amount=figures.money(sum(row["before"] for row in lost), currency),
            won=figures.people(sum(row["people_count"] for row in won)))
    )  # fmt: skip


def _month(month: object, is_complete: bool) -> str:
    name = figures.month(month)
    return name if is_complete else say("segments.so_far", month=name)
