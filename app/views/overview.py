"""Overview: three figures and what moved them, each in one sentence."""

import pandas as pd
import streamlit as st

from app import charts, explain, figures, layout
from app.language import name_of, say
from app.palette import LIFECYCLE
from app.published import Answer, Published
from app.registry import Page

_ACTIVE = """
select period_start, active_count, new_count, returning_count, resurrected_count, lapsed_count
from retention.lifecycle
where period_grain = 'month'
order by period_start
"""

_RETENTION = """
select
    cohort_start, cohort_size, eligible_count, retained_count,
    retention_rate, rate_low, rate_high
from retention.cohort_retention
where cohort_grain = 'month' and start_kind = 'net_order' and return_kind = 'net_order'
    and definition = 'on' and clock_kind = 'calendar' and period_index = 1
order by cohort_start
"""

_CHANNELS = """
select
    channel,
    acquisition_month,
    eligible_30d_count::bigint as eligible_count,
    retained_30d_count::bigint as retained_count
from retention.channel_quality
where acquisition_month <= $newest and eligible_30d_count > 0
order by acquisition_month, channel
"""

# Months are the shop's own, and only those that are over.
_SALES = """
select
    date_trunc('month', local_day)::date as month,
    count(distinct person_id) as buyer_count,
    count(*) as order_count,
    sum(net_sales)::double as net_sales,
    bool_and(is_settled) as is_settled
from core.orders
cross join core.clock
where is_order
group by month, open_day
having month + interval 1 month <= open_day
order by month
"""

_RISK = """
select
    count(*) filter (where risk_band = 'high') as high_count,
    count(*) as people_count,
    any_value(horizon_days) as horizon_days
from churn.churn_scores
where is_champion
"""


def _render(published: Published) -> None:
    answers = {
        "active": published.ask(_ACTIVE),
        "retention": published.ask(_RETENTION),
        "sales": published.ask(_SALES),
    }
    _active(answers["active"])
    st.divider()
    _retention(answers["retention"], published)
    st.divider()
    _sales(answers["sales"], layout.currency(published))
    if published.has("churn.churn_scores", "risk_band", "is_champion"):
        risk = published.ask(_RISK)
        if risk.frame["people_count"][0]:
            st.divider()
            _risk(risk)


def _active(answer: Answer) -> None:
    frame = answer.frame
    layout.section(say("overview.active"))
    left, right = st.columns([2, 3], gap="medium")
    last = frame.iloc[-1]
    with left:
        layout.headline(
            figures.count(last["active_count"]),
            say("overview.people_in", month=figures.month(last["period_start"])),
            _why_active(frame),
        )
    frame = frame.assign(month=[figures.month(v) for v in frame["period_start"]])
    long = frame.melt(
        ["month"], ["returning_count", "resurrected_count", "new_count"], "part", "people"
    )
    names = [name_of("lifecycle", part) for part in ("returning", "resurrected", "new")]
    long["part"] = [name_of("lifecycle", part.removesuffix("_count")) for part in long["part"]]
    fixed = {name_of("lifecycle", k): colour for k, colour in LIFECYCLE.items()}
    drawing = charts.bars(
        long, "month", "people", x_title=say("axis.month"),
        y_title=say("unit.people"), series="part", names=names, fixed=fixed, height=210,
    )  # fmt: skip
    with right:
        layout.chart("overview_active", drawing, answer, "retention.lifecycle")


def _why_active(frame: pd.DataFrame) -> str:
    if len(frame) < 2:
        return say("overview.first_month")
    last, before = frame.iloc[-1], frame.iloc[-2]
    moved = int(last["active_count"] - before["active_count"])
    return say(
        f"overview.active_{_way(moved)}",
        change=figures.count(abs(moved)),
        month=figures.month(before["period_start"]),
        new=figures.count(last["new_count"]),
        resurrected=figures.count(last["resurrected_count"]),
        lapsed=figures.count(last["lapsed_count"]),
    )


def _retention(answer: Answer, published: Published) -> None:
    frame = answer.frame
    layout.section(say("overview.retention"))
    if frame.empty:
        layout.notice(say("overview.no_retention"), say("overview.no_retention_remedy"))
        return
    left, right = st.columns([2, 3], gap="medium")
    last = frame.iloc[-1]
    with left:
        layout.headline(
            figures.percent(last["retention_rate"]),
            say(
                "overview.of_cohort",
                month=figures.month(last["cohort_start"]),
                low=figures.percent(last["rate_low"]),
                high=figures.percent(last["rate_high"]),
            ),
            _why_retention(frame, published),
        )
    drawing = charts.lines(
        frame, "cohort_start", "retention_rate", "rate_low", "rate_high",
        x_title=say("axis.cohort"), y_title=say("overview.month_1"), is_date=True, height=210,
    )  # fmt: skip
    with right:
        layout.chart("overview_retention", drawing, answer, "retention.cohort_retention")


