"""Retention: who comes back, for every cut that the cube was asked for."""

from datetime import date

import altair as alt
import streamlit as st

from app import charts, choices, explain, figures, layout, pictured
from app.cohorts import comparison, cuts, members, triangle
from app.cohorts.cells import can_be_found
from app.cohorts.cuts import Cut
from app.fragments import by_itself
from app.language import name_of, say
from app.period import Period
from app.published import Answer, Published
from app.registry import Page

_CURVES = """
select
    slice_value, period_index, cohort_count, eligible_count, retained_count,
    retention_rate, rate_low, rate_high
from retention.retention_curves
where cut_id = $cut_id
order by slice_value, period_index
"""

# The first period after the start: a bracket has no other.
_RANKING = """
select
    slice_value, period_index, cohort_count, eligible_count, retained_count,
    retention_rate, rate_low, rate_high
from retention.retention_curves
where cut_id = $cut_id and slice_value <> 'withheld'
    and period_index = (
        select min(period_index) from retention.retention_curves
        where cut_id = $cut_id and (period_index > 0 or definition = 'bracket')
    )
order by retention_rate desc, slice_value
"""

_REVENUE = """
select cohort_start, period_index, cohort_size, net_sales, revenue_retention_rate, is_settled
from retention.revenue_retention
order by cohort_start, period_index
"""

_REPEAT = """
select
    days_since_first, cohort_size, at_risk_count,
    1 - survival as repeated, 1 - survival_high as repeated_low, 1 - survival_low as repeated_high
from retention.repeat_survival
where cut_kind = 'all'
order by days_since_first
"""

_LINES = 4
# More countries than a page can name; the CSV has all.
_RANKED = 20
# A period that fewer than this share of the people have reached is of other people than the start:
# its point stands apart (docs/decisions/app/curve-apart.md).
_REACHED = 0.5


def _render(published: Published, period: Period) -> None:
    cut = cuts.choose(published)
    groups = cuts.groups_of(published, cut)
    curves = published.ask(_CURVES, cut_id=cut.cut_id)
    layout.section(say("retention.curves"), _meaning(cut))
    _curves(curves, cut, groups)
    _groups(published, cut)
    layout.section(say("retention.triangle"))
    if cut.slice != "none":
        layout.caption(say("retention.small_cohorts", smallest=triangle.smallest_cell(published)))
    if period.kind not in ("all", "always"):
        layout.caption(say("retention.period_note", period=period.write()))
    _group(published, period, cut, groups, curves)
    if published.has("retention.repeat_survival") and not published.is_empty(
        "retention.repeat_survival"
    ):
        layout.section(say("retention.repeat"), say("retention.repeat_note"))
        _repeat(published.ask(_REPEAT))
    if published.has("retention.revenue_retention") and not published.is_empty(
        "retention.revenue_retention"
    ):
        layout.section(say("retention.revenue"), say("retention.revenue_note"))
        _revenue(published.ask(_REVENUE), layout.currency(published))


@by_itself
def _group(
    published: Published, period: Period, cut: Cut, groups: list[str], curves: Answer
) -> None:
    """Show the cohorts of a group that is chosen, and what can be asked of them."""
    group = groups[0]
    if len(groups) > 1:
        group = choices.one(
            name_of("slice", cut.slice), groups, key="retention-slice-value",
            write=lambda v: cuts.group_name(cut, v),
        )  # fmt: skip
    cells = triangle.cells_of(published, cut, group, period)
    if cells.frame.empty:
        layout.notice(say("retention.no_cohort"), say("retention.no_cohort_remedy"))
        return
    _cohorts(published, cut, group, cells)
    comparison.show(published, cut, group, cells.frame, curves.frame)


@by_itself
def _cohorts(published: Published, cut: Cut, group: str, cells: Answer) -> None:
    # The cell whose people are listed is chosen below the triangle and seen in it.
    above, below = st.container(), st.container()
    said = pictured.standing()
    with below:
        cell = _people(published, cut, group, cells)
    with above:
        pictured.say_again(said)
        triangle.show(published, cut, group, cells, cell)


def _meaning(cut: Cut) -> str:
    return say(
        "retention.meaning",
        activity=cuts.activity_name(cut.activity),
        definition=cuts.meaning_of(cut),
        clock=name_of("clock", cut.clock),
    )


def _people(published: Published, cut: Cut, group: str, cells: Answer) -> tuple[date, int] | None:
    """List the people of a cell, where they can be found; return which cell that is."""
    layout.section(say("retention.people"))
    if not can_be_found(published, cut):
        layout.caption(say("retention.no_people"))
        return None
    if not cut.is_one_period:
        layout.caption(say("retention.people_note"))
    return members.show(published, cut, group, cells.frame)


