"""The steps that fail on one device today, each in a sentence: what a person must know first."""

from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published

_OPEN = """
select *
from behavior.funnel_anomalies
where state = 'open'
order by lost_order_count desc, step, device
"""


def open_faults(published: Published) -> list[dict[str, Any]]:
    """Return the alarms that are open, the dearest first; none where the shop has no such mart."""
    if not published.has("behavior.funnel_anomalies"):
        return []
    return layout.rows(published.ask(_OPEN).frame)


def sentence(fault: dict[str, Any]) -> str:
    """Say what fails where since when, and what it has cost."""
    return say(
        f"funnel.fault_{fault['step']}",
        device=name_of("device", fault["device"]).capitalize(),
        now=_of_100(fault["rate"]),
        usual=_of_100(fault["expected_rate"]),
        day=figures.day(fault["started_on"]),
        lost=figures.count(fault["lost_order_count"]),
        low=figures.count(fault["lost_order_low"]),
        high=figures.count(fault["lost_order_high"]),
    )


def _of_100(rate: float) -> str:
    return figures.decimal(100 * rate, 0 if rate >= 0.1 else 1)
