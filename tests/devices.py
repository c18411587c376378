"""A shop of a few devices: raw tables, and who each session counts for.

Each golden case of identity has devices and customers of its own. People write addresses and
numbers wherever one can write.
"""

import json
from unicodedata import normalize
from urllib.parse import quote

OTHER_MAIL = "nobody.élse@mail.example"
MAIL, NUMBER = "greta.graf@mail.example", "+44 7700 900123"
WRITTEN = f"write to {MAIL} or call {NUMBER}, 020 7946 0958, (212) 555-0187, 电话13812345678"

# Device, instant, customer: one event each.
VISITS = {
    "one device, two people": (
        ("d1", "03-01 10:00", ""),
        ("d1", "03-02 10:00", "A"),
        ("d1", "03-03 10:00", ""),
        ("d1", "03-04 10:00", "B"),
        ("d1", "03-05 10:00", ""),
    ),
    "two devices, one person": (("d2", "03-01 10:00", "C"), ("e2", "03-01 12:00", "C")),
    "login after browsing": (
        ("d3", "03-01 10:00", ""),
        ("d3", "03-01 10:05", ""),
        ("d3", "03-01 10:10", "D"),
    ),
    "A, B, A": (
        ("d4", "03-01 10:00", "E"),
        ("d4", "03-02 10:00", "F"),
        ("d4", "03-02 15:00", ""),
        ("d4", "03-03 10:00", "E"),
        ("d4", "03-04 10:00", ""),
    ),
    "logout and another login": (("d5", "03-01 10:00", "G"), ("d5", "03-01 10:20", "H")),
    "five people": (
        ("d6", "03-01 10:00", "P1"),
        ("d6", "03-02 10:00", "P2"),
        ("d6", "03-03 10:00", "P3"),
        ("d6", "03-04 10:00", "P4"),
        ("d6", "03-04 15:00", ""),
        ("d6", "03-05 10:00", "P5"),
        ("d6", "03-06 10:00", ""),
    ),
    "a guest twice, then a customer": (("d7", "03-01 10:00", ""), ("e7", "03-08 10:00", "")),
    "a guest": (("d8", "03-01 10:00", ""),),
}
# By device and instant, who the session counts for; the day is enough where it has one session.
PERSONS = {
    ("d1", "03-01 10:00"): "c:shop:A",
    ("d1", "03-02 10:00"): "c:shop:A",
    ("d1", "03-03 10:00"): "c:shop:A",
    ("d1", "03-04 10:00"): "c:shop:B",
    ("d1", "03-05 10:00"): "c:shop:B",
    ("d2", "03-01 10:00"): "c:shop:C",
    ("e2", "03-01 12:00"): "c:shop:C",
    ("d3", "03-01 10:00"): "c:shop:D",
    ("d4", "03-01 10:00"): "c:shop:E",
    ("d4", "03-02 10:00"): "c:shop:F",
    ("d4", "03-02 15:00"): "c:shop:F",
    ("d4", "03-03 10:00"): "c:shop:E",
    ("d4", "03-04 10:00"): "c:shop:E",
    ("d5", "03-01 10:00"): None,
    ("d6", "03-01 10:00"): "c:shop:P1",
    ("d6", "03-02 10:00"): "c:shop:P2",
    ("d6", "03-03 10:00"): "c:shop:P3",
    ("d6", "03-04 10:00"): "c:shop:P4",
    ("d6", "03-04 15:00"): "c:shop:P4",
    ("d6", "03-05 10:00"): "c:shop:P5",
    ("d6", "03-06 10:00"): None,
    ("d7", "03-01 10:00"): "c:shop:Greta",
    ("e7", "03-08 10:00"): "c:shop:Greta",
    ("d8", "03-01 10:00"): OTHER_MAIL,
}
# By order: device, instant, e-mail address, customer, and who it counts for. Somebody without an
# account is written as the address.
ORDERS = {
    "first": ("d7", "03-01 10:00", MAIL, "", "c:shop:Greta"),
    "second": ("e7", "03-08 10:00", MAIL.upper(), "", "c:shop:Greta"),
    "after": ("", "03-25 10:00", MAIL, "", "c:shop:Greta"),
    "stranger": ("d8", "03-01 10:00", OTHER_MAIL, "", OTHER_MAIL),
    "elsewhere": ("", "03-20 10:00", normalize("NFD", f" {OTHER_MAIL.title()} "), "", OTHER_MAIL),
    "no_address": ("d8", "03-21 10:00", "", "", OTHER_MAIL),
    "named": ("d2", "03-01 10:00", "", "C", "c:shop:C"),
    "at_home": ("d2", "03-25 10:00", "a.friend@mail.example", "", "c:shop:C"),
    "device": ("f8", "03-25 10:00", "", "", "v:shop:f8"),
    "nobody": ("", "03-25 10:00", "", "", None),
    "test": ("", "03-25 10:00", "staff@mail.example", "", "staff@mail.example"),
}
# A part of the shop that knows its buyers by nothing but an address: 80 orders of 27 of them.
MAILED = {
    f"mailed {number}": (
        "",
        f"{number % 5 + 1:02}-{number % 19 + 1:02} {number % 24:02}:00",
        f"buyer.{number * number % 53}@mail.example",
        "",
        None,
    )
    for number in range(80)
}


