"""Lifecycle and segments: who came, who went, where everybody stands today."""

import altair as alt
import pandas as pd

from app import charts, choices, figures, layout, people
from app.fragments import by_itself
from app.language import name_of, say
from app.palette import LIFECYCLE, STATES
from app.period import Period
from app.published import Answer, Published
from app.registry import Page

_LIFECYCLE = """
select
    period_start, active_count, new_count, returning_count, resurrected_count, lapsed_count,
    quick_ratio
from retention.lifecycle
where period_grain = $grain
    and period_start between date_trunc($grain, $first::date) and $last
order by period_start
"""

_STATES = """
select
    lifecycle_state,
    count(*) as people_count,
    count(*) / sum(count(*)) over () as people_share
from retention.customer_lifecycle
group by lifecycle_state
order by min(days_since_active), lifecycle_state
"""

_STICKINESS = """
select distinct month_start, stickiness, monthly_active_count, mean_daily_active_count
from retention.stickiness
where month_start between date_trunc('month', $first::date) and $last
order by month_start
"""

_MAP = """
select
    recency_score, frequency_score, any_value(segment) as segment,
    count(*) as people_count, sum(net_sales)::double as net_sales
from segments.rfm_segments
group by recency_score, frequency_score
order by recency_score, frequency_score
"""

_SEGMENTS = """
select
    segment,
    count(*) as people_count,
    count(*) / sum(count(*)) over () as people_share,
    sum(net_sales)::double as net_sales,
    (sum(net_sales) / sum(sum(net_sales)) over ())::double as net_sales_share,
    median(days_since_last_order) as median_days_since,
    (sum(order_count) / count(*))::double as mean_order_count
from segments.rfm_segments as rfm
inner join retention.purchase_rhythm as rhythm on rfm.person_id = rhythm.person_id
group by segment
order by net_sales desc, segment
"""

_PEOPLE = """
select person_id, net_sales, order_count, recency_score, frequency_score, monetary_score
from segments.rfm_segments
where segment = $segment
"""

_GRAINS = ("month", "week", "day")
# What a chart can show; the CSV has every period.
_DRAWN = 160


def _render(published: Published, period: Period) -> None:
    layout.section(say("lifecycle.flow"), say("lifecycle.flow_note"))
    grain = choices.few(
        say("lifecycle.choose_grain"), _GRAINS, key="lifecycle-grain",
        write=lambda v: name_of("by_grain", v),
    )  # fmt: skip
    answer = published.ask(_LIFECYCLE, grain=grain, first=period.first, last=period.last)
    if answer.frame.empty:
        layout.notice(say("lifecycle.no_period"), say("lifecycle.no_period_remedy"))
    else:
        _what_moved(answer.frame, grain)
        _flow(answer, grain)
    if not answer.frame.empty:
        layout.section(say("lifecycle.quick_ratio"), say("lifecycle.quick_ratio_note"))
        _quick_ratio(answer)
    if published.has("retention.customer_lifecycle"):
        layout.section(say("lifecycle.states"))
        _states(published.ask(_STATES))
    if published.has("retention.stickiness"):
        months = published.ask(_STICKINESS, first=period.first, last=period.last)
        if not months.frame.empty:
            layout.section(say("lifecycle.stickiness"), say("lifecycle.stickiness_note"))
            _stickiness(months)
    layout.section(say("lifecycle.map"), say("lifecycle.map_note"))
    if published.is_empty("segments.rfm_segments"):
        layout.notice(say("lifecycle.no_buyers"), say("lifecycle.no_buyers_remedy"))
        return
    currency = layout.currency(published)
    _map(published.ask(_MAP), currency)
    layout.section(say("lifecycle.segments"))
    segments = published.ask(_SEGMENTS)
    _segments(segments, currency)
    _people(published, list(segments.frame["segment"]))


def _what_moved(frame: pd.DataFrame, grain: str) -> None:
    """Say of the last period how many people were active, and why not as many as before."""
    if len(frame) < 2:
        return
    before, last = frame.iloc[-2], frame.iloc[-1]
    moved = int(last["active_count"] - before["active_count"])
    layout.remark(
        say(
            f"lifecycle.active_{'up' if moved > 0 else 'down' if moved < 0 else 'flat'}",
            active=figures.count(last["active_count"]),
            period=figures.period(grain, last["period_start"]),
            change=figures.count(abs(moved)),
            before=figures.period(grain, before["period_start"]),
            new=figures.count(last["new_count"]),
            resurrected=figures.count(last["resurrected_count"]),
            lapsed=figures.count(last["lapsed_count"]),
        )
    )


