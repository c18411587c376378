"""Alarms of a funnel: what broke is found, kept until it is mended, and told once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import betabinom, binom

from stayhouse.behavior import find_alarms
from stayhouse.behavior.steps import tail
from tests.building import CHECKOUT

_YAML = CHECKOUT / "python_models" / "behavior" / "ml_funnel_alarms.yml"
RULE: dict[str, Any] = yaml.safe_load(_YAML.read_text())["models"][0]["config"]["meta"]["rule"]
START = pd.Timestamp("2024-01-01")
DAYS = 200
Reached = Callable[[int], int]


def funnel(*steps: tuple[str, str, Reached], days: int = DAYS, entered: int = 20) -> pd.DataFrame:
    """Days of steps: device, step, and how many of the `entered` sessions of a day take it."""
    rows = [
        (START + pd.Timedelta(days=day), device, step, entered, reached(day), reached(day) // 2)
        for device, step, reached in steps
        for day in range(days)
    ]
    names = ["local_day", "device", "step", "entered_count", "reached_count", "ordered_count"]
    return pd.DataFrame(rows, columns=names)


def alarms(daily: pd.DataFrame, a_year: float = 4) -> pd.DataFrame:
    """What is found, with days as numbers."""
    last = daily["local_day"].max()
    plan = pd.DataFrame({"false_alarms_a_year": [a_year], "last_day": [last]})
    found = find_alarms(daily, plan, RULE)
    for name in ("started_on", "found_on", "ended_on"):
        found[name] = (found[name] - START).dt.days
    return found


def days_of(found: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Device, step, first and last day (None = open) of each alarm."""
    return [
        (row.device, row.step, row.started_on, None if pd.isna(row.ended_on) else row.ended_on)
        for row in found.itertuples()
    ]


def well(_: int) -> int:
    return 16


def broken(since: int, until: int = DAYS, reached: int = 8) -> Reached:
    return lambda day: reached if since <= day < until else 16


PHONE = ("phone", "purchase", well)


def test_a_fault_is_found_on_its_day_and_stays_open_against_the_days_before_it() -> None:
    """100 days later the 56 days before today are all bad, and it is an alarm all the same."""
    found = alarms(funnel(PHONE, ("tablet", "purchase", broken(100))))
    assert days_of(found) == [("tablet", "purchase", 100, None)]
    row = found.iloc[0]
    assert row["found_on"] == 100
    assert (row["entered_count"], row["reached_count"]) == (2000, 800)
    assert (row["usual_entered_count"], row["usual_reached_count"]) == (56 * 20, 56 * 16)
    assert row["usual_ordered_count"] == 56 * 8
    assert (row["others_entered_count"], row["others_reached_count"]) == (2000, 1600)
    assert row["usual_others_reached_count"] == 56 * 16
    # Two devices and all together, and three windows.
    assert row["alarm_level"] == pytest.approx(4 / 365 / 9)
    assert row["tail_probability"] < row["alarm_level"]


def test_it_ends_before_the_first_week_that_is_as_before() -> None:
    found = alarms(funnel(PHONE, ("tablet", "purchase", broken(100, 130))))
    assert days_of(found) == [("tablet", "purchase", 100, 129)]
    assert found.iloc[0]["reached_count"] == 30 * 8
    # Of the week that it takes to be sure, six days are not enough.
    for days, end in ((136, None), (137, 129)):
        daily = funnel(PHONE, ("tablet", "purchase", broken(100, 130)), days=days)
        assert days_of(alarms(daily)) == [("tablet", "purchase", 100, end)]


def test_it_ends_when_it_was_mended_though_the_next_week_was_weak() -> None:
    """Fifteen of 20 are less than the usual 16, and nothing like 8."""

    def reached(day: int) -> int:
        return 8 if 100 <= day < 130 else 15 if 130 <= day < 140 else 16

    found = alarms(funnel(PHONE, ("tablet", "purchase", reached)))
    assert days_of(found) == [("tablet", "purchase", 100, 129)]


