"""Value: what customers are worth, what a new one may cost, and whom to keep at what price."""

from app import layout
from app.language import say
from app.parts import cohort_value, payback, tier_moves, tiers, value_matrix, value_record
from app.published import Published
from app.registry import Page


def _render(published: Published) -> None:
    currency = layout.currency(published)
    tiers.answer(published, currency)
    payback.answer(published, currency)
    layout.section(say("value.tiers"), say("value.tiers_note"))
    tiers.show(published, currency)
    layout.section(say("value.matrix"), say("value.matrix_note"))
    value_matrix.show(published, currency)
    layout.section(say("value.cohorts"), say("value.cohorts_note"))
    cohort_value.show(published, currency)
    layout.section(say("value.payback"), say("value.payback_note"))
    payback.show(published, currency)
    layout.section(say("value.moves"), say("value.moves_note"))
    tier_moves.show(published, currency)
    layout.section(say("value.record"), say("value.record_note"))
    value_record.show(published, currency)


PAGE = Page(
    name="value",
    order=47,
    room="value",
    needs=(
        "strategy.value_tiers", "value.customer_ltv", "value.value_matrix", "value.ltv_by_cohort",
        "value.payback", "strategy.value_tier_edges", "strategy.value_tier_movement",
        "value.value_evaluation",
    ),
    render=_render,
)  # fmt: skip
