"""The people of a cell on the page: which cell, which side of it, and the list of them."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import choices, figures, layout, people
from app.cohorts import cuts
from app.cohorts.cells import Cell, needed
from app.cohorts.cuts import Cut
from app.language import say
from app.published import Published

# The list that says which people of a cell are meant, and those that a click on a cell means.
SIDE, BACK = "retention-people", "back"
_LISTED = 10


def show(published: Published, cut: Cut, group: str, cells: pd.DataFrame) -> tuple[date, int]:
    """Let a cell be chosen, list a side of it once it is asked for; return which cell it is."""
    places = st.columns(3)
    cell = _choose(cut, group, cells, places)
    with places[2]:
        side = choices.maybe(
            say("retention.choose_people"), [BACK, "not_back"], key=SIDE,
            write=lambda v: say(f"retention.{v}"),
        )  # fmt: skip
    _list(published, cell, cells, side)
    return cell.start, cell.period


def _choose(cut: Cut, group: str, cells: pd.DataFrame, places: Sequence[DeltaGenerator]) -> Cell:
    """Let a cohort and a period of it be chosen; a click on the triangle chooses them too."""
    starts = sorted({pd.Timestamp(v).date() for v in cells["cohort_start"]})[::-1]
    periods = {
        start: sorted(int(v) for v in cells[days == start]["period_index"])
        for days in [cells["cohort_start"].map(lambda v: pd.Timestamp(v).date())]
        for start in starts
    }
    # At first the newest cohort with anything after its start.
    newest = next((i for i, start in enumerate(starts) if len(periods[start]) > 1), 0)
    left, middle, _ = places
    with left:
        start = date.fromisoformat(
            choices.one(
                say("retention.choose_cohort", people=cuts.people_name(cut)),
                [start.isoformat() for start in starts],
                key=f"retention-cohort-{cut.grain}",
                write=lambda v: cuts.cohort_name(cut, v),
                default=newest,
            )
        )
    options = periods[start]
    if len(options) == 1:
        return Cell(cut, group, start, options[0])
    with middle:
        period = choices.one(
            say("retention.choose_period"), options, key=f"retention-period-{cut.grain}",
            write=lambda v: cuts.period_name(cut, v), default=min(1, len(options) - 1),
        )  # fmt: skip
    return Cell(cut, group, start, period)


def _list(published: Published, cell: Cell, cells: pd.DataFrame, side: str | None) -> None:
    """Say what a cell comes to; list who of it came back, or who did not, when one is asked for."""
    found = cells[
        (cells["period_index"] == cell.period)
        & (cells["cohort_start"].map(lambda v: pd.Timestamp(v).date()) == cell.start)
    ].iloc[0]
    layout.remark(
        say(
            "retention.cell" if cell.period else "retention.cell_start",
            people=cuts.people_name(cell.cut),
            cohort=cuts.cohort_name(cell.cut, cell.start),
            eligible=figures.count(found["eligible_count"]),
            retained=figures.count(found["retained_count"]),
            period=cuts.period_name(cell.cut, cell.period),
        )
    )
    back = int(found["retained_count"])
    # Whoever only looks at rates does not wait for names.
    if side is None or not (back if side == BACK else int(found["eligible_count"]) - back):
        return
    rule = "is_back" if side == BACK else "not is_back"
    people.listed(
        "retention_people",
        published,
        f"select person_id, started_day from ({cell.sql()}\n) where {rule}",
        *needed(cell.cut),
        order="started_day",
        limit=_LISTED,
        of=f"{cell.start} {side}",
        extra=[layout.Column("started_day", say("axis.started"), figures.day, is_text=True)],
        **cell.values(),
    )
