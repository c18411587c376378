"""How far off the forecast was where it is known by now what came."""

from typing import Any

import pandas as pd

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

_WHY = "select reason from value.value_evaluation where reason is not null"

_HORIZONS = """
select distinct horizon_days from value.value_evaluation
where split = 'test' and actual_total is not null
order by horizon_days desc
"""

_AHEAD = """
select predicted_total, season_factor, has_season
from value.value_evaluation
where split = 'today' and measure = 'net_sales' and forecaster = 'model' and is_served
    and horizon_days = $days
"""

_FORECASTS = """
select
    forecaster, customer_count, predicted_total, actual_total, bias, mean_absolute_error,
    correlation, share_inside, has_season, is_served, cut_off_date
from value.value_evaluation
where split = 'test' and measure = 'net_sales' and horizon_days = $days
    and actual_total is not null
order by list_position(['model', 'own_past_rate', 'mean_of_all'], forecaster)
"""

_MONTHS = """
select cut_off_date, horizon_days, predicted_total, actual_total, bias
from value.value_evaluation
where split = 'month' and measure = 'net_sales' and forecaster = 'model'
    and actual_total is not null
order by cut_off_date
"""


@by_itself
def show(published: Published, currency: str) -> None:
    """Say how wrong the last forecast was, list who foresaw what, and draw month after month."""
    horizons = [int(days) for days in published.ask(_HORIZONS).frame["horizon_days"]]
    if not horizons:
        reasons = layout.rows(published.ask(_WHY).frame)
        code = reasons[0]["reason"] if reasons else "history_too_short"
        layout.notice(say(f"value.{code}"), say(f"value.{code}_remedy"))
        return
    days = choices.few(
        say("value.ahead"), horizons, key="value-horizon",
        write=lambda d: say("unit.days", count=d),
    )  # fmt: skip
    forecasts = published.ask(_FORECASTS, days=days)
    model = layout.rows(forecasts.frame)[0]
    for ahead in layout.rows(published.ask(_AHEAD, days=days).frame):
        season = say("value.busier", factor=figures.decimal(ahead["season_factor"], 2))
        layout.remark(
            say("value.to_come", days=days, season=season if ahead["has_season"] else "",
                predicted=figures.money(ahead["predicted_total"], currency)).strip()
        )  # fmt: skip
    _said(model, days, currency)
    column = layout.Column
    layout.table(
        "value_record",
        forecasts,
        [
            column("forecaster", say("value.forecaster"), lambda v: name_of("forecaster", v),
                   is_text=True),
            column("predicted_total", say("value.predicted", currency=currency), figures.count),
            column("actual_total", say("value.happened", currency=currency), figures.count),
            column("bias", say("value.bias"), lambda v: figures.change(v, 0)),
            column("mean_absolute_error", say("value.error", currency=currency),
                   lambda v: figures.decimal(v, 2)),
            column("correlation", say("value.correlation"), lambda v: figures.decimal(v, 2),
                   is_minor=True),
            column("share_inside", say("value.inside"), lambda v: figures.percent(v, 0),
                   is_minor=True),
        ],
        "value.value_evaluation",
        marked="is_served",
    )  # fmt: skip
    months = published.ask(_MONTHS)
    if len(months.frame) > 1:
        kinds = {"predicted_total": say("axis.predicted"), "actual_total": say("axis.happened")}
        frame = pd.concat(
            months.frame[["cut_off_date"]].assign(total=months.frame[name], kind=kind)
            for name, kind in kinds.items()
        )
        drawing = charts.lines(
            frame, "cut_off_date", "total", None, None, series="kind", x_title=say("axis.cut_off"),
            y_title=say("value.next_days", currency=currency,
                        days=int(months.frame["horizon_days"].max())),
            y_format=",.0f", is_date=True,
        )  # fmt: skip
        layout.chart("value_record_months", drawing, months, "value.value_evaluation")


def _said(model: dict[str, Any], days: int, currency: str) -> None:
    """Say what was foreseen last time, what came, and whether that is good enough to be shown."""
    bias = model["bias"]
    if bias is None:
        off = say("value.nothing_came")
    else:
        off = say("value.too_much" if bias > 0 else "value.too_little",
                  share=figures.percent(abs(bias), 0))  # fmt: skip
    layout.remark(
        say("value.last_time", day=figures.day(model["cut_off_date"]), days=days,
            predicted=figures.money(model["predicted_total"], currency),
            happened=figures.money(model["actual_total"], currency),
            off=off,
            inside=figures.percent(model["share_inside"], 0))
    )  # fmt: skip
    layout.remark(say("value.served" if model["is_served"] else "value.not_better"))
    if not model["has_season"]:
        layout.caption(say("value.no_season"))