@pytest.mark.parametrize(
    ("day", "reached", "back"), [(117, 16, 114), (117, 14, None), (114, 16, None)]
)
def test_an_open_alarm_says_from_when_on_the_rate_is_back(
    day: int, reached: int, back: int | None
) -> None:
    """Mended on day 114: three days are enough to say so, not to close it; 14 for 16 are not."""
    daily = funnel(PHONE, ("tablet", "purchase", broken(100, 114)), days=day)
    is_mended = (daily["device"] == "tablet") & (
        daily["local_day"] >= START + pd.Timedelta(114, "D")
    )
    daily.loc[is_mended, "reached_count"] = reached
    (row,) = alarms(daily).to_dict("records")
    assert pd.isna(row["ended_on"])
    since = None if pd.isna(row["back_since"]) else (row["back_since"] - START).days
    assert since == back
    # What is mended is no longer counted as failing.
    assert row["entered_count"] == 20 * ((back or day) - 100)


@pytest.mark.parametrize(
    ("days", "entered", "is_said"), [(2, 5, True), (3, 3, False)], ids=["ten", "nine"]
)
def test_ten_sessions_say_that_a_rate_is_back(days: int, entered: int, is_said: bool) -> None:
    daily = funnel(PHONE, ("tablet", "purchase", broken(100, 114)), days=114 + days)
    is_mended = (daily["device"] == "tablet") & (
        daily["local_day"] >= START + pd.Timedelta(114, "D")
    )
    daily.loc[is_mended, ["entered_count", "reached_count"]] = entered
    (row,) = alarms(daily).to_dict("records")
    assert pd.isna(row["ended_on"])
    assert pd.notna(row["back_since"]) == is_said


def test_a_quiet_step_is_back_when_ten_sessions_say_so() -> None:
    """One a day: ten of twenty days later, of which seven alone would be one week."""
    daily = funnel(PHONE, ("tablet", "purchase", broken(100, 130)))
    is_quiet = (daily["device"] == "tablet") & (
        daily["local_day"] >= START + pd.Timedelta(130, "D")
    )
    daily.loc[is_quiet, ["entered_count", "reached_count", "ordered_count"]] = [1, 1, 1]
    for days, end in ((139, None), (140, 129)):
        until = daily["local_day"] < START + pd.Timedelta(days, "D")
        assert days_of(alarms(daily[until])) == [("tablet", "purchase", 100, end)]


def test_what_all_devices_lose_is_told_once_and_of_none_of_them() -> None:
    parts = [(device, "purchase", broken(100, 130)) for device in ("phone", "tablet", "desktop")]
    found = alarms(funnel(*parts))
    assert days_of(found) == [("all", "purchase", 100, 129)]
    row = found.iloc[0]
    assert row["found_on"] == 100
    assert (row["entered_count"], row["reached_count"]) == (30 * 60, 30 * 24)
    assert (row["usual_entered_count"], row["usual_reached_count"]) == (56 * 60, 56 * 48)
    # Nothing else has changed, as the mart divides these.
    assert row["others_entered_count"] == row["others_reached_count"] > 0
    assert row["usual_others_entered_count"] == row["usual_others_reached_count"] > 0


def test_an_outage_of_a_day_is_told_of_all() -> None:
    parts = [(device, "checkout", broken(100, 101, 0)) for device in ("phone", "tablet")]
    found = alarms(funnel(*parts))
    assert days_of(found) == [("all", "checkout", 100, 100)]
    assert found.iloc[0]["found_on"] == 100


@pytest.mark.parametrize(("reached", "count"), [(181, 0), (179, 0), (140, 1)])
def test_a_tenth_is_what_a_december_takes_of_all(reached: int, count: int) -> None:
    """Of 400 a day 200 take it: 181 are over nine tenths, 179 below by chance, and 140 are not."""
    parts = [
        (device, "cart", broken(100, reached=reached) if count is not None else well)
        for device in ("phone", "tablet")
    ]
    daily = funnel(*parts, entered=400)
    usual = daily["local_day"] < START + pd.Timedelta(100, "D")
    daily.loc[usual, "reached_count"] = 200
    assert [device for device, *_ in days_of(alarms(daily))] == ["all"] * count


def test_a_device_that_breaks_is_not_told_of_all_too() -> None:
    """However many of the sessions are its own: 200 of 220 a day, so that all lose 46 of 100."""
    daily = funnel(PHONE, ("tablet", "purchase", broken(100)))
    is_tablet = daily["device"] == "tablet"
    for name in ("entered_count", "reached_count", "ordered_count"):
        daily.loc[is_tablet, name] *= 10
    assert days_of(alarms(daily)) == [("tablet", "purchase", 100, None)]


