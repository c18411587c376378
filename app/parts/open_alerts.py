"""The themes that customers write about more than before, each in a sentence."""

from collections.abc import Mapping
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published

_ALERTS = """
select
    source_name, level, level_value, theme, grain, period_start, mention_count, text_count,
    mention_share, share_before, p_value
from feedback.feedback_alerts
where is_open
order by p_value, source_name, level, level_value, theme, grain
"""


def open_alerts(published: Published) -> list[dict[str, Any]]:
    """Return what rises today, the least likely to be chance first; none without the mart."""
    if not published.has("feedback.feedback_alerts"):
        return []
    return layout.rows(published.ask(_ALERTS).frame)


def sentence(alert: dict[str, Any]) -> str:
    """Say which theme rose when, and from what."""
    return say(
        "feedback.alert", theme=theme_of(alert),
        period=figures.period(alert["grain"], alert["period_start"]),
        share=figures.percent(alert["mention_share"]),
        mentions=figures.count(alert["mention_count"]),
        texts=figures.count(alert["text_count"]),
        before=figures.percent(alert["share_before"]),
    )  # fmt: skip


def theme_of(row: Mapping[Any, Any]) -> str:
    """Return the name of a theme, with its category where the row is of one."""
    theme = name_of("theme", row["theme"])
    if row["level"] != "category":
        return theme
    return say("feedback.theme_of", theme=theme, category=row["level_value"])
