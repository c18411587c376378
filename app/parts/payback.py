"""What a new customer may cost, what each channel's do cost, and when they have paid for it."""

from collections.abc import Hashable
from typing import Any

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

# What new customers left in the longest time, up to the one that they are judged by, of which
# something is settled; fewer people say little.
_LEFT = """
select
    period_index, sum(people_count)::bigint as people_count,
    sum(booked_margin)::double / sum(people_count) as left_per_person,
    any_value(margin) as margin, any_value(margin_source) as margin_source
from value.payback
where is_settled and people_count > 0 and period_index <= $months
group by period_index
having sum(people_count) >= $enough
order by period_index desc
limit 1
"""

# Of the months of a channel of which a cost is known, over those that reach so far. A month
# that cost something and won nobody is one of them.
_CURVES = """
select
    channel, period_index, count(*) as month_count,
    sum(people_count)::bigint as people_count, sum(cost)::double as cost,
    coalesce(sum(booked_margin), 0)::double as margin,
    (coalesce(sum(booked_margin), 0) - sum(cost))::double / nullif(sum(people_count), 0)
        as left_per_person,
    2 * sum(people_count) < max(sum(people_count)) over (partition by channel) as is_few
from value.payback
where cost > 0
group by channel, period_index
order by channel, period_index
"""

_CHANNELS = f"""
with curves as ({_CURVES}),

months as (
    select
        channel,
        count(*) as month_count,
        count(payback_index) as paid_count,
        count(*) filter (payback_index is null and is_mature) as lost_count,
        sum(people_count)::bigint as people_count,
        sum(cost)::double as cost,
        bool_or(is_mature) as is_mature
    from value.payback
    where period_index = 0 and cost > 0
    group by channel
),

latest as (
    select channel, sum(booked_margin)::double as margin
    from (
        select *, max(period_index) over (partition by channel, acquisition_month) as last_index
        from value.payback
        where cost > 0
    )
    where period_index = last_index
    group by channel
)

select
    m.channel, m.people_count, m.cost, m.cost / nullif(m.people_count, 0) as cost_per_person,
    l.margin - m.cost as balance,
    -- Cheaper months may have paid while the channel has not.
    min(c.period_index) filter (c.margin >= c.cost and l.margin >= m.cost) as payback_index,
    m.month_count, m.paid_count, m.lost_count,
    m.month_count - m.paid_count - m.lost_count as waiting_count, m.is_mature
from months as m
inner join curves as c on m.channel = c.channel
inner join latest as l on m.channel = l.channel
group by all
order by m.people_count desc, m.channel
"""

_MONTHS = """
select
    acquisition_month, people_count, cost::double as cost,
    cost_per_person::double as cost_per_person,
    arg_max(booked_margin_per_person, period_index)::double as left_per_person,
    max(period_index) as period_index, payback_index, is_mature
from value.payback
where channel = $channel and cost > 0
group by all
order by acquisition_month desc
"""

_FREE = "select distinct channel from value.payback where cost is null order by channel"

_ENOUGH = 10
_SHOWN = 12


def answer(published: Published, currency: str) -> None:
    """Say what a new customer may cost."""
    found = layout.rows(published.ask(_LEFT, months=_months(published), enough=_ENOUGH).frame)
    if not found:
        return
    (row,) = found
    # What is known of a short time alone is no limit.
    is_whole = row["period_index"] >= _months(published)
    layout.remark(
        say("value.may_cost" if is_whole else "value.may_cost_so_far",
            months=figures.count(row["period_index"]),
            amount=figures.money(row["left_per_person"], currency))
    )  # fmt: skip
    source = row["margin_source"]
    layout.caption(say(f"value.margin_{source}", margin=figures.percent(row["margin"], 0)))


@by_itself
def show(published: Published, currency: str) -> None:
    """List the channels that cost something, draw what is left, and list the months of one."""
    channels = published.ask(_CHANNELS)
    if channels.frame.empty:
        layout.notice(say("value.no_cost"), say("value.no_cost_remedy"))
        return
    months = _months(published)
    column = layout.Column

    def amount(value: Any) -> str:
        return figures.decimal(value, 2)

    def when(row: dict[Hashable, Any]) -> str:
        return _when(row["payback_index"], bool(row["is_mature"]), months)

    layout.table(
        "value_channels",
        channels,
        [
            column("channel", say("axis.channel"), lambda v: name_of("channel", v), is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("cost", say("unit.cost", currency=currency), figures.count),
            column("cost_per_person", say("unit.cost_per_person", currency=currency), amount),
            column("balance", say("value.balance", currency=currency), figures.count),
            column("month_count", say("value.paid_back"), is_text=True, write_row=when),
            column("paid_count", say("value.months_paid"), write_row=lambda row: say(
                "value.paid_of", paid=figures.count(row["paid_count"]),
                all=figures.count(row["month_count"]))),
            column("waiting_count", say("value.not_yet"), figures.count, is_minor=True),
            column("lost_count", say("value.not_within", months=months), figures.count,
                   is_minor=True),
        ],
        "value.payback",
    )  # fmt: skip
    free = [name_of("channel", v) for v in published.ask(_FREE).frame["channel"]]
    if free:
        layout.caption(say("value.without_cost", channels=say("value.and").join(free)))
    curves = published.ask(_CURVES)
    frame = curves.frame[curves.frame["channel"].isin(channels.frame["channel"].head(4))]
    frame = frame[frame["left_per_person"].notna()]
    if not frame.empty:
        drawing = charts.lines(
            frame.assign(name=[name_of("channel", v) for v in frame["channel"]]),
            "period_index", "left_per_person", None, None, series="name",
            x_title=say("value.months_since"), y_title=say("value.left", currency=currency),
            y_format=",.0f", rule=0, apart="is_few",
        )  # fmt: skip
        layout.chart("value_left", drawing, curves, "value.payback")
    channel = choices.one(
        say("value.choose_channel"), list(channels.frame["channel"]), key="value-channel",
        write=lambda v: name_of("channel", v),
    )  # fmt: skip
    layout.table(
        "value_months",
        published.ask(_MONTHS, channel=channel),
        [
            column("acquisition_month", say("axis.cohort"), figures.month, is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("cost", say("unit.cost", currency=currency), amount),
            column("cost_per_person", say("unit.cost_per_person", currency=currency), amount),
            column("left_per_person", say("value.earned", currency=currency), amount),
            column("period_index", say("value.paid_back"), is_text=True, write_row=when),
        ],
        "value.payback",
        limit=_SHOWN,
    )  # fmt: skip


def _when(index: Any, is_mature: bool, months: int) -> str:
    """Say in which month a channel's customers had paid for themselves, or whether to wait."""
    if figures.is_nothing(index):
        return say("value.not_within", months=months) if is_mature else say("value.not_yet")
    if index == 1:
        return say("value.in_one_month")
    return say("value.at_once") if index == 0 else say("value.in_month", number=int(index))


def _months(published: Published) -> int:
    return int(published.setting("value_payback_months")) or 12
