"""One experiment: what to do with it, its checks, metrics and parts, and what it could show."""

from collections.abc import Hashable
from typing import Any

from app import choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.parts.experiment_figures import (
    RESULTS,
    chance_column,
    compared_columns,
    pair,
    pair_columns,
    size,
    titled,
)
from app.parts.experiment_plans import failed
from app.published import Published

_NAMES = f"""
with plans as (
    select h.source_name, h.experiment_id, max(r.unit_count) as unit_count
    from experiments.experiment_health as h
    left join experiments.experiment_results as r
        on h.source_name = r.source_name and h.experiment_id = r.experiment_id
        and r.is_primary and r.segment_kind = 'all'
    group by h.source_name, h.experiment_id
)
select {titled("experiment_id")} as title, source_name, experiment_id
from plans
order by unit_count desc nulls last, title
"""

_FACTS = f"""
with results as (
    {RESULTS}
)
select
    r.verdict_code, r.is_running, r.arm, r.control_arm, r.is_named, r.metric_kind, r.currency,
    r.unit_count + r.control_unit_count as unit_count,
    p.smallest_effect, p.wanted_effect, p.days_needed, p.is_underpowered
from results as r
inner join experiments.experiment_plans as p
    on r.source_name = p.source_name and r.experiment_id = p.plan_name
where r.source_name = $source and r.experiment_id = $name
    and r.is_primary and r.segment_kind = 'all'
order by r.arm
"""

_CHECKS = """
select check_code, check_value, limit_value, p_value, is_passed, is_withholding
from experiments.experiment_health
where source_name = $source and experiment_id = $name
order by is_passed, is_withholding desc, check_code
"""

_METRICS = f"""
with results as (
    {RESULTS}
)
select
    metric, arm, control_arm, verdict_code, metric_kind, currency, control_mean, arm_mean, effect,
    shown_low, shown_high, effect_low, effect_high, sequential_low, sequential_high, p_value,
    p_adjusted, shown_chance, cuped_effect, variance_ratio, is_primary, is_running, is_named,
    eligible_count + control_eligible_count as eligible_count
from results
where source_name = $source and experiment_id = $name and segment_kind = 'all'
order by is_primary desc, metric, arm
"""

_SEGMENTS = f"""
with results as (
    {RESULTS}
)
select
    segment_kind, segment, arm, control_arm, verdict_code, metric_kind, currency, control_mean,
    arm_mean, effect, shown_low, shown_high, effect_low, effect_high, sequential_low,
    sequential_high, p_adjusted, shown_chance, is_named,
    eligible_count + control_eligible_count as eligible_count
from results
where source_name = $source and experiment_id = $name and is_primary and segment_kind <> 'all'
    and withheld_reason is null
order by
    segment_kind,
    max(eligible_count + control_eligible_count) over (partition by segment_kind, segment) desc,
    segment, arm
"""


@by_itself
def show(published: Published) -> None:
    """Let a plan be chosen, and show all that is known of it."""
    plans = {
        row["title"]: {"source": row["source_name"], "name": row["experiment_id"]}
        for row in layout.rows(published.ask(_NAMES).frame)
    }
    plan = plans[choices.one(say("experiments.choose"), list(plans), key="experiments-plan")]
    # What is wrong with it is known before what to do.
    _checks(published, plan)
    arms = layout.rows(published.ask(_FACTS, **plan).frame)
    _decide(arms)
    _power(arms)
    metrics = published.ask(_METRICS, **plan)
    if metrics.frame.empty:
        layout.notice(say("experiments.nobody"), say("experiments.nobody_remedy"))
        return
    layout.table(
        "experiments_metrics",
        metrics,
        [
            *compared_columns("metric", say("experiments.metric"), pairs=pair_columns(metrics)),
            chance_column(),
            layout.Column("verdict_code", say("experiments.verdict"),
                          lambda v: name_of("verdict", v), is_text=True),
        ],
        "experiments.experiment_results",
        marked="is_primary",
    )  # fmt: skip
    segments = published.ask(_SEGMENTS, **plan)
    if segments.frame.empty:
        layout.caption(say("experiments.no_segment"))
        return
    layout.table(
        "experiments_segments",
        segments,
        [
            layout.Column("segment_kind", say("experiments.by"),
                          lambda v: name_of("experiment_segment", v), is_text=True),
            *compared_columns("segment", say("experiments.part"), write_name=_part,
                              pairs=pair_columns(segments)),
            chance_column(),
        ],
        "experiments.experiment_results",
        limit=25,
    )  # fmt: skip


def _part(row: dict[Hashable, Any]) -> str:
    """Say a part of the people where the word is ours; a country or a category is the data's."""
    kind, part = row["segment_kind"], row["segment"]
    if part == "unknown":
        return say("experiments.part_unknown")
    names = {"device": "device", "buyer_kind": "customer_kind"}
    return name_of(names[kind], part) if kind in names else str(part)


def _decide(arms: list[dict[str, Any]]) -> None:
    """Say what to do with each arm, and what is taken as control where none is called so."""
    controls = {str(row["control_arm"]) for row in arms if row["control_arm"] is not None}
    for control in controls:
        if control.lower() != "control":
            layout.remark(say("experiments.control_is", control=control))
    lines = []
    for row in arms:
        verdict = row["verdict_code"]
        if verdict == "not_shown" and row["is_running"]:
            verdict = "runs"
        line = say(f"experiments.do_{verdict}")
        # What is withheld is so for all arms.
        if row["is_named"] and verdict != "withheld":
            line = say("experiments.do_of_arms", pair=pair(row), what=line)
        lines.append(line)
    for line in dict.fromkeys(lines):
        layout.remark(line)


def _power(arms: list[dict[str, Any]]) -> None:
    """Say what its units can show, those of the smallest arm: where any are told of."""
    judged = [row for row in arms if row["verdict_code"] not in ("withheld", "too_young")]
    if len(judged) < len(arms) or not arms or arms[0]["smallest_effect"] is None:
        return
    row = min(judged, key=lambda row: row["unit_count"])
    units = figures.count(row["unit_count"])
    smallest = size(row["smallest_effect"], row)
    if len(arms) > 1:
        layout.remark(
            say("experiments.power_of_arms", units=units, smallest=smallest, pair=pair(row))
        )
    else:
        layout.remark(say("experiments.power", units=units, smallest=smallest))
    if row["is_underpowered"] and row["days_needed"] is not None:
        layout.remark(
            say("experiments.underpowered", wanted=size(row["wanted_effect"], row),
                days=figures.count(row["days_needed"]))
        )  # fmt: skip


def _checks(published: Published, plan: dict[str, str]) -> None:
    """Say which checks fail and what to do, or that all passed."""
    checks = published.ask(_CHECKS, **plan)
    unmet = [row for row in layout.rows(checks.frame) if not row["is_passed"]]
    if not unmet:
        layout.caption(say("experiments.healthy", checks=figures.count(len(checks.frame))))
    for row in unmet:
        layout.remark(failed(row))
