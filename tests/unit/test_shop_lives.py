"""Days, arrivals, orders and leaving: the lives of the planted shop."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from stayhouse.shop.draws import keys, root_key
from stayhouse.shop.parameters import ARCHETYPES, MODEL, ZONES
from stayhouse.shop.population.catalogue import make_catalogue
from stayhouse.shop.population.circumstances import circumstances, has_bad_review, later_drivers
from stayhouse.shop.population.contacts import (
    BAD_HOUR,
    GOOD_HOUR,
    NO_WINDOW,
    Plan,
    make_plan,
    window_of,
)
from stayhouse.shop.population.lives import Lives, _leaving, conversion, live
from stayhouse.shop.population.people import People, make_people, root_count
from stayhouse.shop.population.refills import log_no_refill, refill_days
from stayhouse.shop.population.seasons import ARRIVALS, UNITS_PER_DAY, Seasons, local_day_start
from stayhouse.shop.population.visits import Visits
from stayhouse.shop.settings import DAY_MS, HOUR_MS, NEVER, Settings
from stayhouse.shop.truth.decision import expected_leave_share

SETTINGS = Settings(customers_per_year=6000, days=500, seed=3)
World = tuple[Seasons, People, Plan, Lives]


@pytest.fixture(scope="module")
def world() -> World:
    seasons, catalogue = Seasons(SETTINGS), make_catalogue(SETTINGS)
    people = make_people(SETTINGS, seasons, catalogue, 0, root_count(SETTINGS, seasons))
    plan = make_plan(SETTINGS, people)
    return seasons, people, plan, live(SETTINGS, seasons, catalogue, people, plan)


def test_instants_and_elapsed_time_convert_both_ways(world: World) -> None:
    units = np.arange(0, 500 * UNITS_PER_DAY, 999_983)
    zone = np.arange(len(units)) % len(ZONES)
    at_ms = world[0].instant(ARRIVALS, zone, units)
    # An instant is cut to the millisecond, so at most a unit is lost.
    lost = units - world[0].elapsed(ARRIVALS, zone, at_ms)
    assert lost.min() >= 0
    assert lost.max() <= 2


def test_days_are_local_and_one_of_them_has_23_hours() -> None:
    # London puts its clocks forward on 31 March 2024, day 90; Singapore never does.
    hours = [
        (local_day_start(SETTINGS, zone, 91) - local_day_start(SETTINGS, zone, 90)) / HOUR_MS
        for zone in (0, 3)
    ]
    assert hours == [23, 24]
    start = datetime.fromtimestamp(local_day_start(SETTINGS, 3, 0) / 1000, tz=UTC)
    assert start == datetime(2023, 12, 31, 16, tzinfo=UTC)


def test_nobody_comes_on_the_day_of_the_outage(world: World) -> None:
    day = (world[3].visits.at_ms - SETTINGS.start_ms) // DAY_MS
    assert (day == MODEL.outage_day).sum() == 0
    assert (day == MODEL.outage_day - 1).sum() > 0
    assert (day == MODEL.outage_day + 1).sum() > 0


def test_as_many_come_in_a_year_as_were_asked_for(world: World) -> None:
    arrived = (world[1].arrived_ms - SETTINGS.start_ms) / DAY_MS
    first_year = int((arrived < 365).sum())
    # The referred come later than their referrers, so a few are missing in the first year.
    assert 5_600 < first_year < 6_100
    # Growth of 20 % a year: the last quarter of it has more than the first.
    assert (arrived >= 274).sum() - (arrived >= 365).sum() > 1.1 * (arrived < 91).sum()
    referred = world[1].referrer >= 0
    assert 0.11 < referred.mean() < 0.15


def visits_at(days: list[float], person: list[int]) -> Visits:
    count = len(days)
    no = np.zeros(count, dtype=bool)
    return Visits(
        person=np.array(person),
        key=np.arange(count, dtype=np.uint64),
        at_ms=np.array([int(day * DAY_MS) for day in days]),
        is_first=no,
        is_order=~no,
        is_refill=no,
        category=np.zeros(count, dtype=np.int64),
        device=np.zeros(count, dtype=np.int64),
        is_slow=no,
        window=np.zeros(count, dtype=np.int64),
        is_faulty=no,
    )


def test_a_decision_comes_a_fortnight_after_an_order_that_none_follows(world: World) -> None:
    people = world[1].take(np.flatnonzero(~world[1].is_lead)[:3])
    # Person 0: followed after 13.9 days, so the second order is the first decided on. Person 1:
    # followed after 14.1 days, so the first is. Person 2 has two orders and never leaves.
    orders = visits_at([0, 13.9, 40, 0, 14.1, 0, 5], [0, 0, 0, 1, 1, 2, 2])
    sure = np.array([99.0, 99, 99, 99, 99, -99, -99])
    left = _leaving(people, orders, sure)
    assert left.tolist() == [int(27.9 * DAY_MS), 14 * DAY_MS, NEVER]
    exactly = visits_at([0, 14, 0], [0, 0, 1])
    # An order at the very instant of the decision comes before it.
    assert _leaving(people, exactly, np.array([99.0, -99, -99])).tolist() == [NEVER] * 3


def test_nobody_orders_after_leaving(world: World) -> None:
    _, people, _, lives = world
    visits = lives.visits
    after = visits.at_ms > lives.left_ms[visits.person]
    assert after.sum() > 1000
    assert not (after & visits.is_order).any()
    assert not visits.is_order[people.is_lead[visits.person]].any()


def test_after_leaving_a_quarter_of_the_visits_remain(world: World) -> None:
    seasons, people, _, lives = world
    end = SETTINGS.end_ms
    gone = np.flatnonzero((lives.left_ms < end) & ~people.is_lead)
    units = seasons.elapsed(people.archetype[gone], people.zone[gone], end) - seasons.elapsed(
        people.archetype[gone], people.zone[gone], lives.left_ms[gone]
    )
    expected = (people.rate[gone] * units / UNITS_PER_DAY).sum() * 0.25
    visits = lives.visits
    after = (visits.at_ms > lives.left_ms[visits.person]) & (visits.at_ms < end)
    found = (after & ~people.is_lead[visits.person]).sum()
    assert abs(found - expected) < 4 * np.sqrt(expected)


def test_visits_follow_the_rate_of_each_archetype(world: World) -> None:
    _, people, _, _ = world
    for number, kind in enumerate(ARCHETYPES):
        rates = people.rate[people.archetype == number]
        mean, deviation = kind.rate_shape / kind.rate_scale, kind.rate_shape**0.5 / kind.rate_scale
        assert abs(rates.mean() - mean) < 4 * deviation / np.sqrt(len(rates))


def test_conversion_knows_windows_and_the_fault() -> None:
    kind, persuadable, dog = np.array([0]), np.array([0]), np.array([3])
    yes, no = np.array([True]), np.array([False])
    plain = conversion(kind, persuadable, np.array([NO_WINDOW]), no)[0]
    assert plain == pytest.approx(0.42)
    good = conversion(kind, persuadable, np.array([GOOD_HOUR]), no)[0]
    assert good == pytest.approx(0.42 * 1.8)
    bad = conversion(kind, persuadable, np.array([BAD_HOUR]), no)[0]
    assert bad == pytest.approx(0.42 * 1.4)
    assert conversion(kind, dog, np.array([GOOD_HOUR]), no)[0] == pytest.approx(0.42 * 0.4)
    assert conversion(kind, dog, np.array([NO_WINDOW]), yes)[0] == pytest.approx(0.42 * 0.45)
    # No combination exceeds one.
    for archetype in range(len(ARCHETYPES)):
        for response in range(4):
            highest = conversion(
                np.array([archetype]), np.array([response]), np.array([GOOD_HOUR]), no
            )
            assert highest[0] < 1


def test_a_window_opens_with_the_message_and_closes_after_a_fortnight(world: World) -> None:
    _, _, plan, _ = world
    person = np.flatnonzero(plan.arm[:, 3] == 0)[:1]
    sent = plan.sent_ms[person[0], 3]
    fortnight = 14 * DAY_MS
    instants = np.array([sent - 1, sent, sent + fortnight - 1, sent + fortnight])
    found = window_of(SETTINGS, plan, np.repeat(person, 4), instants)
    inside = GOOD_HOUR if plan.is_good_hour[person[0], 3] else BAD_HOUR
    assert found.tolist() == [NO_WINDOW, inside, inside, NO_WINDOW]


def test_refills_come_at_their_interval(world: World) -> None:
    _, people, _, lives = world
    visits = lives.visits
    refill = np.flatnonzero(visits.is_refill)
    same = visits.person[refill][1:] == visits.person[refill][:-1]
    gaps = np.diff(visits.at_ms[refill])[same] / DAY_MS
    days = refill_days(people.refill_product[visits.person[refill]][1:][same])
    logs = np.log(gaps / days)
    # Those seen are a little shorter than those drawn: customers leave while they wait.
    assert abs(np.median(logs)) < 0.03
    assert 0.10 < logs.std() < 0.13


def test_waiting_for_a_refill_is_the_tail_of_its_gap() -> None:
    product, last = np.array([84]), np.array([SETTINGS.start_ms])
    # 84 is the first refill product, bought every 21 days in the median.
    half = log_no_refill(SETTINGS, product, last, last + 21 * DAY_MS)
    assert np.exp(half)[0] == pytest.approx(0.5)
    # One standard deviation of the log later, 15.87 % are left.
    late = int(21 * np.exp(0.12) * DAY_MS)
    assert np.exp(log_no_refill(SETTINGS, product, last, last + late))[0] == pytest.approx(
        0.158655, abs=1e-5
    )
    assert log_no_refill(SETTINGS, np.array([-1]), last, last + late)[0] == 0.0
    # Before, on and after the outage, the put-off day neither gains nor loses anything.
    outage = SETTINGS.start_ms + MODEL.outage_day * DAY_MS
    before = np.array([outage - 21 * DAY_MS])
    steps = outage + np.array([-1, 0, 12, 24, 36, 48, 72]) * HOUR_MS
    waits = log_no_refill(SETTINGS, np.repeat(product, 7), np.repeat(before, 7), steps)
    assert (np.diff(waits) <= 1e-12).all()
    assert waits[1] == waits[2] == waits[3]


def test_leaving_and_late_deliveries_go_together(world: World) -> None:
    _, people, _, lives = world
    orders = lives.visits.at_ms[lives.orders]
    person = lives.visits.person[lives.orders]
    decided = lives.left_ms[person] == orders + 14 * DAY_MS
    late = lives.around.is_late
    assert decided[late].mean() > 1.5 * decided[~late].mean()
    calm = replace(SETTINGS, customers_per_year=2000, without=frozenset({"drivers"}))
    seasons, catalogue = Seasons(calm), make_catalogue(calm)
    people = make_people(calm, seasons, catalogue, 0, root_count(calm, seasons))
    undriven = live(calm, seasons, catalogue, people, make_plan(calm, people))
    assert set(np.unique(np.round(undriven.leave_logit, 9))) <= {-1.9, -2.8}


@pytest.mark.parametrize("waited", [0.1, 1.5, 3.5, 5.1, 6.0, 9.0, 12.9])
def test_what_is_known_before_a_decision_is_weighed_exactly(world: World, waited: float) -> None:
    _, people, _, _ = world
    catalogue = make_catalogue(SETTINGS)
    count = 400_000
    orders = visits_at([100.0] * count, [0] * count)
    orders = replace(
        orders,
        key=keys(root_key(8), "order", np.arange(count)),
        at_ms=np.full(count, SETTINGS.start_ms + 100 * DAY_MS),
        category=np.arange(count) % 7,
    )
    around = circumstances(catalogue, people, orders)
    early = np.full(count, -1.0)
    added = later_drivers(SETTINGS, around.is_late, has_bad_review(around))
    lives = Lives(orders, np.arange(count), around, early, early + added, np.zeros(1))
    cut_off = int(orders.at_ms[0] + waited * DAY_MS)
    told = expected_leave_share(SETTINGS, catalogue, lives, lives.orders, cut_off)
    true = 1 / (1 + np.exp(-lives.leave_logit))
    delivered = around.delivered_ms < cut_off
    unreviewed = delivered & (around.reviewed_ms >= cut_off)
    for chosen in (delivered, ~delivered, around.is_late & delivered, unreviewed):
        if chosen.sum() > 300:
            error = (true - told)[chosen]
            assert abs(error.mean()) < 4 * error.std() / np.sqrt(chosen.sum()) + 1e-12
    if waited > 12.9 - 1e-9:
        # By now nearly everything has come in: the last review of a late order is still open.
        assert (np.abs(true - told) < 1e-9).mean() > 0.95
