"""What the next four weeks bring, what came a year ago, and how well it was foreseen so far."""

from collections.abc import Callable

import pandas as pd

from app import charts, figures, layout
from app.language import name_of, say
from app.published import Published

_WEEKS = """
select
    starts_on, ends_on, forecast, forecast_low, forecast_high, last_year_value
from behavior.activity_forecast
where measure = $measure and grain = 'week'
order by starts_on
"""

_DAYS = """
select
    starts_on as day, forecast, forecast_low, forecast_high, last_year_value, holiday
from behavior.activity_forecast
where measure = $measure and grain = 'day'
order by starts_on
"""

_WEEKS_RECORD = """
select span_count, mean_absolute_error, coverage
from behavior.forecast_models
where measure = $measure and grain = 'week' and is_chosen and mean_absolute_error is not null
"""

_CHOSEN = """
select model_name from behavior.forecast_models
where measure = $measure and grain = $grain and is_chosen
"""

_KNOWS_HOLIDAYS = "smoothing_holidays"

_MODELS = """
select
    model_name, state, mean_absolute_error, ratio_to_last_week, ratio_to_four_weeks, coverage,
    span_count, is_chosen
from behavior.forecast_models
where measure = $measure and grain = 'day'
order by is_chosen desc, mean_absolute_error nulls last, model_name
"""


def answer(published: Published, measure: str) -> None:
    """Say what the next seven days bring, and what that decides."""
    weeks = layout.rows(published.ask(_WEEKS, measure=measure).frame)
    if not weeks:
        return
    week = weeks[0]
    write = _writer(published, measure)
    spans = {
        "expected": write(week["forecast"]), "what": say(f"rhythm.of_{measure}"),
        "days": figures.days(week["starts_on"], week["ends_on"]),
    }  # fmt: skip
    if week["forecast_low"] is None:
        sentence = say("rhythm.next_week_unsure", **spans)
    else:
        low, high = (write(week[f"forecast_{end}"]) for end in ("low", "high"))
        record = layout.rows(published.ask(_WEEKS_RECORD, measure=measure).frame)
        if record and record[0]["coverage"] is not None:
            inside = figures.percent(record[0]["coverage"], 0)
            sentence = say("rhythm.next_week", low=low, high=high, inside=inside, **spans)
        else:
            sentence = say("rhythm.next_week_unjudged", low=low, high=high, **spans)
    layout.remark(sentence)
    if week["last_year_value"] is not None:
        layout.remark(say("rhythm.a_year_ago", value=write(week["last_year_value"])))
    if week["forecast_low"] is not None:
        layout.remark(say("rhythm.decide"))


def show(published: Published, measure: str) -> None:
    """Draw the days ahead beside last year's, list the weeks, and the record of the models."""
    ahead = published.ask(_DAYS, measure=measure)
    if ahead.frame.empty:
        layout.notice(say("rhythm.no_forecast"), say("rhythm.no_forecast_remedy"))
        return
    names = say("rhythm.forecast"), say("rhythm.last_year")
    told = ahead.frame.assign(kind=names[0])
    past = ahead.frame[ahead.frame["last_year_value"].notna()].assign(
        kind=names[1], forecast=lambda rows: rows["last_year_value"].astype("float64"),
        forecast_low=lambda rows: rows["forecast"], forecast_high=lambda rows: rows["forecast"],
    )  # fmt: skip
    drawing = charts.lines(
        pd.concat([told, past]), "day", "forecast", "forecast_low", "forecast_high", series="kind",
        x_title=say("axis.day"), y_title=say(f"rhythm.{measure}"), y_format=",.0f", is_date=True,
        has_days=True,
    )  # fmt: skip
    layout.chart("rhythm_days", drawing, ahead, "behavior.activity_forecast")
    column, write = layout.Column, _writer(published, measure)
    layout.table(
        "rhythm_weeks",
        published.ask(_WEEKS, measure=measure),
        [
            column("starts_on", say("axis.first_day"), figures.day),
            column("ends_on", say("axis.last_day"), figures.day),
            column("forecast", say("rhythm.forecast"), write,
                   interval=("forecast_low", "forecast_high")),
            column("last_year_value", say("rhythm.last_year"), write),
        ],
        "behavior.activity_forecast",
    )  # fmt: skip
    days, weeks = (
        published.ask(_CHOSEN, measure=measure, grain=grain).frame["model_name"].tolist()
        for grain in ("day", "week")
    )
    if days == [_KNOWS_HOLIDAYS] and weeks != days and ahead.frame["holiday"].notna().any():
        layout.caption(say("rhythm.weeks_know_no_holiday"))
    _record(published, measure)


def _writer(published: Published, measure: str, digits: int = 0) -> Callable[[object], str]:
    """Return how a value is written: as money, or as a number with so many decimals."""
    if measure == "sales_less_returns":
        currency = layout.currency(published)
        return lambda value: figures.money(value, currency)
    return lambda value: figures.decimal(value, digits)


def _record(published: Published, measure: str) -> None:
    """Say how well each model did, and why it is shown or not."""
    error = _writer(published, measure, 1)
    models = published.ask(_MODELS, measure=measure)
    chosen = layout.rows(models.frame)[0]
    if chosen["mean_absolute_error"] is None:
        layout.caption(say("rhythm.unjudged"))
    else:
        layout.caption(
            say("rhythm.record", days=figures.count(chosen["span_count"]),
                error=error(chosen["mean_absolute_error"]),
                inside=figures.percent(chosen["coverage"], 0))
        )  # fmt: skip
    for row in layout.rows(published.ask(_WEEKS_RECORD, measure=measure).frame):
        layout.caption(
            say("rhythm.record_of_weeks", weeks=figures.count(row["span_count"]),
                error=error(row["mean_absolute_error"]),
                inside=figures.percent(row["coverage"], 0))
        )  # fmt: skip
    column = layout.Column
    layout.table(
        "rhythm_models",
        models,
        [
            column("model_name", say("rhythm.model"), lambda v: name_of("forecast_model", v),
                   is_text=True),
            column("state", say("rhythm.state"), lambda v: name_of("forecast_state", v),
                   is_text=True),
            column("mean_absolute_error", say("rhythm.error"), error),
            column("ratio_to_last_week", say("rhythm.to_last_week"),
                   lambda v: figures.decimal(v, 2), is_minor=True),
            column("ratio_to_four_weeks", say("rhythm.to_four_weeks"),
                   lambda v: figures.decimal(v, 2), is_minor=True),
            column("coverage", say("rhythm.inside"), lambda v: figures.percent(v, 0)),
        ],
        "behavior.forecast_models", "behavior.forecast_backtest",
        marked="is_chosen",
    )  # fmt: skip
