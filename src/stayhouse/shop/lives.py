"""Lives: the visits and orders of customers, and when they leave.

A customer's visits are a Poisson process; each is an order with a probability that its
circumstances set; after an order that no other follows within a fortnight, the customer may leave,
and then only browses, less often. Potential visits are drawn first and thinned afterwards, so that
nothing has to be simulated step by step.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from stayhouse.shop.catalogue import REFILL_DAYS, Catalogue
from stayhouse.shop.circumstances import Circumstances, circumstances, leave_logit
from stayhouse.shop.contacts import BAD_HOUR, GOOD_HOUR, Plan, window_of
from stayhouse.shop.draws import (
    Bools,
    Floats,
    Ints,
    choice,
    exponential,
    keys,
    normal,
    numbers_within,
    running_total,
    uniform,
)
from stayhouse.shop.experiments import is_helped
from stayhouse.shop.parameters import MODEL, PRODUCTS_PER_CATEGORY, REFILLS, stack
from stayhouse.shop.people import People, without_refills
from stayhouse.shop.seasons import DAYS_AFTER, UNITS_PER_DAY, Seasons
from stayhouse.shop.settings import DAY_MS, NEVER, Settings
from stayhouse.shop.visits import Visits

# Refill orders are counted from here, so that their keys never meet those of visits.
_REFILL_COUNTER = 1_000_000


@dataclass(frozen=True)
class Lives:
    """What really happened to people, through the run and the days after it."""

    visits: Visits
    orders: Ints  # positions of orders in ``visits``
    around: Circumstances  # of those orders
    leave_logit: Floats  # of those orders
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
    settings: Settings, seasons: Seasons, catalogue: Catalogue, people: People, plan: Plan
) -> Lives:
    """Return the lives of these people: visits in time order, orders, and when each left."""
    potential = _potential_visits(settings, seasons, people, plan)
    orders = np.flatnonzero(potential.is_order)
    ordered = potential.take(orders)
    around = circumstances(catalogue, people, ordered)
    logit = leave_logit(settings, people, ordered, around)
    logit = logit + MODEL.experiment_effect * is_helped(settings, people, potential, orders)
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
        leave_logit=logit[still],
        left_ms=left,
    )


def refill_days(product: Ints) -> Ints:
    """Return the mean interval of refill products, in days."""
    return np.array(REFILL_DAYS, dtype=np.int64)[product - REFILLS * PRODUCTS_PER_CATEGORY]


def _potential_visits(settings: Settings, seasons: Seasons, people: People, plan: Plan) -> Visits:
    """Visits and refills as they would be if nobody left."""
    arrival = np.arange(len(people), dtype=np.int64)
    visit_person, visit_at, visit_number = _poisson_visits(seasons, people)
    refill_person, refill_at, refill_number = _refills(settings, people)
    person = np.concatenate([arrival, visit_person, refill_person])
    at_ms = np.concatenate([people.arrived_ms, visit_at, refill_at])
    number = np.concatenate([np.zeros_like(arrival), visit_number, refill_number])
    order = np.lexsort((number, at_ms, person))
    person, at_ms, number = person[order], at_ms[order], number[order]
    key = keys(people.key[person], "visit", number)
    is_first = number == 0
    is_refill = number >= _REFILL_COUNTER
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


def _poisson_visits(seasons: Seasons, people: People) -> tuple[Ints, Ints, Ints]:
    """Persons, instants and numbers (from 1) of the visits after arrival."""
    since = seasons.elapsed(people.archetype, people.zone, people.arrived_ms)
    room = seasons.total(people.archetype, people.zone) - since
    mean = people.rate * room / UNITS_PER_DAY
    # Seven standard deviations more than expected, and then some: nobody runs out of visits.
    counts = np.ceil(mean + 7.0 * np.sqrt(mean) + 12.0).astype(np.int64)
    person = np.repeat(np.arange(len(people), dtype=np.int64), counts)
    number = numbers_within(counts) + 1
    key = keys(people.key[person], "visit", number)
    gaps = exponential(key, "gap") / people.rate[person] * UNITS_PER_DAY
    # No gap needs to be longer than the table; the cut keeps the sums of whole numbers exact.
    whole = np.rint(np.minimum(gaps, 1e12)).astype(np.int64)
    units = running_total(whole, counts)
    inside = units < room[person]
    person, number, units = person[inside], number[inside], units[inside]
    at_ms = seasons.instant(people.archetype[person], people.zone[person], since[person] + units)
    return person, at_ms, number


def _refills(settings: Settings, people: People) -> tuple[Ints, Ints, Ints]:
    """Persons, instants and numbers of refill orders, at their product's interval."""
    chosen = np.flatnonzero((people.refill_product >= 0) & ~people.is_lead)
    interval = refill_days(people.refill_product[chosen]) * DAY_MS
    horizon = settings.end_ms + DAYS_AFTER * DAY_MS
    room = horizon - people.arrived_ms[chosen]
    shortest = np.exp(-4.0 * MODEL.refill_sigma)
    counts = np.ceil(np.maximum(room, 0) / (interval * shortest)).astype(np.int64)
    place = np.repeat(np.arange(len(chosen), dtype=np.int64), counts)
    number = numbers_within(counts) + _REFILL_COUNTER
    key = keys(people.key[chosen][place], "visit", number)
    factor = np.exp(MODEL.refill_sigma * normal(key, "refill gap"))
    gaps = np.rint(interval[place] * factor).astype(np.int64)
    at_ms = people.arrived_ms[chosen][place] + running_total(gaps, counts)
    outage = settings.start_ms + MODEL.outage_day * DAY_MS
    if settings.has("seasons"):
        # An order of the outage day is placed at the same time of the next day.
        at_ms = np.where((at_ms >= outage) & (at_ms < outage + DAY_MS), at_ms + DAY_MS, at_ms)
    inside = at_ms < horizon
    return chosen[place][inside], at_ms[inside], number[inside]


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
