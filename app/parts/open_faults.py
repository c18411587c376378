"""The steps that fail today, each in a sentence: what a person must know first."""

from datetime import date
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

# Days on which nobody came to a step, where thirty did on the eight same weekdays before: a visit
# comes to three steps at most, and of ten visits none has a chance of 1 in 20,000.
_SILENT = """
with days as (
    select day::date as day, coalesce(sum(entered_count), 0) as entered_count
    from generate_series(
        (select min(local_day) from behavior.funnel_daily),
        (select open_day - 1 from core.clock), interval 1 day
    ) as all_days(day)
    left join behavior.funnel_daily on local_day = day
    group by day
)
select day, day > (select max(local_day) from behavior.funnel_daily) as is_since
from days
where entered_count = 0
    and (
        select sum(entered_count) from days as before
        where before.day < days.day and before.day >= days.day - 56
            and dayofweek(before.day) = dayofweek(days.day)
    ) >= 240
    and day > (select open_day from core.clock) - 400
order by day desc
"""


def open_faults(published: Published) -> list[dict[str, Any]]:
    """Return the alarms that are open, the dearest first; none where the shop has no such mart."""
    if not published.has("behavior.funnel_anomalies"):
        return []
    return layout.rows(published.ask(_OPEN).frame)


def silences(published: Published) -> tuple[list[date], date | None]:
    """Return the days without anybody, the latest first, and since when there is nobody at all."""
    if not (published.has("behavior.funnel_daily") and published.has("core.clock")):
        return [], None
    found = layout.rows(published.ask(_SILENT).frame)
    since = min((row["day"].date() for row in found if row["is_since"]), default=None)
    return [row["day"].date() for row in found if not row["is_since"]], since


def sentence(fault: dict[str, Any]) -> str:
    """Say what fails where since when, what it cost, where no fewer bought, and if it is mended."""
    said = [
        say(
            f"funnel.fault_{fault['step']}",
            device=name_of("device", fault["device"]).capitalize(),
            now=_of_100(fault["rate"]),
            usual=_of_100(fault["usual_rate"]),
            day=figures.day(fault["started_on"]),
            # What a visit brings varies, so that a small fault may seem to have brought orders.
            lost=figures.count(max(fault["lost_order_count"], 0)),
            low=figures.count(max(fault["lost_order_low"], 0)),
            high=figures.count(max(fault["lost_order_high"], 0)),
        )
    ]
    if fault["may_be_growth"]:
        a_day = {
            "orders": figures.decimal(fault["orders_a_day"], 1),
            "usual": figures.decimal(fault["usual_orders_a_day"], 1),
        }
        said.append(say("funnel.fault_grew", **a_day))
    if fault["back_since"] is not None:
        said.append(say("funnel.fault_back", day=figures.day(fault["back_since"])))
    return " ".join(said)


def _of_100(rate: float) -> str:
    return figures.decimal(100 * rate, 0 if rate >= 0.1 else 1)
