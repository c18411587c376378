"""Which weekdays, hours, months and holidays are busier than others."""

from datetime import date

import altair as alt

from app import charts, figures, layout
from app.language import name_of, say
from app.published import Published

_BUSIEST = """
select kind, season, index_value, index_low, index_high
from behavior.seasonality
where measure = $measure and kind in ('weekday', 'hour') and is_known
order by kind, index_value desc, season
"""

_WEEK = """
select
    left(season, 1) as weekday, right(season, 2) as hour, index_value, index_low, index_high,
    day_count
from behavior.seasonality
where measure = $measure and kind = 'weekday_hour' and is_known
order by season
"""

_OTHERS = """
select kind, season, index_value, index_low, index_high, day_count, is_known
from behavior.seasonality
where measure = $measure and kind in ('weekday', 'month', 'holiday', 'outage')
    and (is_known or kind <> 'month')
order by
    case kind when 'weekday' then 1 when 'holiday' then 2 when 'outage' then 3 else 4 end, season
"""


def answer(published: Published, measure: str) -> None:
    """Say which day and hour are the busiest, for whoever sends or staffs."""
    rows = layout.rows(published.ask(_BUSIEST, measure=measure).frame)
    weekdays = [row for row in rows if row["kind"] == "weekday"]
    hours = [row for row in rows if row["kind"] == "hour"]
    if not weekdays or not hours:
        layout.remark(say("rhythm.too_young"))
        return
    best, least = weekdays[0], weekdays[-1]
    if best["index_low"] <= least["index_high"]:
        layout.remark(say("rhythm.even_week"))
        return
    layout.remark(
        say("rhythm.busiest", busy=name_of("weekday", best["season"]),
            quiet=name_of("weekday", least["season"]), more=_more(best["index_value"]),
            less=_more(least["index_value"]), hour=int(hours[0]["season"]))
    )  # fmt: skip


def week(published: Published, measure: str) -> None:
    """Draw each hour of each weekday."""
    found = published.ask(_WEEK, measure=measure)
    if found.frame.empty:
        layout.notice(say("rhythm.too_young"), say("rhythm.too_young_remedy"))
        return
    frame = found.frame.assign(
        weekday=[name_of("short_weekday", day) for day in found.frame["weekday"]],
        times=[figures.decimal(value, 1) for value in found.frame["index_value"]],
        range=[
            f"{figures.decimal(low, 1)} – {figures.decimal(high, 1)}"
            for low, high in zip(found.frame["index_low"], found.frame["index_high"], strict=True)
        ],
    )
    drawing = charts.heat(
        frame, "weekday", "hour", "index_value", x_title="", y_title=say("rhythm.hour"),
        legend_title=say("rhythm.times"), label="times", dark=layout.is_dark(), cell=18,
        x_sort=list(dict.fromkeys(frame["weekday"])),
        tips=[
            alt.Tooltip("weekday:N", title=say("rhythm.weekday")),
            alt.Tooltip("hour:N", title=say("rhythm.hour")),
            alt.Tooltip("times:N", title=say("rhythm.times")),
            alt.Tooltip("range:N", title=say("axis.interval")),
        ],
    )  # fmt: skip
    layout.chart("rhythm_week", drawing, found, "behavior.seasonality")


def others(published: Published, measure: str) -> None:
    """List weekdays, holidays, outages and months with their intervals."""
    found = published.ask(_OTHERS, measure=measure)
    column = layout.Column
    layout.table(
        "rhythm_seasons",
        found,
        [
            column("kind", say("rhythm.kind"), lambda v: name_of("season_kind", v), is_text=True),
            column("season", say("rhythm.season"), is_text=True,
                   write_row=lambda row: _named(str(row["kind"]), str(row["season"]))),
            column("index_value", say("rhythm.times"), lambda v: figures.decimal(v, 2),
                   interval=("index_low", "index_high")),
            column("day_count", say("rhythm.days_seen"), figures.count),
            column("is_known", say("rhythm.known"),
                   lambda v: say("rhythm.yes" if v else "rhythm.not_yet"), is_text=True,
                   is_minor=True),
        ],
        "behavior.seasonality",
        limit=60,
    )  # fmt: skip
    if "month" not in set(found.frame["kind"]):
        layout.caption(say("rhythm.no_months"))


def _more(index: float) -> str:
    return figures.percent(abs(index - 1), 0)


def _named(kind: str, season: str) -> str:
    """Return a season as people say it."""
    if kind == "outage":
        return figures.day(date.fromisoformat(season))
    return name_of(kind, season)
