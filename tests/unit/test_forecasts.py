"""Forecasts: of shops whose days are known by their rule, and what an origin may know."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from stayhouse.behavior import forecast_activity
from stayhouse.behavior.foresights import History, last_weeks, smoothed, with_holidays
from tests.building import CHECKOUT

_YAML = CHECKOUT / "python_models" / "behavior" / "ml_activity_forecasts.yml"
RULE = yaml.safe_load(_YAML.read_text("utf-8"))["models"][0]["config"]["meta"]["rule"]
# A Monday.
START = pd.Timestamp("2024-01-01")
WEEKDAYS = np.array([100, 90, 90, 100, 100, 140, 160])
NO_HOLIDAYS = pd.DataFrame({"local_day": pd.to_datetime([]), "name": pd.Series([], dtype="str")})
MODELS = ["four_weeks", "last_week", "smoothing", "smoothing_holidays"]


def shop(days: int, values: Any = None, measure: str = "orders") -> pd.DataFrame:
    """Days from START on; by default a Poisson number of the weekday's usual."""
    usual = WEEKDAYS[np.arange(days) % 7]
    if values is None:
        values = np.random.default_rng(3).poisson(usual)
    dates = pd.date_range(START, periods=days)
    table = {"measure": measure, "local_day": dates, "day_value": values, "is_outage": False}
    return pd.DataFrame(table)


def told(daily: pd.DataFrame, holidays: pd.DataFrame = NO_HOLIDAYS) -> pd.DataFrame:
    return forecast_activity(daily, holidays, RULE)


def now(found: pd.DataFrame, model: str, grain: str = "day") -> pd.DataFrame:
    """The rows of a model from the day after the last one on."""
    is_asked = (found["model_name"] == model) & (found["grain"] == grain)
    return found[is_asked & (found["origin_on"] == found["origin_on"].max())]


@pytest.mark.parametrize("model", MODELS)
def test_days_follow_the_last_one_and_sum_to_weeks(model: str) -> None:
    found = told(shop(200))
    days, weeks = now(found, model), now(found, model, "week")
    first = START + pd.Timedelta(days=200)
    assert list(days["starts_on"]) == list(pd.date_range(first, periods=28))
    assert list(days["horizon"]) == list(range(1, 29))
    assert list(weeks["starts_on"]) == list(pd.date_range(first, periods=4, freq="7D"))
    sums = days["forecast"].to_numpy().reshape(4, 7).sum(axis=1)
    assert weeks["forecast"].to_numpy() == pytest.approx(sums)
    assert (days["forecast_low"] < days["forecast"]).all()
    assert (days["forecast"] < days["forecast_high"]).all()


def test_naive_models_are_what_they_say() -> None:
    values = np.arange(1, 36)
    found = told(shop(35, values))
    assert list(now(found, "last_week")["forecast"][:8]) == [29, 30, 31, 32, 33, 34, 35, 29]
    # Of 8, 15, 22 and 29 the mean.
    assert now(found, "four_weeks")["forecast"].iloc[0] == 18.5


@pytest.mark.parametrize(
    ("days", "models"),
    [
        (6, []),
        (7, ["last_week"]),
        (27, ["last_week"]),
        (28, ["four_weeks", "last_week"]),
        (119, ["four_weeks", "last_week"]),
        (120, MODELS),
    ],
)
def test_a_young_shop_has_the_models_that_it_can_have(days: int, models: list[str]) -> None:
    found = told(shop(days))
    latest = found[found["origin_on"] == START + pd.Timedelta(days=days)]
    assert sorted(latest["model_name"].unique()) == models
    assert len(latest) == 32 * len(models)


@pytest.mark.parametrize(
    ("days", "origins"), [(83, 0), (84, 1), (96, 1), (97, 2), (175, 8), (400, 8)]
)
def test_origins_are_13_days_apart_and_the_last_has_four_weeks(days: int, origins: int) -> None:
    found = told(shop(days))
    earlier = sorted(found["origin_on"].unique())[:-1]
    last = START + pd.Timedelta(days=days - 28)
    assert earlier == [last - pd.Timedelta(days=13 * n) for n in range(origins)][::-1]


