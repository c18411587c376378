"""A made-up shop on Shopify: its exports in the platform's documented form, and what pandas counts.

It sells in pounds, later in euros, tax on top; some orders have several lines, a code that takes a
share off or the shipping away, a reduced line, no address, no SKU, letters of other scripts; some
were refunded in part or in full, cancelled before or after they were paid. Nothing here reads the
warehouse or its code.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ZONE = "Europe/London"
HELD, TEST = "#9999", "#A9998"
# What the numbers of a twin's buyers are higher by.
TWIN = 1000
_FIRST, _DAYS, _QUIET = pd.Timestamp("2024-01-03"), 400, 40
# Handle, title, option, SKU, price. All prices are multiples of 4: a tenth and a quarter off, and a
# fifth of that on top, are whole pence.
_VARIANTS = (
    ("tee", "Tee “Ünïcode” 茶", "S", "TEE-S", 20), ("tee", "Tee “Ünïcode” 茶", "M", "TEE-M", 24),
    ("mug", 'Mug, 12"', "Default Title", "007", 12),
    ("card", "Карта", "Default Title", None, 4), ("coat", "Coat", "Red / L", None, 240),
)  # fmt: skip
_BILLED = (
    "Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country",
    "Phone",
)  # fmt: skip
# The order of the columns in the export.
ORDER_COLUMNS = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at",
    "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code",
    "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name",
    "Lineitem price", "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping",
    "Lineitem taxable", "Lineitem fulfillment status",
    *(f"{who} {part}" for who in ("Billing", "Shipping") for part in _BILLED),
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference",
    "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location", "Device ID", "Id",
    "Tags", "Risk Level", "Source", "Lineitem discount",
    *(f"Tax {n} {what}" for n in range(1, 6) for what in ("Name", "Value")),
    "Phone", "Receipt Number", "Duties", "Billing Province Name", "Shipping Province Name",
    "Payment ID", "Payment Terms Name", "Next Payment Due At", "Payment References",
)  # fmt: skip


@dataclass(frozen=True)
class ShopifyShop:
    """Orders as a person would count them, with their lines, and the files that tell of them.

    ``orders``: number, name, buyer (None = nobody knows), ordered_at (UTC), currency, status,
    goods, discount, tax, shipping, refunded (goods only), paid_back (in all), refunds (lines),
    refunded_at, cancelled_at, code, lines.
    """

    orders: list[dict[str, Any]]

    def twin(self) -> ShopifyShop:
        """Return a shop of other people and order names that sold the same on the same days."""
        return ShopifyShop(
            [
                {
                    **order,
                    "name": f"#A{order['name'][1:]}",
                    "buyer": None if order["buyer"] is None else order["buyer"] + TWIN,
                }
                for order in self.orders
            ]
        )

    def frame(self) -> pd.DataFrame:
        """Return the orders with ``net``, what is left of them in their own currency."""
        orders = pd.DataFrame(self.orders)
        left = orders["goods"] - orders["discount"] - orders["refunded"]
        orders["net"] = left.where(
            orders["cancelled_at"].isna() & (orders["status"] != "voided"), 0
        )
        return orders

    def write_orders(self, path: Path, held: bool = True) -> None:
        """Write the orders export: one row a line, the order's own columns on its first row."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ORDER_COLUMNS)
            writer.writeheader()
            # A payment in a state that Shopify does not document.
            unknown = [{**self.orders[0], "name": HELD, "status": "on_hold"}] if held else []
            for order in [*self.orders, *unknown]:
                for number, line in enumerate(order["lines"]):
                    known = {"Name": order["name"], "Email": _address(order)}
                    writer.writerow(
                        {**known, **_line_cells(line), **(_cells(order) if not number else {})}
                    )

    def write_api(self, path: Path) -> None:
        """Write the orders as the Admin API gives them, one a line."""
        test = {**self.orders[0], "name": TEST}
        lines = [_json(order, is_test=order is test) for order in [*self.orders, test]]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def write_customers(self, path: Path) -> None:
        """Write the customers export: every other buyer has an account."""
        buyers = sorted({o["buyer"] for o in self.orders if o["buyer"] is not None})[::2]
        pd.DataFrame(
            {
                "Customer ID": [f"'7210{buyer}" for buyer in buyers],
                "First Name": "Ann", "Last Name": "Onym",
                "Email": [f"buyer{buyer}@example.com" for buyer in buyers],
                "Accepts Email Marketing": ["yes" if b % 3 else "no" for b in buyers],
                "Default Address Company": None, "Default Address Address1": "1 High Street",
                "Default Address City": "Łódź", "Default Address Country Code": "PL",
                "Default Address Zip": "'00-001", "Default Address Phone": None, "Phone": "'+4860",
                "Accepts SMS Marketing": "no", "Total Spent": "1.00", "Total Orders": "1",
                "Note": None, "Tax Exempt": "no", "Tags": None,
            }
        ).to_csv(path, index=False)  # fmt: skip

    def write_products(self, path: Path) -> None:
        """Write the products export: the title on a product's first row, pictures on rows more."""
        rows, seen = [], set()
        for handle, title, option, sku, price in _VARIANTS:
            first = {"Title": title, "Vendor": "Makers", "Type": "Things", "Status": "active"}
            rows.append({
                "Handle": handle, **(first if handle not in seen else {}),
                "Option1 Value": option, "Variant SKU": sku, "Variant Price": f"{price}.00",
                "Cost per item": f"{price // 4}.00", "Image Src": "https://example.com/1.png",
            })  # fmt: skip
            seen.add(handle)
        rows.append({"Handle": "coat", "Image Src": "https://example.com/2.png"})
        pd.DataFrame(rows).to_csv(path, index=False)


