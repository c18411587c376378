"""The figures that the overview begins with, each against the period before and a year ago."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from app import figures, layout
from app.language import say
from app.parts import figure_cards
from app.parts.figure_cards import Figure
from app.period import Period
from app.published import Answer, Published, Value

_WINDOWS = """
with windows as (
    select * from (values
        ('now', $first::date, $last::date),
        ('before', $before_first::date, $before_last::date),
        ('year_ago', $ago_first::date, $ago_last::date)
    ) as w (period, first_day, last_day)
),
"""

# One customer's first net order carries number 1, so that those rows are the new customers. Of a
# buyer one net order has none before it in the period: people are counted without telling them
# apart, which of a million takes long.
_SOLD = """
    select
        {group},
        sum(net_sales)::double as net_sales,
        count(*) as order_count,
        count(*) filter (where order_number = 1) as new_customer_count,
        {buyers} as buyer_count,
        bool_and(is_settled) as is_settled
    from core.orders{joined}
    where is_order{within}
    group by all
"""

_BUYERS = """count(*) filter (
            where order_number is not null
                and (previous_order_day is null or previous_order_day < {begin})
        )"""
# An older publication does not know the order before.
_BUYERS_TOLD_APART = "count(distinct person_id) filter (where is_net_order)"

_VISITED = """
    select
        {group},
        count(*) filter (where is_engaged) as engaged_visit_count,
        count(*) filter (where purchase_count > 0) as purchase_visit_count
    from core.sessions{joined}
    where not is_bot{within}
    group by all
"""

# An older publication may have no visits.
_NO_VISITS = """
    select {group}, null::bigint as engaged_visit_count, null::bigint as purchase_visit_count
    from core.orders{joined}
    where false{within}
    group by all
"""

# Where the shop's history begins with the period, everybody in it is new, which says nothing.
_FIGURES = """
    coalesce(net_sales, 0) as net_sales,
    coalesce(order_count, 0) as order_count,
    net_sales / order_count as net_sales_per_order,
    coalesce(new_customer_count, 0) as new_customer_count,
    coalesce(buyer_count, 0) as buyer_count,
    case when not {begins} then 1 - new_customer_count / nullif(buyer_count, 0) end
        as returning_share,
    purchase_visit_count / nullif(engaged_visit_count, 0) as conversion_rate,
    coalesce(is_settled, true) as is_settled
"""

# Cohorts whose second month is over by a day.
RETENTION = """
select
    cohort_start, cohort_size, eligible_count, retained_count,
    retention_rate, rate_low, rate_high
from retention.cohort_retention
where cohort_grain = 'month' and start_kind = 'net_order' and return_kind = 'net_order'
    and definition = 'on' and clock_kind = 'calendar' and period_index = 1
    and cohort_start + interval 2 month <= $last::date + interval 1 day
order by cohort_start
"""

_AT_RISK = """
select
    coalesce(sum(churn_probability * net_sales), 0)::double as at_risk,
    coalesce(sum(net_sales), 0)::double as net_sales,
    count(*) filter (where risk_band = 'high') as high_count,
    coalesce(sum(net_sales) filter (where risk_band = 'high'), 0)::double as high_net_sales,
    count(*) as people_count,
    any_value(horizon_days) as horizon_days
