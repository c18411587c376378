"""The exports of a shop in Tokyo that looks like none of ours, and what pandas counts in them.

It sells in yen, with lines above a million, knows its buyers by e-mail only, writes prices with
tax in them, takes discounts off whole orders and takes several gift cards for one. Its ids have
leading zeros, quotes and emoji. Its clock was wrong once: an order of 2099. Nothing here reads
the warehouse or its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ZONE = "Asia/Tokyo"
_UNIT_PRICES = {
    "007": 1_100, "00A'1": 3_300, '急須"大"': 55_000, "🍵": 770, "10": 1_650_000, "NULLABLE": 220,
}  # fmt: skip
_FIRST, _DAYS = pd.Timestamp("2024-01-01"), 470


@dataclass(frozen=True)
class ForeignShop:
    """Exports as frames of text, and the orders that a person would count, as numbers.

    ``orders``: order_id, buyer (None = nobody knows), ordered_at (UTC), gross and discount (with
    tax), tax, shipping, gift_cards, refunded (with tax), refunded_at, is_cancelled.
    """

    exports: dict[str, pd.DataFrame]
    orders: pd.DataFrame

    def write(self, folder: Path) -> None:
        """Write the exports as CSV files, named after tables."""
        folder.mkdir(parents=True)
        for name, frame in self.exports.items():
            frame.to_csv(folder / f"{name}.csv", index=False)


BARE = ["bare 1", "bare 2"]


def foreign_shop(seed: int = 20241126, buyers: int = 240) -> ForeignShop:
    """Return the shop; the same for the same seed."""
    rng = np.random.default_rng(seed)
    rows, lines, charges, refunds = [], [], [], []
    number = 0
    for buyer in range(buyers):
        day = rng.integers(0, _DAYS - 30)
        for _ in range(rng.geometric(0.35)):
            if day >= _DAYS:
                break
            number += 1
            order = _order(rng, number, buyer, day)
            rows.append(order)
            lines += _lines(rng, order)
            charges += _charges(rng, order)
            refunds += _refunds(rng, order)
            day += 1 + int(rng.exponential(45))
    orders = pd.DataFrame(rows)
    exports = {
        "orders": _exported(orders, rng),
        "order_lines": pd.DataFrame(lines),
        "order_charges": pd.DataFrame(charges),
        "refunds": pd.DataFrame(refunds),
    }
    _add_faults(exports)
    return ForeignShop(exports, orders)


def _order(rng: np.random.Generator, number: int, buyer: int, day: int) -> dict[str, object]:
    order_id = f"{number:06d}"
    if number % 7 == 0:
        order_id = f'注文"{number}'
    if number % 11 == 0:
        order_id = f"🎌{number:05d}"
    # Late in the evening of Tokyo it is the day before in London, early in the morning too.
    local = _FIRST + pd.Timedelta(days=int(day), seconds=int(rng.integers(0, 86_400)))
    return {
        "order_id": order_id,
        "buyer": None if number % 60 == 0 else buyer,
        "ordered_at": local.tz_localize(ZONE).tz_convert("UTC").tz_localize(None),
        "is_cancelled": number % 31 == 0,
        "gross": 0, "discount": 0, "tax": 0, "shipping": 0, "gift_cards": 0, "refunded": 0,
        "refunded_at": pd.NaT,
    }  # fmt: skip


def _lines(rng: np.random.Generator, order: dict[str, object]) -> list[dict[str, object]]:
    """Lines without a number; some have an amount, some a unit price, none has both."""
    found = []
    for product in rng.choice(list(_UNIT_PRICES), size=rng.integers(1, 5)):
        quantity, price = int(rng.integers(1, 4)), _UNIT_PRICES[product]
        has_amount = rng.random() < 0.5
        found.append({
            "order_id": order["order_id"], "product_id": product, "quantity": quantity,
            "unit_price": None if has_amount else str(price),
            "amount": str(price * quantity) if has_amount else None,
        })  # fmt: skip
        order["gross"] += price * quantity
    # Every price is a multiple of 110 yen: a tenth of it off, and the tax in it, are whole yen.
    if rng.random() < 0.25:
        order["discount"] = order["gross"] // 10
    order["tax"] = (order["gross"] - order["discount"]) // 11
    return found


def _charges(rng: np.random.Generator, order: dict[str, object]) -> list[dict[str, object]]:
    found = [("tax", order["tax"])]
    if rng.random() < 0.4:
        order["shipping"] = 550
        found.append(("shipping", 550))
    if rng.random() < 0.1:
        # Two gift cards of one order, and of one amount.
        order["gift_cards"] = 1_000
        found += [("gift_card", 500), ("gift_card", 500)]
    return [{"order_id": order["order_id"], "kind": k, "amount": str(a)} for k, a in found]


def _refunds(rng: np.random.Generator, order: dict[str, object]) -> list[dict[str, object]]:
    """Half of the order back, of one in twelve that was neither reduced nor cancelled."""
    if order["discount"] or order["is_cancelled"] or rng.random() > 1 / 12:
        return []
    share = 1 if rng.random() < 0.3 else 2
    order["refunded"] = order["gross"] // share // 110 * 110
    order["refunded_at"] = order["ordered_at"] + pd.Timedelta(days=int(rng.integers(1, 25)))
    if not order["refunded"]:
        return []
    return [{
        "refund_id": f"00{order['order_id']}", "order_id": order["order_id"],
        "amount": str(order["refunded"]), "currency": "JPY",
        "refunded_at": f"{order['refunded_at'].isoformat()}+00:00",
    }]  # fmt: skip


def _exported(orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Orders as the shop writes them: its own clock, and one address in several spellings."""
    addresses = [f"Buyer.{b:.0f}@Example.jp" for b in orders["buyer"].fillna(-1)]
    spelled = [
        (a, a.upper(), f" {a.lower()} ")[rng.integers(0, 3)] if known else None
        for a, known in zip(addresses, orders["buyer"].notna(), strict=True)
    ]
    local = orders["ordered_at"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    return pd.DataFrame(
        {
            "order_id": orders["order_id"],
            "email": spelled,
            "ordered_at": [t.isoformat() for t in local],
            "status": np.where(orders["is_cancelled"], "cancelled", "delivered"),
            "currency": "jpy",
            "discount": [str(d) if d else None for d in orders["discount"]],
        }
    )


def _add_faults(exports: dict[str, pd.DataFrame]) -> None:
    """Add what a build must count and not use: a wrong clock, copies, lines of no order."""
    orders, lines = exports["orders"], exports["order_lines"]
    future = orders.iloc[[0]].assign(order_id="2099", ordered_at="2099-01-01T00:00:00+09:00")
    # One of nobody, one of a buyer who never buys: without lines neither is a sale.
    bare = orders.iloc[[1, 2]].assign(order_id=BARE, email=[None, "bare@example.jp"], discount=None)
    exports["orders"] = pd.concat([orders, future, orders.iloc[[3, 5]], bare])
    priced = {"product_id": "007", "quantity": 1, "unit_price": "1100", "amount": None}
    lost = [{"order_id": "2099", **priced}, {"order_id": "no such order", **priced}]
    exports["order_lines"] = pd.concat([lines, pd.DataFrame(lost)])
