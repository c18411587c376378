"""The money of orders to the penny: a ledger of signed lines in the base currency.

All amounts are whole numbers of 0.0001, rates of 0.00000001: nothing is ever a float.
"""

from dataclasses import dataclass, fields

import numpy as np

from stayhouse.shop.draws import Ints
from stayhouse.shop.orders.orders import MAX_LINES, Orders, Refunds
from stayhouse.shop.orders.rates import rate_table
from stayhouse.shop.settings import DAY_MS, NEVER, Settings

KINDS = ("item", "discount", "refund", "cancellation")
ITEM, DISCOUNT, REFUND, CANCELLATION = range(4)
# Cents times a rate are units of 1e-10; the ledger keeps four places.
_ROUNDING = 1_000_000


@dataclass(frozen=True)
class Ledger:
    """Signed lines; ``order`` is a position in Orders, or -1 for a refund that finds no order."""

    order: Ints
    kind: Ints
    person: Ints
    currency: Ints
    native: Ints  # cents
    rate: Ints  # units of 1e-8
    amount: Ints  # units of 1e-4 of the base currency
    effective_ms: Ints

    def until(self, end_ms: int) -> "Ledger":
        """Return the lines that take effect before an instant."""
        known = self.effective_ms < end_ms
        return Ledger(**{item.name: getattr(self, item.name)[known] for item in fields(self)})

    def net_sales(self, order_count: int) -> Ints:
        """Return what each order comes to, in units of 1e-4."""
        sums = np.zeros(order_count, dtype=np.int64)
        linked = self.order >= 0
        np.add.at(sums, self.order[linked], self.amount[linked])
        return sums


def make_ledger(settings: Settings, orders: Orders, refunds: Refunds, refund_order: Ints) -> Ledger:
    """Return the lines that take effect before the end of the run.

    ``refund_order`` is the order each refund counts against (a position), or -1.
    """
    order, line = np.nonzero(orders.product >= 0)
    gross = orders.quantity[order, line] * orders.unit_price[order, line]
    discount = orders.discount[order, line]
    cut = np.flatnonzero(discount > 0)
    cancelled = np.flatnonzero(orders.around.cancelled_ms < NEVER)
    reversed_net = -orders.net[cancelled].sum(axis=1)
    own = refunds.order
    parts = [
        (order, ITEM, gross, orders.at_ms[order], orders.person[order]),
        (order[cut], DISCOUNT, -discount[cut], orders.at_ms[order[cut]], orders.person[order[cut]]),
        (refund_order, REFUND, -refunds.amount, refunds.at_ms, orders.person[own]),
        (
            cancelled,
            CANCELLATION,
            reversed_net,
            orders.around.cancelled_ms[cancelled],
            orders.person[cancelled],
        ),
    ]
    joined = [
        np.concatenate([np.broadcast_to(part[item], part[2].shape) for part in parts])
        for item in range(5)
    ]
    of, kind, native, effective, person = joined
    currency = np.concatenate(
        [orders.currency[rows] for rows in (order, order[cut], own, cancelled)]
    )
    known = effective < settings.end_ms
    of, kind, native, effective, person, currency = (
        column[known] for column in (of, kind, native, effective, person, currency)
    )
    # In the order of the orders the lines arose from, whatever the chunk.
    origin = np.concatenate([order, order[cut], own, cancelled])[known]
    in_order = np.lexsort((kind, origin))
    of, kind, native, effective, person, currency = (
        column[in_order] for column in (of, kind, native, effective, person, currency)
    )
    rates = rate_table(settings.start, settings.days)
    rate = rates[(effective - settings.start_ms) // DAY_MS, currency]
    return Ledger(
        order=of,
        kind=kind,
        person=person,
        currency=currency,
        native=native,
        rate=rate,
        amount=converted(native, rate),
        effective_ms=effective,
    )


def converted(cents: Ints, rate: Ints) -> Ints:
    """Return amounts in the base currency in units of 1e-4, rounded half away from zero."""
    product = np.abs(cents) * rate
    rounded: Ints = np.sign(cents) * ((product + _ROUNDING // 2) // _ROUNDING)
    return rounded


def refund_orders(orders: Orders, refunds: Refunds, known_customer_from_ms: Ints) -> Ints:
    """Return the order (position) that each refund counts against, or -1.

    One that names its order has it. One that does not goes to the customer's latest earlier order
    with a line of that product of at least its quantity; several on one line count by time, and
    those beyond the line's quantity find no order. A guest's orders are found by their e-mail
    address from the sign-up on.
    """
    found = np.where(refunds.names_order, refunds.order, -1)
    first = np.searchsorted(orders.person, orders.person[refunds.order], side="left")
    last = np.searchsorted(orders.person, orders.person[refunds.order], side="right")
    unnamed = np.flatnonzero(~refunds.names_order)
    by_time = unnamed[np.lexsort((refunds.number[unnamed], refunds.at_ms[unnamed]))]
    used: dict[tuple[int, int], int] = {}
    for refund in by_time.tolist():
        if refunds.at_ms[refund] < known_customer_from_ms[orders.person[refunds.order[refund]]]:
            continue
        product = orders.product[refunds.order[refund], refunds.line[refund]]
        quantity = int(refunds.quantity[refund])
        for order in range(int(last[refund]) - 1, int(first[refund]) - 1, -1):
            if orders.at_ms[order] > refunds.at_ms[refund]:
                continue
            lines = [
                line
                for line in range(MAX_LINES)
                if orders.product[order, line] == product
                and orders.quantity[order, line] >= quantity
            ]
            if lines:
                place = (order, lines[0])
                used[place] = used.get(place, 0) + quantity
                if used[place] <= orders.quantity[order, lines[0]]:
                    found[refund] = order
                break
    return found
