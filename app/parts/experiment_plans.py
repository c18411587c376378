"""All experiments: one line a plan, and what a test that somebody thinks of would need."""

from collections.abc import Hashable
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.parts.experiment_figures import RESULTS, compared_columns, effect, pair, titled
from app.published import Published

_PLANS = f"""
with results as (
    {RESULTS}
), judged as (
    select
        source_name, experiment_id, arm, control_arm, is_named, verdict_code, metric, metric_kind,
        currency, control_mean, arm_mean, effect, shown_low, shown_high, is_running,
        unit_count + control_unit_count as unit_count,
        eligible_count + control_eligible_count as eligible_count, withheld_reason
    from results
    where is_primary and segment_kind = 'all'
), others as (
    select
        h.source_name, h.experiment_id, null, null, false, 'withheld', null, null, null, null, null,
        null, null, null, coalesce(bool_or(r.is_running), false),
        coalesce(max(r.unit_count + r.control_unit_count), 0), 0,
        arg_min(h.check_code, h.check_code) filter (h.is_withholding)
    from experiments.experiment_health as h
    left join results as r
        on h.source_name = r.source_name and h.experiment_id = r.experiment_id
        and r.segment_kind = 'all'
    group by h.source_name, h.experiment_id
    having not coalesce(bool_or(r.is_primary), false)
), told as (
    select * from judged union all select * from others
), ends as (
    select source_name, experiment_id, max(ends_at) as ends_at
    from core.experiments
    group by source_name, experiment_id
)
select {titled("experiment_id")} as title, told.*, ends_at,
    ends_at <= (select as_of_at from core.clock) as is_ended
from told
left join ends using (source_name, experiment_id)
order by
    case verdict_code
        when 'works' then 1 when 'harms' then 2 when 'withheld' then 3 when 'not_shown' then 4
        else 5
    end,
    title, arm
"""

# What warns and takes nothing away; `too_young` is a verdict already.
_WARNINGS = f"""
with plans as (
    select
        {titled("experiment_id")} as title, source_name, experiment_id, check_code, check_value,
        is_passed, bool_or(is_withholding) over (partition by source_name, experiment_id)
            as is_withheld
    from experiments.experiment_health
)
select title, check_code, check_value
from plans
where not is_passed and not is_withheld and check_code <> 'too_young'
order by title, check_code
"""

_PROPOSALS = f"""
with money as (
    select distinct metric
    from experiments.experiment_results
    where measure = 'net_sales' and metric_kind = 'mean'
)
select
    {titled("plan_name")} as title, source_name, plan_name, metric, baseline, wanted_effect,
    units_a_day, planned_days, smallest_effect, arm_units_needed_80, days_needed, is_underpowered,
    case when metric in (select metric from money)
        then (select max(base_currency) from core.clock) end as currency
from experiments.experiment_plans
where plan_kind = 'proposal'
order by title
"""

_SHOWN = 20


def answer(published: Published) -> None:
    """Say how many worked, and name those that did something, cannot be told or need care."""
    lines = layout.rows(published.ask(_PLANS).frame)
    told = [row for row in lines if row["verdict_code"] in ("works", "harms")]
    # Several arms of a plan are one experiment.
    works, all_plans = (len({row["title"] for row in rows}) for rows in (told, lines))
    layout.headline(
        say("experiments.headline", works=figures.count(works), all=figures.count(all_plans)),
        say("experiments.headline_note"),
        say("experiments.headline_why"),
    )
    for row in told:
        layout.remark(
            say(f"experiments.{row['verdict_code']}", name=_name(row),
                metric=row["metric"], effect=effect(row["effect"], row),
                low=effect(row["shown_low"], row), high=effect(row["shown_high"], row))
        )  # fmt: skip
    withheld = {
        row["title"]: row["withheld_reason"]
        for row in lines
        if row["verdict_code"] == "withheld" and row["unit_count"] > 0
    }
    for title, reason in withheld.items():
        layout.remark(say("experiments.withheld", name=title, why=say(f"experiments.why_{reason}")))
    for row in layout.rows(published.ask(_WARNINGS).frame):
        layout.remark(say("experiments.care", name=row["title"], why=failed(row)))


def failed(row: dict[str, Any]) -> str:
    """Say what a check found that did not pass."""
    value = row["check_value"]
    return say(
        f"experiments.check_{row['check_code']}",
        chance=figures.chance(value), count=figures.count(value), share=figures.percent(value),
    )  # fmt: skip


def show(published: Published) -> None:
    """List every plan by the metric that it is judged by."""
    layout.table(
        "experiments_plans",
        published.ask(_PLANS),
        [
            layout.Column("title", say("experiments.plan"), write_row=_name, is_long=True),
            layout.Column("verdict_code", say("experiments.verdict"), write_row=_verdict,
                          is_long=True),
            *compared_columns("metric", say("experiments.metric")),
        ],
        "experiments.experiment_results", "core.experiments",
        limit=_SHOWN,
    )  # fmt: skip


def _name(row: dict[Any, Any]) -> str:
    """Name a plan, with its arm where that says more."""
    if not row["is_named"]:
        return str(row["title"])
    return say("experiments.name_of_arm", name=row["title"], pair=pair(row))


def _verdict(row: dict[Hashable, Any]) -> str:
    """Say what a plan says, and until when it runs."""
    verdict = name_of("verdict", row["verdict_code"])
    if not row["is_running"]:
        return verdict
    if figures.is_nothing(row["ends_at"]):
        return say("experiments.still_runs", verdict=verdict)
    if row["is_ended"]:
        return say("experiments.still_waits", verdict=verdict)
    return say("experiments.runs_until", verdict=verdict, day=figures.day(row["ends_at"]))


def proposals(published: Published) -> None:
    """List what tests that somebody thinks of would need."""
    found = published.ask(_PROPOSALS)
    if found.frame.empty:
        layout.notice(say("experiments.no_proposal"), say("experiments.no_proposal_remedy"))
        return
    column = layout.Column

    def written(value: str) -> Any:
        return lambda row: (
            figures.decimal(row[value], 3)
            if figures.is_nothing(row["currency"])
            else figures.small_money(row[value], row["currency"])
        )

    layout.table(
        "experiments_proposals",
        found,
        [
            column("title", say("experiments.proposal"), is_text=True),
            column("metric", say("experiments.metric"), is_text=True),
            column("baseline", say("experiments.today"), write_row=written("baseline")),
            column("wanted_effect", say("experiments.wanted"), write_row=written("wanted_effect")),
            column(
                "smallest_effect", say("experiments.smallest"), write_row=written("smallest_effect")
            ),
            column("arm_units_needed_80", say("experiments.needed"), figures.count),
            column("days_needed", say("experiments.days_needed"), figures.count),
        ],
        "experiments.experiment_plans",
    )
