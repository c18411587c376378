"""Sessions, counted plainly from the events that should be accepted."""

from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.dirt.dirt import is_accepted
from stayhouse.shop.settings import Settings
from stayhouse.shop.tables import Records
from stayhouse.shop.truth.tables import instants
from stayhouse.shop.visits.events import EVENT_TYPES
from stayhouse.shop.visits.sessions import FAST_BOT, SLOW_BOT, Sessions, neighbourhood_of
from stayhouse.shop.writing import columns as text

GAP_MS = 1_800_000
_COUNTED = {
    "page_view_count": "page_view",
    "product_view_count": "product_view",
    "cart_add_count": "add_to_cart",
    "purchase_count": "purchase",
}


def sessions_truth(settings: Settings, events: Records) -> Any:
    """Return one row for each session: a visitor's events cut where a gap is over 1800 seconds."""
    kept = (events["due"] < settings.end_ms) & is_accepted("events", events["flaw"])
    visitor, occurred = events["visitor"][kept], events["occurred"][kept]
    order = np.lexsort((occurred, visitor, neighbourhood_of(visitor)))
    visitor, occurred = visitor[order], occurred[order]
    customer, kind = events["customer"][kept][order], events["type"][kept][order]
    starts = np.ones(len(order), dtype=bool)
    same = visitor[1:] == visitor[:-1]
    starts[1:] = ~same | (occurred[1:] - occurred[:-1] > GAP_MS)
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(order)) - 1
    if len(first) == 0:
        first = last = np.zeros(0, dtype=np.int64)
    session = np.cumsum(starts) - 1
    known = customer >= 0
    lowest = np.full(len(first), np.iinfo(np.int64).max)
    highest = np.full(len(first), -1)
    np.minimum.at(lowest, session[known], customer[known])
    np.maximum.at(highest, session[known], customer[known])
    counts = {
        name: np.bincount(session[kind == EVENT_TYPES.index(event)], minlength=len(first))
        for name, event in _COUNTED.items()
    }
    return pa.table(
        {
            "visitor_id": text.number(visitor[first], "v"),
            "started_at": instants(occurred[first]),
            "ended_at": instants(occurred[last]),
            "event_count": last - first + 1,
            **counts,
            "is_bot": np.isin(events["kind"][kept][order][first], (FAST_BOT, SLOW_BOT)),
            "has_identity_conflict": (highest >= 0) & (lowest < highest),
        }
    )


def visitors_truth(sessions: Sessions) -> Any:
    """Return the customers who really used each visitor's device, seen or not."""
    of_customers = sessions.customer >= 0
    visitor = sessions.visitor[of_customers]
    # In the order of neighbourhoods, whatever the chunk.
    order = np.lexsort((sessions.customer[of_customers], visitor, neighbourhood_of(visitor)))
    visitor = visitor[order]
    customer = sessions.customer[of_customers][order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (visitor[1:] != visitor[:-1]) | (customer[1:] != customer[:-1])
    visitor, customer = visitor[is_new], customer[is_new]
    _, place, users = np.unique(visitor, return_inverse=True, return_counts=True)
    return pa.table(
        {
            "visitor_id": text.number(visitor, "v"),
            "customer_id": text.number(customer, "c"),
            "is_shared": users[place] > 1,
        }
    )
