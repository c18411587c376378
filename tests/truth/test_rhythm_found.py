"""Seasons, forecasts and good hours of the planted shop are found, and no more is claimed."""

import pytest

from tests.truth.rhythm import (
    COVERAGE,
    LEAST_MESSAGES,
    LEAST_RIGHT,
    MOST_OF_LAST_WEEK,
    OUTAGE_DAY,
    WEEKDAYS,
    best_hours,
    right_share,
)
from tests.truth.shop import Shop


@pytest.mark.parametrize("measure", ["active_people", "orders", "net_sales"])
def test_weekdays_are_as_planted(shop: Shop, measure: str) -> None:
    """Of 7 intervals of 95 % one may miss, and none by much: days in other zones are shifted by up
    to eight hours, and a seventh of active days are passers-by, who keep no weekday."""
    found = shop.both(
        "select index_value, index_low, index_high from behavior.seasonality "
        f"where kind = 'weekday' and measure = '{measure}' order by season"
    )
    assert (found["index_value"] - WEEKDAYS).abs().max() < 0.04
    held = (found["index_low"] - 0.01 < WEEKDAYS) & (found["index_high"] + 0.01 > WEEKDAYS)
    assert held.sum() >= 6, found


def test_the_outage_is_the_planted_one_and_the_only_one(shop: Shop) -> None:
    found = shop.both("select measure, season from behavior.seasonality where kind = 'outage'")
    assert sorted(found.itertuples(index=False, name=None)) == [
        (measure, OUTAGE_DAY.isoformat()) for measure in ("active_people", "net_sales", "orders")
    ]


def test_holidays_are_as_planted(shop: Shop) -> None:
    """55 % of customers are in Britain; the others' day is nearly the same on these days."""
    found = shop.both(
        "select season, index_low, index_high from behavior.seasonality "
        "where kind = 'holiday' and measure = 'orders'"
    ).set_index("season")
    # docs/shop.md: Black Friday 2.0, 1.6, 2.4 and 1.3 by country; 25 December .3, but in Singapore.
    black = 0.55 * 2.0 + 0.2 * 1.6 + 0.15 * 2.4 + 0.1 * 1.3
    christmas = 0.9 * 0.3 + 0.1
    for name, planted in (("Black Friday", black), ("Christmas Day", christmas)):
        assert found["index_low"][name] < planted < found["index_high"][name], found


def test_no_month_is_claimed_after_510_days(shop: Shop) -> None:
    found = shop.both("select is_known from behavior.seasonality where kind = 'month'")
    assert len(found) == 36
    assert not found["is_known"].any()


def test_four_weeks_are_foreseen_better_than_by_last_week(shop: Shop) -> None:
    found = shop.both("select * from behavior.forecast_models where grain = 'day' and is_chosen")
    assert sorted(found["measure"]) == ["active_people", "orders", "sales_less_returns"]
    assert (found["origin_count"] >= 8).all()
    rows = found.set_index("measure")
    assert rows.loc["orders", "ratio_to_last_week"] <= MOST_OF_LAST_WEEK, found.to_string()
    assert (found["ratio_to_last_week"] < 1).all()
    assert (found["ratio_to_four_weeks"] < 1).all()
    low, high = COVERAGE
    assert found["coverage"].between(low, high).all(), found.to_string()


def test_the_good_hour_is_told_of_most_and_claimed_of_nobody(shop: Shop) -> None:
    """The best that anybody could say is right for 62 %: nine messages tell little."""
    people = best_hours(shop)
    assert (people["messages"] >= LEAST_MESSAGES).sum() > 5_000
    assert right_share(people) >= LEAST_RIGHT
    # Of those whom nearly nothing reached it is the hour of all, right for half.
    few = people[people["messages"] < LEAST_MESSAGES]
    assert few["best_band"].nunique() == 1
    assert 0.45 < few["is_right"].mean() < 0.55
    claimed = people[people["is_claimed"] == 1]
    assert len(claimed) < 0.025 * len(people)


def test_the_hours_are_those_at_which_the_shop_sends(shop: Shop) -> None:
    found = shop.both("select distinct hour_band from behavior.send_time order by all")
    assert list(found["hour_band"]) == [9, 19]
