"""What had been seen of customers before a cut-off, added up."""

from dataclasses import dataclass

import numpy as np

from stayhouse.shop.draws import Bools, Floats, Ints
from stayhouse.shop.parameters import MODEL
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import DAY_MS
from stayhouse.shop.truth.evidence import CLASSES, visit_class

DECISION_MS = int(MODEL.decision_days * DAY_MS)


@dataclass(frozen=True)
class Seen:
    """Arrays over the customers ``rows``. Visits are those after arrival, without refills."""

    rows: Ints  # positions in People
    visits: Floats
    visits_after: Floats  # of those, the ones after the decision on the last order
    marks: Floats  # (classes, rows): visits without an order up to the decision
    marks_after: Floats  # (classes, rows): visits without an order after it
    orders: Floats  # (classes, rows): visits with an order
    evidence: Floats  # (archetypes, rows)
    last_order: Ints  # position in lives.orders
    decision_ms: Ints  # on the last order
    last_refill_ms: Ints


def see(people: People, lives: Lives, evidence: Floats, rows: Ints, cut_off_ms: int) -> Seen:
    """Return what had been seen of the customers ``rows``, who have an order before the cut-off."""
    visits, count = lives.visits, len(people)
    before = np.flatnonzero(visits.at_ms < cut_off_ms)
    order_before = np.flatnonzero(visits.at_ms[lives.orders] < cut_off_ms)
    last_order = np.zeros(count, dtype=np.int64)
    # Orders are sorted by person and time, so the last one written is the latest.
    last_order[visits.person[lives.orders[order_before]]] = order_before
    decision_ms = np.zeros(count, dtype=np.int64)
    decision_ms[rows] = visits.at_ms[lives.orders[last_order[rows]]] + DECISION_MS
    refill = before[visits.is_refill[before]]
    last_refill = people.arrived_ms.copy()
    last_refill[visits.person[refill]] = visits.at_ms[refill]
    drawn = before[~visits.is_first[before] & ~visits.is_refill[before]]
    person = visits.person[drawn]
    is_after = visits.at_ms[drawn] > decision_ms[person]
    is_order = visits.is_order[drawn]
    place = visit_class(visits.window[drawn], visits.is_faulty[drawn]) * count + person

    def tally(chosen: Bools) -> Floats:
        counts = np.bincount(place[chosen], minlength=CLASSES * count).astype(np.float64)
        return counts.reshape(CLASSES, count)[:, rows]

    every = visits.person[before]
    return Seen(
        rows=rows,
        visits=np.bincount(person, minlength=count)[rows].astype(np.float64),
        visits_after=np.bincount(person[is_after], minlength=count)[rows].astype(np.float64),
        marks=tally(~is_order & ~is_after),
        marks_after=tally(~is_order & is_after),
        orders=tally(is_order),
        # bincount adds each person's visits in time order, whatever else is in the chunk.
        evidence=np.stack([np.bincount(every, row[before], count)[rows] for row in evidence]),
        last_order=last_order[rows],
        decision_ms=decision_ms[rows],
        last_refill_ms=last_refill[rows],
    )
