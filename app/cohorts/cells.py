"""The people of a cell, in SQL: who could have come back in that period, and who of them did.

They are found once more from orders and visits, by the same rule as the cube counts them
(docs/definitions.md, section 3); `tests/integration/test_cell_people.py` holds the two to each
other. Events such as logins name their person only by way of the identity map, so their cells have
no list.
"""

from dataclasses import dataclass
from datetime import date

from app.cohorts import cuts
from app.cohorts.cuts import Cut
from app.published import Published, Value

# What happened, by kind: to whom, when, on which local day.
_HAPPENED = {
    "order": """select person_id, ordered_at as occurred_at, local_day
        from core.orders
        where person_id is not null and is_order""",
    "net_order": """select person_id, ordered_at as occurred_at, local_day
        from core.orders
        where person_id is not null and is_order and is_net_at_clock""",
    "visit": """select person_id, started_at as occurred_at, local_day
        from core.sessions
        where person_id is not null and not is_bot""",
}
_MARTS = {"order": "core.orders", "net_order": "core.orders", "visit": "core.sessions"}
_ROLLING_DAYS = {"day": 1, "week": 7, "month": 30}
_DAY_MICROS = 86_400_000_000

# Whoever began in the cohort did so then for the first time ever. Who has had the period to its end
# could have come back in it, and a return counts if its own period is over. Few are looked for
# among many: those who did anything in the cohort's period, and then all that these few did. What
# happened at the clock or after it is in a period that is not over, so it is in none of this.
_MEMBERS = """
with seen as (
    select distinct person_id
    from (
        {starts}
    )
    where local_day >= $cohort_start::date and local_day < $cohort_end::date
),

started as (
    select person_id, min(occurred_at) as started_at, min(local_day) as started_day
    from (
        {starts}
    ) semi join seen using (person_id)
    group by person_id
    having min(local_day) >= $cohort_start::date
),

members as (
    select started.*, {last_index} as last_index
    from started, core.clock
),

grouped as (
    {grouped}
),

returns as (
    select m.person_id, {index} as period_index, count(*) as return_count
    from grouped as m
    inner join (
        {returns}
    ) as r on m.person_id = r.person_id
    where r.occurred_at > m.started_at
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
# Without a row there a person's slices are unknown.
_SLICES = "left join retention.customer_lifecycle using (person_id)"
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
        is_there = self.period == 0
        per_period = cut.definition != "bracket"
        index, last_index = _indexes(cut)
        return _MEMBERS.format(
            starts=_HAPPENED[cut.start], returns=_HAPPENED[cut.back],
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
        return f"{_ALL}\n    {_SLICES}\n    where {rule}"


def can_be_found(published: Published, cut: Cut) -> bool:
    """Return whether this version holds the people of a cut's cells."""
    if not {cut.start, cut.back} <= set(_HAPPENED):
        return False
    if cut.slice != "none" and not published.has("retention.customer_lifecycle", cut.slice):
        return False
    return all(published.has(mart) for mart in needed(cut))


def needed(cut: Cut) -> list[str]:
    """Return the marts that hold the people of a cut."""
    read = ["core.clock", _MARTS[cut.start], _MARTS[cut.back]]
    if cut.slice != "none":
        read += ["retention.customer_lifecycle", "retention.retention_cube"]
    return list(dict.fromkeys(read))


def _indexes(cut: Cut) -> tuple[str, str]:
    """Return SQL for the period of a return, and for the last one that is over for a member."""
    if cut.clock == "rolling":
        micros = _ROLLING_DAYS[cut.grain] * _DAY_MICROS
        since = f"(epoch_us({{}}) - epoch_us({{}})) // {micros}"
        return since.format("r.occurred_at", "m.started_at"), (
            since.format("as_of_at", "started_at") + " - 1"
        )
    if cut.grain == "month":
        since = "date_diff('month', $cohort_start::date, {})"
    else:
        since = f"date_diff('day', $cohort_start::date, {{}}) // {_ROLLING_DAYS[cut.grain]}"
    return since.format("r.local_day"), since.format("open_day") + " - 1"
