"""The planted fault of one device is found in time, and what is told of it is so."""

from datetime import timedelta

import pandas as pd
import pytest
import yaml

from stayhouse.behavior import find_alarms
from tests.building import CHECKOUT
from tests.truth.faults import FAULT_DAY, FAULTY, Faults, alarms, delays
from tests.truth.shop import Shop

_MODEL = CHECKOUT / "python_models" / "behavior" / "ml_funnel_alarms.yml"


def found_of_all(daily: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """What is told of all devices together, in these days of a funnel."""
    rule = yaml.safe_load(_MODEL.read_text())["models"][0]["config"]["meta"]["rule"]
    plan = pd.DataFrame({"false_alarms_a_year": [4], "last_day": [last]})
    found = find_alarms(daily, plan, rule)
    return found[found["device"] == "all"]


def test_the_fault_is_found_within_two_days_and_is_open(shop: Shop) -> None:
    found = alarms(shop)
    told = delays(found)
    assert len(told) == 1, found.to_string()
    assert told["found"].iloc[0] <= 2, found.to_string()
    assert told["start"].iloc[0] <= 1, found.to_string()
    # Nothing else is told to the engineers today.
    is_open = found["state"] == "open"
    assert list(found[is_open][["device", "step"]].itertuples(index=False)) == [FAULTY]
    row = found[is_open].iloc[0]
    # docs/shop.md: .87 -> .43 of checkouts, .96 -> .48 of payments.
    assert 0.40 < row["rate"] < 0.46
    assert 0.82 < row["expected_rate"] < 0.88
    assert row["failed_payment_share_before"] < 0.1
    assert row["failed_payment_share_during"] > 0.4
    # Slow pages are planted on all devices at all times.
    assert abs(row["slow_page_share_during"] - row["slow_page_share_before"]) < 0.02


def test_what_the_fault_cost_is_what_the_shop_sells_more_without_it(shop: Shop) -> None:
    """The same shop planted without the fault has 1,961 more visits of tablets with an order.

    The usual share of 56 days misses that of the 210 days after them by some percent, beyond what
    the interval knows; by sessions at the step it was half too much.
    """
    (row,) = alarms(shop).query("is_planted and state == 'open'").to_dict("records")
    assert 0.75 * 1961 < row["lost_order_count"] < 1.25 * 1961
    assert row["lost_order_low"] < 1.05 * 1961
    assert row["lost_order_high"] > 0.95 * 1961


def test_the_outage_of_all_devices_is_no_fault_of_one(shop: Shop) -> None:
    outage = pd.Timestamp(FAULT_DAY - timedelta(days=100))
    found = alarms(shop)
    assert found[(found["started_on"] <= outage) & (found["found_on"] >= outage)].empty


def test_what_all_devices_lose_is_told_of_all_on_its_day_and_nothing_else_is(shop: Shop) -> None:
    """The shop as planted has no such fault: December and the tablets' fault are none of all.

    Half of the orders of two days, 200 days before the clock, are taken from all devices.
    """
    daily = shop.both("from behavior.funnel_daily where step = 'purchase'")
    days = pd.to_datetime(daily["local_day"])
    last = days.max()
    daily["local_day"] = days
    assert found_of_all(daily, last).empty
    first = last - timedelta(days=200)
    is_hit = days.between(first, first + timedelta(days=1))
    hit = daily["reached_count"].where(~is_hit, daily["reached_count"] // 2)
    told = found_of_all(daily.assign(reached_count=hit), last)
    assert len(told) == 1
    row = told.iloc[0]
    assert (row["started_on"], row["found_on"]) == (first, first)
    assert row["ended_on"] == first + timedelta(days=1)


def test_other_alarms_are_not_more_than_chance_allows(shop: Shop) -> None:
    """Five are to be expected in 454 days at 4 a year; 12 or more have a chance of .005."""
    found = alarms(shop)
    assert (~found["is_planted"]).sum() < 12, found.to_string()


def page(found: list[tuple[int, int]], false: int) -> Faults:
    faults = Faults()
    for days, off in found:
        faults._delays.append(pd.DataFrame({"found": [days], "start": [off]}))
        faults._false.append(false)
    return faults


@pytest.mark.parametrize(
    ("found", "false", "words"),
    [
        ([(8, 0), (6, 1)], 4, None),
        ([(9, 0), (6, 1)], 4, "found after 7.5 days"),
        # 4 a year are 4.98 in 454 days.
        ([(7, 0)], 5, "4.0 alarms a year of a shop are false"),
    ],
)
def test_the_page_says_which_limit_does_not_hold(
    found: list[tuple[int, int]], false: int, words: str | None
) -> None:
    faults = page(found, false)
    assert len(faults.failures()) == (words is not None)
    assert all(str(words) in said for said in faults.failures())
    assert "| days until it was found | " in faults.text()


def test_a_fault_that_no_shop_tells_is_a_failure() -> None:
    faults = page([(1, 0)], 0)
    faults._delays.append(pd.DataFrame({"found": [], "start": []}))
    faults._false.append(0)
    assert len(faults.failures()) == 1
    assert "1 of 2" in faults.text()
