"""What lists leave out and why, and what showing them is worth."""

from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.parts.experiment_figures import RESULTS, compared_columns, effect
from app.published import Published

_LEFT_OUT = """
select list_kind, reason, people_count, product_count, pair_count
from recommendations.recommendation_exclusions
order by list_kind desc, pair_count desc, people_count desc, reason
"""

_WORTH = f"""
with results as (
    {RESULTS}
)
select
    e.source_name, e.experiment_id, e.metric, e.verdict_code, e.arms_found, e.withheld_reason,
    e.is_primary,
    e.is_running, e.control_mean, e.arm_mean, e.effect, r.shown_low, r.shown_high,
    e.unit_count + e.control_unit_count as eligible_count, r.metric_kind, r.currency
from strategy.recommendation_effect as e
left join results as r
    on e.source_name = r.source_name and e.experiment_id = r.experiment_id
    and e.metric = r.metric and r.segment_kind = 'all'
    and lower(trim(r.arm)) = 'recommended' and lower(trim(r.control_arm)) = 'control'
order by e.is_primary desc, e.source_name, e.metric
"""


# What is wrong where the named experiment tells nothing.
_FAULTS = ("no_such_experiment", "no_such_arms", "no_result_yet")

# The same people for each list: whoever bought of late was asked for both.
_WITHOUT = """
select
    max(people_count) filter (reason = 'nothing_left') as nothing_left,
    max(people_count) filter (reason = 'silent_for_a_year') as silent_for_a_year
from recommendations.recommendation_exclusions
"""


def nobody(published: Published) -> bool:
    """Say why nobody has a list; return whether anybody ever bought, so that more can be told."""
    (counts,) = layout.rows(published.ask(_WITHOUT).frame)
    for reason in ("nothing_left", "silent_for_a_year"):
        if not figures.is_nothing(counts[reason]) and counts[reason] > 0:
            people = figures.people(counts[reason])
            layout.notice(say("recommendations.empty"),
                          say(f"recommendations.empty_{reason}", people=people))  # fmt: skip
            return True
    layout.notice(say("recommendations.empty"), say("recommendations.remedy"))
    return False


def left_out(published: Published) -> None:
    """List why products and people are in no list."""
    answer = published.ask(_LEFT_OUT)
    if answer.frame.empty:
        layout.caption(say("recommendations.nothing_left_out"))
        return
    column = layout.Column
    layout.table(
        "recommendations_left_out",
        answer,
        [
            column("reason", say("recommendations.reason"), is_long=True,
                   write=lambda v: name_of("recommendation_left_out", v)),
            column("list_kind", say("recommendations.list"), is_text=True,
                   write=lambda v: name_of("recommendation_list", v)),
            column("people_count", say("unit.people"), _counted),
            column("product_count", say("recommendations.products"), _counted),
            column("pair_count", say("recommendations.pairs"), _counted, is_minor=True),
        ],
        "recommendations.recommendation_exclusions",
    )  # fmt: skip


def worth(published: Published) -> None:
    """Say what the experiment of lists found, or how to find out."""
    answer = published.ask(_WORTH)
    rows = layout.rows(answer.frame)
    if not rows or rows[0]["verdict_code"] == "not_known":
        layout.notice(say("recommendations.not_known"), say("recommendations.not_known_remedy"))
        return
    code = rows[0]["verdict_code"]
    if code in _FAULTS:
        told = {"name": rows[0]["experiment_id"], "arms": rows[0]["arms_found"]}
        layout.notice(say(f"recommendations.{code}", **told),
                      say(f"recommendations.{code}_remedy", **told))  # fmt: skip
        return
    for row in rows:
        if row["is_primary"]:
            _judge(row)
    column = layout.Column
    layout.table(
        "recommendations_worth",
        answer,
        [
            *compared_columns("metric", say("experiments.metric")),
            column("verdict_code", say("experiments.verdict"), lambda v: name_of("verdict", v),
                   is_text=True),
        ],
        "strategy.recommendation_effect", "experiments.experiment_results",
        marked="is_primary",
    )  # fmt: skip


def _judge(row: dict[str, Any]) -> None:
    verdict = row["verdict_code"]
    if verdict == "not_shown" and row["is_running"]:
        verdict = "runs"
    if row["effect"] is not None:
        layout.remark(
            say("recommendations.effect", name=row["experiment_id"], metric=row["metric"],
                effect=effect(row["effect"], row), low=effect(row["shown_low"], row),
                high=effect(row["shown_high"], row))
        )  # fmt: skip
    layout.remark(say(f"experiments.do_{verdict}"))


def _counted(value: int) -> str:
    """Write a count; 0 is of what a reason does not concern."""
    return figures.count(value) if value else figures.NOTHING