def campaign(phones: int, others: int, until: int) -> pd.DataFrame:
    """From day 100 on 60 phones a day for 20, of which so many take the step for 16.

    Of 10 on tablets so many take it for 8.
    """
    daily = funnel(("phone", "cart", well), ("tablet", "cart", well))
    is_tablet = daily["device"] == "tablet"
    is_then = daily["local_day"].between(
        START + pd.Timedelta(100, "D"), START + pd.Timedelta(until - 1, "D")
    )
    daily.loc[is_tablet, ["entered_count", "reached_count", "ordered_count"]] = [10, 8, 4]
    daily.loc[is_then & ~is_tablet, ["entered_count", "reached_count"]] = [60, phones]
    daily.loc[is_then & is_tablet, "reached_count"] = others
    return daily


def test_a_campaign_on_one_device_is_told_of_it_alone() -> None:
    """Seven of ten for eight is less than nine tenths, and chance in any week (.32 and .07)."""
    assert days_of(alarms(campaign(24, 7, 107))) == [("phone", "cart", 100, 106)]


@pytest.mark.parametrize(("chance", "told"), [(0.99, "phone"), (1.01, "all")])
def test_what_the_others_lost_counts_where_it_is_beyond_chance(
    monkeypatch: pytest.MonkeyPatch, chance: float, told: str
) -> None:
    monkeypatch.setitem(RULE, "window_days", [1])
    monkeypatch.setitem(RULE, "others_chance", chance * binom.cdf(3, 10, 0.8))
    found = alarms(campaign(10, 3, 101))
    assert [device for device, *_ in days_of(found)] == [told]


def test_a_device_is_not_excused_by_a_handful_of_others() -> None:
    """Both lose half on a day: of 60 that shows, and of ten it may be chance (.03)."""
    daily = campaign(24, 5, 101)
    (row,) = alarms(daily).to_dict("records")
    assert (row["device"], row["found_days"]) == ("phone", 1)


def test_an_outage_is_told_beside_a_device_that_was_broken_before() -> None:
    def tablet(day: int) -> int:
        return 0 if 150 <= day < 152 else 8 if day >= 100 else 16

    phone, desktop = ((name, "purchase", broken(150, 152, 0)) for name in ("phone", "desktop"))
    found = days_of(alarms(funnel(phone, desktop, ("tablet", "purchase", tablet))))
    assert found == [("all", "purchase", 150, 151), ("tablet", "purchase", 100, None)]


@pytest.mark.parametrize(
    ("until", "told"), [(143, ["all"]), (144, ["all", "tablet"]), (DAYS, ["all", "tablet"])]
)
def test_a_device_is_told_beside_all_where_it_stays_broken(until: int, told: list[str]) -> None:
    """All lose half for 30 days; tablets lose all of it, and a week longer than the others."""
    parts = [(name, "purchase", broken(100, 130)) for name in ("phone", "desktop")]

    def tablet(day: int) -> int:
        return 0 if 102 <= day < until else 8 if 100 <= day < 130 else 16

    found = alarms(funnel(*parts, ("tablet", "purchase", tablet)))
    assert [device for device, *_ in days_of(found)] == told


def test_days_without_anybody_have_no_rate() -> None:
    daily = funnel(PHONE, ("tablet", "purchase", well))
    day = (daily["local_day"] - START).dt.days
    assert alarms(daily[(day < 100) | (day >= 103)]).empty


def test_what_another_device_gains_is_not_asked_of_this_one() -> None:
    daily = funnel(("phone", "purchase", broken(100, reached=20)), ("tablet", "purchase", well))
    assert alarms(daily).empty


def test_a_device_alone_is_the_shop() -> None:
    found = alarms(funnel(("tablet", "purchase", broken(100))))
    assert days_of(found) == [("all", "purchase", 100, None)]


@pytest.mark.parametrize(("day", "found"), [(55, []), (56, [("tablet", "purchase", 56, 56)])])
def test_a_device_is_judged_after_56_days(day: int, found: list[Any]) -> None:
    one_day = broken(day, day + 1, reached=0)
    assert days_of(alarms(funnel(PHONE, ("tablet", "purchase", one_day)))) == found


def test_a_new_device_waits_for_its_own_56_days() -> None:
    """Its days before it was first seen are not days on which nobody came."""
    daily = funnel(PHONE, ("tablet", "purchase", broken(130)))
    late = daily[
        (daily["device"] == "phone") | (daily["local_day"] >= START + pd.Timedelta(80, "D"))
    ]
    found = alarms(late)
    assert list(found["found_on"]) == [136]
    assert list(found["usual_entered_count"]) == [56 * 20]


