"""All experiments: one line a plan, and what a test that somebody thinks of would need."""

from collections.abc import Hashable
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published

_PLANS = """
select
    experiment_id, arm, verdict_code, metric, metric_kind, control_mean, arm_mean,
    effect, effect_low, effect_high, sequential_low, sequential_high, is_running,
    unit_count + control_unit_count as unit_count,
    eligible_count + control_eligible_count as eligible_count, withheld_reason
from experiments.experiment_results
where is_primary and segment_kind = 'all'
union all
select distinct
    h.experiment_id, null, 'withheld', null, null, null, null, null, null, null, null, null,
    false, 0, 0, arg_min(h.check_code, h.check_code) filter (h.is_withholding)
from experiments.experiment_health as h
left join experiments.experiment_results as r
    on h.experiment_id = r.experiment_id and r.is_primary and r.segment_kind = 'all'
where r.experiment_id is null
group by h.experiment_id
order by
    case verdict_code
        when 'works' then 1 when 'harms' then 2 when 'withheld' then 3 when 'not_shown' then 4
        else 5
    end,
    experiment_id, arm
"""

_PROPOSALS = """
select
    plan_name, metric, baseline, wanted_effect, units_a_day, planned_days, smallest_effect,
    arm_units_needed_80, days_needed, is_underpowered
from experiments.experiment_plans
where plan_kind = 'proposal'
order by plan_name
"""

_SHOWN = 20


def answer(published: Published) -> None:
    """Say how many worked, and name those that did something or cannot be told."""
    plans = layout.rows(published.ask(_PLANS).frame)
    told = [row for row in plans if row["verdict_code"] in ("works", "harms")]
    layout.headline(
        say("experiments.headline", works=figures.count(len(told)), all=figures.count(len(plans))),
        say("experiments.headline_note"),
        say("experiments.headline_why"),
    )
    for row in told:
        layout.remark(
            say(f"experiments.{row['verdict_code']}", name=row["experiment_id"],
                metric=row["metric"], effect=effect(row["effect"], row),
                low=effect(row["effect_low"], row), high=effect(row["effect_high"], row))
        )  # fmt: skip
    for row in plans:
        if row["verdict_code"] == "withheld" and row["unit_count"] > 0:
            layout.remark(
                say("experiments.withheld", name=row["experiment_id"],
                    why=say(f"experiments.why_{row['withheld_reason']}"))
            )  # fmt: skip


def show(published: Published) -> None:
    """List every plan by the metric that it is judged by."""
    layout.table(
        "experiments_plans",
        published.ask(_PLANS),
        [
            layout.Column("experiment_id", say("experiments.plan"), is_text=True),
            layout.Column("verdict_code", say("experiments.verdict"),
                          lambda v: name_of("verdict", v), is_text=True),
            *compared_columns("metric", say("experiments.metric")),
        ],
        "experiments.experiment_results",
        limit=_SHOWN,
    )  # fmt: skip


def proposals(published: Published) -> None:
    """List what tests that somebody thinks of would need."""
    found = published.ask(_PROPOSALS)
    if found.frame.empty:
        layout.notice(say("experiments.no_proposal"), say("experiments.no_proposal_remedy"))
        return
    column = layout.Column
    layout.table(
        "experiments_proposals",
        found,
        [
            column("plan_name", say("experiments.proposal"), is_text=True),
            column("metric", say("experiments.metric"), is_text=True),
            column("baseline", say("experiments.today"), lambda v: figures.decimal(v, 3)),
            column("wanted_effect", say("experiments.wanted"), lambda v: figures.decimal(v, 3)),
            column("smallest_effect", say("experiments.smallest"), lambda v: figures.decimal(v, 3)),
            column("arm_units_needed_80", say("experiments.needed"), figures.count),
            column("days_needed", say("experiments.days_needed"), figures.count),
        ],
        "experiments.experiment_plans",
    )


def compared_columns(name: str, label: str) -> list[layout.Column]:
    """Return the columns of an arm beside its control: a name, both means, the effect, units."""
    column = layout.Column

    def written(value: str) -> Any:
        return lambda row: effect(row[value], row)

    return [
        column(name, label, is_text=True),
        column("control_mean", say("experiments.control"), write_row=_mean("control_mean")),
        column("arm_mean", say("experiments.arm"), write_row=_mean("arm_mean")),
        column("effect", say("experiments.effect"), write_row=written("effect")),
        column("effect_low", say("experiments.low"), write_row=written("effect_low")),
        column("effect_high", say("experiments.high"), write_row=written("effect_high")),
        column("eligible_count", say("experiments.units"), figures.count, is_minor=True),
    ]


def effect(value: Any, row: dict[Any, Any]) -> str:
    """Write a difference: of shares in points, of means as it is."""
    if figures.is_nothing(value):
        return figures.NOTHING
    if row["metric_kind"] == "rate":
        return say("experiments.points", points=figures.points(value))
    text = figures.decimal(value, 2)
    return f"+{text}" if value > 0 else text


def _mean(name: str) -> Any:
    def write(row: dict[Hashable, Any]) -> str:
        value = row[name]
        return figures.percent(value) if row["metric_kind"] == "rate" else figures.decimal(value, 2)

    return write
