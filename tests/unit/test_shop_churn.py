"""``p_observable`` against numerical integration by other code, and against what happened."""

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import integrate

from stayhouse.shop.parameters import ARCHETYPES, MODEL, REFERRED_SHARE, REFILLS, SHARP_RESPONSES
from stayhouse.shop.population.catalogue import make_catalogue
from stayhouse.shop.population.contacts import make_plan
from stayhouse.shop.population.lives import Lives, live
from stayhouse.shop.population.people import People, make_people, root_count
from stayhouse.shop.population.seasons import UNITS_PER_DAY, Seasons
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.churn import ChurnTruth, churn_truth
from stayhouse.shop.truth.opportunity import Opportunities

SETTINGS = Settings(customers_per_year=9000, days=420, seed=21)
# No campaigns, no fault, no refills: then the whole model fits in the few lines below.
PLAIN = Settings(
    400, 300, 5, without=frozenset({"campaigns", "fault", "replenishment", "experiments"})
)
World = tuple[Seasons, People, Lives, list[ChurnTruth]]


def make(settings: Settings) -> World:
    seasons, catalogue = Seasons(settings), make_catalogue(settings)
    people = make_people(settings, seasons, catalogue, 0, root_count(settings, seasons))
    plan = make_plan(settings, people)
    lives = live(settings, seasons, catalogue, people, plan)
    opportunities = Opportunities(settings, seasons, people, plan)
    found = list(churn_truth(settings, seasons, catalogue, people, lives, opportunities))
    return seasons, people, lives, found


@pytest.fixture(scope="module")
def world() -> World:
    return make(SETTINGS)


def days_between(seasons: Seasons, kind: int, zone: int, first: int, last: int) -> float:
    units = seasons.elapsed(kind, zone, last) - seasons.elapsed(kind, zone, first)
    return float(units) / UNITS_PER_DAY


def plain_no_order(world: World, person: int, cut_ms: int, end_ms: int, responses: Any) -> float:
    """P(no order) of one customer whose decisions are all past, integrated over the visit rate."""
    seasons, people, lives, _ = world
    visits = lives.visits
    mine = np.flatnonzero((visits.person == person) & (visits.at_ms < cut_ms))
    arrival, later = mine[0], mine[1:]
    orders = [place for place in mine if visits.is_order[place]]
    numbers = [int(np.flatnonzero(lives.orders == place)[0]) for place in orders]
    decision = int(visits.at_ms[orders[-1]]) + 14 * DAY_MS
    assert decision <= cut_ms
    leave = 1 / (1 + math.exp(-lives.leave_logit[numbers[-1]]))
    zone, came = int(people.zone[person]), int(visits.at_ms[arrival])
    stays_and_not = stays_total = 0.0
    left_total = 0.0
    for number, kind in enumerate(ARCHETYPES):
        mix = [share / sum(kind.categories[:REFILLS]) for share in kind.categories[:REFILLS]]
        referred = people.referrer[person] >= 0
        known = REFERRED_SHARE[number] if referred else kind.share
        known *= mix[people.first_category[person]]
        known *= kind.ages[people.age_band[person]] * kind.incomes[people.income[person]]
        known *= kind.devices[people.device_1[person]]
        if not referred:
            known *= kind.channels[people.channel[person]]
        for place in numbers:
            known *= kind.units[lives.around.units[place] - 1]
            known *= kind.coupon if lives.around.has_coupon[place] else 1 - kind.coupon
        for place in later:
            known *= mix[visits.category[place]]
            # Intensities of the hour, in any common unit: 1e-6 keeps products in range.
            known *= math.exp(
                float(seasons.log_intensity(number, zone, visits.at_ms[place : place + 1])[0])
                - math.log(UNITS_PER_DAY / 24)
            )
        active_days = days_between(seasons, number, zone, came, cut_ms)
        before = days_between(seasons, number, zone, came, decision)
        ahead = days_between(seasons, number, zone, cut_ms, end_ms)
        for response, base in enumerate(MODEL.response_base):
            share = kind.conversion * base
            weight = known * responses[number][response]
            for place in later:
                if visits.at_ms[place] <= decision:
                    weight *= share if visits.is_order[place] else 1 - share
            after = sum(int(visits.at_ms[place]) > decision for place in later)

            def rates(mu: float, r: float = kind.rate_shape, a: float = kind.rate_scale) -> float:
                return a**r * mu ** (r - 1) * math.exp(-a * mu) / math.gamma(r)

            def likely(mu: float, days: float) -> float:
                return rates(mu) * mu ** len(later) * math.exp(-mu * days)

            def total(days: float) -> float:
                value, _ = integrate.quad(likely, 0, 4, args=(days,), limit=200, epsabs=0)
                return float(value)

            stays = weight * (1 - leave) * (1 - share) ** after
            stays_total += stays * total(active_days)
            stays_and_not += stays * total(active_days + share * ahead)
            browsed = before + MODEL.kept_visits * (active_days - before)
            left_total += weight * leave * MODEL.kept_visits**after * total(browsed)
    return (left_total + stays_and_not) / (left_total + stays_total)


