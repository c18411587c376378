"""Funnel and faults: where visits end, what fails, and what is left in carts."""

import streamlit as st

from app import figures, layout
from app.language import say
from app.parts import carts, faults, funnel_steps, visits
from app.published import Published
from app.registry import Page


def _render(published: Published) -> None:
    currency = layout.currency(published)
    faults.show(published)
    if published.has("behavior.funnel_steps"):
        st.divider()
        layout.section(say("funnel.steps"), say("funnel.steps_note"))
        funnel_steps.show(published)
    if published.has("behavior.carts"):
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


PAGE = Page(
    name="funnel",
    order=32,
    room="behavior",
    needs=("behavior.funnel_daily", "behavior.funnel_anomalies"),
    render=_render,
)
