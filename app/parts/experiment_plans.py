"""All experiments: one line a plan, and what a test that somebody thinks of would need."""

from collections.abc import Callable, Hashable
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published


def titled(name: str) -> str:
    """Return SQL of a plan's name, with its source where two sources have a plan of that name.

    Args:
        name: the column that holds the name, beside `source_name`.
    """
    least, greatest = (
        f"{function}(source_name) over (partition by {name})" for function in ("min", "max")
    )
    return f"{name} || case when {least} < {greatest} then ' (' || source_name || ')' else '' end"


_PLANS = f"""
with judged as (
    select
        source_name, experiment_id, arm, verdict_code, metric, metric_kind, control_mean, arm_mean,
        effect, effect_low, effect_high, sequential_low, sequential_high, is_running,
        unit_count + control_unit_count as unit_count,
        eligible_count + control_eligible_count as eligible_count, withheld_reason
    from experiments.experiment_results
    where is_primary and segment_kind = 'all'
), others as (
    select
        h.source_name, h.experiment_id, null, 'withheld', null, null, null, null, null, null, null,
        null, null, false, coalesce(max(r.unit_count + r.control_unit_count), 0), 0,
        arg_min(h.check_code, h.check_code) filter (h.is_withholding)
    from experiments.experiment_health as h
    left join experiments.experiment_results as r
        on h.source_name = r.source_name and h.experiment_id = r.experiment_id
        and r.segment_kind = 'all'
    group by h.source_name, h.experiment_id
    having not coalesce(bool_or(r.is_primary), false)
), told as (
    from judged union all from others
)
select {titled("experiment_id")} as title, *
from told
order by
    case verdict_code
        when 'works' then 1 when 'harms' then 2 when 'withheld' then 3 when 'not_shown' then 4
        else 5
    end,
    title, arm
"""

_PROPOSALS = f"""
select
    {titled("plan_name")} as title, source_name, plan_name, metric, baseline, wanted_effect,
    units_a_day, planned_days, smallest_effect, arm_units_needed_80, days_needed, is_underpowered
from experiments.experiment_plans
where plan_kind = 'proposal'
order by title
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
            say(f"experiments.{row['verdict_code']}", name=row["title"],
                metric=row["metric"], effect=effect(row["effect"], row),
                low=effect(row["effect_low"], row), high=effect(row["effect_high"], row))
        )  # fmt: skip
    for row in plans:
        if row["verdict_code"] == "withheld" and row["unit_count"] > 0:
            layout.remark(
                say("experiments.withheld", name=row["title"],
                    why=say(f"experiments.why_{row['withheld_reason']}"))
            )  # fmt: skip


def show(published: Published) -> None:
    """List every plan by the metric that it is judged by."""
    layout.table(
        "experiments_plans",
        published.ask(_PLANS),
        [
            layout.Column("title", say("experiments.plan"), is_text=True),
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
            column("title", say("experiments.proposal"), is_text=True),
            column("metric", say("experiments.metric"), is_text=True),
            column("baseline", say("experiments.today"), lambda v: figures.decimal(v, 3)),
            column("wanted_effect", say("experiments.wanted"), lambda v: figures.decimal(v, 3)),
            column("smallest_effect", say("experiments.smallest"), lambda v: figures.decimal(v, 3)),
            column("arm_units_needed_80", say("experiments.needed"), figures.count),
            column("days_needed", say("experiments.days_needed"), figures.count),
        ],
        "experiments.experiment_plans",
    )


def compared_columns(
    name: str, label: str, write_name: Callable[[dict[Hashable, Any]], str] | None = None
) -> list[layout.Column]:
    """Return the columns of an arm beside its control: a name, both means, the effect, units."""
    column = layout.Column

    def written(value: str) -> Any:
        return lambda row: effect(row[value], row)

    return [
        column(name, label, write_row=write_name, is_text=True),
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
