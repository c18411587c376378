"""Visitors that are no people: fast ones, known by their pace, and slow ones, by their agent."""

import numpy as np

from stayhouse.shop.draws import Floats, Ints, integers, keys, numbers_within, uniform
from stayhouse.shop.parameters import REFILLS
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.visits.sessions import (
    FAST_BOT,
    SLOT,
    SLOTS,
    SLOW_BOT,
    VISITORS_PER_CUSTOMER,
    Sessions,
    anonymous_sessions,
    join,
)

FAST_SHARE = 0.0025  # of root customers: a bot of that kind comes in the month after them
SLOW_SHARE = 0.0025
_FAST_VIEWS = (45, 110)
_SLOW_VISITS = 8


def bot_sessions(settings: Settings, people: People) -> Sessions:
    """Return the sessions of bots. Each hangs on a root customer, but has nothing to do with it."""
    none = np.zeros(0, dtype=np.int64)
    if not settings.has("dirt"):
        return _sessions(people, none, none, FAST_BOT)
    draw = np.where(people.referrer < 0, uniform(people.key, "bot"), 1.0)
    fast = np.flatnonzero(draw < FAST_SHARE)
    slow = np.flatnonzero((draw >= FAST_SHARE) & (draw < FAST_SHARE + SLOW_SHARE))
    visits = np.full(len(slow), _SLOW_VISITS, dtype=np.int64)
    return join(
        [
            _sessions(people, fast, np.zeros_like(fast), FAST_BOT),
            _sessions(people, np.repeat(slow, visits), numbers_within(visits), SLOW_BOT),
        ]
    )


def _sessions(people: People, roots: Ints, visit: Ints, kind: int) -> Sessions:
    key = keys(people.key[roots], "bot", visit + 1)
    days: Floats = 1.0 + 29.0 * uniform(key, "days after") + 7.0 * visit
    counts = np.zeros((len(roots), len(SLOTS)), dtype=np.int64)
    counts[:, SLOT["page_view"]] = 1
    low, high = _FAST_VIEWS
    views = low + integers(key, "views", high - low) if kind == FAST_BOT else 3
    counts[:, SLOT["product_view"]] = views
    return anonymous_sessions(
        key,
        kind,
        counts,
        visitor=people.number[roots] * VISITORS_PER_CUSTOMER + 2,
        visit_number=visit,
        at_ms=people.arrived_ms[roots] + np.rint(days * DAY_MS).astype(np.int64),
        category=integers(key, "category", REFILLS),
        device=np.ones(len(roots), dtype=np.int64),
        channel=np.zeros(len(roots), dtype=np.int64),
    )
