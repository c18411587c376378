"""Experiments: which worked, which cannot be told, and what to do with each."""

from app import layout
from app.language import say
from app.parts import experiment, experiment_plans
from app.published import Published
from app.registry import Page


def _render(published: Published) -> None:
    experiment_plans.answer(published)
    layout.section(say("experiments.plans"), say("experiments.plans_note"))
    experiment_plans.show(published)
    layout.section(say("experiments.opened"), say("experiments.opened_note"))
    experiment.show(published)
    layout.section(say("experiments.proposals"), say("experiments.proposals_note"))
    experiment_plans.proposals(published)


PAGE = Page(
    name="experiments",
    order=60,
    room="experiments",
    needs=(
        "experiments.experiment_results", "experiments.experiment_health",
        "experiments.experiment_plans", "core.experiments",
    ),
    render=_render,
)  # fmt: skip
