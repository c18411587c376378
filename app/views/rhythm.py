"""Rhythm of the shop: when people come and buy, and what the next four weeks bring."""

import streamlit as st

from app import choices, layout
from app.language import say
from app.parts import outlook, seasons, send_hours
from app.published import Published
from app.registry import Page

# What is busy is told of net sales by the day of the order, what comes of sales less returns by the
# day on which they are made: for a reader both are the shop's sales.
_FORESEEN = {
    "orders": "orders", "active_people": "active_people", "net_sales": "sales_less_returns",
}  # fmt: skip


def _render(published: Published) -> None:
    measure = choices.few(
        say("rhythm.measure"), tuple(_FORESEEN), key="rhythm-measure",
        write=lambda m: say(f"rhythm.{m}"),
    )  # fmt: skip
    outlook.answer(published, _FORESEEN[measure])
    seasons.answer(published, measure)
    layout.section(say("rhythm.ahead"), say("rhythm.ahead_note"))
    outlook.show(published, _FORESEEN[measure])
    st.divider()
    layout.section(say("rhythm.week"), say("rhythm.week_note"))
    seasons.week(published, measure)
    st.divider()
    layout.section(say("rhythm.seasons"), say("rhythm.seasons_note"))
    seasons.others(published, measure)
    if published.has("behavior.send_time") and published.has("behavior.send_time_left_out"):
        st.divider()
        layout.section(say("rhythm.send"), say("rhythm.send_note"))
        send_hours.show(published)


PAGE = Page(
    name="rhythm",
    order=36,
    room="behavior",
    needs=("behavior.seasonality", "behavior.activity_forecast", "behavior.forecast_models"),
    render=_render,
)
