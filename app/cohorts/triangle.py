"""The triangle: each cohort with its size, its periods, and below them what all have together."""

from datetime import date
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

from app import charts, choices, figures, layout
from app.cohorts import cuts, members
from app.cohorts.cuts import Cut
from app.language import say
from app.period import Period
from app.published import Answer, Published

_CELLS = """
select
    cohort_start, slice_value, period_index, cohort_size, eligible_count, retained_count,
    retention_rate, rate_low, rate_high, is_mature
from retention.retention_cube
where cut_id = $cut_id and slice_value = $slice_value
    and cohort_start between date_trunc($grain, $first::date) and $last
order by cohort_start, period_index
"""

# All cohorts together: people weigh alike, whatever the size of their cohort.
_MEANS = """
select period_index, cohort_count, eligible_count, retained_count, retention_rate,
    rate_low, rate_high
from retention.retention_curves
where cut_id = $cut_id and slice_value = $slice_value
order by period_index
"""

# What a screen holds; the CSV has every cohort and period.
SHOWN = {"month": 18, "week": 26, "day": 26}
LABELLED = 20
# What a cell stands for, in the chart and in what a click on it tells.
_COHORT, _PERIOD = "_cohort", "period_index"


def cells_of(published: Published, cut: Cut, group: str, period: Period) -> Answer:
    """Return the cells of a group of a cut, of the cohorts that began in a period."""
    return published.ask(
        _CELLS, cut_id=cut.cut_id, slice_value=group, grain=cut.grain, first=period.first,
        last=period.last,
    )  # fmt: skip


def show(
    published: Published, cut: Cut, group: str, cells: Answer, chosen: tuple[date, int] | None
) -> None:
    """Draw the cells of a group, the one ringed whose people are listed."""
    if cut.is_one_period:
        _one_period(cut, cells)
        return
    frame, kept = cells.frame, SHOWN[cut.grain]
    starts = sorted(frame["cohort_start"].unique())[-kept:]
    shown = frame[frame["cohort_start"].isin(starts) & (frame["period_index"] < kept)]
    means = published.ask(_MEANS, cut_id=cut.cut_id, slice_value=group).frame
    means = means[means["period_index"].isin(shown["period_index"])]
    # Index 0 is always 1: the colours are for what comes after it.
    later = shown[shown["period_index"] > 0]["retention_rate"]
    drawn = pd.concat([_cohorts(cut, shown, chosen), _together(cut, means)])
    smallest = smallest_cell(published)
    drawn["_is_small"] = drawn["eligible_count"] < smallest
    drawing = charts.heat(
        drawn, _PERIOD, "_row", "retention_rate",
        x_title=say(f"axis.{cut.grain}s_percent"), y_title="",
        legend_title=say("axis.retention"),
        label="_label" if max(len(starts), shown["period_index"].nunique()) <= LABELLED else None,
        top=float(later.max()) if len(later) and later.max() > 0 else 1,
        dark=layout.is_dark(),
        y_sort=list(dict.fromkeys(drawn["_row"])),
        cell=24 if len(starts) <= LABELLED else 14,
        tips=[
            alt.Tooltip("_people:N", title=say("axis.cohort")),
            alt.Tooltip("_when:N", title=say("axis.period")),
            alt.Tooltip("_rate:N", title=say("axis.retention")),
            alt.Tooltip("_interval:N", title=say("axis.interval")),
            alt.Tooltip("_counts:N", title=say("axis.people")),
            alt.Tooltip("_reached:N", title=say("axis.reached")),
        ],
        grey="_is_small", dashed="_is_open", ringed="_is_chosen", click=(_COHORT, _PERIOD),
    )  # fmt: skip
    _legend(drawn, smallest)
    if len(shown) < len(frame):
        layout.caption(say("retention.part_shown", cohorts=len(starts), periods=kept))
    layout.chart(
        "retention_triangle", drawing, cells,
        "retention.retention_cube", "retention.retention_curves",
        on_click=partial(_choose, cut.grain),
    )  # fmt: skip


def smallest_cell(published: Published) -> int:
    """Return how many people a figure must be of to say something, as the build was told."""
    settings = published.contents().get("build", {}).get("vars", {})
    return int(settings.get("retention_min_cell_size", 10))