def test_an_origin_does_not_see_its_horizon() -> None:
    """Without the days after an origin what it told is the same to the last digit; with holidays
    and an outage among the days, and whatever came later."""
    daily = shop(300)
    daily.loc[150, "is_outage"] = True
    days = START + pd.to_timedelta([100, 230, 260], unit="D")
    holidays = pd.DataFrame({"local_day": days, "name": ["Feast"] * 3})
    whole = told(daily, holidays)
    for origin in sorted(whole["origin_on"].unique())[:-1]:
        known = told(daily[daily["local_day"] < origin], holidays)
        parts = [table[table["origin_on"] == origin] for table in (whole, known)]
        pd.testing.assert_frame_equal(*(part.reset_index(drop=True) for part in parts))
        assert len(parts[0]) == 4 * 32


def test_smoothing_knows_weekdays_and_growth_better_than_last_week() -> None:
    """A shop that doubles in a year; `last_week` copies one draw of chance."""
    rng = np.random.default_rng(5)
    day = np.arange(428)
    usual = WEEKDAYS[day % 7] * (1 + day / 365)
    found = told(shop(400, rng.poisson(usual[:400])))
    coming = usual[400:]
    errors = {m: np.abs(now(found, m)["forecast"].to_numpy() - coming).mean() for m in MODELS}
    assert errors["smoothing"] < 0.7 * errors["last_week"]
    # The variance of a Poisson root is a quarter: without it what is told is too low by that.
    assert now(found, "smoothing")["forecast"].mean() == pytest.approx(coming.mean(), rel=0.03)


def test_the_interval_holds_four_of_five_days() -> None:
    held = []
    for seed in range(8):
        values = np.random.default_rng(seed).poisson(WEEKDAYS[np.arange(428) % 7])
        rows = now(told(shop(400, values[:400])), "smoothing")
        came = values[400:]
        held += list((came >= rows["forecast_low"]) & (came <= rows["forecast_high"]))
    # 224 days; .72 to .88 are three standard errors.
    assert 0.72 < np.mean(held) < 0.88


def test_an_interval_needs_twenty_errors() -> None:
    """Of 8 days one is known whose week before is; of 13 days six, which tell 1 + 2 + ... + 6."""
    assert now(told(shop(12)), "last_week")["forecast_low"].isna().all()
    assert now(told(shop(13)), "last_week")["forecast_low"].notna().all()


def test_a_holiday_is_foreseen_as_it_was_drawn_to_an_ordinary_day() -> None:
    """Mondays of four times the usual: a root of 2. Of one the forecast is 1.5 ** 2 times it, of
    three 1.75 ** 2; the interval reaches from what a day less, or more, would make of it."""
    values = WEEKDAYS[np.arange(370) % 7].astype("float64")
    # The next ones of either name are days 378 and 385, of a name never seen day 392.
    places = [42, 70, 98, 126, 378, 385, 392]
    values[places[:4]] *= 4
    at = START + pd.to_timedelta(places, unit="D")
    names = ["Once", "Often", "Often", "Often", "Once", "Often", "New"]
    found = told(shop(370, values), pd.DataFrame({"local_day": at, "name": names}))
    rows = now(found, "smoothing_holidays").set_index("starts_on")
    once, often, new = (rows.loc[day] for day in at[4:])
    assert once["forecast"] == pytest.approx(225, rel=0.02)
    assert often["forecast"] == pytest.approx(306, rel=0.02)
    assert new["forecast"] == pytest.approx(100, rel=0.02)
    # Seen once, it may be nothing, and it may be all of it.
    assert once["forecast_low"] < 101
    assert once["forecast_high"] > 370
    assert 220 < often["forecast_low"] < 235
    assert new["forecast_high"] < 110
    assert now(found, "smoothing").set_index("starts_on")["forecast"][at[4]] < 110


def test_a_day_on_which_the_shop_was_closed_is_foreseen_as_a_quarter() -> None:
    values = WEEKDAYS[np.arange(370) % 7].astype("float64")
    values[42] = 0
    at = START + pd.to_timedelta([42, 378], unit="D")
    found = told(shop(370, values), pd.DataFrame({"local_day": at, "name": ["Closed"] * 2}))
    row = now(found, "smoothing_holidays").set_index("starts_on").loc[at[1]]
    assert row["forecast"] == pytest.approx(25, rel=0.03)
    assert row["forecast_low"] == 0
    # The week holds the doubt of its day.
    weeks = now(found, "smoothing_holidays", "week").set_index("starts_on")
    week = weeks.loc[START + pd.Timedelta(days=377)]
    usual = WEEKDAYS.sum()
    assert week["forecast"] == pytest.approx(usual - 75, rel=0.02)
    assert week["forecast_high"] > usual - 30


