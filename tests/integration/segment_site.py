"""A made-up site that Segment tracks: what happened there, and the messages that tell of it.

Names and forms are those of the platform's specification; nothing is a copy of anybody's data.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_FIRST = pd.Timestamp("2025-01-01")
_DAYS = 200
_PRODUCTS = (("p-tee", 20), ("p-mug", 8), ("p-coat", 100))
# What each event of the specification is here.
KINDS = {
    "Product Viewed": "product_view", "Products Searched": "search",
    "Product Added": "add_to_cart", "Product Removed": "remove_from_cart",
    "Checkout Started": "checkout_start", "Order Completed": "purchase",
    "Order Updated": "interaction", "Order Refunded": "interaction",
    "Order Cancelled": "interaction", "Wishlist Shared With Friends": "interaction",
    "page": "page_view", "screen": "page_view", "identify": "interaction",
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Its messages as JSON objects, and its orders as a person counts them (cents are not used)."""

    messages: list[dict[str, Any]]
    orders: list[dict[str, Any]]

    def write_json(self, path: Path) -> None:
        """Write a message a line, as the storage destinations do, some of them twice."""
        told = [*self.messages, *self.messages[::50]]
        path.write_text("".join(f"{json.dumps(message)}\n" for message in told))

    def write_table(self, path: Path) -> None:
        """Write the messages as tables of a warehouse hold them: flat, in snake case."""
        rows = []
        for message in self.messages:
            page = message["context"].get("page", {})
            traits, properties = message.get("traits", {}), message.get("properties", {})
            event = message.get("event")
            rows.append({
                "id": message["messageId"], "anonymous_id": message["anonymousId"],
                "user_id": message["userId"], "timestamp": message["timestamp"],
                "received_at": message["receivedAt"], "sent_at": message["sentAt"],
                "event": event.lower().replace(" ", "_") if event else None, "event_text": event,
                "path": "/x" if message["type"] in ("page", "screen") else None,
                "context_page_url": page.get("url"), "context_ip": "192.0.2.7",
                "email": traits.get("email"),
                **{k: v for k, v in properties.items() if k not in ("products", "url", "email")},
                "products": json.dumps(properties["products"]) if "products" in properties else "",
            })  # fmt: skip
        pd.DataFrame(rows).to_csv(path, index=False)


def segment_site(people: int = 120, seed: int = 20261126) -> Site:
    """Return the site; the same for the same seed."""
    rng = np.random.default_rng(seed)
    messages: list[dict[str, Any]] = []
    orders: list[dict[str, Any]] = []
    for person in range(people):
        day = int(rng.integers(0, _DAYS - 60))
        for visit in range(int(rng.geometric(0.4))):
            at = _FIRST + pd.Timedelta(days=day, seconds=int(rng.integers(0, 80_000)))
            _visit(rng, messages, orders, person, visit, at)
            day += 1 + int(rng.exponential(15))
    return Site(messages, orders)


def _visit(
    rng: np.random.Generator,
    messages: list[dict[str, Any]],
    orders: list[dict[str, Any]],
    person: int,
    visit: int,
    at: pd.Timestamp,
) -> None:
    # Who has an account says so on the second visit, and on one device the first was theirs too.
    user = f"u{person}" if person % 3 and visit >= 1 else None

    def say(kind: str, minutes: int, **more: Any) -> None:
        messages.append(_message(len(messages), kind, at + pd.Timedelta(minutes=minutes), person,
                                 user, more))  # fmt: skip

    say("screen" if person % 10 == 0 else "page", 0, name="Home")
    if user:
        traits = {"email": f"User{person}@example.com", "name": "Ann Onym", "gender": "f",
                  "createdAt": "2025-01-01T00:00:00Z", "phone": "+44 20 7946 0000",
                  "address": {"city": "York", "country": "GB", "street": "High Road"}}  # fmt: skip
        say("identify", 1, traits=traits)
    name, price = _PRODUCTS[int(rng.integers(0, 3))]
    say("Products Searched", 2, query="mugs")
    say("Product Viewed", 3, product_id=name, price=price, currency="GBP")
    if rng.random() < 0.3:
        say("Wishlist Shared With Friends", 4)
        return
    say("Product Added", 5, product_id=name, price=price, quantity=1)
    if rng.random() < 0.2:
        say("Product Removed", 6, product_id=name, price=price, quantity=1)
        return
    _order(rng, say, orders, person, user, at)


