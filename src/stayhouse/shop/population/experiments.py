"""Experiments: five plans, one of each kind that an analyst meets, and who was exposed to them.

A unit is a customer. Its arm follows from its bucket under the experiment's name as salt; it is
exposed at its first visit while the experiment runs and it has an account. A campaign
is an experiment too: ``contacts.assigned_units``.
"""

from dataclasses import dataclass

import numpy as np

from stayhouse.shop.draws import Bools, Ints, Keys, keys, uniform
from stayhouse.shop.parameters import TABLET
from stayhouse.shop.population.buckets import BUCKETS, buckets
from stayhouse.shop.population.people import People
from stayhouse.shop.population.visits import Visits
from stayhouse.shop.settings import DAY_MS, NEVER, Settings

ARMS = ("control", "treatment")


@dataclass(frozen=True)
class Exposed:
    """Units that were exposed to an experiment; ``person`` is a position in People."""

    person: Ints
    arm: Ints  # index into ARMS
    at_ms: Ints
    is_recorded: Bools


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
# The one with an effect: its arms can be forced on a life.
(WORKING,) = (number for number, plan in enumerate(EXPERIMENTS) if plan.has_effect)
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


def is_helped(
    settings: Settings, people: People, visits: Visits, orders: Ints, arms: Ints | None = None
) -> Bools:
    """Whether each order is placed at or after its person's exposure to the arm that works.

    ``arms`` puts each person into an arm of that experiment, whatever their bucket says.
    """
    if not settings.has("experiments"):
        return np.zeros(len(orders), dtype=bool)
    person = visits.person[orders]
    exposed = first_exposure_ms(settings, WORKING, people, visits)
    treated = (arms_of(WORKING, people) if arms is None else arms) == 1
    helped: Bools = treated[person] & (visits.at_ms[orders] >= exposed[person])
    return helped


def exposed_units(
    settings: Settings, number: int, people: People, visits: Visits, signed_ms: Ints
) -> Exposed:
    """Return the units of an experiment: first visit while it runs, with an account by then."""
    plan = EXPERIMENTS[number]
    first = first_exposure_ms(settings, number, people, visits)
    person = np.flatnonzero((first < NEVER) & (signed_ms <= first))
    arm = arms_of(number, people)[person]
    is_lost = np.zeros(len(person), dtype=bool)
    if plan.is_broken:
        on_tablet = people.device_1[person] == TABLET
        draw = uniform(exposure_keys(number, people, person), "lost")
        is_lost = (arm == 1) & (on_tablet | (draw < _LOST_ON_OTHER_DEVICES))
    return Exposed(person=person, arm=arm, at_ms=first[person], is_recorded=~is_lost)


def crossovers(number: int, people: People, units: Exposed) -> Exposed:
    """Return the second exposures of units that meet the other arm too, up to 21 days later."""
    key = exposure_keys(number, people, units.person)
    chosen = np.flatnonzero(
        (uniform(key, "crosses over") < _CROSSOVER_SHARE)
        & units.is_recorded
        & EXPERIMENTS[number].has_crossovers
    )
    days = 1.0 + 20.0 * uniform(key[chosen], "crossing")
    wait = np.rint(days * 86_400).astype(np.int64) * 1000
    return Exposed(
        person=units.person[chosen],
        arm=1 - units.arm[chosen],
        at_ms=units.at_ms[chosen] + wait,
        is_recorded=units.is_recorded[chosen],
    )


def exposure_keys(number: int, people: People, person: Ints) -> Keys:
    """Return the keys of what is drawn about the exposures of these people."""
    return keys(people.key[person], "exposure", number + 1)
