"""True rates of visits and logins: brackets by hand, and a plain count over whole lives."""

from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stayhouse.shop.orders.orders import make_orders
from stayhouse.shop.population.catalogue import make_catalogue
from stayhouse.shop.population.contacts import make_plan
from stayhouse.shop.population.lives import live
from stayhouse.shop.population.people import make_people, root_count
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.activity_retention import (
    BRACKETS,
    LOGIN,
    Visited,
    activity_table,
    count_activities,
    visit_counts,
)
from stayhouse.shop.visits.sessions import SLOT, shop_sessions

LONDON = ZoneInfo("Europe/London")


def test_a_bracket_is_counted_from_the_first_visit_and_must_be_over() -> None:
    settings = Settings(100, 31, 1)
    # Person 5 comes 24 h after the first visit, and 8 days less a millisecond after it; person 9
    # a millisecond before either; person -2 on the last day whose day 1 is over, and -3 later.
    day = DAY_MS
    days = [0, day, 8 * day - 1, 0, day - 1, 7 * day - 1, 29 * day, 29 * day + 1, 30 * day]
    visited = Visited(
        person=np.array([5, 5, 5, 9, 9, 9, -2, -3, -3]), at_ms=settings.start_ms + np.array(days)
    )
    counts = visit_counts(settings, visited)
    assert BRACKETS == ((1, 1), (7, 7), (24, 30))
    assert counts.sizes[:, 0].tolist() == [2, 2, 2]
    assert counts.sizes[:, 29].tolist() == [1, 0, 0]
    assert counts.sizes.sum() == 7
    assert counts.returned[:, 0].tolist() == [1, 1, 0]
    assert counts.returned.sum() == 2


def test_days_of_first_visits_are_local() -> None:
    # 23:30 UTC on 31 May is 1 June in London.
    settings = Settings(100, 182, 1)
    at = int(datetime(2024, 5, 31, 23, 30, tzinfo=UTC).timestamp()) * 1000
    counts = visit_counts(settings, Visited(np.array([1]), np.array([at])))
    table = activity_table(settings, {("visit", "day"): counts, LOGIN: counts})
    assert table["cohort_start"][0].as_py().isoformat() == "2024-06-01"


@pytest.fixture(scope="module")
def logins() -> tuple[Settings, dict[tuple[int, int], int], np.ndarray]:
    """The settings, the counts by hand of who logged in, and those of the package."""
    settings = Settings(3000, 210, 8)
    seasons, catalogue = Seasons(settings), make_catalogue(settings)
    people = make_people(settings, seasons, catalogue, 0, root_count(settings, seasons))
    lives = live(settings, seasons, catalogue, people, make_plan(settings, people))
    orders = make_orders(settings, catalogue, people, lives)
    found = count_activities(settings, seasons, people, lives, orders)[LOGIN]
    sessions = shop_sessions(settings, people, lives, orders)

    def month(at_ms: int) -> int:
        at = datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(LONDON)
        return (at.year - 2024) * 12 + at.month - 1

    first: dict[int, int] = {}
    for person, at_ms in zip(orders.person.tolist(), orders.at_ms.tolist(), strict=True):
        first[person] = min(first.get(person, at_ms), at_ms)
    back: dict[tuple[int, int], set[int]] = defaultdict(set)
    logs_in = sessions.counts[:, SLOT["login"]] > 0
    whole = month(settings.end_ms)
    for person, at_ms in zip(
        sessions.person[logs_in].tolist(), sessions.at_ms[logs_in].tolist(), strict=True
    ):
        if person in first and month(at_ms) < whole and month(at_ms) > month(first[person]):
            back[month(first[person]), month(at_ms) - month(first[person])].add(person)
    return settings, {cell: len(who) for cell, who in back.items()}, found.returned


def test_logins_are_those_of_a_plain_count(
    logins: tuple[Settings, dict[tuple[int, int], int], np.ndarray],
) -> None:
    _, expected, returned = logins
    assert len(expected) == 15
    assert {cell: int(returned[cell]) for cell in zip(*np.nonzero(returned), strict=True)} == (
        expected
    )
