"""Two cohorts, or two groups of a cut, beside each other: how far apart, and whether by chance."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app import choices, explain, figures, layout
from app.cohorts import cuts
from app.cohorts.cuts import Cut
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Answer, Published, Value

_COHORTS = """
select
    cohort_start, slice_value, period_index, eligible_count, retained_count, retention_rate,
    rate_low, rate_high
from retention.retention_cube
where
    cut_id = $cut_id and slice_value = $slice_value and period_index = $period
    and cohort_start in ($first::date, $second::date)
order by cohort_start = $second::date
"""

_GROUPS = """
select
    slice_value, period_index, cohort_count, eligible_count, retained_count, retention_rate,
    rate_low, rate_high
from retention.retention_curves
where cut_id = $cut_id and period_index = $period and slice_value in ($first, $second)
order by slice_value = $second
"""


@by_itself
def show(
    published: Published, cut: Cut, group: str, cells: pd.DataFrame, curves: pd.DataFrame
) -> None:
    """Let two be chosen, the newest cohort and the one before at first, and say how they differ.

    Args:
        published: where they are read from.
        cut: the cut.
        group: whose cohorts are compared.
        cells: the cells of that group.
        curves: the pooled curves of all groups.
    """
    # A cohort that not everybody has finished would be compared by its quickest people.
    cells = cells[cells["is_mature"].astype(bool)]
    groups = curves[curves["slice_value"] != "withheld"]
    sides = [
        side
        for side, frame in (("cohorts", cells), ("groups", groups))
        if _periods(frame, side, cut)
    ]
    if not sides:
        return
    layout.section(say("retention.compare"), say("retention.compare_note"))
    columns = st.columns(4)
    side = sides[0]
    if len(sides) > 1:
        with columns[3]:
            side = choices.one(
                say("retention.compare_what"), sides, key="retention-compare",
                write=lambda v: _side_name(cut, group, v),
            )  # fmt: skip
    frame = cells if side == "cohorts" else groups
    field = "cohort_start" if side == "cohorts" else "slice_value"
    with columns[2]:
        period = _choose_period(cut, _periods(frame, side, cut))
    frame = frame[frame["period_index"] == period]
    if side == "cohorts":
        options = [pd.Timestamp(v).date().isoformat() for v in sorted(frame[field])[::-1]]
    else:
        options = list(frame.sort_values("eligible_count", ascending=False)[field])
    write = _writer(cut, side)
    # What is kept of a choice is kept for those who can be chosen in its place.
    kept = cut.grain if side == "cohorts" else cut.slice
    with columns[0]:
        first = choices.one(
            say("retention.compare_first"), options, key=f"retention-first-{kept}", write=write
        )
    # At first the one before, or the next smaller; after the last of them, whatever there is.
    others = [option for option in options if option != first]
    before = min(options.index(first), len(others) - 1)
    with columns[1]:
        second = choices.one(
            say("retention.compare_second"), others, key=f"retention-second-{kept}", write=write,
            default=before,
        )  # fmt: skip
    asked: dict[str, Value] = {
        "cut_id": cut.cut_id,
        "period": period,
        "first": first,
        "second": second,
    }
    if side == "cohorts":
        answer = published.ask(_COHORTS, slice_value=group, **asked)
    else:
        answer = published.ask(_GROUPS, **asked)
    if side == "cohorts" and cut.definition == "on_or_after":
        # Whoever began earlier has had longer to come back in any later period.
        layout.remark(say("retention.unequal", first=write(first), second=write(second)))
    else:
        _said(answer, write(first), write(second))
    _table(answer, field, write)


def sentence(first: str, second: str, counts: Sequence[int]) -> str:
    """Say how the first differs from the second.

    Args:
        first: its name.
        second: its name.
        counts: who came back and who could have, of the first and then of the second.
    """
    back, eligible, other_back, other_eligible = counts
    difference, low, high = explain.difference(back, eligible, other_back, other_eligible)
    return say(
        "retention.differs",
        first=first,
        second=second,
        rate=figures.percent(back / eligible),
        other=figures.percent(other_back / other_eligible),
        points=figures.decimal(abs(difference) * 100, 1),
        direction=say(f"retention.{'more' if difference >= 0 else 'fewer'}"),
        low=figures.points(low),
        high=figures.points(high),
        verdict=say(f"retention.{'chance' if low <= 0 <= high else 'no_chance'}"),
    )


def _periods(frame: pd.DataFrame, side: str, cut: Cut) -> list[int]:
    """Return the periods after the start that two or more have reached."""
    field = "cohort_start" if side == "cohorts" else "slice_value"
    counts = frame.groupby("period_index")[field].nunique()
    first = 0 if cut.is_one_period else 1
    return [int(period) for period in counts[counts > 1].index if period >= first]


def _choose_period(cut: Cut, periods: list[int]) -> int:
    if len(periods) == 1:
        return periods[0]
    return choices.one(
        say("retention.choose_period"), periods, key=f"retention-compare-period-{cut.grain}",
        write=lambda v: cuts.period_name(cut, v),
    )  # fmt: skip


def _side_name(cut: Cut, group: str, side: str) -> str:
    if side == "groups":
        return say("retention.side_groups", slice=name_of("slice", cut.slice))
    return say("retention.side_cohorts", group=cuts.group_name(cut, group))


def _writer(cut: Cut, side: str) -> Callable[[Any], str]:
    if side == "cohorts":
        return lambda v: cuts.cohort_name(cut, v)
    return lambda v: cuts.group_name(cut, v)


def _said(answer: Answer, first: str, second: str) -> None:
    counts = answer.frame[["retained_count", "eligible_count"]].to_numpy().ravel()
    layout.remark(sentence(first, second, [int(count) for count in counts]))


def _table(answer: Answer, field: str, write: Callable[[Any], str]) -> None:
    is_cohort = field == "cohort_start"
    layout.table(
        "retention_compare",
        answer,
        [
            layout.Column(field, say("axis.cohort" if is_cohort else "axis.group"), write,
                          is_text=True),
            layout.Column("eligible_count", say("axis.eligible"), figures.count),
            layout.Column("retained_count", say("axis.retained"), figures.count),
            layout.Column("retention_rate", say("axis.retention"), figures.percent,
                          interval=("rate_low", "rate_high")),
        ],
        "retention.retention_cube" if is_cohort else "retention.retention_curves",
    )  # fmt: skip