def at(instant: str) -> str:
    return f"2024-{instant.replace(' ', 'T')}:00Z"


def events() -> list[dict[str, str]]:
    visits = [visit for case in VISITS.values() for visit in case]
    return [
        {
            "event_id": f"e{number}",
            "event_type": "product_view",
            "occurred_at": at(instant),
            "received_at": at(instant),
            "visitor_id": device,
            "customer_id": customer,
            "page_url": f"/p/p1?mail={quote(MAIL)}" if device == "d1" else "/p/p1",
            "referrer": f"https://mail.example/?to={MAIL}" if device == "d1" else "",
            "search_term": WRITTEN if device == "d1" else "",
            "text": WRITTEN if device == "d1" else "",
            "properties": json.dumps({"note": WRITTEN}) if device == "d1" else "",
        }
        for number, (device, instant, customer) in enumerate(visits)
    ] + [
        # Rejected, and kept as it came but for what people wrote.
        {
            "event_id": "unknown",
            "event_type": "telephoned",
            "occurred_at": at("03-01 10:00"),
            "visitor_id": "d9",
            "text": WRITTEN,
        }
    ]


def orders() -> list[dict[str, str]]:
    return [
        {
            "order_id": order,
            "customer_id": customer,
            "visitor_id": device,
            "email": mail,
            "ordered_at": at(instant),
            "status": "paid",
            "currency": "GBP",
            "is_test": "true" if order == "test" else "false",
        }
        for order, (device, instant, mail, customer, _) in {**ORDERS, **MAILED}.items()
    ]


def customers() -> list[dict[str, str]]:
    # A second account with the address takes nothing from the first.
    profiles = (("Greta", MAIL, "03-20 10:00"), ("Later", MAIL, "03-21 10:00"), ("", MAIL, ""))
    return [
        {
            "customer_id": customer,
            "signed_up_at": at(instant) if instant else "",
            "email": mail,
            "name": "Greta Graf",
            "phone": NUMBER,
            "marketing_consent": "true",
            "updated_at": at(instant) if instant else "",
        }
        for customer, mail, instant in profiles
    ]


def tables() -> dict[str, list[dict[str, str]]]:
    line = {"line_number": "1", "product_id": "p1", "quantity": "1", "unit_price": "5"}
    return {
        "events": events(),
        "orders": orders(),
        "customers": customers(),
        "order_lines": [{"order_id": order["order_id"], **line} for order in orders()],
        "refunds": [
            {
                "refund_id": "r1",
                "order_id": "named",
                "product_id": "p1",
                "quantity": "1",
                "amount": "1",
                "currency": "GBP",
                "refunded_at": at("03-09 10:00"),
                "reason": WRITTEN,
            }
        ],
        "reviews": [
            {
                "review_id": "v1",
                "customer_id": "C",
                "product_id": "p1",
                "rating": "5",
                "text": WRITTEN,
                "created_at": at("03-10 10:00"),
            }
        ],
        "products": [{"product_id": "p1", "name": "A pot", "updated_at": at("03-01 00:00")}],
    }
