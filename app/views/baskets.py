"""What goes together: products that stand in one order more often than by chance."""

import streamlit as st

from app import layout
from app.language import say
from app.parts import rules
from app.published import Published
from app.registry import Page


def _render(published: Published) -> None:
    rules.answered(published)
    layout.section(say("baskets.rules"), say("baskets.rules_note"))
    rules.of_products(published)
    st.divider()
    layout.section(say("baskets.categories"), say("baskets.categories_note"))
    rules.of_categories(published)
    st.divider()
    layout.section(say("baskets.counted"), say("baskets.counted_note"))
    rules.counted(published)


PAGE = Page(
    name="baskets",
    order=34,
    room="behavior",
    needs=("behavior.basket_rules", "behavior.rule_settings"),
    render=_render,
)
