"""What customers really bought after each cut-off, past the end of the run too."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Ints
from stayhouse.shop.orders.orders import Orders
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import DAYS_AFTER
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.churn import CUT_OFF_EVERY
from stayhouse.shop.truth.spans import Spans
from stayhouse.shop.truth.tables import MONEY, decimals
from stayhouse.shop.writing import columns as text

HORIZONS = (30, 90, 180)
# Refunds come at most 22 days after an order.
_LAST_REFUND_DAYS = 30


def lifelong(settings: Settings) -> Settings:
    """Return the settings of a run so long that all orders of these lives, and refunds, are in."""
    return replace(settings, days=settings.days + DAYS_AFTER + _LAST_REFUND_DAYS)


def value_table(settings: Settings, people: People, orders: Orders, net_sales: Ints) -> Any:
    """Return one row for each customer with an order before a cut-off, cut-off and horizon.

    ``net_sales`` is what each order comes to when all is over, in units of 1e-4.
    """
    spans = Spans(settings.start_ms, orders.person, orders.at_ms, net_sales)
    days = np.arange(CUT_OFF_EVERY, settings.days + 1, CUT_OFF_EVERY)
    cut_off = settings.start_ms + days * DAY_MS
    # Customer by customer, so that the order is the same in chunks of any size.
    known = (people.arrived_ms[:, None] < cut_off) & ~people.is_lead[:, None]
    person, cut = np.nonzero(known)
    from_ms = np.repeat(cut_off[cut], len(HORIZONS))
    horizon = np.tile(np.array(HORIZONS), len(cut))
    each = np.repeat(person, len(HORIZONS))
    count, net = spans.between(each, from_ms, from_ms + horizon * DAY_MS)
    return pa.table(
        {
            "customer_id": text.number(people.number[each], "c"),
            "cut_off_date": pa.array(from_ms.astype("datetime64[ms]").astype("datetime64[D]")),
            "horizon_days": horizon.astype(np.int32),
            "order_count": count,
            "net_sales": decimals(net, MONEY),
        }
    )
