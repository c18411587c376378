"""Lives: the visits and orders of customers, and when they leave.

A customer's visits are a Poisson process; each is an order with a probability that its
circumstances set; after an order that no other follows within a fortnight, the customer may leave,
and then only browses, less often. Potential visits are drawn first and thinned afterwards, so that
nothing has to be simulated step by step.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from stayhouse.shop.draws import (
    Bools,
    Floats,
    Ints,
    choice,
    exponential,
    keys,
    numbers_within,
    running_total,
    uniform,
)
from stayhouse.shop.parameters import MODEL, REFILLS, stack
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.circumstances import (
    Circumstances,
    circumstances,
    has_bad_review,
    later_drivers,
    leave_logit_at_order,
)
from stayhouse.shop.population.contacts import BAD_HOUR, GOOD_HOUR, Plan, programme_ms, window_of
from stayhouse.shop.population.experiments import is_helped
from stayhouse.shop.population.people import People, without_refills
from stayhouse.shop.population.refills import REFILL_COUNTER, refill_visits
from stayhouse.shop.population.seasons import UNITS_PER_DAY, Seasons
from stayhouse.shop.population.visits import Visits
from stayhouse.shop.settings import DAY_MS, NEVER, Settings

# Visits that the programme adds are counted from here, after those of refills.
_PROGRAMME_COUNTER = 2_000_000


@dataclass(frozen=True)
class Lives:
    """What really happened to people, through the run and the days after it."""

    visits: Visits
    orders: Ints  # positions of orders in ``visits``
    around: Circumstances  # of those orders
    early_logit: Floats  # of leaving after those orders, as far as it is known at the order
    leave_logit: Floats  # the same with delivery and review
    left_ms: Ints  # by person; NEVER for those who stay


def conversion(archetype: Ints, response: Ints, window: Ints, is_faulty: Bools) -> Floats:
    """Return the probability that a visit of an active customer is an order."""
    contact = np.array(MODEL.response_contact)[response]
    softened = 1.0 + (contact - 1.0) * MODEL.bad_hour_share
    effect = np.where(window == GOOD_HOUR, contact, np.where(window == BAD_HOUR, softened, 1.0))
    fault = np.where(is_faulty, MODEL.fault_factor, 1.0)
    base = stack("conversion")[archetype] * np.array(MODEL.response_base)[response]
    shares: Floats = base * effect * fault
    return shares


def live(
    settings: Settings,
    seasons: Seasons,
    catalogue: Catalogue,
    people: People,
    plan: Plan,
    arms: Ints | None = None,
) -> Lives:
    """Return the lives of these people: visits in time order, orders, and when each left.

    Whoever is given another plan, or another arm of the experiment that works, lives their other
    life: every number is a hash, so nothing else differs.
    """
    potential = _potential_visits(settings, seasons, people, plan)
    orders = np.flatnonzero(potential.is_order)
    ordered = potential.take(orders)
    around = circumstances(catalogue, people, ordered)
    helped = is_helped(settings, people, potential, orders, arms)
    kept_on = plan.in_programme[ordered.person] & (ordered.at_ms >= programme_ms(settings))
    early = leave_logit_at_order(settings, people, ordered, around)
    early = early + MODEL.experiment_effect * helped + MODEL.programme_effect * kept_on
    logit = early + later_drivers(settings, around.is_late, has_bad_review(around))
    left = _leaving(people, ordered, logit)
    gone = potential.at_ms > left[potential.person]
    returns = uniform(potential.key, "comes back") < MODEL.kept_visits
    kept = ~gone | (~potential.is_refill & returns)
    is_order = potential.is_order & ~gone
    taken = potential.take(kept)
    visits = Visits(
        **{item.name: getattr(taken, item.name) for item in fields(Visits)}
        | {"is_order": is_order[kept]}
    )
    still = is_order[orders]
    return Lives(
        visits=visits,
        orders=np.flatnonzero(visits.is_order),
        around=around.take(still),
        early_logit=early[still],
        leave_logit=logit[still],
        left_ms=left,
    )


def _potential_visits(settings: Settings, seasons: Seasons, people: People, plan: Plan) -> Visits:
    """Visits and refills as they would be if nobody left."""
    arrival = np.arange(len(people), dtype=np.int64)
    drawn = [
        (arrival, people.arrived_ms, np.zeros_like(arrival)),
        _poisson_visits(seasons, people, people.rate, people.arrived_ms),
        refill_visits(settings, people),
        _more_visits(settings, seasons, people, plan),
    ]
    person, at_ms, number = (np.concatenate(columns) for columns in zip(*drawn, strict=True))
    order = np.lexsort((number, at_ms, person))
    person, at_ms, number = person[order], at_ms[order], number[order]
    key = keys(people.key[person], "visit", number)
    is_first = number == 0
    is_refill = (number >= REFILL_COUNTER) & (number < _PROGRAMME_COUNTER)
    archetype = people.archetype[person]
    category = choice(key, "category", without_refills(stack("categories")), archetype)
    category = np.where(is_first, people.first_category[person], category)
    category = np.where(is_refill, REFILLS, category)
    second = people.device_2[person]
    on_second = (uniform(key, "device") < MODEL.second_device_visits) & (second >= 0)
    device = np.where(on_second, second, people.device_1[person])
    fault_from = settings.start_ms + MODEL.fault_day * DAY_MS
    is_faulty = (device == MODEL.fault_device) & (at_ms >= fault_from) & settings.has("fault")
    window = window_of(settings, plan, person, at_ms)
    converts = conversion(archetype, people.response[person], window, is_faulty)
    is_order = (uniform(key, "order") < converts) | is_first | is_refill
    return Visits(
        person=person,
        key=key,
        at_ms=at_ms,
        is_first=is_first,
        is_order=is_order & ~people.is_lead[person],
        is_refill=is_refill,
        category=category,
        device=device,
        is_slow=uniform(key, "slow") < MODEL.slow,
        window=window,
        is_faulty=is_faulty,
    )


def _more_visits(
    settings: Settings, seasons: Seasons, people: People, plan: Plan
) -> tuple[Ints, Ints, Ints]:
    """Persons, instants and numbers of the visits that the programme adds to their own."""
    chosen = np.flatnonzero(plan.in_programme)
    who = people.take(chosen)
    begins = np.maximum(who.arrived_ms, programme_ms(settings))
    rate = MODEL.programme_visits * who.rate
    person, at_ms, number = _poisson_visits(seasons, who, rate, begins, _PROGRAMME_COUNTER)
    return chosen[person], at_ms, number


def _poisson_visits(
    seasons: Seasons, people: People, rate: Floats, from_ms: Ints, before: int = 0
) -> tuple[Ints, Ints, Ints]:
    """Persons, instants and numbers (after ``before``) of visits at a rate from an instant on."""
    since = seasons.elapsed(people.archetype, people.zone, from_ms)
    room = seasons.total(people.archetype, people.zone) - since
    mean = rate * room / UNITS_PER_DAY
    # Seven standard deviations more than expected, and then some: nobody runs out of visits.
    counts = np.ceil(mean + 7.0 * np.sqrt(mean) + 12.0).astype(np.int64)
    person = np.repeat(np.arange(len(people), dtype=np.int64), counts)
    number = numbers_within(counts) + 1 + before
    key = keys(people.key[person], "visit", number)
    gaps = exponential(key, "gap") / rate[person] * UNITS_PER_DAY
    # No gap needs to be longer than the table; the cut keeps the sums of whole numbers exact.
    whole = np.rint(np.minimum(gaps, 1e12)).astype(np.int64)
    units = running_total(whole, counts)
    inside = units < room[person]
    person, number, units = person[inside], number[inside], units[inside]
    at_ms = seasons.instant(people.archetype[person], people.zone[person], since[person] + units)
    return person, at_ms, number


def _leaving(people: People, orders: Visits, logit: Floats) -> Ints:
    """When each person leaves: the first decision to leave, a fortnight after its order.

    An order followed by another within the fortnight is not decided on. Later decisions cannot
    matter, and orders before the first decision were really placed, so one minimum is enough.
    """
    decided = orders.at_ms + int(MODEL.decision_days * DAY_MS)
    following = np.full(len(orders), NEVER, dtype=np.int64)
    same = orders.person[1:] == orders.person[:-1]
    following[:-1][same] = orders.at_ms[1:][same]
    leaves = (uniform(orders.key, "leaves") < special.expit(logit)) & (following > decided)
    left = np.full(len(people), NEVER, dtype=np.int64)
    np.minimum.at(left, orders.person[leaves], decided[leaves])
    left[people.is_lead] = people.arrived_ms[people.is_lead]
    return left
