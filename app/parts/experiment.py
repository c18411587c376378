"""One experiment: what to do with it, its checks, metrics and parts, and what it could show."""

from collections.abc import Hashable
from typing import Any

from app import choices, figures, layout
from app.language import name_of, say
from app.parts.experiment_plans import compared_columns, titled
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

_FACTS = """
select
    r.verdict_code, r.is_running, r.arm, p.metric, p.smallest_effect, p.wanted_effect,
    p.unit_count, p.days_needed, p.is_underpowered, r.metric_kind
from experiments.experiment_results as r
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

_METRICS = """
select
    metric, arm, verdict_code, metric_kind, control_mean, arm_mean, effect, effect_low, effect_high,
    sequential_low, sequential_high, p_value, p_adjusted, cuped_effect, variance_ratio, is_primary,
    eligible_count + control_eligible_count as eligible_count
from experiments.experiment_results
where source_name = $source and experiment_id = $name and segment_kind = 'all'
order by is_primary desc, metric, arm
"""

_SEGMENTS = """
select
    segment_kind, segment, arm, verdict_code, metric_kind, control_mean, arm_mean, effect,
    effect_low, effect_high, p_adjusted, eligible_count + control_eligible_count as eligible_count
from experiments.experiment_results
where source_name = $source and experiment_id = $name and is_primary and segment_kind <> 'all'
    and withheld_reason is null
order by segment_kind, eligible_count desc, segment, arm
"""


def show(published: Published) -> None:
    """Let a plan be chosen, and show all that is known of it."""
    plans = {
        row["title"]: {"source": row["source_name"], "name": row["experiment_id"]}
        for row in layout.rows(published.ask(_NAMES).frame)
    }
    plan = plans[choices.one(say("experiments.choose"), list(plans), key="experiments-plan")]
    for row in layout.rows(published.ask(_FACTS, **plan).frame):
        _decide(row)
    _checks(published, plan)
    metrics = published.ask(_METRICS, **plan)
    if metrics.frame.empty:
        layout.notice(say("experiments.nobody"), say("experiments.nobody_remedy"))
        return
    layout.table(
        "experiments_metrics",
        metrics,
        [
            *compared_columns("metric", say("experiments.metric")),
            layout.Column("p_adjusted", say("experiments.p_adjusted"),
                          lambda v: figures.decimal(v, 3), is_minor=True),
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
            *compared_columns("segment", say("experiments.part"), write_name=_part),
            layout.Column("p_adjusted", say("experiments.p_adjusted"),
                          lambda v: figures.decimal(v, 3), is_minor=True),
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


def _decide(row: dict[str, Any]) -> None:
    """Say what to do, and what so many units can show."""
    verdict = row["verdict_code"]
    if verdict == "not_shown" and row["is_running"]:
        verdict = "runs"
    layout.remark(say(f"experiments.do_{verdict}"))
    if row["smallest_effect"] is None:
        return
    is_rate = row["metric_kind"] == "rate"

    def write(value: Any) -> str:
        return (
            say("experiments.points", points=figures.decimal(value * 100, 1))
            if is_rate
            else figures.decimal(value, 2)
        )

    layout.remark(
        say("experiments.power", units=figures.count(row["unit_count"]),
            smallest=write(row["smallest_effect"]))
    )  # fmt: skip
    if row["is_underpowered"]:
        layout.remark(
            say("experiments.underpowered", wanted=write(row["wanted_effect"]),
                days=figures.count(row["days_needed"]))
        )  # fmt: skip


def _checks(published: Published, plan: dict[str, str]) -> None:
    """Say which checks fail and what to do, or that all passed."""
    checks = published.ask(_CHECKS, **plan)
    failed = [row for row in layout.rows(checks.frame) if not row["is_passed"]]
    if not failed:
        layout.caption(say("experiments.healthy", checks=figures.count(len(checks.frame))))
        return
    for row in failed:
        layout.caption(
            say(
                f"experiments.check_{row['check_code']}",
                value=figures.decimal(row["check_value"], 4),
                count=figures.count(row["check_value"]),
                share=figures.percent(row["check_value"]),
            )
        )