def shopify_shop(buyers: int = 250, seed: int = 20261126) -> ShopifyShop:
    """Return the shop; the same for the same seed."""
    rng = np.random.default_rng(seed)
    orders: list[dict[str, Any]] = []
    for buyer in range(buyers):
        day = rng.integers(0, _DAYS - 30)
        for _ in range(rng.geometric(0.42)):
            if day >= _DAYS:
                break
            orders.append(_order(rng, len(orders), buyer, int(day)))
            day += 1 + int(rng.exponential(50))
    return ShopifyShop(orders)


def _order(rng: np.random.Generator, number: int, buyer: int, day: int) -> dict[str, Any]:
    ordered_at = _FIRST + pd.Timedelta(days=day, seconds=int(rng.integers(0, 86_400)))
    lines = _lines(rng, number)
    code = {0: "TENOFF", 1: "SHIPFREE", 2: "QUARTER"}.get(number % 9)
    share = {"TENOFF": Decimal("0.1"), "QUARTER": Decimal("0.25")}.get(code or "", Decimal(0))
    for line in lines:
        # A code takes a share of what the line's own reduction leaves.
        line["code_discount"] = (line["gross"] - line["own_discount"]) * share
        line["paid"] = line["gross"] - line["own_discount"] - line["code_discount"]
    order = {
        "number": number, "name": f"#{1001 + number}", "buyer": None if number % 41 == 7 else buyer,
        "ordered_at": ordered_at, "currency": "GBP" if day < 200 else "EUR", "status": "paid",
        "goods": sum(line["gross"] for line in lines),
        "discount": sum(line["own_discount"] + line["code_discount"] for line in lines),
        "tax": sum(line["paid"] for line in lines) / 5,
        "shipping": Decimal(0 if code == "SHIPFREE" or number % 3 == 0 else 5),
        "refunded": Decimal(0), "paid_back": Decimal(0), "refunds": [], "refunded_at": pd.NaT,
        "cancelled_at": pd.NaT, "code": code, "lines": lines,
    }  # fmt: skip
    # What came back and what was called off is done before the export ends.
    if day < _DAYS - _QUIET:
        _regret(order, number, ordered_at + pd.Timedelta(days=int(rng.integers(1, 30))))
    return order


def _lines(rng: np.random.Generator, number: int) -> list[dict[str, Any]]:
    found = []
    for index in rng.choice(len(_VARIANTS), size=rng.integers(1, 4)):
        _, title, option, sku, price = _VARIANTS[index]
        gross = Decimal(int(price) * int(rng.integers(1, 4)))
        found.append({
            "name": title if option == "Default Title" else f"{title} - {option}", "sku": sku,
            "price": Decimal(price), "quantity": int(gross / price), "gross": gross,
            "own_discount": gross / 4 if number % 13 == 3 else Decimal(0),
        })  # fmt: skip
    return found


def _regret(order: dict[str, Any], number: int, at: pd.Timestamp) -> None:
    """Refund one line or all of it, cancel it, or let its payment come to nothing."""
    total = order["goods"] - order["discount"] + order["tax"] + order["shipping"]
    if number % 17 == 5:
        back = [order["lines"][0]]
    elif number % 23 == 9:
        back = order["lines"]
    elif number % 29 == 4:
        order["cancelled_at"], back = at, order["lines"]
    elif number % 37 == 11:
        order["status"] = "voided"
        return
    else:
        return
    is_all = len(back) == len(order["lines"])
    order["refunds"] = back
    order["refunded"] = sum(line["paid"] for line in back)
    order["paid_back"] = total if is_all else order["refunded"] * Decimal("1.2")
    order["status"] = "refunded" if is_all else "partially_refunded"
    order["refunded_at"] = at


def _address(order: dict[str, Any]) -> str | None:
    """The buyer's address, in one of several spellings."""
    if order["buyer"] is None:
        return None
    address = f"buyer{order['buyer']}@example.com"
    return address.upper() if order["number"] % 5 == 0 else address


def _text(at: pd.Timestamp) -> str | None:
    """An instant as the admin writes it, in the shop's time."""
    if pd.isna(at):
        return None
    return at.tz_localize("UTC").tz_convert(ZONE).strftime("%Y-%m-%d %H:%M:%S %z")