def _why_retention(frame: pd.DataFrame, published: Published) -> str:
    last, earlier = frame.iloc[-1], frame.iloc[:-1]
    trials, hits = int(earlier["eligible_count"].sum()), int(earlier["retained_count"].sum())
    if not trials:
        return say("overview.first_month")
    if not explain.differ(int(last["retained_count"]), int(last["eligible_count"]), hits, trials):
        return say("overview.retention_same", before=figures.percent(hits / trials))
    moved = last["retention_rate"] - hits / trials
    sentence = say(f"overview.retention_{_way(moved)}", before=figures.percent(hits / trials))
    return sentence + _channel_that_moved(published, last["cohort_start"])


def _channel_that_moved(published: Published, newest: pd.Timestamp) -> str:
    if not published.has("retention.channel_quality"):
        return ""
    frame = published.ask(_CHANNELS, newest=newest.date()).frame
    now, then = (
        frame[frame["acquisition_month"] == newest],
        frame[frame["acquisition_month"] < newest],
    )
    effects = explain.group_effects(_hits(then), _hits(now))
    if not effects:
        return ""
    channel = max(effects, key=lambda name: abs(effects[name]))
    return " " + say(
        "overview.channel_moved",
        channel=name_of("channel", channel),
        points=figures.decimal(effects[channel] * 100, 1),
    )


def _hits(frame: pd.DataFrame) -> dict[str, tuple[int, int]]:
    sums = frame.groupby("channel")[["retained_count", "eligible_count"]].sum()
    return {str(k): (int(v.iloc[0]), int(v.iloc[1])) for k, v in sums.iterrows()}


def _sales(answer: Answer, currency: str) -> None:
    frame = answer.frame
    layout.section(say("overview.sales"))
    if frame.empty:
        layout.notice(say("overview.no_sales"), say("overview.no_sales_remedy"))
        return
    left, right = st.columns([2, 3], gap="medium")
    last = frame.iloc[-1]
    with left:
        layout.headline(
            figures.money(last["net_sales"], currency),
            say("overview.in", month=figures.month(last["month"])),
            _why_sales(frame, currency),
        )
    months = frame.assign(
        is_open=~frame["is_settled"].astype(bool), name=[figures.month(v) for v in frame["month"]]
    )
    drawing = charts.bars(
        months, "name", "net_sales", x_title=say("axis.month"),
        y_title=say("unit.net_sales", currency=currency), faded="is_open", height=210,
    )  # fmt: skip
    with right:
        layout.chart("overview_sales", drawing, answer, "core.orders", "core.clock")


def _why_sales(frame: pd.DataFrame, currency: str) -> str:
    last = frame.iloc[-1]
    sentences = []
    if len(frame) > 1:
        before = frame.iloc[-2]
        then, now = _factors(before), _factors(last)
        if then and now:
            effects = explain.factor_effects(then, now)
            parts = [
                say(f"overview.factor_{name}", amount=_amount(effect, currency))
                for name, effect in zip(("buyers", "frequency", "basket"), effects, strict=True)
            ]
            moved = last["net_sales"] - before["net_sales"]
            sentences.append(
                say(
                    f"overview.sales_{_way(moved)}",
                    change=figures.percent(abs(moved) / before["net_sales"]),
                    month=figures.month(before["month"]),
                    buyers=parts[0], frequency=parts[1], basket=parts[2],
                )
            )  # fmt: skip
    year_ago = frame[frame["month"] == last["month"] - pd.DateOffset(years=1)]
    if len(year_ago) and year_ago["net_sales"].iloc[0] > 0:
        ratio = last["net_sales"] / year_ago["net_sales"].iloc[0] - 1
        sentences.append(say("overview.year_ago", change=figures.change(float(ratio))))
    if not last["is_settled"]:
        sentences.append(say("overview.not_settled"))
    return " ".join(sentences)


def _factors(month: "pd.Series[float]") -> list[float] | None:
    buyers, orders, sales = month["buyer_count"], month["order_count"], month["net_sales"]
    if buyers <= 0 or sales <= 0:
        return None
    return [float(buyers), float(orders / buyers), float(sales / orders)]


def _amount(value: float, currency: str) -> str:
    text = figures.money(value, currency)
    return f"+{text}" if value > 0 else text


def _risk(answer: Answer) -> None:
    row = answer.frame.iloc[0]
    layout.section(say("overview.risk"))
    layout.headline(
        figures.count(row["high_count"]),
        say("overview.of_buyers", people=figures.count(row["people_count"])),
        say(
            "overview.risk_why",
            share=figures.percent(row["high_count"] / row["people_count"]),
            days=figures.count(row["horizon_days"]),
        ),
    )
    layout.computed("overview_risk", answer, "churn.churn_scores")


def _way(moved: float) -> str:
    return "up" if moved > 0 else "down" if moved < 0 else "flat"


PAGE = Page(
    name="overview",
    order=0,
    room="core",
    needs=("retention.lifecycle", "retention.cohort_retention", "core.orders", "core.clock"),
    render=_render,
)
