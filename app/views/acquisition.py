"""Acquisition: whom each channel brought, what they cost, and whether they came back."""

import streamlit as st
from scipy.stats import binomtest

from app import charts, figures, layout
from app.language import name_of, say
from app.published import Answer, Published
from app.registry import Page

_MONTHS = "select distinct acquisition_month from retention.channel_quality order by all"

# Sums of counts and amounts; rates are made of the sums, never of rates.
_CHANNELS = """
select
    channel,
    sum(people_count)::bigint as people_count,
    sum(eligible_30d_count)::bigint as eligible_count,
    sum(retained_30d_count)::bigint as retained_count,
    (sum(retained_30d_count) / nullif(sum(eligible_30d_count), 0))::double as retention_30d,
    sum(cost)::double as cost,
    (sum(cost) / nullif(sum(people_count), 0))::double as cost_per_person,
    sum(eligible_90d_count)::bigint as eligible_90d_count,
    (sum(value_90d) / nullif(sum(eligible_90d_count), 0))::double as value_90d_per_person
from retention.channel_quality
where acquisition_month between $first and $last
group by channel
order by people_count desc, channel
"""

_REFERRALS = """
select cohort_start, customer_count, eligible_count, referred_count, k_factor, k_low, k_high
from retention.referral_k
where cohort_grain = 'month' and k_factor is not null
order by cohort_start
"""


def _render(published: Published) -> None:
    months = [v.date() for v in published.ask(_MONTHS).frame["acquisition_month"]]
    layout.section(say("acquisition.channels"), say("acquisition.channels_note"))
    first, last = months[0], months[-1]
    if len(months) > 1:
        first, last = st.select_slider(
            say("acquisition.choose_months"), months, (months[0], months[-1]),
            format_func=figures.month, key="acquisition-months",
        )  # fmt: skip
    answer = published.ask(_CHANNELS, first=first, last=last)
    _retention(answer)
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
            column("retention_30d", say("axis.retention_30d"), figures.percent),
            column("cost", say("unit.cost", currency=currency), figures.count),
            column(
                "cost_per_person",
                say("unit.cost_per_person", currency=currency),
                lambda v: figures.decimal(v, 2),
            ),
            column(
                "value_90d_per_person",
                say("unit.value_90d", currency=currency),
                lambda v: figures.decimal(v, 2),
            ),
        ],
        "retention.channel_quality",
    )


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
)
