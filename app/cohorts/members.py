"""The people of a cell: who could have come back in that period, and who of them did.

They are found once more from orders and visits, by the same rule as the cube counts them
(docs/definitions.md, section 3); `tests/app/test_cells.py` holds the two to each other. Events such
as logins name their person only by way of the identity map, so their cells have no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import choices, figures, layout, people
from app.cohorts import cuts
from app.cohorts.cuts import Cut
from app.language import say
from app.published import Published, Value

# What happened, by kind: when, on which local day, to whom.
_HAPPENED = {
    "order": ("core.orders", "is_order", "ordered_at"),
    "net_order": ("core.orders", "is_order and is_net_at_clock", "ordered_at"),
    "visit": ("core.sessions", "not is_bot", "started_at"),
}
# Where a person's slices stand; without one they are unknown.
_SLICES = "retention.customer_lifecycle"
_LISTED = 10
_ROLLING_DAYS = {"day": 1, "week": 7, "month": 30}
_DAY_MICROS = 86_400_000_000

# The first start ever is in the cohort: somebody who began before it is not of it. Who has had the
# period to its end could have come back in it, and a return counts if its own period is over.
_MEMBERS = """
with started as (
    select person_id, min({start_at}) as started_at, min(local_day) as started_day
    from {start_table}, core.clock
    where
        person_id is not null and {start_rule} and {start_at} < as_of_at
        and local_day >= $cohort_start::date and local_day < $cohort_end::date
    group by person_id
),

members as (
    select started.*, {last_index} as last_index
    from started, core.clock
    where person_id not in (
        select person_id from {start_table}
        where person_id is not null and {start_rule} and local_day < $cohort_start::date
    )
),

grouped as (
    {grouped}
),

returns as (
    select m.person_id, {index} as period_index, count(*) as return_count
    from grouped as m
    inner join {back_table} as r on m.person_id = r.person_id
    cross join core.clock
    where {back_rule} and r.{back_at} > m.started_at and r.{back_at} < as_of_at
    group by all
),

back as (
    select person_id
    from grouped inner join returns using (person_id)
    where {counts}
    group by person_id
    having {enough}
)

select
    person_id, started_day,
    {is_back} as is_back
from grouped
where last_index >= $until"""

_ALL = "select person_id, started_day, started_at, last_index from members"
# A group too small to be shown is counted with others as one: those that the cohort does not show.
_SHOWN_GROUPS = """
        select slice_value from retention.retention_cube
        where cut_id = $cut_id and cohort_start = $cohort_start::date"""


@dataclass(frozen=True)
class Cell:
    """A cell of a cut: whose cohort, begun when, in which period."""

    cut: Cut
    group: str
    start: date
    period: int

    def sql(self) -> str:
        """Return SQL for the people of the cell: person_id, started_day, is_back."""
        cut = self.cut
        start_table, start_rule, start_at = _HAPPENED[cut.start]
        back_table, back_rule, back_at = _HAPPENED[cut.back]
        is_there = self.period == 0
        per_period = cut.definition != "bracket"
        index, last_index = _indexes(cut, back_at)
        return _MEMBERS.format(
            start_table=start_table, start_rule=start_rule, start_at=start_at,
            back_table=back_table, back_rule=back_rule, back_at=back_at,
            index=index, last_index=last_index,
            grouped=self._grouped(),
            counts=(
                "period_index between $period and least(last_index, $to)"
                + (" and return_count >= $times" if per_period else "")
            ),
            enough="true" if per_period else "sum(return_count) >= $times",
            is_back="true" if is_there else "person_id in (select person_id from back)",
        )  # fmt: skip

    def values(self) -> dict[str, Value]:
        """Return what `sql` is asked with."""
        cut = self.cut
        to = {"on": self.period, "on_or_after": 1_000_000, "bracket": cut.last}[cut.definition]
        values: dict[str, Value] = {
            "cohort_start": self.start.isoformat(),
            "cohort_end": cuts.after(cut, self.start).isoformat(),
            "period": self.period,
            "to": to,
            "until": cut.last if cut.is_one_period else self.period,
            "times": cut.times,
        }
        if cut.slice != "none":
            values["cut_id"] = cut.cut_id
            if self.group != "withheld":
                values["group"] = self.group
        return values

    def _grouped(self) -> str:
        """Return SQL for those members who are of the group."""
        if self.cut.slice == "none":
            return _ALL
        value = f"coalesce({self.cut.slice}, 'unknown')"
        shown = f"{value} in ({_SHOWN_GROUPS}\n    )"
        rule = f"not {shown}" if self.group == "withheld" else f"{value} = $group and {shown}"
        return f"{_ALL}\n    left join {_SLICES} using (person_id)\n    where {rule}"


def can_be_found(cut: Cut) -> bool:
    """Return whether the people of a cut's cells can be found."""
    return cut.start in _HAPPENED and cut.back in _HAPPENED


def needed(cut: Cut) -> list[str]:
    """Return the marts that hold the people of a cut."""
    read = ["core.clock", _HAPPENED[cut.start][0], _HAPPENED[cut.back][0]]
    if cut.slice != "none":
        read += [_SLICES, "retention.retention_cube"]
    return list(dict.fromkeys(read))


def show(published: Published, cut: Cut, group: str, cells: pd.DataFrame) -> tuple[date, int]:
    """Let a cell and a side of it be chosen, list its people, and return which cell it is."""
    places = st.columns(3)
    cell = _choose(cut, group, cells, places)
    with places[2]:
        side = choices.one(
            say("retention.choose_people"), ["back", "not_back"], key="retention-people",
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


def _list(published: Published, cell: Cell, cells: pd.DataFrame, side: str) -> None:
    """List who of a cell came back, or who did not."""
    found = cells[
        (cells["period_index"] == cell.period)
        & (cells["cohort_start"].map(lambda v: pd.Timestamp(v).date()) == cell.start)
    ].iloc[0]
    layout.remark(
        say(
            "retention.cell",
            people=cuts.people_name(cell.cut),
            cohort=cuts.cohort_name(cell.cut, cell.start),
            eligible=figures.count(found["eligible_count"]),
            retained=figures.count(found["retained_count"]),
            period=cuts.period_name(cell.cut, cell.period),
            definition=cuts.meaning_of(cell.cut),
        )
    )
    back = int(found["retained_count"])
    if not (back if side == "back" else int(found["eligible_count"]) - back):
        return
    rule = "is_back" if side == "back" else "not is_back"
    people.listed(
        "retention_people",
        published,
        f"select person_id, started_day from ({cell.sql()}\n) where {rule}",
        *needed(cell.cut),
        order="started_day",
        limit=_LISTED,
        extra=[layout.Column("started_day", say("axis.started"), figures.day, is_text=True)],
        **cell.values(),
    )


def _indexes(cut: Cut, back_at: str) -> tuple[str, str]:
    """Return SQL for the period of a return, and for the last one that is over for a member."""
    if cut.clock == "rolling":
        micros = _ROLLING_DAYS[cut.grain] * _DAY_MICROS
        since = f"(epoch_us({{}}) - epoch_us({{}})) // {micros}"
        return since.format(f"r.{back_at}", "m.started_at"), (
            since.format("as_of_at", "started_at") + " - 1"
        )
    if cut.grain == "month":
        since = "date_diff('month', $cohort_start::date, {})"
    else:
        since = f"date_diff('day', $cohort_start::date, {{}}) // {_ROLLING_DAYS[cut.grain]}"
    return since.format("r.local_day"), since.format("open_day") + " - 1"
