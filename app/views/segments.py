"""Segments: what kinds of customer there are, who moved from one to another, who shrinks."""

from collections.abc import Hashable
from typing import Any

import altair as alt
import pandas as pd

from app import charts, choices, figures, layout, people
from app.fragments import by_itself
from app.language import name_of, say
from app.palette import SEGMENTS
from app.parts import clusters, profiles
from app.published import Answer, Published
from app.registry import Page

# Where a segment stands, from the warmest down.
_RANK = "list_position([" + ", ".join(f"'{segment}'" for segment in SEGMENTS) + "], {})"

_MONTHS = """
select month, is_month_complete
from segments.rfm_movement
group by all
order by month desc
"""

_MOVES = """
select
    month, from_segment, to_segment, people_count, net_sales::double as net_sales_of_month
from segments.rfm_movement
where month = $month
order by people_count desc, from_segment, to_segment
"""

# What people had brought by then says more of a loss than the month's sales, of which whoever
# slides away has none.
_MOVED = """
    select
        h.person_id, b.segment as from_segment, h.segment as to_segment,
        coalesce(orders.brought, 0) as brought,
        coalesce(orders.last_day >= $month + interval 1 month, false) as has_ordered_since
    from segments.rfm_history as h
    inner join segments.rfm_history as b
        on h.person_id = b.person_id and b.to_month = h.from_month - interval 1 month
    left join (
        select
            person_id,
            max(local_day) filter (where is_net_at_clock) as last_day,
            sum(net_sales) filter (where is_order and local_day < $month + interval 1 month)
                as brought
        from core.orders group by person_id
    ) as orders on h.person_id = orders.person_id
    where h.from_month = $month
"""

_LOSSES = f"""
select
    from_segment, to_segment, count(*) as people_count,
    count(*) filter (has_ordered_since) as people_back_count,
    sum(brought)::double as brought
from ({_MOVED})
where {_RANK.format("to_segment")} > {_RANK.format("from_segment")}
group by from_segment, to_segment
order by brought desc, from_segment, to_segment
"""

_MOVERS = f"""
select person_id, brought, has_ordered_since from ({_MOVED})
where from_segment = $before and to_segment = $after
"""

_SIZES = f"""
with sizes as (
    select month, to_segment as segment, sum(people_count)::bigint as people_count
    from segments.rfm_movement
    group by all
),

looked_at as (
    select $month::date as month, min(month) as first_month from sizes
),

known as (
    select segment from sizes group by all
)

select
    known.segment,
    coalesce(now.people_count, 0) as people_count,
    case when looked_at.month - interval 1 month >= first_month
        then coalesce(now.people_count, 0) - coalesce(before.people_count, 0) end as month_change,
    case when looked_at.month - interval 1 year >= first_month
        then coalesce(now.people_count, 0) - coalesce(ago.people_count, 0) end as year_change
from known
cross join looked_at
left join sizes as now on known.segment = now.segment and looked_at.month = now.month
left join sizes as before
    on known.segment = before.segment and before.month = looked_at.month - interval 1 month
left join sizes as ago
    on known.segment = ago.segment and ago.month = looked_at.month - interval 1 year
order by {_RANK.format("known.segment")}
"""

_COURSE = """
select month, is_month_complete, coalesce(sum(people_count), 0)::bigint as people_count
from (
    select
        month, is_month_complete,
        case when to_segment = $segment then people_count end as people_count
    from segments.rfm_movement
)
group by all
order by month
"""

_SHOWN = 12


def _render(published: Published) -> None:
    currency = layout.currency(published)
    layout.section(say("segments.moves"), say("segments.moves_note"))
    known = published.ask(_MONTHS).frame
    complete = dict(zip(known["month"].dt.date, known["is_month_complete"], strict=True))
    month = choices.one(
        say("segments.month"), list(complete), key="segments-month", has_label=False,
        write=lambda m: _month(m, bool(complete[m])),
        # The latest whole month, where there is one.
        default=next((n for n, m in enumerate(complete) if complete[m]), 0),
    )  # fmt: skip
    _moves(published, month, _month(month, bool(complete[month])), currency)
    layout.section(say("segments.sizes"), say("segments.sizes_note"))
    _sizes(published, month)
    if published.has("segments.customer_clusters"):
        clusters.show(published, currency)
    if published.has("segments.profile_segment_sizes"):
        profiles.show(published, currency)


def _month(month: object, is_complete: bool) -> str:
    name = figures.month(month)
    return name if is_complete else say("segments.so_far", month=name)


def _moves(published: Published, month: Any, name: str, currency: str) -> None:
    answer = published.ask(_MOVES, month=month)
    losses = published.ask(_LOSSES, month=month)
    _said(answer.frame, losses.frame, name, currency)
    _grid(answer)
    if losses.frame.empty:
        layout.notice(say("segments.no_loss"), say("segments.no_loss_remedy"))
        return
    layout.section(say("segments.losses"), say("segments.losses_note"))
    column = layout.Column
    layout.table(
        "segments_losses",
        losses,
        [
            column("to_segment", say("segments.move"), is_text=True, write_row=_move),
            column("people_count", say("unit.people"), figures.count),
            column("people_back_count", say("segments.since"), figures.count, is_minor=True),
            column("brought", say("segments.brought", currency=currency), figures.count),
        ],
        "segments.rfm_history", "core.orders",
        limit=_SHOWN,
    )  # fmt: skip
    _movers(
        published,
        month,
        [
            f"{row['from_segment']},{row['to_segment']}"
            for row in losses.frame.head(_SHOWN).to_dict("records")
        ],
    )