def test_an_outage_is_in_no_forecast() -> None:
    values = WEEKDAYS[np.arange(200) % 7].astype("float64")
    values[197] = 0
    daily = shop(200, values)
    broken = now(told(daily), "last_week")["forecast"]
    daily.loc[197, "is_outage"] = True
    sound = now(told(daily), "last_week")["forecast"]
    assert list(sound) == list(WEEKDAYS[np.arange(200, 228) % 7])
    assert (broken != sound).sum() == 4


def test_a_shop_without_days_has_no_forecast() -> None:
    empty = told(shop(0))
    assert empty.empty
    assert list(empty.columns) == list(told(shop(30)).columns)
    # Sales by the day of the order still change: those of the ledger's day are foreseen.
    assert told(shop(30, measure="net_sales")).empty


def test_a_day_on_which_more_was_given_back_than_sold_is_read_as_nothing() -> None:
    sales = np.tile([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, -70.0], 30)
    found = told(shop(210, sales, "sales_less_returns"))
    nothing = told(shop(210, np.maximum(sales, 0.0), "sales_less_returns"))
    pd.testing.assert_frame_equal(found, nothing)
    assert (found["forecast"] >= 0).all()
    sundays = now(found, "last_week")
    assert (sundays[sundays["starts_on"].dt.day_of_week == 6]["forecast"] == 0).all()


@pytest.mark.parametrize("value", [0, 5])
def test_days_that_are_all_alike_are_foreseen_as_such(value: int) -> None:
    found = told(shop(150, np.full(150, value)))
    for model in MODELS:
        assert now(found, model)["forecast"].to_numpy() == pytest.approx(value, abs=1e-6)


def test_an_interval_without_width_holds_its_forecast_to_the_last_digit() -> None:
    """A shop that sold in its last week alone has made no error yet, and roots are rounded."""
    found = told(shop(124, np.where(np.arange(124) < 117, 0, 5)))
    asked = now(found, "four_weeks")
    assert asked["forecast"].to_numpy() == pytest.approx(1.25)
    assert (asked["forecast_low"] <= asked["forecast"]).all()
    assert (asked["forecast"] <= asked["forecast_high"]).all()


def test_smoothing_tells_what_the_library_tells() -> None:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    usual = shop(140)["day_value"].to_numpy("float64")
    found, parameters = smoothed(usual, 28, None)
    model = ExponentialSmoothing(
        np.sqrt(usual), trend="add", damped_trend=True, seasonal="add", seasonal_periods=7,
        initialization_method="heuristic",
    )  # fmt: skip
    fit = model.fit(optimized=False, **parameters)
    roots = fit.forecast(28)
    # The library forgets what the last day said of its weekday.
    roots[6::7] += fit.season[-1] - fit.season[-8]
    assert found[140] == pytest.approx(roots**2 + np.mean(fit.resid**2))
    # From an earlier day on, with the days before it and the same parameters.
    earlier, _ = smoothed(usual[:100], 28, parameters)
    assert np.diff(found[100]) == pytest.approx(np.diff(earlier[100]))


def test_holidays_change_what_is_told_from_the_days_after_they_were_seen() -> None:
    plain = last_weeks(np.full(40, 10.0), 1, 28)
    changed, doubt = with_holidays(plain, {30: "Feast", 35: "Feast"}, {"Feast": [(30, 4.0)]})
    # From day 31 on the first one is known; before, nobody knew.
    assert changed[30, 5] == 10
    assert changed[31, 4] == 22.5
    assert (doubt[30, 5], doubt[31, 4]) == (0, 15)
    assert (changed != plain)[7:].sum() == 5


def test_left_out_days_are_the_mean_of_their_weekday_before() -> None:
    values = np.arange(35.0)
    history = History(values, values == 29, {30: "Feast"})
    usual = history.as_usual(4, without_holidays=True)
    assert list(usual[28:32]) == [28, (1 + 8 + 15 + 22) / 4, (2 + 9 + 16 + 23) / 4, 31]
    assert history.as_usual(4, without_holidays=False)[30] == 30
    assert history.effects(usual) == {"Feast": [(30, 30 / 12.5)]}
