"""Forecasts of the next four weeks, and of four weeks that are known by now.

A forecast from an origin reads the days before it and nothing else: also how wide its interval is
comes from errors that were known by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.behavior.foresights import WEEK, History, last_weeks, smoothed, with_holidays

COLUMNS = {
    "measure": "str",
    "model_name": "str",
    "grain": "str",
    "horizon": "int64",
    "forecast": "float64",
    "forecast_low": "float64",
    "forecast_high": "float64",
    "origin_on": "datetime64[s]",
    "starts_on": "datetime64[s]",
}


@dataclass(frozen=True)
class Rule:
    """The numbers of forecasting; why each is what it is stands in the YAML of the model."""

    measures: Sequence[str]
    horizon_days: int
    usual_weeks: int
    min_days: int
    origin_count: int
    origin_step_days: int
    min_origin_days: int
    inside: float
    error_days: int
    min_errors: int


def forecast_activity(
    daily: pd.DataFrame, holidays: pd.DataFrame, rule: Mapping[str, Any]
) -> pd.DataFrame:
    """Return what each model tells of the days after the clock and after earlier origins.

    Args:
        daily: per `measure` and `local_day`, without a gap and up to one day for all, the
            `day_value` and whether the day is an outage (`is_outage`), which no fit reads. May be
            empty.
        holidays: `local_day` and `name` of the shop's holidays, also of years to come.
        rule: the fields of `Rule`.

    Returns:
        The columns of `COLUMNS`, of the rule's `measures`: days (`horizon` from 1) and weeks of 7
        days from the origin on. The latest origin is the day after the last one. The interval is
        null where fewer than `min_errors` errors were known.
    """
    numbers = Rule(**rule)
    tables = [
        _of_measure(str(measure), days.sort_values("local_day"), holidays, numbers)
        for measure, days in daily.groupby("measure", sort=True)
        if str(measure) in numbers.measures
    ]
    kept = [table for table in tables if len(table)]
    if not kept:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    return pd.concat(kept, ignore_index=True)[list(COLUMNS)].astype(COLUMNS)


def _of_measure(
    measure: str, days: pd.DataFrame, holidays: pd.DataFrame, rule: Rule
) -> pd.DataFrame:
    first_day = pd.Timestamp(days["local_day"].iloc[0])
    places = (pd.to_datetime(holidays["local_day"]) - first_day).dt.days
    history = History(
        # What is sold less what is given back can be below 0; what is told is not.
        np.maximum(days["day_value"].to_numpy("float64"), 0.0),
        days["is_outage"].to_numpy("bool"),
        {int(at): str(name) for at, name in zip(places, holidays["name"], strict=True) if at >= 0},
    )
    count = len(days)
    last_judged = count - rule.horizon_days
    judged = [last_judged - rule.origin_step_days * n for n in range(rule.origin_count)]
    rows = []
    for origin in [count, *(origin for origin in judged if origin >= rule.min_origin_days)]:
        known = history.until(origin, rule.horizon_days)
        for model, told in _models(known, rule, has_models=count >= rule.min_days).items():
            if np.isfinite(told.days[origin]).all():
                table = pd.concat(
                    _told(grain, length, told, known, rule) for grain, length in _GRAINS.items()
                )
                day = first_day + pd.Timedelta(days=origin)
                starts = day + pd.to_timedelta(table.pop("after"), unit="D")
                rows.append(table.assign(model_name=model, origin_on=day, starts_on=starts))
    return pd.concat(rows).assign(measure=measure) if rows else pd.DataFrame()


_GRAINS = {"day": 1, "week": WEEK}


@dataclass(frozen=True)
class Told:
    """What a model tells from each day on, and how unsure it is of single days beyond its errors.

    Both of shape (days + 1, horizon), in the measure's own unit.
    """

    days: np.ndarray
    doubt: np.ndarray


def _models(known: History, rule: Rule, *, has_models: bool) -> dict[str, Told]:
    """Return what each model tells, by name."""
    usual = known.as_usual(rule.usual_weeks, without_holidays=False)
    told = {
        "last_week": last_weeks(usual, 1, rule.horizon_days),
        "four_weeks": last_weeks(usual, rule.usual_weeks, rule.horizon_days),
    }
    doubt = np.zeros_like(told["last_week"])
    models = {name: Told(days, doubt) for name, days in told.items()}
    if has_models:
        plain = known.as_usual(rule.usual_weeks, without_holidays=True)
        without, parameters = smoothed(plain, rule.horizon_days, None)
        models["smoothing"] = Told(smoothed(usual, rule.horizon_days, parameters)[0], doubt)
        effects = known.effects(plain)
        models["smoothing_holidays"] = Told(*with_holidays(without, known.holidays, effects))
    return models


def _told(grain: str, length: int, told: Told, known: History, rule: Rule) -> pd.DataFrame:
    """Return the last row of what a model tells, by spans of so many days, with its intervals."""
    origin = len(known.values)
    sums = told.days.reshape(len(told.days), -1, length).sum(axis=2)
    errors = _errors(sums, length, known)[-rule.error_days :]
    now = sums[origin]
    spans = np.arange(len(now))
    # Errors are those of all days of the first week together, of the second, and of the others.
    band = np.minimum(spans * length // WEEK, 2)
    width = np.array([_width(errors[:, band == number], errors, rule) for number in range(3)])[band]
    doubt = told.doubt[origin].reshape(-1, length).sum(axis=1)
    low, high = np.sqrt(np.maximum(now - doubt, 0.0)) - width, np.sqrt(now + doubt) + width
    # The square of a root is rounded, and a shop that has made no error yet has no width.
    least, most = np.minimum(np.maximum(low, 0.0) ** 2, now), np.maximum(high**2, now)
    return pd.DataFrame(
        {
            "grain": grain,
            "horizon": spans + 1,
            "after": spans * length,
            "forecast": now,
            "forecast_low": least,
            "forecast_high": most,
        }
    )


def _errors(sums: np.ndarray, length: int, known: History) -> np.ndarray:
    """Return by origin and span how far roots were off; nan where no day of it is known, or is
    left out. Shape (days, spans)."""
    origin = len(known.values)
    values = np.where(known.is_left_out, np.nan, known.values)
    values = np.concatenate([values, np.full(sums.shape[1] * length, np.nan)])
    starts = np.arange(origin)[:, None] + np.arange(sums.shape[1]) * length
    happened = sum(values[starts + day] for day in range(length))
    return np.asarray(np.abs(np.sqrt(happened) - np.sqrt(sums[:origin])))


def _width(errors: np.ndarray, all_errors: np.ndarray, rule: Rule) -> float:
    """Return the half-width, on roots, that so many of the past errors keep."""
    for some in (errors, all_errors):
        seen = some[np.isfinite(some)]
        if len(seen) >= rule.min_errors:
            return float(np.quantile(seen, rule.inside))
    return float("nan")