@pytest.mark.parametrize(("later", "count"), [(7, 1), (8, 2)])
def test_steps_of_a_device_that_break_together_are_one_alarm(later: int, count: int) -> None:
    """The one that lasts longer, if the two are told once."""
    daily = funnel(
        *((device, step, well) for device, step in (("phone", "purchase"), ("phone", "cart"))),
        ("tablet", "cart", broken(100, 140)),
        ("tablet", "purchase", broken(100 + later)),
    )
    found = days_of(alarms(daily))
    assert ("tablet", "purchase", 100 + later, None) in found
    assert len(found) == count


def test_devices_that_break_together_are_two_alarms() -> None:
    daily = funnel(
        *((device, "purchase", well) for device in ("phone", "desktop", "watch", "tv")),
        *((device, "purchase", broken(100)) for device in ("tablet", "console")),
    )
    assert [device for device, *_ in days_of(alarms(daily))] == ["console", "tablet"]


def test_what_breaks_again_within_a_week_was_not_over() -> None:
    """Three very good days make a week that is as before, of which the last two are not."""

    def reached(day: int) -> int:
        week = dict(enumerate((19, 19, 19, 16, 16, 12, 12), start=110))
        return week.get(day, 16 if day < 100 else 8)

    found = alarms(funnel(PHONE, ("tablet", "purchase", reached)))
    assert days_of(found) == [("tablet", "purchase", 100, None)]
    assert found.iloc[0]["usual_reached_count"] == 56 * 16


def test_days_of_an_alarm_never_become_usual() -> None:
    """The second fault, a month after the first, is held against good days alone."""

    def reached(day: int) -> int:
        return 8 if 100 <= day < 150 or day >= 180 else 16

    found = alarms(funnel(PHONE, ("tablet", "purchase", reached)))
    assert days_of(found) == [("tablet", "purchase", 100, 149), ("tablet", "purchase", 180, None)]
    assert list(found["usual_reached_count"]) == [56 * 16, 56 * 16]


def test_who_allows_for_more_false_alarms_is_told_more() -> None:
    """11 of 20 where 16 are usual has a chance of about 1 in 100: one test of 91 a year each."""
    daily = funnel(PHONE, ("tablet", "purchase", broken(100, 101, reached=11)))
    chance = binom.cdf(11, 20, 0.8)
    assert 0.009 < chance < 0.011
    assert alarms(daily, a_year=4).empty
    assert alarms(daily, a_year=int(chance * 0.9 * 365 * 9)).empty
    assert len(alarms(daily, a_year=int(chance * 1.3 * 365 * 9))) == 1


def test_what_was_found_is_found_again_with_every_further_day() -> None:
    random = np.random.default_rng(3)
    counts = {device: random.binomial(20, 0.8, DAYS) for device in ("phone", "tablet", "desktop")}
    counts["tablet"][90:110] = random.binomial(20, 0.4, 20)
    counts["phone"][150:] = random.binomial(20, 0.4, DAYS - 150)
    daily = funnel(*((name, "purchase", list(of).__getitem__) for name, of in counts.items()))
    whole = alarms(daily)
    assert len(whole) >= 2
    for days in range(60, DAYS):
        then = alarms(daily[daily["local_day"] < START + pd.Timedelta(days, "D")])
        known = whole[whole["found_on"] < days]
        for name in ("device", "started_on", "found_on", "usual_reached_count"):
            assert list(then[name]) == list(known[name])


def test_the_tail_is_the_binomial_of_a_rate_that_is_known_only_so_well() -> None:
    for reached, entered, rate, sessions in ((3, 13, 0.87, 364), (0, 5, 0.9, 50), (40, 60, 0.8, 9)):
        a, b = sessions * rate + 0.5, sessions * (1 - rate) + 0.5
        expected = betabinom.cdf(reached, entered, a, b)
        assert tail(reached, entered, rate, sessions) == pytest.approx(expected, rel=1e-9)
    assert tail(8, 20, 0.8, 10**8) == pytest.approx(binom.cdf(8, 20, 0.8), rel=1e-4)
    assert tail(8, 20, 0.8, 100) > binom.cdf(8, 20, 0.8)


def test_a_shop_without_sessions_has_no_alarms() -> None:
    daily = funnel(PHONE).iloc[:0]
    plan = pd.DataFrame({"false_alarms_a_year": [4], "last_day": [pd.NaT]})
    found = find_alarms(daily, plan, RULE)
    assert found.empty
    assert found["started_on"].dtype.kind == "M"