def _flow(answer: Answer, grain: str) -> None:
    write = figures.month if grain == "month" else figures.day
    frame = answer.frame.tail(_DRAWN)
    if len(answer.frame) > _DRAWN:
        layout.caption(say("lifecycle.last", count=_DRAWN, grain=name_of("grains", grain)))
    frame = frame.assign(
        lapsed_count=-frame["lapsed_count"], period=[write(v) for v in frame["period_start"]]
    )
    parts = ("returning", "resurrected", "new", "lapsed")
    long = frame.melt(["period"], [f"{part}_count" for part in parts], "part", "people")
    long["part"] = [name_of("lifecycle", part.removesuffix("_count")) for part in long["part"]]
    drawing = charts.bars(
        long, "period", "people", x_title=say("axis.period"), y_title=say("unit.people"),
        series="part", names=[name_of("lifecycle", part) for part in parts],
        fixed={name_of("lifecycle", k): colour for k, colour in LIFECYCLE.items()}, height=320,
    )  # fmt: skip
    layout.chart("lifecycle_flow", drawing, answer, "retention.lifecycle")


def _quick_ratio(answer: Answer) -> None:
    frame = answer.frame[answer.frame["quick_ratio"].notna()]
    if frame.empty:
        layout.notice(say("lifecycle.nobody_lapsed"), say("lifecycle.nobody_lapsed_remedy"))
        return
    drawing = charts.lines(
        frame, "period_start", "quick_ratio", None, None, x_title=say("axis.period"),
        y_title=say("axis.quick_ratio"), y_format=",.1f", is_date=True, points=len(frame) < 60,
        height=190, rule=1.0,
    )  # fmt: skip
    layout.chart("lifecycle_quick_ratio", drawing, answer, "retention.lifecycle")


def _states(answer: Answer) -> None:
    frame = answer.frame.assign(
        name=[name_of("state", v) for v in answer.frame["lifecycle_state"]],
        label=[
            f"{figures.count(n)}  ·  {figures.percent(s)}"
            for n, s in zip(answer.frame["people_count"], answer.frame["people_share"], strict=True)
        ],
    )
    drawing = charts.shares(
        frame, "name", "people_count", "label", title=say("unit.people"), fixed=STATES,
        key="lifecycle_state", dark=layout.is_dark(),
    )  # fmt: skip
    layout.chart("lifecycle_states", drawing, answer, "retention.customer_lifecycle")


def _stickiness(answer: Answer) -> None:
    drawing = charts.lines(
        answer.frame, "month_start", "stickiness", None, None, x_title=say("axis.month"),
        y_title=say("axis.stickiness"), is_date=True, height=190,
    )  # fmt: skip
    layout.chart("lifecycle_stickiness", drawing, answer, "retention.stickiness")


def _map(answer: Answer, currency: str) -> None:
    frame = answer.frame.assign(
        name=[name_of("segment", v) for v in answer.frame["segment"]],
        label=[figures.count(v) for v in answer.frame["people_count"]],
        amount=[figures.money(v, currency) for v in answer.frame["net_sales"]],
    )
    drawing = charts.heat(
        frame, "recency_score", "frequency_score", "people_count",
        x_title=say("axis.recency_score"), y_title=say("axis.frequency_score"),
        legend_title=say("unit.people"), label="label", dark=layout.is_dark(), cell=48,
        x_sort=[1, 2, 3, 4, 5], y_sort=[5, 4, 3, 2, 1],
        tips=[
            alt.Tooltip("name:N", title=say("axis.segment")),
            alt.Tooltip("people_count:Q", title=say("unit.people"), format=","),
            alt.Tooltip("amount:N", title=say("unit.net_sales", currency=currency)),
        ],
    )  # fmt: skip
    layout.chart("lifecycle_map", drawing, answer, "segments.rfm_segments")


def _segments(answer: Answer, currency: str) -> None:
    column = layout.Column
    layout.table(
        "lifecycle_segments",
        answer,
        [
            column("segment", say("axis.segment"), lambda v: name_of("segment", v), is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("people_share", say("unit.of_people"), figures.percent),
            column("net_sales", say("unit.net_sales", currency=currency), figures.count),
            column("net_sales_share", say("unit.of_net_sales"), figures.percent),
            column("median_days_since", say("unit.median_recency"), figures.count),
            column("mean_order_count", say("unit.orders_each"), lambda v: figures.decimal(v, 1)),
        ],
        "segments.rfm_segments",
    )


@by_itself
def _people(published: Published, segments: list[str]) -> None:
    segment = choices.one(
        say("lifecycle.choose_segment"), segments, key="lifecycle-segment",
        write=lambda v: name_of("segment", v),
    )  # fmt: skip
    column = layout.Column
    people.listed(
        "lifecycle_people", published, _PEOPLE, "segments.rfm_segments",
        order="net_sales desc", segment=segment,
        extra=[
            column("order_count", say("unit.orders"), figures.count, is_minor=True),
            *(
                column(f"{name}_score", name[0].upper(), figures.count, is_minor=True)
                for name in ("recency", "frequency", "monetary")
            ),
        ],
    )  # fmt: skip


PAGE = Page(
    name="lifecycle",
    period="all",
    order=20,
    room="retention",
    needs=("retention.lifecycle", "segments.rfm_segments"),
    render=_render,
)
