"""Voice of the customer: what customers write, what to repair first, and whom to answer."""

import streamlit as st

from app import layout
from app.language import say
from app.parts import followed, satisfaction, themes, voices
from app.published import Published
from app.registry import Page


def _render(published: Published) -> None:
    source = voices.choose_source(published)
    first = themes.first_to_repair(published, source)
    voices.answer(published, source)
    themes.answer(first)
    voices.answer_whom(published, source)
    layout.section(say("feedback.themes"), say("feedback.themes_note"))
    place = voices.choose_place(published, source)
    themes.show(published, place, first)
    voices.rose_before(published, source)
    voices.candidates(published, source)
    st.divider()
    layout.section(say("feedback.satisfaction"), say("feedback.satisfaction_note"))
    satisfaction.show(published, place)
    st.divider()
    layout.section(say("feedback.followed"), say("feedback.followed_note"))
    followed.show(published, source)
    st.divider()
    layout.section(say("feedback.to_answer"), say("feedback.to_answer_note"))
    voices.to_answer(published, source)
    layout.section(say("feedback.judged"), say("feedback.judged_note"))
    voices.judged(published, source)


PAGE = Page(
    name="feedback",
    order=38,
    room="feedback",
    needs=(
        "feedback.feedback_themes_monthly", "feedback.feedback_alerts",
        "feedback.review_sentiment", "feedback.support_messages", "feedback.satisfaction",
        "feedback.churn_after_feedback", "feedback.review_models", "feedback.feedback_left_out",
        "feedback.theme_candidates",
        "core.reviews", "core.products",
    ),
    render=_render,
)  # fmt: skip