from churn.churn_scores as scores
inner join segments.rfm_segments as rfm on scores.person_id = rfm.person_id
where is_champion
"""

_EVERY_DAY, _EVERY_WEEK = 31, 200


@dataclass(frozen=True)
class Figures:
    """What the overview knows of a period.

    Attributes:
        windows: one row each for the period, the one before and the one a year ago.
        series: the period in days, weeks or months.
        retention: cohorts whose second month is over by the end of the period.
        risk: today's scores; None where the shop has none.
    """

    windows: Answer
    series: Answer
    retention: Answer
    risk: Answer | None

    def of(self, period: str) -> dict[str, Any]:
        """Return the figures of `now`, `before` or `year_ago`; null where nothing is known."""
        frame = self.windows.frame
        return layout.rows(frame[frame["period"] == period])[0]


def ask(published: Published, period: Period) -> Figures:
    """Return everything that the overview shows of a period."""
    before, ago = period.before(), period.year_ago()
    windows: dict[str, Value] = {
        "first": period.first, "last": period.last,
        "before_first": before.first if before else None,
        "before_last": before.last if before else None,
        "ago_first": ago.first if ago else None,
        "ago_last": ago.last if ago else None,
    }  # fmt: skip
    scores = published.has("churn.churn_scores", "risk_band", "is_champion")
    risk = published.ask(_AT_RISK) if scores else None
    if risk is not None and not risk.frame["people_count"][0]:
        risk = None
    return Figures(
        published.ask(_windows(published), known_from=period.known_from, **windows),
        published.ask(_series(published), first=period.first, last=period.last,
                      width=width_of(period), known_from=period.known_from),
        published.ask(RETENTION, last=period.last),
        risk,
    )  # fmt: skip


def width_of(period: Period) -> int:
    """Return into how many days a period is divided to be drawn; 0 for calendar months."""
    if period.day_count <= _EVERY_DAY:
        return 1
    return 7 if period.day_count <= _EVERY_WEEK else 0


def cut_off(period: Period, series: pd.DataFrame) -> pd.Series:
    """Return which parts of a period, its weeks or months, its ends cut off."""
    width = width_of(period)
    length = pd.DateOffset(months=1) if width == 0 else pd.Timedelta(days=width)
    starts = pd.to_datetime(series["bucket"])
    is_whole = (starts >= pd.Timestamp(period.first)) & (
        starts + length <= pd.Timestamp(period.last) + pd.Timedelta(days=1)
    )
    return ~is_whole


def _whole(period: Period, series: pd.DataFrame) -> pd.DataFrame:
    """Leave out the parts of a period that are cut off by its ends, as long as two remain."""
    kept = series[~cut_off(period, series)]
    return kept if len(kept) > 1 else series


def show(known: Figures, period: Period, currency: str) -> None:
    """Show the row of figures."""
    now = known.of("now")
    line = _whole(period, known.series.frame)
    amounts = {"net_sales": 0, "net_sales_per_order": 2}
    items = []
    for name in (
        "net_sales", "order_count", "net_sales_per_order", "new_customer_count",
        "returning_share", "conversion_rate",
    ):  # fmt: skip
        is_share = name in {"returning_share", "conversion_rate"}
        write: Callable[[object], str] = figures.count
        if is_share:
            write = figures.percent
        elif name in amounts:
            write = _amount(currency, amounts[name])
        changes = [
            _change(now[name], known.of(which)[name], _named(other, which), is_share)
            for which, other in (("before", period.before()), ("year_ago", period.year_ago()))
            if other is not None
        ]
        items.append(
            Figure(
                say(f"overview.{name}"), write(now[name]), _said(changes),
                say(f"overview.{name}_means"), list(line[name]),
            )
        )  # fmt: skip
    items.append(_retention(known.retention.frame))
    if known.risk is not None:
        items.append(_at_risk(layout.rows(known.risk.frame)[0], currency))
    figure_cards.show("overview", items)
    layout.computed("overview_figures", known.windows, "core.orders", "core.sessions")


def _windows(published: Published) -> str:
    joined = "\n    inner join windows on local_day between first_day and last_day"
    sold, visited = _counted(published, "period", "first_day", joined, "")
    return (
        f"{_WINDOWS}\nsold as ({sold}),\n\nvisited as ({visited})\n\n"
        f"select windows.period, first_day, last_day,"
        f"{_FIGURES.format(begins='first_day <= $known_from::date')}"
        "from windows\nleft join sold using (period)\nleft join visited using (period)\n"
        "order by first_day desc, windows.period\n"
    )


def _series(published: Published) -> str:
    bucket = (
        "case when $width = 0 then date_trunc('month', local_day)::date\n"
        "            else time_bucket(to_days($width::integer), local_day, $first::date)::date\n"
        "        end"
    )
    within = "\n        and local_day between $first::date and $last::date"
    begin = f"greatest($first::date, {bucket})"
    sold, visited = _counted(published, f"{bucket} as bucket", begin, "", within)
    known = _FIGURES.format(begins="$first::date <= $known_from::date")
    return (
        f"with sold as ({sold}),\n\nvisited as ({visited})\n\nselect bucket,{known}"
        "from sold\nfull join visited using (bucket)\norder by bucket\n"
    )


def _counted(
    published: Published, group: str, begin: str, joined: str, within: str
) -> tuple[str, str]:
    """Return the SQL of orders and of visits by group; without visits, of none.

    Args:
        published: where they are read.
        group: SQL of the group.
        begin: SQL of the day on which it begins.
        joined: SQL of what is joined to tell the group.
        within: SQL of the days that count.
    """
    visits = _VISITED if published.has("core.sessions", "local_day") else _NO_VISITS
    knows_before = published.has("core.orders", "previous_order_day")
    buyers = _BUYERS.format(begin=begin) if knows_before else _BUYERS_TOLD_APART
    parts = {"group": group, "joined": joined, "within": within, "buyers": buyers}
    return _SOLD.format(**parts), visits.format(**parts)


def _amount(currency: str, digits: int) -> Callable[[object], str]:
    return lambda value: figures.money(value, currency, digits)


def _named(period: Period, which: str) -> str:
    return period.write() if period.is_month else say(f"overview.{which}")


def _change(now: Any, then: Any, period: str, is_share: bool) -> str:
    if now is None or then is None or (not is_share and then <= 0):
        return ""
    if is_share:
        points = figures.decimal((now - then) * 100, 1)
        points = f"+{points}" if now > then else points
        return say("overview.points_on", points=points, period=period)
    return say("overview.change_on", change=figures.change(now / then - 1), period=period)


def _said(changes: Sequence[str]) -> str:
    said = [change for change in changes if change]
    return "\n".join(said) if said else say("overview.nothing_before")


def _retention(frame: pd.DataFrame) -> Figure:
    label, means = say("overview.retention"), say("overview.retention_means")
    if frame.empty:
        return Figure(label, figures.NOTHING, say("overview.no_retention"), means, [])
    last = frame.iloc[-1]
    changes = []
    for months in (1, 12):
        then = frame[frame["cohort_start"] == last["cohort_start"] - pd.DateOffset(months=months)]
        if len(then):
            changes.append(
                _change(last["retention_rate"], then["retention_rate"].iloc[0],
                        figures.month(then["cohort_start"].iloc[0]), True)
            )  # fmt: skip
    whom = say("overview.of_cohort", month=figures.month(last["cohort_start"]))
    return Figure(
        label, figures.percent(last["retention_rate"]), "\n".join([whom, *changes]), means,
        list(frame["retention_rate"].tail(12)),
    )  # fmt: skip


def _at_risk(row: dict[str, Any], currency: str) -> Figure:
    return Figure(
        say("overview.at_risk"),
        figures.money(row["at_risk"], currency),
        say("overview.at_risk_of", net_sales=figures.money(row["net_sales"], currency)),
        say("overview.at_risk_means", days=figures.count(row["horizon_days"])),
        [],
    )
