"""How many take each step of a funnel, and on which device, channel or country fewer do."""

from collections.abc import Hashable
from typing import Any

import streamlit as st

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Answer, Published

_FUNNELS = """
select funnel
from behavior.funnel_steps
group by funnel
order by max(reached_count) desc, funnel
"""

_STEPS = """
select
    step_number, event_type, page_kind, entered_count, reached_count, rate_from_previous,
    rate_from_first, median_seconds, q90_seconds
from behavior.funnel_steps
where funnel = $funnel and slice_kind = 'all' and is_mature
order by step_number
"""

_NOT_OVER = """
select coalesce(sum(reached_count), 0)::bigint as people_count
from behavior.funnel_steps
where funnel = $funnel and slice_kind = 'all' and step_number = 1 and not is_mature
"""

# A row a slice, with the rate of each step from the one before.
_SLICES = """
select
    slice,
    max(reached_count) filter (where step_number = 1) as first_count,{steps}
    max_by(rate_from_first, step_number) as rate_from_first
from behavior.funnel_steps
where funnel = $funnel and slice_kind = $kind and is_mature
group by slice
order by first_count desc, slice
"""

_STEP = """
    max(rate_from_previous) filter (where step_number = {n}) as rate_{n},
    max(rate_low) filter (where step_number = {n}) as low_{n},
    max(rate_high) filter (where step_number = {n}) as high_{n},"""

# Their names are those of the slices of other pages where there are such.
_KINDS = {
    "device": "device",
    "channel": "channel",
    "customer_kind": "customer_kind",
    "country": "slice_value",
}
_SHOWN = 12


@by_itself
def show(published: Published) -> None:
    """Draw the steps of a funnel, and divide them."""
    funnels = list(published.ask(_FUNNELS).frame["funnel"])
    if not funnels:
        layout.section(say("funnel.funnel"))
        layout.notice(say("funnel.no_steps"), say("funnel.no_steps_remedy"))
        return
    head = st.container()
    funnel = choices.one(
        say("funnel.funnel"), funnels, key="funnel-funnel", write=lambda f: name_of("funnel", f)
    )
    with head:
        layout.section(
            say("funnel.steps", funnel=name_of("funnel", funnel)), say("funnel.steps_note")
        )
    steps = published.ask(_STEPS, funnel=funnel)
    waiting = int(published.ask(_NOT_OVER, funnel=funnel).frame["people_count"][0])
    if waiting:
        layout.caption(say("funnel.not_over", people=figures.count(waiting)))
    if steps.frame.empty:
        return
    _drawn(steps)
    kind = choices.one(
        say("funnel.slice"), list(_KINDS), key="funnel-slice",
        write=lambda k: say(f"funnel.by_{k}"),
    )  # fmt: skip
    names = [_named(row) for row in layout.rows(steps.frame)]
    sql = _SLICES.format(steps="".join(_STEP.format(n=n) for n in range(2, len(names) + 1)))
    column = layout.Column
    layout.table(
        "funnel_slices",
        published.ask(sql, funnel=funnel, kind=kind),
        [
            column("slice", say(f"funnel.by_{kind}"), lambda v: name_of(_KINDS[kind], v),
                   is_text=True),
            column("first_count", names[0], figures.count),
            *(
                column(f"rate_{n}", name, figures.percent, interval=(f"low_{n}", f"high_{n}"))
                for n, name in enumerate(names[1:], start=2)
            ),
            column("rate_from_first", say("funnel.from_first"), figures.percent),
        ],
        "behavior.funnel_steps",
        limit=_SHOWN,
    )  # fmt: skip


def _drawn(answer: Answer) -> None:
    frame = answer.frame.assign(
        name=[_named(row) for row in layout.rows(answer.frame)],
        label=[_label(row) for row in layout.rows(answer.frame)],
    )
    drawing = charts.shares(
        frame, "name", "reached_count", "label", title=say("funnel.reached"), dark=layout.is_dark()
    )
    layout.chart("funnel_steps", drawing, answer, "behavior.funnel_steps")
    steps = layout.rows(answer.frame)
    # The first one alone: who takes a step has taken those before it.
    if empty := [step for step in steps if not step["reached_count"]][:1]:
        nobody = say("funnel.nobody_at", step=_named(empty[0]).lower())
        layout.notice(nobody, say("funnel.nobody_at_remedy"))
    last = steps[-1]
    if last["median_seconds"] is not None:
        layout.remark(
            say("funnel.until_last", half=_lasting(last["median_seconds"]),
                most=_lasting(last["q90_seconds"]))
        )  # fmt: skip


def _named(row: dict[str, Any] | dict[Hashable, Any]) -> str:
    """Return what one does at a step, and on which page where the funnel says it."""
    name = name_of("event_type", row["event_type"])
    return f"{name} ({name_of('page_kind', row['page_kind'])})" if row["page_kind"] else name


def _label(row: dict[str, Any]) -> str:
    """Return the figure at the end of a bar: how many, and which part of those before."""
    count = figures.count(row["reached_count"])
    if row["rate_from_previous"] is None or row["step_number"] == 1:
        return count
    return f"{count} ({figures.percent(row['rate_from_previous'], 0)})"


def _lasting(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size:
            return say(f"funnel.lasting_{unit}", count=figures.decimal(seconds / size, 1))
    return say("funnel.lasting_seconds", count=figures.count(seconds))
