"""The tables as compact records: numbers only, until they are written as text.

Every record starts with ``due`` (the instant, ms, after which an export holds the row) and
``tie`` (a number that orders rows of one instant). -1 stands for null, unless a note says else.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]


def _dtype(columns: str) -> "np.dtype[Any]":
    """A record type from words like ``order:i8``, after the two columns that every table has."""
    named = [tuple(word.split(":")) for word in columns.split()]
    return np.dtype([("due", "i8"), ("tie", "u8"), *named])


# ``flaw`` says what is wrong with a row: see dirt.py. ``kind`` is that of an event's session and
# is not exported, ``owner`` whose e-mail address an order has.
DTYPES: dict[str, "np.dtype[Any]"] = {
    "events": _dtype(
        "kind:i1 type:i1 flaw:i1 currency:i1 device:i1 agent:i1 rating:i1 utm:i1 "
        "status:i1 "
        "occurred:i8 received:i8 visitor:i8 customer:i8 order:i8 text_key:u8 "
        "visit_number:i4 position:i4 price:i4 load:i4 "
        "page:i2 product:i2 quantity:i2 campaign:i2 search:i2 results:i2 text_code:i2"
    ),
    "orders": _dtype(
        "order:i8 customer:i8 owner:i8 visitor:i8 ordered:i8 promised:i8 delivered:i8 updated:i8 "
        "status:i1 currency:i1 coupon:i1 is_test:i1 flaw:i1"
    ),
    "order_lines": _dtype("order:i8 line:i2 product:i2 quantity:i2 flaw:i1 price:i4 discount:i4"),
    "order_charges": _dtype("order:i8 kind:i1 amount:i4"),
    "refunds": _dtype(
        "refund:i8 order:i8 customer:i8 product:i2 quantity:i2 currency:i1 reason:i1 flaw:i1 "
        "amount:i4 refunded:i8"
    ),
    "customers": _dtype(
        "customer:i8 signed_up:i8 referrer:i8 updated:i8 birth_year:i2 gender:i1 income:i1 "
        "city:i1 zone:i1 consents:i1 flaw:i1"
    ),
    "products": _dtype("product:i2 price:i4 available:i1 updated:i8 flaw:i1"),
    "reviews": _dtype(
        "review:i8 customer:i8 text_key:u8 created:i8 product:i2 text_code:i2 likes:i2 rating:i1"
    ),
    "content": _dtype("content:i2"),
    "campaigns": _dtype("campaign:i2"),
    "contacts": _dtype("campaign:i2 customer:i8 channel:i1 sent:i8 opened:i8 clicked:i8"),
    "channel_costs": _dtype("channel:i1 day:i4 cost:i8"),
    "experiments": _dtype("experiment:i2 arm:i1"),
    "exposures": _dtype("experiment:i2 arm:i1 customer:i8 exposed:i8"),
    "erasure_requests": _dtype("customer:i8 requested:i8"),
}


def records(table: str, count: int, **columns: Any) -> Records:
    """Return ``count`` records of a table: the columns given, and nulls (-1 or 0) elsewhere."""
    rows = np.zeros(count, dtype=DTYPES[table])
    for name in DTYPES[table].names or ():
        if name in columns:
            rows[name] = columns[name]
        elif name not in ("tie", "flaw", "text_key"):
            rows[name] = -1
    return rows
