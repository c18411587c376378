"""Overview: how the shop does in a period, what needs a person, and what moved."""

from typing import Any

import streamlit as st

from app import charts, explain, figures, layout
from app.language import say
from app.parts import key_figures, needs
from app.period import ALWAYS, Period
from app.published import Published
from app.registry import Page


def _render(published: Published, period: Period) -> None:
    if period is ALWAYS:
        layout.notice(say("overview.empty"), say("overview.remedy"))
        return
    currency = layout.currency(published)
    known = key_figures.ask(published, period)
    key_figures.show(known, period, currency)
    layout.section(say("overview.needs"))
    needs.show(published, known, currency)
    st.divider()
    _sales(known, period, currency)
    st.divider()
    _retention(known)


def _sales(known: key_figures.Figures, period: Period, currency: str) -> None:
    layout.section(say("overview.net_sales"))
    if known.series.frame.empty:
        layout.notice(say("overview.no_sales"), say("overview.no_sales_remedy"))
        return
    left, right = st.columns([2, 3], gap="medium")
    now, is_cut = known.of("now"), key_figures.cut_off(period, known.series.frame)
    why = _why_sales(known, period, currency)
    if is_cut.any():
        why = f"{why} {say('overview.cut_off')}".strip()
    with left:
        layout.headline(
            figures.money(now["net_sales"], currency),
            say("overview.in", period=period.write()),
            why,
        )
    write = figures.month if key_figures.width_of(period) == 0 else figures.day
    parts = known.series.frame.assign(
        is_open=~known.series.frame["is_settled"].astype(bool) | is_cut,
        name=[write(v) for v in known.series.frame["bucket"]],
    )
    drawing = charts.bars(
        parts, "name", "net_sales", x_title=say("axis.period"),
        y_title=say("unit.net_sales", currency=currency), faded="is_open",
        height=210,
    )  # fmt: skip
    with right:
        layout.chart("overview_sales", drawing, known.series, "core.orders", "core.sessions")


def _why_sales(known: key_figures.Figures, period: Period, currency: str) -> str:
    now, before, sentences = known.of("now"), known.of("before"), []
    earlier = period.before()
    then, today = _factors(before), _factors(now)
    if earlier and then and today:
        effects = explain.factor_effects(then, today)
        parts = {
            name: say(f"overview.factor_{name}", amount=_amount(effect, currency))
            for name, effect in zip(("buyers", "frequency", "basket"), effects, strict=True)
        }
        moved = now["net_sales"] - before["net_sales"]
        sentences.append(
            say(
                f"overview.sales_{'up' if moved > 0 else 'down' if moved < 0 else 'flat'}",
                change=figures.percent(abs(moved) / before["net_sales"]),
                period=earlier.write(),
                **parts,
            )
        )
    if not now["is_settled"]:
        sentences.append(say("overview.not_settled"))
    return " ".join(sentences)


def _factors(row: dict[str, Any]) -> list[float] | None:
    buyers, orders, sales = row["buyer_count"], row["order_count"], row["net_sales"]
    if buyers <= 0 or sales <= 0:
        return None
    return [float(buyers), float(orders / buyers), float(sales / orders)]


def _amount(value: float, currency: str) -> str:
    text = figures.money(value, currency)
    return f"+{text}" if value > 0 else text


def _retention(known: key_figures.Figures) -> None:
    frame = known.retention.frame
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
                "overview.of_cohort_between",
                month=figures.month(last["cohort_start"]),
                low=figures.percent(last["rate_low"]),
                high=figures.percent(last["rate_high"]),
            ),
            _why_retention(known),
        )
    drawing = charts.lines(
        frame, "cohort_start", "retention_rate", "rate_low", "rate_high",
        x_title=say("axis.cohort"), y_title=say("overview.month_1"), is_date=True, height=210,
    )  # fmt: skip
    with right:
        layout.chart("overview_retention", drawing, known.retention, "retention.cohort_retention")


def _why_retention(known: key_figures.Figures) -> str:
    frame = known.retention.frame
    last, earlier = frame.iloc[-1], frame.iloc[:-1]
    hits, trials = int(earlier["retained_count"].sum()), int(earlier["eligible_count"].sum())
    if not trials:
        return say("overview.first_month")
    before = figures.percent(hits / trials)
    if not explain.differ(int(last["retained_count"]), int(last["eligible_count"]), hits, trials):
        return say("overview.retention_same", before=before)
    way = "up" if last["retention_rate"] > hits / trials else "down"
    return say(f"overview.retention_{way}", before=before)


PAGE = Page(
    name="overview",
    order=0,
    room="core",
    needs=("core.clock", "retention.cohort_retention", "core.orders"),
    render=_render,
    period="month",
    lists_losses=True,
)
