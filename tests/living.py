"""Lives of a planted population, looked at one by one."""

from collections import defaultdict

import numpy as np

from stayhouse.shop.population.catalogue import make_catalogue
from stayhouse.shop.population.contacts import make_plan
from stayhouse.shop.population.lives import Lives, live
from stayhouse.shop.population.people import make_people, root_count
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import Settings
from stayhouse.shop.truth.twins import Case


def case_of(settings: Settings) -> Case:
    """Return everybody of a run, and how they lived."""
    seasons, catalogue = Seasons(settings), make_catalogue(settings)
    people = make_people(settings, seasons, catalogue, 0, root_count(settings, seasons))
    plan = make_plan(settings, people)
    lives = live(settings, seasons, catalogue, people, plan)
    return Case(settings, seasons, catalogue, people, plan, lives)


def orders_of(lives: Lives) -> dict[int, list[int]]:
    """Return the instants of orders of each person, by a plain loop."""
    found = defaultdict(list)
    for place in lives.orders.tolist():
        found[int(lives.visits.person[place])].append(int(lives.visits.at_ms[place]))
    return found


def lived_by(lives: Lives, person: int) -> list[tuple[int, bool]]:
    """Return a person's visits: when, and whether each was an order."""
    mine = np.flatnonzero(lives.visits.person == person)
    return list(
        zip(lives.visits.at_ms[mine].tolist(), lives.visits.is_order[mine].tolist(), strict=True)
    )
