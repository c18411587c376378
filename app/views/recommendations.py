"""Recommendations: what each customer should see next, and whether that is worth a mail."""

import streamlit as st

from app import layout
from app.language import say
from app.parts import goes_with, recommendation_limits, recommendation_record, recommended_person
from app.published import Published
from app.registry import Page


def _render(published: Published) -> None:
    if not published.is_empty("recommendations.product_recommendations"):
        recommendation_record.answered(published)
        layout.section(say("recommendations.person"), say("recommendations.person_note"))
        recommended_person.show(published)
        st.divider()
    elif not recommendation_limits.nobody(published):
        return
    layout.section(say("recommendations.product"), say("recommendations.product_note"))
    goes_with.show(published)
    st.divider()
    layout.section(say("recommendations.record"), say("recommendations.record_note"))
    recommendation_record.show(published)
    st.divider()
    layout.section(say("recommendations.left_out"), say("recommendations.left_out_note"))
    recommendation_limits.left_out(published)
    if published.has("strategy.recommendation_effect"):
        layout.section(say("recommendations.worth"), say("recommendations.worth_note"))
        recommendation_limits.worth(published)


PAGE = Page(
    name="recommendations",
    order=55,
    room="recommendations",
    needs=(
        "recommendations.product_recommendations", "recommendations.recommendation_evaluation",
        "recommendations.product_neighbours", "recommendations.recommendation_exclusions",
        "recommendations.content_recommendations", "retention.customer_lifecycle",
        "core.products", "core.content",
    ),
    render=_render,
    says_empty=True,
)  # fmt: skip
