"""Which cut of retention a page shows, and its parts in words: who, when, back how, split by what.

A cut is chosen by four lists, each of which narrows the next, so that whatever can be chosen is
there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import streamlit as st

from app import choices, figures, layout
from app.language import name_of, say
from app.published import Published

CUTS = """
select distinct
    cut_id, cohort_grain, start_kind, return_kind, definition, bracket_from, bracket_to,
    min_occurrences, clock_kind, slice
from retention.retention_cube
order by all
"""

# The largest first; those that are too small to be shown are no group of their own, and last.
_GROUPS = """
select slice_value, sum(size) as people_count
from (
    select slice_value, cohort_start, any_value(cohort_size) as size
    from retention.retention_cube
    where cut_id = $cut_id
    group by slice_value, cohort_start
)
group by slice_value
order by slice_value = 'withheld', people_count desc, slice_value
"""

GRAINS = ("month", "week", "day")
# What is chosen, one after the other.
_PARTS = ("activity", "cohort_grain", "definition", "slice")
SLICES = ("none", "channel", "device", "country", "first_category")
# What people say for a start and a return of these kinds; others are named by their event types.
_SAID = frozenset({"net_order,net_order", "order,order", "order,login", "visit,visit"})
# By which clock a definition is meant if nothing is said.
_USUAL = {"on": "calendar", "on_or_after": "calendar", "bracket": "rolling"}


@dataclass(frozen=True)
class Cut:
    """A row of seed `retention_cuts`, as the cube holds it."""

    cut_id: str
    grain: str
    start: str
    back: str
    definition: str
    first: int | None
    last: int | None
    times: int
    clock: str
    slice: str

    @property
    def activity(self) -> str:
        """What begins and what counts as coming back, as a list keeps it."""
        return f"{self.start},{self.back}"

    @property
    def meant(self) -> str:
        """How coming back is counted, as a list keeps it."""
        numbers = [] if self.first is None else [self.first, self.last]
        usual = self.clock == _USUAL[self.definition]
        return ",".join(map(str, [self.definition, *numbers, self.times])) + (
            "" if usual else f",{self.clock}"
        )

    @property
    def is_one_period(self) -> bool:
        """Whether there is one period only."""
        return self.definition == "bracket"


def choose(published: Published) -> Cut:
    """Let one choose who counts, their cohorts, what counts as back, and how they are split."""
    cuts = sorted(_cuts(published), key=_rank)
    for column, field in zip(st.columns(4), _PARTS, strict=True):
        # Cuts that agree in a part share its words.
        named = {_part(cut, field): cut for cut in reversed(cuts)}
        with column:
            chosen = choices.one(
                say(f"retention.choose_{field}"),
                list(dict.fromkeys(_part(cut, field) for cut in cuts)),
                key=f"retention-{field}",
                write=partial(_part_name, field, named),
            )
            absent = [name_of("slice", s) for s in SLICES if s not in named]
            if field == "slice" and absent:
                layout.caption(say("retention.not_split", slices=", ".join(absent)))
        cuts = [cut for cut in cuts if _part(cut, field) == chosen]
    return cuts[0]


def groups_of(published: Published, cut: Cut) -> list[str]:
    """Return the groups that a cut is split into, the largest first."""
    return list(published.ask(_GROUPS, cut_id=cut.cut_id).frame["slice_value"])


def activity_name(activity: str) -> str:
    """Say who counts: buyers who buy again."""
    if activity in _SAID:
        return name_of("activity", activity.replace(",", "_"))
    start, back = activity.split(",")
    return say("retention.activity", start=name_of("kind", start), back=name_of("kind", back))


def meaning_of(cut: Cut) -> str:
    """Say what counts as back: in exactly that month."""
    words = {"grain": name_of("grain", cut.grain), "grains": name_of("grains", cut.grain)}
    if cut.definition == "bracket":
        kind = "one_period" if cut.first == cut.last else "periods"
        name = say(f"retention.{kind}", first=cut.first, last=cut.last, **words)
    else:
        name = say(f"retention.{cut.definition}", **words)
    if cut.times > 1:
        name = say("retention.at_least", definition=name, times=cut.times)
    if cut.clock != _USUAL[cut.definition]:
        name = say("retention.by_clock", definition=name, clock=name_of("clock", cut.clock))
    return name


def group_name(cut: Cut, value: str) -> str:
    """Say a group of a cut: organic search, mobile, everybody."""
    return name_of("channel" if cut.slice == "channel" else "slice_value", value)


def cohort_name(cut: Cut, start: object) -> str:
    """Say when a cohort began: March 2025, the week of 3 Mar 2025, or 3 Mar 2025."""
    return figures.period(cut.grain, start)


def people_name(cut: Cut) -> str:
    """Say of whom a cohort is: buyers, visitors, people."""
    return name_of("who", cut.start if cut.start in ("net_order", "order", "visit") else "other")


def period_name(cut: Cut, index: int) -> str:
    """Say a period: month 3."""
    if cut.is_one_period:
        return meaning_of(cut)
    words = {"grain": name_of("grain", cut.grain), "grains": name_of("grains", cut.grain)}
    return say("retention.period", n=index, **words)


def after(cut: Cut, start: date) -> date:
    """Return the first day of the cohort after one that begins on a day."""
    if cut.grain == "month":
        return date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return date.fromordinal(start.toordinal() + (7 if cut.grain == "week" else 1))


def _part(cut: Cut, field: str) -> str:
    """Return a part of a cut as its list keeps it."""
    parts = {
        "activity": cut.activity,
        "cohort_grain": cut.grain,
        "definition": cut.meant,
        "slice": cut.slice,
    }
    return parts[field]


def _part_name(field: str, named: Mapping[str, Cut], part: str) -> str:
    """Say a part of the cuts that have it."""
    cut = named[part]
    if field == "activity":
        return activity_name(cut.activity)
    if field == "definition":
        return meaning_of(cut)
    return name_of("grain", cut.grain) if field == "cohort_grain" else name_of("slice", cut.slice)


def _cuts(published: Published) -> list[Cut]:
    return [
        Cut(
            cut_id=str(row["cut_id"]),
            grain=str(row["cohort_grain"]),
            start=str(row["start_kind"]),
            back=str(row["return_kind"]),
            definition=str(row["definition"]),
            first=None if row["bracket_from"] is None else int(row["bracket_from"]),
            last=None if row["bracket_to"] is None else int(row["bracket_to"]),
            times=int(row["min_occurrences"]),
            clock=str(row["clock_kind"]),
            slice=str(row["slice"]),
        )
        for row in layout.rows(published.ask(CUTS).frame)
    ]


def _rank(cut: Cut) -> tuple[object, ...]:
    """Net orders by month first; then by grain, and what is plainer before what asks for more."""
    kinds = ("net_order,net_order", "order,order", "order,login")
    return (
        GRAINS.index(cut.grain),
        kinds.index(cut.activity) if cut.activity in kinds else len(kinds),
        cut.activity,
        cut.meant,
        SLICES.index(cut.slice),
        cut.cut_id,
    )