def _cohorts(cut: Cut, shown: pd.DataFrame, chosen: tuple[date, int] | None) -> pd.DataFrame:
    """Say the cells of cohorts in words, each row with its size."""
    people = cuts.people_name(cut)
    names = [cuts.cohort_name(cut, start) for start in shown["cohort_start"]]
    sizes = [figures.count(size) for size in shown["cohort_size"]]
    days = [pd.Timestamp(start).date() for start in shown["cohort_start"]]
    return _written(cut, shown).assign(
        _row=[f"{name} · {size}" for name, size in zip(names, sizes, strict=True)],
        _people=[
            say("retention.people_of", people=people, cohort=name, size=size)
            for name, size in zip(names, sizes, strict=True)
        ],
        _reached=[
            say("retention.reached", count=figures.count(eligible), size=figures.count(size))
            for eligible, size in zip(shown["eligible_count"], shown["cohort_size"], strict=True)
        ],
        _is_open=[not mature for mature in shown["is_mature"]],
        _is_chosen=[
            cell == chosen for cell in zip(days, shown["period_index"].astype(int), strict=True)
        ],
        **{_COHORT: [day.isoformat() for day in days]},
    )


def _together(cut: Cut, means: pd.DataFrame) -> pd.DataFrame:
    """Say the row of means."""
    return _written(cut, means).assign(
        _row=say("retention.means"),
        _people=say("retention.all_cohorts"),
        _reached=[
            say("retention.reached_cohorts", count=figures.count(n)) for n in means["cohort_count"]
        ],
        _is_open=False,
        _is_chosen=False,
        **{_COHORT: ""},
    )


def _written(cut: Cut, cells: pd.DataFrame) -> pd.DataFrame:
    return cells.assign(
        _label=[f"{rate * 100:.0f}" for rate in cells["retention_rate"]],
        _when=[cuts.period_name(cut, int(index)) for index in cells["period_index"]],
        _rate=[figures.percent(rate) for rate in cells["retention_rate"]],
        _interval=[
            f"{figures.percent(low)} – {figures.percent(high)}"
            for low, high in zip(cells["rate_low"], cells["rate_high"], strict=True)
        ],
        _counts=[
            say("retention.of", count=figures.count(back), size=figures.count(eligible))
            for back, eligible in zip(cells["retained_count"], cells["eligible_count"], strict=True)
        ],
    )


def _legend(drawn: pd.DataFrame, smallest: int) -> None:
    items = [("full", say("retention.blue"))]
    if drawn["_is_small"].any():
        items.append(("grey", say("retention.grey", smallest=smallest)))
    if drawn["_is_open"].any():
        items.append(("dashed", say("retention.dashed")))
    layout.legend(items)


def _choose(grain: str) -> None:
    """Put the cell that was clicked into the lists that name it, and list its people."""
    clicked = st.session_state["chart-retention_triangle"]["selection"].get(charts.CLICK)
    if clicked and clicked[0][_COHORT]:
        for key, value in (
            (f"retention-cohort-{grain}", clicked[0][_COHORT]),
            (f"retention-period-{grain}", int(clicked[0][_PERIOD])),
            (members.SIDE, st.session_state.get(members.SIDE) or members.BACK),
        ):
            st.session_state[key] = value
            choices.keep(key)


def _one_period(cut: Cut, cells: Answer) -> None:
    """A bracket has one period: cohorts follow each other, with their interval."""
    frame = _cohorts(cut, cells.frame, None)
    if frame["_is_open"].any():
        layout.legend([("hollow", say("retention.dashed"))])
    drawing = charts.lines(
        frame, "cohort_start", "retention_rate", "rate_low", "rate_high",
        x_title=say("axis.cohort"), y_title=say("axis.retention"), is_date=True,
        points=len(frame) < 60, apart="_is_open",
        extra=[
            alt.Tooltip("_people:N", title=say("axis.cohort")),
            alt.Tooltip("_counts:N", title=say("axis.people")),
            alt.Tooltip("_reached:N", title=say("axis.reached")),
        ],
    )  # fmt: skip
    layout.chart("retention_triangle", drawing, cells, "retention.retention_cube")
