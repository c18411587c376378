"""A made-up WooCommerce shop, its books, and what its REST API and Analytics say of it.

Names and forms are those of the platform's documentation; nothing is a copy of anybody's data.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ZONE = "Europe/London"
_FIRST = pd.Timestamp("2025-01-01")
_DAYS = 300
_PRODUCTS = (
    ("Tee", "T-1", 31, 40), ("Mug", "", 32, 16), ("Coat", "", 33, 200), ("Hat", "H-9", 34, 24),
)  # fmt: skip
# Statuses of orders that came to nothing, as the platform's own reports leave them out.
_NEVER = ("pending", "cancelled", "failed")


@dataclass(frozen=True)
class WooShop:
    """The orders of a shop; all money is exact, in pounds."""

    orders: list[dict[str, Any]]

    def frame(self) -> pd.DataFrame:
        """Return one row an order with what a person counts of it."""
        frame = pd.DataFrame(self.orders)
        never = frame["status"].isin(_NEVER)
        frame["net"] = [
            Decimal(0) if gone else row["goods"] - row["discount"] - row["refunded"]
            for gone, row in zip(never, self.orders, strict=True)
        ]
        return frame.assign(never=never)

    def write_orders(self, path: Path) -> None:
        """Write ``GET wc/v3/orders``, an order a line."""
        path.write_text("".join(f"{json.dumps(_order_json(o))}\n" for o in self.orders))

    def write_refunds(self, path: Path) -> None:
        """Write ``GET wc/v3/refunds``, and one of the shipping alone."""
        rows = [_refund_json(o) for o in self.orders if o["refunded"] and not o["is_untold"]]
        shipping = {"id": 4, "total": "-5.00", "method_id": "flat_rate"}
        rows.append({**rows[0], "id": 1, "amount": "5.00", "line_items": [],
                     "shipping_lines": [shipping]})  # fmt: skip
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def write_report(self, path: Path) -> None:
        """Write what Analytics, Orders, Download gives: a refund is a row of its own."""
        rows = []
        for order in self.orders:
            cells = {
                "Date": _local(order["ordered_at"]), "Order #": order["number"],
                "Status": order["status"], "Customer": f"Ann {order['buyer']}",
                "Customer type": "new", "Product(s)": "1× Tee, 2× Mug",
                "Items sold": sum(line["quantity"] for line in order["lines"]),
                "Coupon(s)": order["coupon"],
                "N. Revenue": f"{order['goods'] - order['discount']:.2f}", "Attribution": "Direct",
            }  # fmt: skip
            rows.append(cells)
            if order["refunded"]:
                at = {"Date": _local(order["refunded_at"]), "Items sold": -1}
                rows.append({**cells, **at, "N. Revenue": f"{-order['refunded']:.2f}"})
        pd.DataFrame(rows).sort_values("Date", ascending=False).to_csv(path, index=False)


def woocommerce_shop(buyers: int = 150, seed: int = 20261126) -> WooShop:
    """Return the shop; the same for the same seed."""
    rng = np.random.default_rng(seed)
    orders: list[dict[str, Any]] = []
    for buyer in range(buyers):
        day = int(rng.integers(0, _DAYS - 40))
        for _ in range(rng.geometric(0.4)):
            if day < _DAYS - 40:
                orders.append(_order(rng, len(orders), buyer, day))
            day += 1 + int(rng.exponential(40))
    return WooShop(orders)


def _order(rng: np.random.Generator, number: int, buyer: int, day: int) -> dict[str, Any]:
    at = _FIRST + pd.Timedelta(days=day, seconds=int(rng.integers(0, 86_400)))
    lines = []
    for index in rng.choice(len(_PRODUCTS), size=rng.integers(1, 4), replace=False):
        name, sku, product, price = _PRODUCTS[index]
        quantity = int(rng.integers(1, 4))
        off = Decimal(price * quantity) / 4 if number % 7 == 2 else Decimal(0)
        lines.append({"name": name, "sku": sku, "product": product, "quantity": quantity,
                      "gross": Decimal(price * quantity), "off": off})  # fmt: skip
    gross = sum(line["gross"] for line in lines)
    # A fee is a sale; one below 0 a reduction of the whole order.
    fee = Decimal({0: 6, 1: -8}.get(number % 11, 0))
    discount = sum(line["off"] for line in lines) - min(fee, Decimal(0))
    goods = gross + max(fee, Decimal(0))
    status = {3: "cancelled", 5: "failed", 8: "pending", 9: "on-hold"}.get(number % 31, "completed")
    kind = number % 13 if status == "completed" else -1
    refunded = {4: goods - discount, 6: lines[0]["gross"] - lines[0]["off"]}.get(kind, Decimal(0))
    return {
        "id": 7000 + number, "number": str(7000 + number), "ordered_at": at, "buyer": buyer,
        "is_guest": buyer % 3 == 0, "lines": lines, "fee": fee, "goods": goods,
        "discount": discount, "tax": (goods - discount) / 5, "shipping": Decimal(5),
        "status": "refunded" if kind == 4 else status, "refunded": refunded,
        "is_all": kind == 4, "is_untold": bool(refunded) and number % 2 == 0,
        "refunded_at": at + pd.Timedelta(days=9) if refunded else pd.NaT,
        "coupon": "quarter" if number % 7 == 2 else None,
    }  # fmt: skip


def _gmt(at: pd.Timestamp) -> str | None:
    return None if pd.isna(at) else at.strftime("%Y-%m-%dT%H:%M:%S")


def _local(at: pd.Timestamp) -> str:
    return at.tz_localize("UTC").tz_convert(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _paid_back(order: dict[str, Any]) -> Decimal:
    """With its tax, and with the shipping where all came back."""
    shipping = order["shipping"] if order["is_all"] else Decimal(0)
    return order["refunded"] * Decimal("1.2") + shipping


def _line_json(number: int, line: dict[str, Any]) -> dict[str, Any]:
    paid = line["gross"] - line["off"]
    return {
        "id": 10 - number, "name": line["name"], "product_id": line["product"],
        "variation_id": 0, "quantity": line["quantity"], "tax_class": "",
        "subtotal": f"{line['gross']:.2f}", "subtotal_tax": f"{line['gross'] / 5:.2f}",
        "total": f"{paid:.2f}", "total_tax": f"{paid / 5:.2f}",
        "taxes": [{"id": 1, "total": f"{paid / 5:.6f}", "subtotal": f"{line['gross'] / 5:.6f}"}],
        "meta_data": [{"id": 5, "key": "Engraving", "value": "For Ann Onym"}],
        "sku": line["sku"], "price": float(paid / line["quantity"]),
    }  # fmt: skip


def _order_json(order: dict[str, Any]) -> dict[str, Any]:
    address = {"first_name": "Ann", "last_name": "Onym", "address_1": "1 High Street",
               "city": "York", "postcode": "YO1", "country": "GB"}  # fmt: skip
    total = order["goods"] - order["discount"] + order["tax"] + order["shipping"]
    fees = [{"id": 50, "name": "Wrapping", "total": f"{order['fee']:.2f}", "taxes": []}]
    refund = {"id": 90_000 + order["id"], "reason": "Ann Onym rang",
              "total": f"{-_paid_back(order):.2f}"}  # fmt: skip
    email = f"Buyer{order['buyer']}@example.com"
    changed = order["ordered_at"] + pd.Timedelta(days=1)
    return {
        "id": order["id"], "parent_id": 0, "number": order["number"], "status": order["status"],
        "currency": "GBP", "date_created": _local(order["ordered_at"]).replace(" ", "T"),
        "date_created_gmt": _gmt(order["ordered_at"]), "date_modified_gmt": _gmt(changed),
        "discount_total": f"{order['discount']:.2f}", "shipping_total": f"{order['shipping']:.2f}",
        "total": f"{total:.2f}", "total_tax": f"{order['tax']:.2f}", "prices_include_tax": True,
        "customer_id": 0 if order["is_guest"] else 500 + order["buyer"],
        "customer_ip_address": "192.0.2.7", "customer_note": "Ring twice, Ann Onym",
        "billing": {**address, "email": email, "phone": "+44 20 7946 0000"}, "shipping": address,
        "payment_method": "bacs", "transaction_id": "",
        "meta_data": [{"key": "_name", "value": "Ann Onym"}],
        "line_items": [_line_json(n, line) for n, line in enumerate(order["lines"])],
        "tax_lines": [], "shipping_lines": [{"id": 60, "total": f"{order['shipping']:.2f}"}],
        "fee_lines": fees if order["fee"] else [],
        "coupon_lines": [{"id": 70, "code": order["coupon"]}] if order["coupon"] else [],
        "refunds": [refund] if order["refunded"] else [], "needs_payment": False,
    }  # fmt: skip


def _refund_json(order: dict[str, Any]) -> dict[str, Any]:
    back = order["lines"] if order["is_all"] else order["lines"][:1]
    lines = [
        {"id": 80 + n, "name": line["name"], "product_id": line["product"], "variation_id": 0,
         "sku": line["sku"], "quantity": -line["quantity"],
         "total": f"{line['off'] - line['gross']:.2f}"}
        for n, line in enumerate(back)
    ]  # fmt: skip
    fee = {"id": 99, "name": "Wrapping", "total": f"{-order['fee']:.2f}"}
    return {
        "id": 90_000 + order["id"], "parent_id": order["id"],
        "date_created_gmt": _gmt(order["refunded_at"]), "amount": f"{_paid_back(order):.2f}",
        "reason": "Ann Onym rang", "refunded_by": 1, "meta_data": [], "line_items": lines,
        "fee_lines": [fee] if order["is_all"] and order["fee"] else [], "shipping_lines": [],
        "_links": {},
    }  # fmt: skip