def _curves(answer: Answer, cut: Cut, groups: list[str]) -> None:
    frame = answer.frame
    # The start alone is no curve.
    if frame.empty or not (cut.is_one_period or (frame["period_index"] > 0).any()):
        layout.notice(say("retention.no_curve"), say("retention.no_curve_remedy"))
        return
    frame = frame.assign(
        name=[cuts.group_name(cut, v) for v in frame["slice_value"]],
        people=[
            say("retention.of", count=figures.count(back), size=figures.count(eligible))
            for back, eligible in zip(frame["retained_count"], frame["eligible_count"], strict=True)
        ],
        cohorts=[figures.count(n) for n in frame["cohort_count"]],
    )
    tips = [
        alt.Tooltip("people:N", title=say("axis.people")),
        alt.Tooltip("cohorts:N", title=say("axis.cohorts")),
    ]
    if cut.is_one_period:
        drawing = charts.dots(
            frame, "name", "retention_rate", "rate_low", "rate_high",
            title=say("axis.retention"), from_zero=True,
        )  # fmt: skip
    else:
        named = [v for v in groups if v != "withheld" and v in set(frame["slice_value"])]
        largest = (named or groups)[:_LINES]
        begun = frame[frame["period_index"] == 0].set_index("slice_value")["eligible_count"]
        # Index 0 is the start itself, always 100 %: drawn, it would flatten all that matters.
        frame = frame[frame["slice_value"].isin(largest) & (frame["period_index"] > 0)]
        frame = frame.assign(
            apart=frame["eligible_count"] < _REACHED * frame["slice_value"].map(begun),
            place=frame["slice_value"].map(largest.index),
        ).sort_values(["place", "period_index"])
        drawing = charts.lines(
            frame, "period_index", "retention_rate", "rate_low", "rate_high",
            x_title=say(f"axis.{cut.grain}s"), y_title=say("axis.retention"),
            series="name" if len(largest) > 1 else None,
            points=cut.grain == "month", apart="apart", extra=tips,
        )  # fmt: skip
        if frame["apart"].any():
            layout.legend([("hollow", say("retention.hollow"))])
        if len(named) > len(largest):
            layout.caption(say("retention.largest", shown=len(largest)))
    layout.chart("retention_curves", drawing, answer, "retention.retention_curves")


def _groups(published: Published, cut: Cut) -> None:
    """Rank all groups of a split by who comes back first after the start, and say who differs."""
    if cut.slice == "none":
        return
    answer = published.ask(_RANKING, cut_id=cut.cut_id)
    frame = answer.frame
    if len(frame) < 2:
        return
    when = cuts.period_name(cut, int(frame["period_index"].iloc[0]))
    layout.section(say("retention.groups"), say("retention.groups_note", when=when))
    best, worst = frame.iloc[0], frame.iloc[-1]
    counts = [
        int(row[name]) for row in (best, worst) for name in ("retained_count", "eligible_count")
    ]
    _, low, high = explain.difference(*counts)
    layout.remark(
        say(
            "retention.groups_said",
            best=cuts.group_name(cut, best["slice_value"]),
            best_rate=figures.percent(best["retention_rate"]),
            worst=cuts.group_name(cut, worst["slice_value"]),
            worst_rate=figures.percent(worst["retention_rate"]),
            verdict=say(f"retention.{'chance' if low <= 0 <= high else 'no_chance'}").capitalize(),
        )
    )
    shown = frame.head(_RANKED).assign(
        name=[cuts.group_name(cut, v) for v in frame["slice_value"].head(_RANKED)]
    )
    drawing = charts.dots(
        shown, "name", "retention_rate", "rate_low", "rate_high", title=say("axis.retention"),
        from_zero=True,
    )  # fmt: skip
    layout.chart("retention_groups", drawing, answer, "retention.retention_curves")


def _repeat(answer: Answer) -> None:
    drawing = charts.lines(
        answer.frame, "days_since_first", "repeated", "repeated_low", "repeated_high",
        x_title=say("axis.days_since_first"), y_title=say("axis.repeated"), points=False,
    )  # fmt: skip
    layout.chart("retention_repeat", drawing, answer, "retention.repeat_survival")


def _revenue(answer: Answer, currency: str) -> None:
    frame = answer.frame
    kept = triangle.SHOWN["month"]
    cohorts = sorted(frame["cohort_start"].unique())[-kept:]
    shown = frame[frame["cohort_start"].isin(cohorts) & (frame["period_index"] < kept)]
    shown = shown[shown["revenue_retention_rate"].notna()]
    if shown.empty:
        return
    shown = shown.assign(
        cohort=[figures.month(v) for v in shown["cohort_start"]],
        label=[f"{v * 100:.0f}" for v in shown["revenue_retention_rate"]],
        amount=[figures.money(v, currency) for v in shown["net_sales"]],
    )
    later = shown[shown["period_index"] > 0]["revenue_retention_rate"]
    drawing = charts.heat(
        shown, "period_index", "cohort", "revenue_retention_rate",
        x_title=say("axis.months_percent"), y_title="", legend_title=say("axis.revenue_retention"),
        label="label", top=float(later.max()) if len(later) and later.max() > 0 else 1,
        dark=layout.is_dark(), y_sort=list(dict.fromkeys(shown["cohort"])),
        tips=[
            alt.Tooltip("cohort:N", title=say("axis.cohort")),
            alt.Tooltip("period_index:Q", title=say("axis.months")),
            alt.Tooltip("revenue_retention_rate:Q", title=say("axis.revenue_retention"),
                        format=".1%"),
            alt.Tooltip("amount:N", title=say("unit.net_sales", currency=currency)),
            alt.Tooltip("is_settled:N", title=say("axis.is_settled")),
        ],
    )  # fmt: skip
    layout.chart("retention_revenue", drawing, answer, "retention.revenue_retention")


PAGE = Page(
    name="retention",
    period="all",
    order=10,
    room="retention",
    needs=("retention.retention_cube", "retention.retention_curves"),
    render=_render,
)
