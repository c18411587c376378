"""The rhythm of shops of which somebody else counted it, and of shops with hardly anything."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.building import Run
from tests.rhythm_room import MARTS, Rhythm

START = date(2023, 1, 2)


def shop(warehouse: Run, days: int) -> Rhythm:
    """A shop from a Monday on, whose clock stands after so many days."""
    return Rhythm(warehouse, START, START + timedelta(days=days))


def test_a_shop_of_nothing_has_no_rhythm(warehouse: Run) -> None:
    empty = Rhythm(warehouse, START, None)
    empty.build()
    for name in MARTS:
        assert empty.ask(f"from behavior.{name}").empty, name


def test_three_weeks_are_told_by_last_week_and_no_weekday_is_known(warehouse: Run) -> None:
    room = shop(warehouse, 21)
    for day in range(21):
        room.order(START + timedelta(days=day), 12 if day % 7 == 6 else 10)
    # The day of the clock is not over.
    room.order(START + timedelta(days=21), 500)
    room.build()
    assert not room.ask("from behavior.seasonality")["is_known"].any()
    found = room.ask(
        "select forecast, forecast_low, starts_on, model_name from behavior.activity_forecast "
        "where measure = 'orders' and grain = 'day' order by starts_on"
    )
    assert list(found["forecast"]) == [10, 10, 10, 10, 10, 10, 12] * 4
    assert found["starts_on"][0].date() == START + timedelta(days=21)
    assert set(found["model_name"]) == {"last_week"}
    states = dict(
        room.ask(
            "select model_name, state from behavior.forecast_models where grain = 'day'"
        ).itertuples(index=False)
    )
    assert states == {
        "last_week": "shown_unjudged", "four_weeks": "too_few_days",
        "smoothing": "too_few_days", "smoothing_holidays": "too_few_days",
    }  # fmt: skip


def test_six_days_are_not_foreseen(warehouse: Run) -> None:
    room = shop(warehouse, 6)
    room.order(START, 3)
    room.build()
    assert room.ask("from behavior.activity_forecast").empty
    assert len(room.ask("from behavior.seasonality where measure = 'orders'")) > 200


def test_growth_is_no_season(warehouse: Run) -> None:
    """Each month has 2 % more than the one before, and December of both years twice that."""
    room = Rhythm(warehouse, date(2023, 1, 1), date(2025, 1, 15))
    room.con.execute(
        """
        insert into core.orders by name
        select true as is_order, 1 as net_sales, day::date as local_day, day as ordered_at
        from range(timestamp '2023-01-01', timestamp '2025-01-01', interval 1 day) as days(day),
            range(400) as orders(o)
        where o < round(100 * power(1.02, 12 * (year(day) - 2023) + month(day))
            * case when month(day) = 12 then 2 else 1 end)
        """
    )
    room.build()
    found = room.ask(
        "select season, index_value, index_low, index_high, is_known, day_count "
        "from behavior.seasonality where kind = 'month' and measure = 'orders' order by season"
    )
    assert found["is_known"].all()
    # Of thirteen parts a year December has two.
    assert list(found["index_value"]) == pytest.approx([12 / 13] * 11 + [24 / 13], abs=0.01)
    assert (found["index_low"] <= found["index_value"]).all()
    assert list(found["day_count"])[:2] == [62, 57]


def test_the_hour_that_the_clock_skips_is_an_hour_like_another(warehouse: Run) -> None:
    """Ten whole weeks with an order in each hour of UTC: on 26 March there are 23 in London."""
    room = Rhythm(warehouse, date(2023, 2, 13), date(2023, 4, 24))
    room.con.execute(
        """
        insert into core.orders by name
        select true as is_order, 1 as net_sales, instant as ordered_at,
            (instant at time zone 'UTC' at time zone 'Europe/London')::date as local_day
        from range(timestamp '2023-02-13', timestamp '2023-04-24', interval 1 hour)
            as hours(instant)
        """
    )
    room.build()
    found = room.ask(
        "select season, index_value, day_count from behavior.seasonality "
        "where kind = 'hour' and measure = 'orders' order by season"
    ).set_index("season")
    # 70 days of 24 hours less the skipped one and the last, which is the next day in London.
    orders = 70 * 24 - 1
    assert found["index_value"]["01"] == pytest.approx(69 * 24 / orders)
    assert found["index_value"]["02"] == pytest.approx(70 * 24 / orders)
    assert set(found["day_count"]) == {70}


def test_a_shop_that_always_sends_at_one_hour_is_told_so(warehouse: Run) -> None:
    room = shop(warehouse, 30)
    room.customer("ann")
    room.message("ann", 9, sent=5, opened=2)
    room.build()
    assert room.ask("from behavior.send_time").empty
    found = room.ask("from behavior.send_time_left_out")
    assert list(found.itertuples(index=False, name=None)) == [("one_hour", 5)]


def test_who_opens_only_in_the_evening_has_a_better_hour(warehouse: Run) -> None:
    """Half of the people open in the evening, half in the morning, one everything that comes; who
    had one message has the rates of all."""
    room = shop(warehouse, 30)
    for number in range(40):
        name, early = f"person {number}", number % 2
        room.customer(name)
        room.message(name, 9, sent=30, opened=27 if early else 3)
        room.message(name, 19, sent=29, opened=2 if early else 26)
    room.customer("eager")
    room.message("eager", 9, sent=6, opened=6)
    room.customer("new")
    room.message("new", 19, sent=1, opened=1)
    room.build()
    people = room.ask("from behavior.send_time where hour_band = 19").set_index("person_id")
    assert set(people["usual_band"]) == {9}
    evening, morning = people.loc["person 0"], people.loc["person 1"]
    assert (evening["best_band"], bool(evening["has_better_band"])) == (19, True)
    assert evening["gain"] == pytest.approx(26 / 29 - 3 / 30, abs=0.1)
    assert (morning["best_band"], bool(morning["has_better_band"])) == (9, False)
    assert not people.loc["eager", "has_better_band"]
    assert people["is_shrunk_to_all"].to_dict()["new"]
    assert people["is_shrunk_to_all"].sum() == 1
    assert not people.loc["new", "has_better_band"]


def test_of_hours_that_make_no_difference_none_is_claimed(warehouse: Run) -> None:
    """40 people, ten messages at each of six hours, 30 % opened whatever the hour, as drawn in a
    shop of which the best of five hours, or an hour lucky with all, was claimed for everybody."""
    room, opened = shop(warehouse, 60), np.random.default_rng(109).binomial(10, 0.3, (40, 6))
    for number in range(40):
        room.customer(f"person {number:02}")
        for place, hour in enumerate((8, 10, 12, 14, 17, 19)):
            at_hour = int(opened[number, place])
            room.message(f"person {number:02}", hour, sent=10, opened=at_hour)
    room.build()
    people = room.ask("from behavior.send_time")
    assert len(people) == 240
    assert not people["is_shrunk_to_all"].any()
    assert not people["has_better_band"].any()


@pytest.mark.parametrize("moved", [0, 3])
def test_whoever_opens_everything_is_not_told_of_the_hour_that_was_tried(
    warehouse: Run, moved: int
) -> None:
    """People differ. Where hours do not, nothing is known of one and all have the rates of all;
    where everybody opens three of thirty more at one of the two, somebody who opened all that came
    at 9 opens nearly as much at 19."""
    room = shop(warehouse, 30)
    for number in range(60):
        name, opened = f"person {number}", (6, 15, 24)[number % 3]
        sign = 1 if number % 2 else -1
        room.customer(name)
        room.message(name, 9, sent=30, opened=opened + sign * moved)
        room.message(name, 19, sent=30, opened=opened - sign * moved)
    room.customer("eager")
    room.message("eager", 9, sent=12, opened=12)
    room.build()
    people = room.ask("from behavior.send_time").set_index(["person_id", "hour_band"])
    assert people["is_shrunk_to_all"].all() == (moved == 0)
    assert not people["has_better_band"]["eager"].any()
    early, late = people["open_rate"]["eager", 9], people["open_rate"]["eager", 19]
    assert early - late < 0.08
    if moved:
        assert late > 0.75
