"""Short sessions that are no visits to the shop: reviews, calls for help, referrals."""

import numpy as np

from stayhouse.shop.draws import Ints, keys, uniform
from stayhouse.shop.orders.orders import Orders
from stayhouse.shop.population.people import FAMILY_SLOTS, People
from stayhouse.shop.settings import DAY_MS, HOUR_MS, Settings
from stayhouse.shop.visits.sessions import (
    DIRECT,
    NEVER_KNOWN,
    REFERRAL,
    REVIEW,
    SLOT,
    SLOTS,
    SUPPORT,
    VISITORS_PER_CUSTOMER,
    Sessions,
    join,
    signed_up_ms,
)


def moment_sessions(settings: Settings, people: People, orders: Orders) -> Sessions:
    """Return short sessions around orders: reviews, ratings without words, calls for help."""
    around = orders.around
    reviewed = np.flatnonzero(around.is_reviewed)
    in_words = uniform(orders.key[reviewed], "in words") < 0.75
    signed = signed_up_ms(settings, people, orders)
    review = _moments(people, orders, signed, reviewed, around.reviewed_ms[reviewed], REVIEW)
    review.counts[:, SLOT["review"]] = in_words
    review.counts[:, SLOT["rating"]] = ~in_words
    asks = np.where(around.is_late, 0.30, 0.02)
    helped = np.flatnonzero((uniform(orders.key, "asks for help") < asks) & ~around.is_cancelled)
    wait = np.rint((0.2 + uniform(orders.key[helped], "help at")) * DAY_MS).astype(np.int64)
    help_ms = around.promised_ms[helped] + wait
    support = _moments(people, orders, signed, helped, help_ms, SUPPORT)
    support.counts[:, SLOT["support_message"]] = 1
    return join([review, support])


def referral_sessions(settings: Settings, people: People, orders: Orders) -> Sessions:
    """Return the moments at which customers told those who then came: an hour before they came."""
    referred = np.flatnonzero(people.referrer >= 0)
    # A referrer stands before those they brought: families are sorted by number.
    referrer = np.searchsorted(people.number, people.referrer[referred])
    key = keys(people.key[referred], "referral")
    signed = signed_up_ms(settings, people, orders)[referrer]
    wait = np.rint((1.0 + 20.0 * uniform(key, "hours before")) * HOUR_MS).astype(np.int64)
    at_ms = people.arrived_ms[referred] - wait
    told = at_ms > people.arrived_ms[referrer]
    moments = Sessions(
        kind=np.full(len(referred), REFERRAL, dtype=np.int64),
        person=referrer,
        customer=people.number[referrer],
        key=key,
        visitor=people.number[referrer] * VISITORS_PER_CUSTOMER,
        visit_number=REFERRAL * 100_000 + people.number[referred] % FAMILY_SLOTS,
        at_ms=at_ms,
        category=np.full(len(referred), -1, dtype=np.int64),
        device=people.device_1[referrer],
        channel=np.full(len(referred), DIRECT, dtype=np.int64),
        campaign=np.full(len(referred), -1, dtype=np.int64),
        is_slow=np.zeros(len(referred), dtype=bool),
        known_from=np.where(at_ms > signed, 0, NEVER_KNOWN),
        order=np.full(len(referred), -1, dtype=np.int64),
        counts=_moment_counts(len(referred)),
    )
    moments.counts[:, SLOT["referral"]] = 1
    return moments.take(told)


def _moment_counts(count: int) -> Ints:
    counts = np.zeros((count, len(SLOTS)), dtype=np.int64)
    counts[:, SLOT["page_view"]] = 1
    return counts


def _moments(
    people: People, orders: Orders, signed: Ints, chosen: Ints, at_ms: Ints, kind: int
) -> Sessions:
    person = orders.person[chosen]
    key = keys(orders.key[chosen], "moment", kind)
    return Sessions(
        kind=np.full(len(chosen), kind, dtype=np.int64),
        person=person,
        customer=people.number[person],
        key=key,
        visitor=people.number[person] * VISITORS_PER_CUSTOMER,
        visit_number=kind * 100_000 + orders.place[chosen],
        at_ms=at_ms,
        category=np.full(len(chosen), -1, dtype=np.int64),
        device=people.device_1[person],
        channel=np.full(len(chosen), 3, dtype=np.int64),
        campaign=np.full(len(chosen), -1, dtype=np.int64),
        is_slow=np.zeros(len(chosen), dtype=bool),
        known_from=np.where(at_ms > signed[person], 0, NEVER_KNOWN),
        order=chosen,
        counts=_moment_counts(len(chosen)),
    )
