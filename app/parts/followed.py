"""What feedback is followed by: who came back after it, beside others who are alike."""

from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published

_FOLLOWED = """
select
    follow_kind, follow_value, person_count, came_back_rate, came_back_rate_low,
    came_back_rate_high, other_rate, difference, difference_low, difference_high,
    adjusted_difference, adjusted_low, adjusted_high, is_adjusted, is_withheld, horizon_days
from feedback.churn_after_feedback
where source_name = $source
order by adjusted_difference nulls last, difference nulls last, follow_kind, follow_value
"""


def show(published: Published, source: str) -> None:
    """Say after what fewer came back, beyond chance, and list all of it."""
    found = published.ask(_FOLLOWED, source=source)
    rows = layout.rows(found.frame)
    if all(row["is_withheld"] for row in rows):
        layout.notice(say("feedback.nothing_followed"), say("feedback.nothing_followed_remedy"))
        return
    fewer = [row for row in rows if row["adjusted_high"] is not None and row["adjusted_high"] < 0]
    for row in fewer:
        layout.remark(
            say("feedback.fewer", after=_after(row), days=figures.count(row["horizon_days"]),
                points=figures.decimal(-100 * row["adjusted_difference"], 0),
                low=figures.decimal(-100 * row["adjusted_high"], 0),
                high=figures.decimal(-100 * row["adjusted_low"], 0))
        )  # fmt: skip
    if not fewer:
        layout.remark(say("feedback.none_fewer"))
    column = layout.Column
    layout.table(
        "feedback_followed",
        found,
        [
            column("follow_value", say("feedback.after"), write_row=_after, is_long=True),
            column("person_count", say("unit.people"), figures.count),
            column("came_back_rate", say("axis.retention"), lambda v: figures.percent(v, 0),
                   interval=("came_back_rate_low", "came_back_rate_high")),
            column("other_rate", say("feedback.others"), lambda v: figures.percent(v, 0)),
            column("difference", say("feedback.difference"), figures.points,
                   interval=("difference_low", "difference_high"), is_minor=True),
            column("adjusted_difference", say("feedback.adjusted"), figures.points,
                   interval=("adjusted_low", "adjusted_high")),
        ],
        "feedback.churn_after_feedback",
    )  # fmt: skip


def _after(row: dict[Any, Any]) -> str:
    kind, value = str(row["follow_kind"]), row["follow_value"]
    named = name_of("theme" if kind == "theme" else "rating_band", value)
    return say(f"feedback.after_{kind}", what=named)
