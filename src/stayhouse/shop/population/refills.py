"""Refills: products that are bought again at an interval, while the customer is active."""

import numpy as np
from scipy import special

from stayhouse.shop.draws import Floats, Ints, keys, normal, numbers_within, running_total
from stayhouse.shop.parameters import MODEL, PRODUCTS_PER_CATEGORY, REFILLS
from stayhouse.shop.population.catalogue import REFILL_DAYS
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import DAYS_AFTER
from stayhouse.shop.settings import DAY_MS, Settings

# Refill orders are counted from here, so that their keys never meet those of visits.
REFILL_COUNTER = 1_000_000


def refill_days(product: Ints) -> Ints:
    """Return the median interval of refill products, in days."""
    return np.array(REFILL_DAYS, dtype=np.int64)[product - REFILLS * PRODUCTS_PER_CATEGORY]


def refill_visits(settings: Settings, people: People) -> tuple[Ints, Ints, Ints]:
    """Return persons (positions), instants and numbers of refills, as if nobody left."""
    chosen = np.flatnonzero((people.refill_product >= 0) & ~people.is_lead)
    interval = refill_days(people.refill_product[chosen]) * DAY_MS
    horizon = settings.end_ms + DAYS_AFTER * DAY_MS
    room = horizon - people.arrived_ms[chosen]
    shortest = np.exp(-4.0 * MODEL.refill_sigma)
    counts = np.ceil(np.maximum(room, 0) / (interval * shortest)).astype(np.int64)
    place = np.repeat(np.arange(len(chosen), dtype=np.int64), counts)
    number = numbers_within(counts) + REFILL_COUNTER
    key = keys(people.key[chosen][place], "visit", number)
    factor = np.exp(MODEL.refill_sigma * normal(key, "refill gap"))
    gaps = np.rint(interval[place] * factor).astype(np.int64)
    at_ms = people.arrived_ms[chosen][place] + running_total(gaps, counts)
    if settings.has("seasons"):
        # A refill of the outage day is put off by a day, and with it those after it.
        outage = settings.start_ms + MODEL.outage_day * DAY_MS
        meets = np.zeros(len(chosen), dtype=bool)
        meets[place[(at_ms >= outage) & (at_ms < outage + DAY_MS)]] = True
        at_ms = np.where(meets[place] & (at_ms >= outage), at_ms + DAY_MS, at_ms)
    inside = at_ms < horizon
    return chosen[place][inside], at_ms[inside], number[inside]


def log_no_refill(settings: Settings, product: Ints, last_ms: Ints, at_ms: Ints) -> Floats:
    """Return the log-probability that no refill came up to ``at_ms`` since the last; 0 for others.

    The outage matters: a refill that falls on it comes a day later.
    """
    has_refills = product >= 0
    days = refill_days(np.maximum(product, REFILLS * PRODUCTS_PER_CATEGORY))

    def later_than(instant: Ints) -> Floats:
        """P(the gap, before any putting off, reaches beyond the instant)."""
        waited = np.maximum((instant - last_ms) / DAY_MS, 1e-9)
        share: Floats = special.ndtr(-np.log(waited / days) / MODEL.refill_sigma)
        return share

    nothing = later_than(at_ms)
    if settings.has("seasons"):
        begins = settings.start_ms + MODEL.outage_day * DAY_MS
        ends = begins + DAY_MS
        crosses = last_ms < begins
        during = crosses & (at_ms > begins) & (at_ms <= ends)
        after = crosses & (at_ms > ends) & (at_ms <= ends + DAY_MS)
        edge = np.full_like(at_ms, begins)
        nothing = np.where(during, later_than(edge), nothing)
        put_off = later_than(at_ms - DAY_MS) - later_than(np.full_like(at_ms, ends))
        nothing = np.where(after, nothing + put_off, nothing)
    return np.where(has_refills, np.log(np.maximum(nothing, 1e-300)), 0.0)
