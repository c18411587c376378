"""Funnel and faults: where visits end, what fails, and what is left in carts."""

import streamlit as st

from app import figures, layout
from app.language import say
from app.parts import carts, faults, funnel_steps, visits
from app.published import Published
from app.registry import Page

_LEFT_OUT = """
select reason, session_count, event_count
from behavior.behavior_left_out
order by reason <> 'counted', event_count desc, reason
"""


# Up to this share of the events without a visitor is said where the visits are counted.
_STRANGERS = 0.1


def _render(published: Published) -> None:
    strangers, others = _without_visitor(published)
    if strangers > _STRANGERS * (strangers + others):
        layout.warning(
            [say("funnel.strangers", events=figures.count(strangers),
                 all=figures.count(strangers + others)),
             say("funnel.strangers_remedy")]
        )  # fmt: skip
    if published.is_empty("behavior.funnel_daily"):
        layout.notice(say("funnel.empty"), say("funnel.remedy"))
        return
    currency = layout.currency(published)
    faults.show(published)
    if published.has("behavior.behavior_left_out"):
        st.divider()
        _window(published)
    if published.has("behavior.funnel_steps"):
        funnel_steps.show(published)
    if published.has("behavior.carts") and published.has("core.orders"):
        days = figures.count(published.setting("cart_window_days"))
        st.divider()
        layout.section(say("funnel.carts"), say("funnel.carts_note", days=days))
        carts.show(published, currency)
    for mart, name, draw in (
        ("search_terms", "searches_made", visits.searches),
        ("top_paths", "paths", visits.paths),
        ("slow_pages", "slow_pages", visits.slow_pages),
    ):
        if published.has(f"behavior.{mart}"):
            st.divider()
            layout.section(say(f"funnel.{name}"), say(f"funnel.{name}_note"))
            draw(published)


def _without_visitor(published: Published) -> tuple[int, int]:
    """Return how many events of the window have no visitor, and how many have one."""
    if not published.has("behavior.behavior_left_out"):
        return 0, 0
    counts = {
        row["reason"]: row["event_count"] for row in layout.rows(published.ask(_LEFT_OUT).frame)
    }
    strangers = counts.pop("without_visitor", 0)
    return strangers, sum(counts.values())


def _window(published: Published) -> None:
    """Say of which visits all that follows is, and what is left out of it."""
    counted, *others = layout.rows(published.ask(_LEFT_OUT).frame) or [{"session_count": 0}]
    said = say(
        "funnel.window", visits=figures.count(counted["session_count"]),
        days=figures.count(published.setting("behavior_window_days")),
    )  # fmt: skip
    left_out = ", ".join(
        say(f"funnel.left_out_{row['reason']}", events=figures.count(row["event_count"]))
        for row in others
    )
    layout.caption(f"{said} {say('funnel.left_out', reasons=left_out)}" if left_out else said)


PAGE = Page(
    name="funnel",
    order=32,
    room="behavior",
    needs=("core.clock", "behavior.funnel_daily", "behavior.funnel_anomalies"),
    render=_render,
)
