"""A step of the funnel that fails, on one device or on all: said, and drawn by device."""

from typing import Any

import altair as alt

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.parts.open_faults import open_faults, sentence, silences
from app.published import Published

_CLOSED = """
select
    device, step, started_on, found_on, ended_on, entered_count, rate, usual_rate,
    lost_order_count, lost_order_low, lost_order_high, may_be_growth
from behavior.funnel_anomalies
where state = 'closed'
order by started_on desc, step, device
"""

_COURSE = """
select
    date_trunc($grain, local_day)::date as period_start,
    device,
    sum(entered_count)::bigint as entered_count,
    sum(reached_count)::bigint as reached_count,
    sum(reached_count) / sum(entered_count) as rate,
    date_trunc($grain, local_day) = (select date_trunc($grain, open_day) from core.clock)
        as is_open
from behavior.funnel_daily
where step = $step
    and local_day >= (
        select date_trunc($grain, max(local_day)) - to_months($months) - to_days($days)
        from behavior.funnel_daily
    )
group by all
order by period_start, device
"""

# Days without anybody that are named, the latest.
_NAMED = 5
# How far back each goes: a year, half of one, and what an alarm calls usual.
_BACK = {"month": (12, 0), "week": (0, 182), "day": (0, 62)}
_STEPS = ("cart", "checkout", "purchase")


@by_itself
def show(published: Published) -> None:
    """Say what is open, draw the step on each device, and list what was."""
    found = open_faults(published)
    for fault in found:
        remedy = "fault_remedy_all" if fault["device"] == "all" else "fault_remedy"
        layout.warning([sentence(fault), *_beside(fault, published), say(f"funnel.{remedy}")])
    silent, since = silences(published)
    if since:
        layout.warning([say("funnel.silent_since", days=figures.day(since))])
    elif not found:
        layout.remark(say("funnel.no_fault"))
    step = choices.few(
        say("funnel.step"), _STEPS, key="funnel-step",
        write=lambda s: say(f"funnel.step_{s}"),
        default=_STEPS.index(found[0]["step"] if found else "purchase"),
    )  # fmt: skip
    # By months at first: of a small shop few visits of a week come as far as the last step. But
    # where something fails it is seen by weeks, since a month hides when it began.
    grain = choices.few(
        say("funnel.grain"), list(_BACK), key="funnel-grain",
        write=lambda g: name_of("by_grain", g),
        default=list(_BACK).index("week" if found else "month"),
    )  # fmt: skip
    months, days = _BACK[grain]
    answer = published.ask(_COURSE, step=step, grain=grain, months=months, days=days)
    frame = answer.frame.assign(
        device=[name_of("device", device) for device in answer.frame["device"]]
    )
    drawing = charts.lines(
        frame, "period_start", "rate", None, None, series="device",
        x_title=say(f"axis.{grain}"), y_title=say(f"funnel.rate_{step}"), is_date=True,
        has_days=grain != "month", apart="is_open",
        extra=[alt.Tooltip("entered_count:Q", title=say("funnel.entered"), format=",")],
    )  # fmt: skip
    layout.chart("funnel_course", drawing, answer, "behavior.funnel_daily")
    if silent:
        named = ", ".join(figures.day(day) for day in silent[:_NAMED])
        layout.caption(say("funnel.silent", days=named))
    closed = published.ask(_CLOSED)
    if closed.frame.empty:
        return
    allowed = figures.count(published.setting("anomaly_false_alarms_a_year"))
    layout.section(say("funnel.closed"), say("funnel.closed_note", allowed=allowed))
    column = layout.Column
    layout.table(
        "funnel_closed",
        closed,
        [
            column("step", say("funnel.step"), lambda s: say(f"funnel.step_{s}"), is_text=True),
            column("device", say("axis.device"), lambda v: name_of("device", v), is_text=True),
            column("started_on", say("axis.first_day"), figures.day),
            column("ended_on", say("axis.last_day"), figures.day),
            column("rate", say("funnel.rate"), figures.percent),
            column("usual_rate", say("funnel.usual_rate"), figures.percent),
            column("lost_order_count", say("funnel.lost"), lambda v: figures.count(max(v, 0))),
            column(
                "may_be_growth", say("funnel.grew"),
                lambda grew: say("funnel.grew_yes") if grew else "", is_text=True,
            ),
        ],
        "behavior.funnel_anomalies",
        limit=12,
    )  # fmt: skip


def _beside(fault: dict[str, Any], published: Published) -> list[str]:
    """What changed with it: slow pages and failed payments, where they are known."""
    seconds = f"{published.setting('slow_page_ms') / 1000:g}"
    return [
        say(
            f"funnel.{name}",
            before=figures.percent(fault[f"{name}_share_before"]),
            during=figures.percent(fault[f"{name}_share_during"]),
            seconds=seconds,
        )
        for name in ("slow_page", "failed_payment")
        if fault[f"{name}_share_during"] is not None
    ]