@by_itself
def _movers(published: Published, month: Any, moves: list[str]) -> None:
    """List the people of a move that is chosen, each written as from,to."""
    chosen = choices.one(
        say("segments.choose_move"), moves, key="segments-move",
        write=lambda v: _move(dict(zip(("from_segment", "to_segment"), v.split(","), strict=True))),
    )  # fmt: skip
    before, after = chosen.split(",")
    people.listed(
        "segments_people", published, _MOVERS, "segments.rfm_history", "core.orders",
        # Whoever is back needs no letter: first those who are not.
        order="has_ordered_since, brought desc", limit=_SHOWN,
        extra=[layout.Column("has_ordered_since", say("segments.since"),
                             lambda v: say("app.yes" if v else "app.no"), is_text=True)],
        of=f"{month:%Y-%m} {before} to {after}", month=month, before=before, after=after,
    )  # fmt: skip


def _move(row: dict[Hashable, Any] | dict[str, Any]) -> str:
    return say(
        "segments.from_to",
        before=name_of("segment", row["from_segment"]),
        after=name_of("segment", row["to_segment"]),
    )


def _said(moves: pd.DataFrame, losses: pd.DataFrame, month: str, currency: str) -> None:
    """Say how many moved which way, and the loss that costs most."""
    is_new = moves["from_segment"] == "none"
    is_still = moves["from_segment"] == moves["to_segment"]
    place = {segment: number for number, segment in enumerate(SEGMENTS)}
    is_loss = moves["to_segment"].map(place) > moves["from_segment"].map(place)

    def people_of(chosen: pd.Series) -> str:
        return figures.people(int(moves.loc[chosen, "people_count"].sum()))

    text = say(
        "segments.said", month=month, colder=people_of(is_loss),
        warmer=people_of(~is_loss & ~is_new & ~is_still), new=people_of(is_new),
        same=people_of(is_still),
    )  # fmt: skip
    if not losses.empty:
        worst = losses.iloc[0]
        text += " " + say(
            "segments.worst", move=_move(dict(worst)),
            people=figures.people(worst["people_count"]),
            amount=figures.money(worst["brought"], currency),
        )  # fmt: skip
    layout.remark(text)


def _grid(answer: Answer) -> None:
    frame = answer.frame[answer.frame["people_count"] > 0]
    frame = frame.assign(
        before=[name_of("segment", v) for v in frame["from_segment"]],
        after=[name_of("segment", v) for v in frame["to_segment"]],
        label=[figures.count(v) for v in frame["people_count"]],
        is_still=frame["from_segment"] == frame["to_segment"],
    )
    names = [name_of("segment", v) for v in SEGMENTS]
    moved = frame[~frame["is_still"]]
    drawing = charts.heat(
        frame, "after", "before", "people_count",
        x_title=say("segments.after"), y_title=say("segments.before"),
        legend_title=say("unit.people"), label="label", dark=layout.is_dark(), cell=30,
        x_sort=names, y_sort=[name_of("segment", "none"), *names], grey="is_still",
        top=float(moved["people_count"].max()) if len(moved) else None,
        tips=[
            alt.Tooltip("before:N", title=say("segments.before")),
            alt.Tooltip("after:N", title=say("segments.after")),
            alt.Tooltip("people_count:Q", title=say("unit.people"), format=","),
        ],
    )  # fmt: skip
    layout.hint_of_narrow(say("segments.scroll"))
    layout.chart("segments_moves", drawing, answer, "segments.rfm_movement")


@by_itself
def _sizes(published: Published, month: Any) -> None:
    answer = published.ask(_SIZES, month=month)
    column = layout.Column
    layout.table(
        "segments_sizes",
        answer,
        [
            column("segment", say("axis.segment"), lambda v: name_of("segment", v), is_text=True),
            column("people_count", say("unit.people"), figures.count),
            column("month_change", say("segments.since_month"), figures.signed),
            column("year_change", say("segments.since_year"), figures.signed),
        ],
        "segments.rfm_movement",
    )  # fmt: skip
    if answer.frame["month_change"].isna().all():
        layout.caption(say("segments.no_month_before"))
    chosen = choices.one(
        say("segments.choose_segment"), list(answer.frame["segment"]), key="segments-segment",
        write=lambda v: name_of("segment", v),
    )  # fmt: skip
    course = published.ask(_COURSE, segment=chosen)
    frame = course.frame.assign(is_open=~course.frame["is_month_complete"].astype(bool))
    drawing = charts.lines(
        frame, "month", "people_count", None, None, x_title=say("axis.month"),
        y_title=say("unit.people"), y_format=",.0f", is_date=True, apart="is_open", height=200,
    )  # fmt: skip
    layout.chart("segments_course", drawing, course, "segments.rfm_movement")


PAGE = Page(
    name="segments",
    order=25,
    room="segments",
    needs=("segments.rfm_movement", "segments.rfm_history", "segments.rfm_segments", "core.orders"),
    render=_render,
)