@pytest.mark.parametrize(
    ("parts", "responses"),
    [((), [kind.responses for kind in ARCHETYPES]), (("sharp_response",), SHARP_RESPONSES)],
    ids=["default", "sharp"],
)
def test_p_observable_is_the_integral_over_all_that_is_hidden(
    parts: tuple[str, ...], responses: Any
) -> None:
    world = make(replace(PLAIN, added=frozenset(parts)))
    checked = 0
    for part in world[3]:
        if part.cut_off_day != 240 or part.horizon_days not in (30, 90):
            continue
        cut_ms = PLAIN.start_ms + 240 * DAY_MS
        visits, orders = world[2].visits, world[2].orders
        for place in range(0, len(part.person), 12):
            person = int(part.person[place])
            mine = visits.at_ms[orders[visits.person[orders] == person]]
            if mine[mine < cut_ms].max() + 14 * DAY_MS > cut_ms:
                continue
            expected = plain_no_order(
                world, person, cut_ms, cut_ms + part.horizon_days * DAY_MS, responses
            )
            assert part.p_observable[place] == pytest.approx(expected, abs=1e-6)
            checked += 1
    assert checked >= 20


def part_of(world: World, day: int, horizon: int) -> ChurnTruth:
    return next(
        part for part in world[3] if (part.cut_off_day, part.horizon_days) == (day, horizon)
    )


@pytest.mark.parametrize("horizon", [30, 90, 180])
def test_both_probabilities_are_calibrated(world: World, horizon: int) -> None:
    part = part_of(world, 390, horizon)
    churned = part.churned.astype(float)
    for shares in (part.p_observable, part.p_oracle):
        edges = np.quantile(shares, np.linspace(0.1, 0.9, 9))
        groups = np.digitize(shares, edges)
        squares = 0.0
        for group in np.unique(groups):
            here = groups == group
            variance = (shares[here] * (1 - shares[here])).sum()
            if variance > 1e-6:
                squares += (churned[here].sum() - shares[here].sum()) ** 2 / variance
        # Chi-square with 10 degrees of freedom exceeds 29.6 once in a thousand.
        assert squares < 29.6


def test_the_oracle_knows_more_and_time_only_helps_an_order(world: World) -> None:
    def loss(shares: np.ndarray, churned: np.ndarray) -> float:
        told = np.clip(np.where(churned, shares, 1 - shares), 1e-9, 1)
        return float(-np.log(told).mean())

    parts = [part_of(world, 300, horizon) for horizon in (30, 60, 90, 180)]
    for shorter, longer in itertools.pairwise(parts):
        assert (shorter.p_observable >= longer.p_observable - 1e-12).all()
        assert (shorter.p_oracle >= longer.p_oracle - 1e-12).all()
        assert (shorter.churned >= longer.churned).all()
    for part in parts:
        assert loss(part.p_oracle, part.churned) < loss(part.p_observable, part.churned)
        base = np.full(len(part.churned), part.churned.mean())
        assert loss(part.p_observable, part.churned) < loss(base, part.churned) - 0.05
        assert part.churned[part.has_left].all()
        assert (part.p_oracle[part.has_left] == 1.0).all()


def test_half_of_the_population_is_not_lost_and_not_all_stay(world: World) -> None:
    part = part_of(world, 390, 90)
    assert 0.60 < part.churned.mean() < 0.75


def test_a_decision_still_to_come_is_weighed_by_what_is_known(world: World) -> None:
    _, people, lives, _ = world
    part = part_of(world, 390, 90)
    cut_ms = SETTINGS.start_ms + 390 * DAY_MS
    visits, orders = lives.visits, lives.orders
    last = np.zeros(len(people), dtype=np.int64)
    seen = visits.at_ms[orders] < cut_ms
    last[visits.person[orders[seen]]] = visits.at_ms[orders[seen]]
    pending = last[part.person] + 14 * DAY_MS > cut_ms
    assert 100 < pending.sum() < len(pending) / 4
    shares, churned = part.p_observable[pending], part.churned[pending]
    spread = np.sqrt((shares * (1 - shares)).sum())
    assert abs(churned.sum() - shares.sum()) < 4 * spread
