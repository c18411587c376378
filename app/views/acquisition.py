"""Acquisition: whom each channel brought, what they cost, and whether they came back."""

from collections.abc import Hashable
from typing import Any

from scipy.stats import binomtest

from app import charts, figures, layout
from app.language import name_of, say
from app.period import Period
from app.published import Answer, Published
from app.registry import Page

# Sums of counts and amounts; rates are made of the sums, never of rates. What a person cost is set
# beside what they brought where everybody of a month has had 90 days to bring it.
_CHANNELS = """
with months as (
    select *, eligible_90d_count = people_count as is_ripe
    from retention.channel_quality
    where acquisition_month >= $first and last_day(acquisition_month) <= $last
),

channels as (
    select
        channel,
        sum(people_count)::bigint as people_count,
        sum(eligible_30d_count)::bigint as eligible_count,
        sum(retained_30d_count)::bigint as retained_count,
        sum(cost)::double as cost,
        coalesce(sum(people_count) filter (is_ripe), 0)::bigint as ripe_count,
        (sum(cost) filter (is_ripe))::double as ripe_cost,
        (sum(value_90d) filter (is_ripe))::double as ripe_value
    from months
    group by channel
)

select
    channel, people_count, eligible_count, retained_count,
    retained_count / nullif(eligible_count, 0) as retention_30d,
    cost, ripe_count,
    case when ripe_count >= $enough then ripe_cost / ripe_count
        else cost / nullif(people_count, 0) end as cost_per_person,
    case when ripe_count >= $enough then ripe_value / ripe_count end as value_90d_per_person,
    case when ripe_count >= $enough then (ripe_value - ripe_cost) / ripe_count end
        as left_per_person
from channels
order by people_count desc, channel
"""

_REFERRALS = """
select cohort_start, customer_count, eligible_count, referred_count, k_factor, k_low, k_high
from retention.referral_k
where cohort_grain = 'month' and k_factor is not null
order by cohort_start
"""

# Fewer people say little of what a channel brings.
_ENOUGH = 10


def _render(published: Published, period: Period) -> None:
    layout.section(say("acquisition.channels"), say("acquisition.channels_note"))
    answer = published.ask(_CHANNELS, first=period.first, last=period.last, enough=_ENOUGH)
    if answer.frame.empty:
        layout.notice(say("acquisition.no_month"), say("acquisition.no_month_remedy"))
        return
    _retention(answer)
    layout.section(say("acquisition.money"), say("acquisition.money_note"))
    _table(answer, layout.currency(published))
    if published.has("retention.referral_k"):
        referrals = published.ask(_REFERRALS)
        if not referrals.frame.empty:
            layout.section(say("acquisition.referrals"), say("acquisition.referrals_note"))
            _referrals(referrals)


def _retention(answer: Answer) -> None:
    frame = answer.frame[answer.frame["eligible_count"] > 0]
    if frame.empty:
        layout.notice(say("acquisition.too_young"), say("acquisition.too_young_remedy"))
        return
    intervals = [
        binomtest(int(hits), int(trials)).proportion_ci(method="wilson")
        for hits, trials in zip(frame["retained_count"], frame["eligible_count"], strict=True)
    ]
    frame = frame.assign(
        name=[name_of("channel", v) for v in frame["channel"]],
        low=[interval.low for interval in intervals],
        high=[interval.high for interval in intervals],
    )
    drawing = charts.dots(
        frame, "name", "retention_30d", "low", "high", title=say("axis.retention_30d"),
        from_zero=True,
    )  # fmt: skip
    layout.chart("acquisition_retention", drawing, answer, "retention.channel_quality")


def _table(answer: Answer, currency: str) -> None:
    column = layout.Column
    layout.table(
        "acquisition_channels",
        answer,
        [
            column("channel", say("axis.channel"), lambda v: name_of("channel", v), is_text=True),
            column("people_count", say("unit.people"), figures.count),
            # Named by a count, which is never null: what is not known yet is said in words.
            column("eligible_count", say("axis.retention_30d"), write_row=_back),
            column("cost", say("unit.cost", currency=currency), figures.count),
            column("ripe_count", say("acquisition.ripe"), figures.count),
            column("cost_per_person", say("unit.cost_per_person", currency=currency), _amount),
            column("ripe_count", say("unit.value_90d", currency=currency),
                   write_row=lambda row: _early(row) or _amount(row["value_90d_per_person"])),
            column("ripe_count", say("acquisition.left", currency=currency),
                   write_row=lambda row: _early(row) or _amount(row["left_per_person"])),
        ],
        "retention.channel_quality",
    )  # fmt: skip


def _amount(value: Any) -> str:
    return figures.decimal(value, 2)


def _back(row: dict[Hashable, Any]) -> str:
    if not row["eligible_count"]:
        return say("acquisition.too_early") if row["people_count"] else figures.NOTHING
    return say(
        "acquisition.back_of", share=figures.percent(row["retention_30d"]),
        count=figures.count(row["eligible_count"]),
    )  # fmt: skip


def _early(row: dict[Hashable, Any]) -> str:
    """Say why it is not known what a channel's people brought; nothing where it is."""
    if row["ripe_count"] >= _ENOUGH:
        return ""
    is_early = row["ripe_count"] < row["people_count"]
    return say("acquisition.too_early" if is_early else "acquisition.too_few")


def _referrals(answer: Answer) -> None:
    if len(answer.frame) == 1:
        row = answer.frame.iloc[0]
        layout.headline(
            figures.decimal(row["k_factor"], 3),
            f"{figures.decimal(row['k_low'], 3)} – {figures.decimal(row['k_high'], 3)}",
            say("acquisition.k_why", people=figures.count(row["eligible_count"])),
        )
        layout.computed("acquisition_referrals", answer, "retention.referral_k")
        return
    drawing = charts.lines(
        answer.frame, "cohort_start", "k_factor", "k_low", "k_high", x_title=say("axis.cohort"),
        y_title=say("axis.k_factor"), y_format=",.2f", is_date=True, height=200,
    )  # fmt: skip
    layout.chart("acquisition_referrals", drawing, answer, "retention.referral_k")


PAGE = Page(
    name="acquisition",
    order=30,
    room="retention",
    needs=("retention.channel_quality",),
    render=_render,
    period="all",
)
