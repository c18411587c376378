"""Experiments: five plans, one of each kind that an analyst meets, and who was exposed to them.

A unit is a customer. Its arm follows from its bucket under the experiment's name as salt; it is
exposed at its first visit while the experiment runs and it has an account.
"""

from dataclasses import dataclass

import numpy as np

from stayhouse.shop.draws import Bools, Ints, keys, uniform
from stayhouse.shop.parameters import TABLET
from stayhouse.shop.population.buckets import BUCKETS, buckets
from stayhouse.shop.population.people import People
from stayhouse.shop.population.visits import Visits
from stayhouse.shop.settings import DAY_MS, NEVER, Settings
from stayhouse.shop.tables import Records, records

ARMS = ("control", "treatment")


@dataclass(frozen=True)
class Experiment:
    """A plan: two arms of 50 %, from one day of the run to another."""

    name: str
    first_day: int
    last_day: int
    has_effect: bool  # on leaving, from the exposure on
    is_broken: bool  # exposures of the treatment on tablets are lost, and some on mobiles
    has_crossovers: bool  # some units are exposed to both arms


EXPERIMENTS = (
    Experiment("aa_check", 90, 240, False, False, False),
    Experiment("delivery_promise", 120, 400, True, False, False),
    Experiment("new_colours", 150, 330, False, False, False),
    Experiment("new_checkout", 210, 390, False, True, False),
    Experiment("loyalty_badge", 240, 420, False, False, True),
)
_LOST_ON_OTHER_DEVICES = 0.15
_CROSSOVER_SHARE = 0.03


def arms_of(experiment: int, people: People) -> Ints:
    """Return the arm of each person in an experiment, whether or not they are exposed."""
    salt = EXPERIMENTS[experiment].name
    return (buckets(salt, people.number) >= BUCKETS // 2).astype(np.int64)


def first_exposure_ms(settings: Settings, experiment: int, people: People, visits: Visits) -> Ints:
    """Return when each person first visits while the experiment runs; NEVER for the others."""
    plan = EXPERIMENTS[experiment]
    begins = settings.start_ms + plan.first_day * DAY_MS
    ends = settings.start_ms + plan.last_day * DAY_MS
    exposed = np.full(len(people), NEVER, dtype=np.int64)
    during = (visits.at_ms >= begins) & (visits.at_ms < ends)
    np.minimum.at(exposed, visits.person[during], visits.at_ms[during])
    return exposed


def is_helped(settings: Settings, people: People, visits: Visits, orders: Ints) -> Bools:
    """Whether each order is placed at or after its person's exposure to the arm that works."""
    helped = np.zeros(len(orders), dtype=bool)
    if not settings.has("experiments"):
        return helped
    person = visits.person[orders]
    for number, plan in enumerate(EXPERIMENTS):
        if plan.has_effect:
            exposed = first_exposure_ms(settings, number, people, visits)
            treated = arms_of(number, people) == 1
            helped |= treated[person] & (visits.at_ms[orders] >= exposed[person])
    return helped


def exposure_records(
    settings: Settings, people: People, visits: Visits, signed_ms: Ints
) -> Records:
    """Return the first exposure of each unit, and the second of those who met both arms."""
    parts = [records("exposures", 0)]
    for number in range(len(EXPERIMENTS) if settings.has("experiments") else 0):
        parts.extend(_exposures_of(settings, number, people, visits, signed_ms))
    return np.concatenate(parts)


def experiment_records(settings: Settings) -> Records:
    """Return one row for each arm of each plan, exported the day before it starts."""
    count = len(EXPERIMENTS) if settings.has("experiments") else 0
    number = np.repeat(np.arange(count), len(ARMS))
    first = np.array([plan.first_day for plan in EXPERIMENTS[:count]], dtype=np.int64)
    return records(
        "experiments",
        len(number),
        due=settings.start_ms + (first[number] - 1) * DAY_MS,
        tie=np.arange(len(number)),
        experiment=number,
        arm=np.tile(np.arange(len(ARMS)), count),
    )


def _exposures_of(
    settings: Settings, number: int, people: People, visits: Visits, signed_ms: Ints
) -> list[Records]:
    plan = EXPERIMENTS[number]
    exposed = first_exposure_ms(settings, number, people, visits)
    arm = arms_of(number, people)
    key = keys(people.key, "exposure", number + 1)
    seen = (exposed < NEVER) & (signed_ms <= exposed)
    if plan.is_broken:
        on_tablet = people.device_1 == TABLET
        lost = on_tablet | (uniform(key, "lost") < _LOST_ON_OTHER_DEVICES)
        seen &= ~((arm == 1) & lost)
    chosen = np.flatnonzero(seen)
    rows = [_rows(number, people.number[chosen], arm[chosen], exposed[chosen])]
    if plan.has_crossovers:
        both = chosen[uniform(key[chosen], "crosses over") < _CROSSOVER_SHARE]
        wait = np.rint((1.0 + 20.0 * uniform(key[both], "crossing")) * 86_400).astype(np.int64)
        second = exposed[both] + wait * 1000
        rows.append(_rows(number, people.number[both], 1 - arm[both], second))
    return rows


def _rows(number: int, customer: Ints, arm: Ints, exposed: Ints) -> Records:
    return records(
        "exposures",
        len(customer),
        due=exposed,
        tie=customer * 16 + number,
        experiment=number,
        arm=arm,
        customer=customer,
        exposed=exposed,
    )
