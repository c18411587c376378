"""Retention: who comes back, for every cut that the cube was asked for."""

import altair as alt
import streamlit as st

from app import charts, choices, figures, layout
from app.language import name_of, say
from app.published import Answer, Published
from app.registry import Page

# The cut of a row, as a person picks it: four choices, one after the other.
_CUTS = """
select distinct
    cohort_grain,
    start_kind || ',' || return_kind as activity,
    concat_ws(',', definition, bracket_from, bracket_to, min_occurrences) as definition,
    slice,
    cut_id,
    clock_kind
from retention.retention_cube
order by all
"""

_CURVES = """
select
    slice_value, period_index, cohort_count, eligible_count, retained_count,
    retention_rate, rate_low, rate_high
from retention.retention_curves
where cut_id = $cut_id
order by slice_value, period_index
"""

_TRIANGLE = """
select
    cohort_start, slice_value, period_index, cohort_size, eligible_count, retained_count,
    retention_rate, rate_low, rate_high, is_mature
from retention.retention_cube
where cut_id = $cut_id and slice_value = $slice_value
order by cohort_start, period_index
"""

# The largest first.
_SLICES = """
select slice_value, sum(size) as people_count
from (
    select slice_value, cohort_start, any_value(cohort_size) as size
    from retention.retention_cube
    where cut_id = $cut_id
    group by slice_value, cohort_start
)
group by slice_value
order by people_count desc, slice_value
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

_GRAINS = ("month", "week", "day")
# What a screen holds; the CSV has every cohort and period.
_SHOWN = {"month": 18, "week": 26, "day": 26}
_LABELLED = 20
_LINES = 4


def _render(published: Published) -> None:
    cut, values = _choose_cut(published)
    curves = published.ask(_CURVES, cut_id=cut["cut_id"])
    layout.section(say("retention.curves"), _meaning(cut))
    _curves(curves, cut)
    layout.section(say("retention.triangle"))
    value = values[0]
    if len(values) > 1:
        value = choices.one(
            name_of("slice", cut["slice"]),
            values,
            write=lambda v: _slice_name(cut["slice"], v),
            key="retention-slice-value",
        )
    _triangle(published.ask(_TRIANGLE, cut_id=cut["cut_id"], slice_value=value), cut)
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


def _choose_cut(published: Published) -> tuple[dict[str, str], list[str]]:
    """Let one choose grain, activity, definition and slice; each narrows the next."""
    cuts = published.ask(_CUTS).frame
    cuts["_grain"] = cuts["cohort_grain"].map({g: i for i, g in enumerate(_GRAINS)})
    cuts["_sliced"] = cuts["slice"] != "none"
    cuts = cuts.sort_values(["_grain", "activity", "definition", "_sliced", "slice", "cut_id"])
    names = {
        "cohort_grain": lambda v: name_of("grain", v),
        "activity": _activity_name,
        "definition": _definition_name,
        "slice": lambda v: name_of("slice", v),
    }
    columns = st.columns(4)
    for column, (field, write) in zip(columns, names.items(), strict=True):
        options = list(dict.fromkeys(cuts[field]))
        with column:
            chosen = choices.one(
                say(f"retention.choose_{field}"), options, key=f"retention-{field}", write=write
            )
        cuts = cuts[cuts[field] == chosen]
    cut = {str(k): str(v) for k, v in cuts.iloc[0].items()}
    values = published.ask(_SLICES, cut_id=cut["cut_id"]).frame["slice_value"]
    return cut, list(values)


def _meaning(cut: dict[str, str]) -> str:
    return say(
        "retention.meaning",
        activity=_activity_name(cut["activity"]),
        definition=_definition_name(cut["definition"]),
        clock=name_of("clock", cut["clock_kind"]),
    )


def _activity_name(activity: str) -> str:
    start, back = activity.split(",")
    return say("retention.activity", start=name_of("kind", start), back=name_of("kind", back))


def _definition_name(definition: str) -> str:
    kind, *numbers = definition.split(",")
    times = int(numbers[-1])
    name = name_of("definition", kind)
    if kind == "bracket":
        name = say("retention.bracket", first=numbers[0], last=numbers[1])
    return name if times == 1 else say("retention.at_least", definition=name, times=times)


def _slice_name(kind: str, value: str) -> str:
    return name_of("channel" if kind == "channel" else "slice_value", value)


def _curves(answer: Answer, cut: dict[str, str]) -> None:
    frame = answer.frame
    if frame.empty:
        layout.notice(say("retention.no_curve"), say("retention.no_curve_remedy"))
        return
    frame = frame.assign(name=[_slice_name(cut["slice"], v) for v in frame["slice_value"]])
    if frame["period_index"].nunique() == 1:
        drawing = charts.dots(
            frame, "name", "retention_rate", "rate_low", "rate_high",
            title=say("axis.retention"), from_zero=True,
        )  # fmt: skip
    else:
        by_people = frame[frame["slice_value"] != "withheld"].groupby("name")["eligible_count"]
        largest = list(by_people.max().sort_values(ascending=False).index[:_LINES])
        # Index 0 is the start itself, always 100 %: drawn, it would flatten all that matters.
        drawing = charts.lines(
            frame[frame["name"].isin(largest) & (frame["period_index"] > 0)].sort_values(
                ["name", "period_index"], key=lambda c: c.map({n: i for i, n in enumerate(largest)})
                if c.name == "name" else c
            ),
            "period_index", "retention_rate", "rate_low", "rate_high",
            x_title=say(f"axis.{cut['cohort_grain']}s"), y_title=say("axis.retention"),
            series="name" if len(largest) > 1 else None,
            points=cut["cohort_grain"] == "month",
        )  # fmt: skip
        if frame["name"].nunique() > len(largest):
            layout.caption(say("retention.largest", shown=len(largest)))
    layout.chart("retention_curves", drawing, answer, "retention.retention_curves")


def _triangle(answer: Answer, cut: dict[str, str]) -> None:
    frame = answer.frame
    if frame["period_index"].nunique() == 1:
        _one_period(answer, cut)
        return
    kept = _SHOWN[cut["cohort_grain"]]
    cohorts = sorted(frame["cohort_start"].unique())[-kept:]
    shown = frame[frame["cohort_start"].isin(cohorts) & (frame["period_index"] < kept)]
    write = figures.month if cut["cohort_grain"] == "month" else figures.day
    shown = shown.assign(
        cohort=[write(v) for v in shown["cohort_start"]],
        label=[f"{v * 100:.0f}" for v in shown["retention_rate"]],
        interval=[
            f"{figures.percent(a)} – {figures.percent(b)}"
            for a, b in zip(shown["rate_low"], shown["rate_high"], strict=True)
        ],
    )
    later = shown[shown["period_index"] > 0]["retention_rate"]
    drawing = charts.heat(
        shown, "period_index", "cohort", "retention_rate",
        x_title=say(f"axis.{cut['cohort_grain']}s_percent"), y_title="",
        legend_title=say("axis.retention"),
        label="label" if max(len(cohorts), shown["period_index"].nunique()) <= _LABELLED else None,
        # Index 0 is always 1: the colours are for what comes after it.
        top=float(later.max()) if len(later) and later.max() > 0 else 1,
        dark=layout.is_dark(),
        cell=24 if len(cohorts) <= _LABELLED else 14,
        tips=[
            alt.Tooltip("cohort:N", title=say("axis.cohort")),
            alt.Tooltip("period_index:Q", title=say(f"axis.{cut['cohort_grain']}s")),
            alt.Tooltip("retention_rate:Q", title=say("axis.retention"), format=".1%"),
            alt.Tooltip("interval:N", title=say("axis.interval")),
            alt.Tooltip("retained_count:Q", title=say("axis.retained"), format=","),
            alt.Tooltip("eligible_count:Q", title=say("axis.eligible"), format=","),
        ],
    )  # fmt: skip
    if len(shown) < len(frame):
        layout.caption(say("retention.part_shown", cohorts=len(cohorts), periods=kept))
    layout.chart("retention_triangle", drawing, answer, "retention.retention_cube")


def _one_period(answer: Answer, cut: dict[str, str]) -> None:
    """A bracket has one period: cohorts follow each other, with their interval."""
    drawing = charts.lines(
        answer.frame, "cohort_start", "retention_rate", "rate_low", "rate_high",
        x_title=say("axis.cohort"), y_title=say("axis.retention"), is_date=True,
        points=len(answer.frame) < 60,
    )  # fmt: skip
    layout.chart("retention_triangle", drawing, answer, "retention.retention_cube")


def _repeat(answer: Answer) -> None:
    drawing = charts.lines(
        answer.frame, "days_since_first", "repeated", "repeated_low", "repeated_high",
        x_title=say("axis.days_since_first"), y_title=say("axis.repeated"), points=False,
    )  # fmt: skip
    layout.chart("retention_repeat", drawing, answer, "retention.repeat_survival")


def _revenue(answer: Answer, currency: str) -> None:
    frame = answer.frame
    kept = _SHOWN["month"]
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
        dark=layout.is_dark(),
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
    order=10,
    room="retention",
    needs=("retention.retention_cube", "retention.retention_curves"),
    render=_render,
)
