"""How well a shop could tell whom a message moves: not by default, with ``sharp_response``."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from stayhouse.shop.draws import Floats, Ints
from stayhouse.shop.parameters import ARCHETYPES, RESPONSE_TYPES
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import DAY_MS, Settings
from tests.living import case_of

PERSUADABLE, SLEEPING_DOG = (RESPONSE_TYPES.index(n) for n in ("persuadable", "sleeping_dog"))
_SEASONS = ([10, 11], [3, 4], [5, 6, 7])  # before Christmas, in spring, in summer


@cache
def population(*parts: str) -> tuple[Settings, People, Lives]:
    settings = Settings(5000, 900, 5, added=frozenset(parts))
    case = case_of(settings)
    return settings, case.people, case.lives


def one_hot(codes: Ints) -> Floats:
    return (codes[:, None] == np.unique(codes)).astype(float)


def seen_by_a_shop(settings: Settings, people: People, lives: Lives) -> Floats:
    """Profile, orders, coupons and visits of each person by the end of the run."""
    visits, count = lives.visits, len(people)
    during = np.flatnonzero(visits.at_ms < settings.end_ms)
    bought = np.flatnonzero(visits.at_ms[lives.orders] < settings.end_ms)
    who, buyer = visits.person[during], visits.person[lives.orders[bought]]
    category, around = visits.category[lives.orders[bought]], lives.around.take(bought)
    month = visits.at_ms[during].astype("datetime64[ms]").astype("datetime64[M]").astype(int) % 12
    days = np.maximum((settings.end_ms - people.arrived_ms) / DAY_MS, 1.0)

    def each(of: Ints, weights: Any = None) -> Floats:
        return np.bincount(of, weights, minlength=count).astype(float)

    orders, came, coupons = each(buyer), each(who), each(buyer, around.has_coupon * 1.0)
    numbers = [
        *(np.log1p(orders), np.log1p(came), np.log1p(came - orders), np.log1p(came / days * 100)),
        *(np.log(days), (orders + 0.3) / (came + 1), orders == 1),
        *(np.log1p(coupons), np.log1p(orders - coupons), (coupons + 0.35) / (orders + 1)),
        each(buyer, around.units * 1.0) / np.maximum(orders, 1),
        *(each(buyer[category == item]) / np.maximum(orders, 1) for item in range(8)),
        *(
            each(who[np.isin(month, item)]) / np.maximum(came, 1)
            for item in ([10, 11], [3, 4], [5, 6, 7])
        ),
    ]
    profile = (
        *(people.age_band, people.income, people.zone, people.gender),
        *(people.device_1, people.channel, people.first_category),
    )
    return np.column_stack([*numbers, *map(one_hot, profile)])


def auc(*parts: str) -> float:
    """The AUC of persuadables over sleeping dogs, 3-fold, of customers who ever ordered."""
    settings, people, lives = population(*parts)
    chosen = np.flatnonzero(
        np.isin(people.response, [PERSUADABLE, SLEEPING_DOG])
        & ~people.is_lead
        & (people.arrived_ms < settings.end_ms)
    )
    seen = seen_by_a_shop(settings, people, lives)[chosen]
    told = people.response[chosen] == PERSUADABLE
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return float(cross_val_score(model, seen, told, cv=folds, scoring="roc_auc").mean())


@pytest.mark.parametrize(
    ("parts", "expected"), [pytest.param((), 0.588, id="default"), (("sharp_response",), 0.805)]
)
def test_a_shop_can_tell_persuadables_from_sleeping_dogs(
    parts: tuple[str, ...], expected: float
) -> None:
    """By default hardly at all; with the part well, so that targeting can be right."""
    assert auc(*parts) == pytest.approx(expected, abs=0.02)


def test_archetypes_answer_messages_by_the_table_of_the_part() -> None:
    _, people, _ = population("sharp_response")
    _, usual, _ = population()
    expected = {
        "regular": (0.10, 0.50, 0.10, 0.30),
        "gift_giver": (0.55, 0.25, 0.15, 0.05),
        "bargain_hunter": (0.80, 0.10, 0.08, 0.02),
        "enthusiast": (0.05, 0.45, 0.05, 0.45),
        "one_off": (0.20, 0.10, 0.60, 0.10),
    }
    for number, kind in enumerate(ARCHETYPES):
        response = people.response[people.archetype == number]
        shares = np.bincount(response, minlength=4) / len(response)
        assert np.abs(shares - expected[kind.name]).max() < 0.05, kind.name
    one_off = people.archetype == 4
    assert (people.response[one_off] == usual.response[one_off]).all()
    assert (people.rate == usual.rate).all()