def _line_cells(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "Lineitem quantity": line["quantity"], "Lineitem name": line["name"],
        "Lineitem price": f"{line['price']:.2f}", "Lineitem sku": line["sku"],
        "Lineitem discount": f"{line['own_discount']:.2f}", "Lineitem taxable": "true",
        "Vendor": "Makers",
    }  # fmt: skip


def _cells(order: dict[str, Any]) -> dict[str, Any]:
    subtotal = order["goods"] - order["discount"]
    taken_off = sum(line["code_discount"] for line in order["lines"])
    money = {
        "Subtotal": subtotal, "Shipping": order["shipping"], "Taxes": order["tax"],
        "Total": subtotal + order["shipping"] + order["tax"],
        # What the code took off, the shipping too.
        "Discount Amount": Decimal(5) if order["code"] == "SHIPFREE" else taken_off,
        "Refunded Amount": order["paid_back"],
    }  # fmt: skip
    return {
        **{name: f"{amount:.2f}" for name, amount in money.items()},
        "Financial Status": order["status"], "Fulfillment Status": "fulfilled",
        "Currency": order["currency"], "Discount Code": order["code"],
        "Created at": _text(order["ordered_at"]), "Paid at": _text(order["ordered_at"]),
        "Cancelled at": _text(order["cancelled_at"]), "Billing Name": "Ann Onym",
        "Billing Phone": "+44 20 7946 0000", "Notes": "Ring twice", "Id": order["name"][1:],
        "Source": "web", "Tax 1 Name": "VAT 20%", "Tax 1 Value": f"{order['tax']:.2f}",
    }  # fmt: skip


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    """An amount in the shop's currency, and in yen that a buyer saw."""
    shown = {"amount": f"{amount * 190:.0f}", "currency_code": "JPY"}
    paid = {"amount": f"{amount:.2f}", "currency_code": currency}
    return {"shop_money": paid, "presentment_money": shown}


def _json(order: dict[str, Any], is_test: bool) -> str:
    ids = {id(line): 9_998 + n for n, line in enumerate(order["lines"])}
    currency, person = (
        order["currency"],
        {"first_name": "Ann", "last_name": "Onym", "phone": "+44 20"},
    )
    subtotal = order["goods"] - order["discount"]
    items = [
        {
            "id": ids[id(line)], "name": line["name"], "sku": line["sku"] or "",
            "quantity": line["quantity"], "price": f"{line['price'] * 190:.0f}",
            "price_set": _money(line["price"], currency), "total_discount": "0.00",
            "discount_allocations": [
                {"amount": "0.00", "amount_set": _money(line[off], currency)}
                for off in ("own_discount", "code_discount")
                if line[off]
            ],
            "tax_lines": [{"title": "VAT", "price_set": _money(line["paid"] / 5, currency)}],
            "properties": [{"name": "Engraving", "value": "For Ann Onym"}],
        }
        for line in order["lines"]
    ]  # fmt: skip
    refunds = [{
        "id": 77, "note": "Ann Onym rang", "created_at": _text(order["refunded_at"]),
        "processed_at": _text(order["refunded_at"]),
        "refund_line_items": [
            {
                "id": 500 + n, "line_item_id": ids[id(line)], "quantity": line["quantity"],
                "subtotal_set": _money(line["paid"], currency), "line_item": person,
                "total_tax_set": _money(line["paid"] / 5, currency),
            }
            for n, line in enumerate(order["refunds"])
        ],
        "order_adjustments": [{"kind": "shipping_refund", "amount": "-5.00"}],
        "transactions": [{"kind": "refund", "receipt": {"payer": "Ann Onym"}}],
    }]  # fmt: skip
    shipping = {"discounted_price_set": _money(order["shipping"], currency), "price": "5.00"}
    return json.dumps({
        "id": 450_000 + order["number"], "name": order["name"], "email": _address(order),
        "contact_email": _address(order), "created_at": _text(order["ordered_at"]),
        "updated_at": _text(order["ordered_at"] + pd.Timedelta(days=35)),
        "cancelled_at": _text(order["cancelled_at"]), "test": is_test, "currency": currency,
        "presentment_currency": "JPY", "financial_status": order["status"],
        "fulfillment_status": "fulfilled", "taxes_included": False,
        "subtotal_price": f"{subtotal:.2f}", "total_tax": f"{order['tax']:.2f}",
        "total_price": f"{subtotal + order['tax'] + order['shipping']:.2f}",
        "discount_codes": [{"code": order["code"]}] if order["code"] else [],
        "shipping_lines": [{**shipping, **person}], "line_items": items,
        "refunds": refunds if order["refunds"] else [], "note": "Ring twice", "phone": None,
        "customer": person, "billing_address": person, "browser_ip": "192.0.2.7",
    }, ensure_ascii=False)  # fmt: skip