def _said(products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of one piece many a site does not say that it is one."""
    return [{k: v for k, v in product.items() if k != "quantity" or v > 1} for product in products]


def _order(
    rng: np.random.Generator,
    say: Any,
    orders: list[dict[str, Any]],
    person: int,
    user: str | None,
    at: pd.Timestamp,
) -> None:
    number = len(orders)
    picked = rng.choice(3, size=int(rng.integers(1, 4)), replace=False)
    products = [
        {"product_id": _PRODUCTS[i][0], "price": _PRODUCTS[i][1], "quantity": int(n)}
        for i, n in zip(picked, rng.integers(1, 4, len(picked)), strict=True)
    ]
    goods = sum(p["price"] * p["quantity"] for p in products)
    discount = goods // 4 if number % 5 == 2 else 0
    tax, shipping = (goods - discount) * 0.2, 5
    money = {
        "order_id": f"o{number}", "subtotal": goods - discount, "tax": tax, "shipping": shipping,
        "total": goods - discount + tax + shipping, "discount": discount, "currency": "GBP",
        "products": _said(products), "email": f"User{person}@example.com",
        **({"coupon": "QUARTER"} if discount else {}),
    }  # fmt: skip
    say("Checkout Started", 8, **money)
    order = {
        "order_id": f"o{number}", "person": person, "user": user, "goods": goods,
        "discount": discount, "tax": tax, "shipping": shipping, "refunded": 0.0,
        "cancelled": False, "ordered_at": at + pd.Timedelta(minutes=10),
    }  # fmt: skip
    if number % 6 == 1:
        # What is told first is changed a moment later: one piece more of the first product.
        say("Order Completed", 10, **money)
        products = [{**products[0], "quantity": products[0]["quantity"] + 1}, *products[1:]]
        order["goods"] = goods + products[0]["price"]
        order["tax"] = (order["goods"] - discount) * 0.2
        say("Order Updated", 20, **{**money, "products": _said(products), "tax": order["tax"],
                                    "subtotal": order["goods"] - discount})  # fmt: skip
    else:
        say("Order Completed", 10, **money)
    paid, later = order["goods"] - discount, 5 * 24 * 60
    back = {"order_id": f"o{number}", "currency": "GBP"}
    if number % 8 == 3:
        order["refunded"] = float(paid)
        say("Order Refunded", later, **back)
    elif number % 8 == 5:
        # A part, with the tax on it, and of no product.
        order["refunded"] = paid / 2
        say("Order Refunded", later, **back, total=paid / 2 * (1 + order["tax"] / paid))
    elif number % 8 == 6:
        first = {**products[0], "quantity": 1}
        order["refunded"] = first["price"] * paid / order["goods"]
        say("Order Refunded", later, **back, products=_said([first]))
    elif number % 8 == 7:
        order["cancelled"] = True
        say("Order Cancelled", later, **money)
    orders.append(order)


def _message(
    number: int, kind: str, at: pd.Timestamp, person: int, user: str | None, more: dict[str, Any]
) -> dict[str, Any]:
    def text(seconds: float) -> str:
        return (at + pd.Timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    page = {"url": f"https://shop.example/{number % 7}", "referrer": "https://search.example/",
            "title": "Ann Onym's cart", "path": "/x", "search": "?q=ann@example.com"}  # fmt: skip
    is_track = kind in KINDS and kind not in ("page", "screen", "identify")
    parts: dict[str, Any] = {"traits": more["traits"]} if kind == "identify" else {
        "properties": more
    }  # fmt: skip
    return {
        "type": "track" if is_track else kind, **({"event": kind} if is_track else {}),
        "messageId": f"m-{number}", "anonymousId": f"device-{person}", "userId": user,
        # The device's clock is an hour slow; Segment corrects it.
        "originalTimestamp": text(-3600), "sentAt": text(-3599.9), "timestamp": text(0),
        "receivedAt": text(0.1), "channel": "client", "version": "1.1", "integrations": {},
        "context": {
            "ip": "192.0.2.7", "page": page, "userAgent": "Mozilla/5.0 (X11) Firefox/120.0",
            "campaign": {"source": "news", "medium": "email", "name": "may"}, "locale": "en-GB",
            "library": {"name": "analytics.js", "version": "4.1"},
        },
        **parts,
    }  # fmt: skip
