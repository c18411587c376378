"""The columns of each table as text, under the names a platform exports them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.dirt.flaws import FLAWS, OFFSET
from stayhouse.shop.orders.rates import CURRENCIES
from stayhouse.shop.parameters import (
    CATEGORIES,
    CHANNELS,
    CITIES,
    COUNTRIES,
    GENDERS,
    INCOME_BANDS,
    MODEL,
    PRODUCTS_PER_CATEGORY,
    REFILLS,
    ZONES,
)
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.contacts import CHANNEL_COST, CONTACT_CHANNELS, KINDS, campaign_day
from stayhouse.shop.settings import DAY_MS, HOUR_MS, Settings
from stayhouse.shop.tables import Records
from stayhouse.shop.visits.events import GUIDE_PAGE
from stayhouse.shop.writing import columns as text
from stayhouse.shop.writing.assignments import experiment_columns, exposure_columns
from stayhouse.shop.writing.event_columns import event_columns
from stayhouse.shop.writing.exports import STATUSES
from stayhouse.shop.writing.phrases import LANGUAGES
from stayhouse.shop.writing.words import (
    GUIDE_TITLES,
    STAFF,
    email_of,
    full_name,
    phone_of,
    product_name,
    review_text,
)

Columns = dict[str, Any]
CHARGE_KINDS = ("tax", "shipping", "gift_card")
REFUND_REASONS = ("damaged", "not_as_described", "changed_mind", "late")
COUPONS = ("SAVE10",)


def to_table(settings: Settings, catalogue: Catalogue, name: str, rows: Records) -> Any:
    """Return records of a table as a pyarrow Table of strings."""
    if name == "events":
        columns = event_columns(settings, rows)
    elif name == "products":
        columns = _products(catalogue, rows)
    elif name in _DATED:
        columns = _DATED[name](settings, rows)
    else:
        columns = _FORMATS[name](rows)
    if "flaw" in (rows.dtype.names or ()):
        _show_flaws(columns, name, rows)
    return pa.table(columns)


def _show_flaws(columns: Columns, name: str, rows: Records) -> None:
    """Write into the columns what the flaws of rows put there instead."""
    dirty = np.flatnonzero(rows["flaw"])
    changed: dict[str, dict[int, str | None]] = {}
    for row, code in zip(dirty.tolist(), rows["flaw"][dirty].tolist(), strict=True):
        flaw = FLAWS[name][code - 1]
        for column, word in flaw.texts.items():
            changed.setdefault(column, {})[row] = word
        if flaw is OFFSET:
            changed.setdefault("occurred_at", {})[row] = _with_offset(int(rows["occurred"][row]))
    for column, words in changed.items():
        places = np.array(sorted(words), dtype=np.int64)
        texts = [words[place] for place in places.tolist()]
        columns[column] = text.replaced(columns[column], places, texts)


def _with_offset(at_ms: int) -> str:
    """An instant as somebody's local time: the same instant with an offset of its own."""
    hours = (-5, 1, 2, 8)[at_ms // 1000 % 4]
    local = np.datetime64(at_ms + hours * HOUR_MS, "ms")
    return f"{local}{'+' if hours > 0 else '-'}{abs(hours):02d}:00"


def _orders(rows: Records) -> Columns:
    return {
        "order_id": text.number(rows["order"], "o"),
        "customer_id": text.number(rows["customer"], "c"),
        "visitor_id": text.number(rows["visitor"], "v"),
        "email": text.by_value(np.where(rows["is_test"] == 1, STAFF, rows["owner"]), email_of),
        "ordered_at": text.instant(rows["ordered"]),
        "status": text.coded(rows["status"], STATUSES),
        "currency": text.coded(rows["currency"], CURRENCIES),
        "coupon_code": text.coded(rows["coupon"], COUPONS),
        "promised_at": text.instant(rows["promised"]),
        "delivered_at": text.instant(rows["delivered"]),
        "is_test": text.flag(rows["is_test"]),
        "updated_at": text.instant(rows["updated"]),
    }


def _order_lines(rows: Records) -> Columns:
    return {
        "order_id": text.number(rows["order"], "o"),
        "line_number": text.number(rows["line"]),
        "product_id": text.number(rows["product"], "p"),
        "quantity": text.number(rows["quantity"]),
        "unit_price": text.money(rows["price"]),
        "discount": text.money(rows["discount"]),
    }


def _order_charges(rows: Records) -> Columns:
    return {
        "order_id": text.number(rows["order"], "o"),
        "kind": text.coded(rows["kind"], CHARGE_KINDS),
        "amount": text.money(rows["amount"]),
    }


def _refunds(rows: Records) -> Columns:
    return {
        "refund_id": text.number(rows["refund"], "r"),
        "order_id": text.number(rows["order"], "o"),
        "customer_id": text.number(rows["customer"], "c"),
        "product_id": text.number(rows["product"], "p"),
        "quantity": text.number(rows["quantity"]),
        "amount": text.money(rows["amount"]),
        "currency": text.coded(rows["currency"], CURRENCIES),
        "refunded_at": text.instant(rows["refunded"]),
        "reason": text.coded(rows["reason"], REFUND_REASONS),
    }


def _customers(rows: Records) -> Columns:
    zone = rows["zone"].astype(np.int64)
    cities = [city for zone_cities in CITIES for city in zone_cities]
    genders = [word for word in GENDERS if word is not None]
    gender = np.where(rows["gender"] >= len(genders), -1, rows["gender"])
    return {
        "customer_id": text.number(rows["customer"], "c"),
        "signed_up_at": text.instant(rows["signed_up"]),
        "email": text.by_value(rows["customer"], email_of),
        "name": text.by_value(rows["customer"], full_name),
        "phone": text.by_value(rows["customer"], phone_of),
        "birth_year": text.number(rows["birth_year"]),
        "gender": text.coded(gender, genders),
        "income_band": text.coded(rows["income"], INCOME_BANDS),
        "city": text.coded(zone * 5 + rows["city"], cities),
        "country": text.coded(zone, COUNTRIES),
        "time_zone": text.coded(zone, ZONES),
        "marketing_consent": text.flag(rows["consents"]),
        "referred_by": text.number(rows["referrer"], "c"),
        "updated_at": text.instant(rows["updated"]),
    }


def _products(catalogue: Catalogue, rows: Records) -> Columns:
    product = rows["product"].astype(np.int64)
    category = product // PRODUCTS_PER_CATEGORY
    cost = catalogue.price[product] * 55 // 100
    return {
        "product_id": text.number(product, "p"),
        "name": text.by_value(product, product_name),
        "category_path": text.coded(category, [f"shop/{word}" for word in CATEGORIES]),
        "brand": text.coded(product % 5, ("Alder", "Birch", "Cedar", "Dogwood", "Elm")),
        "price": text.money(rows["price"]),
        "cost": text.money(cost),
        "description": text.by_value(product, lambda item: f"{product_name(item)}, made to last"),
        "is_available": text.flag(rows["available"]),
        "is_replenishable": text.flag((category == REFILLS).astype(np.int64)),
        "updated_at": text.instant(rows["updated"]),
    }


def _reviews(rows: Records) -> Columns:
    code = rows["text_code"].astype(np.int64)
    words = [
        review_text(key, rating, number, product) if number >= 0 else None
        for key, rating, number, product in zip(
            rows["text_key"].tolist(),
            rows["rating"].tolist(),
            rows["text_code"].tolist(),
            rows["product"].tolist(),
            strict=True,
        )
    ]
    return {
        "review_id": text.number(rows["review"], "w"),
        "customer_id": text.number(rows["customer"], "c"),
        "product_id": text.number(rows["product"], "p"),
        "rating": text.number(rows["rating"]),
        "text": pa.array(words, pa.string()),
        "language": text.coded(np.where(code < 0, -1, code % len(LANGUAGES)), LANGUAGES),
        "created_at": text.instant(rows["created"]),
        "likes": text.number(rows["likes"]),
    }


def _content(rows: Records) -> Columns:
    return {
        "content_id": text.number(rows["content"] + GUIDE_PAGE, "g"),
        "title": text.coded(rows["content"], GUIDE_TITLES),
        "category_path": text.coded(rows["content"], [f"shop/{word}" for word in CATEGORIES]),
        "kind": text.coded(np.zeros(len(rows), np.int64), ("guide",)),
    }


def _campaigns(settings: Settings, rows: Records) -> Columns:
    campaign = rows["campaign"].astype(np.int64)
    first = np.array([campaign_day(item) for item in campaign.tolist()], dtype=np.int64)
    starts = settings.start_ms + first * DAY_MS
    return {
        "campaign_id": text.number(campaign, "k"),
        "name": text.by_value(campaign, lambda item: f"{KINDS[item % 3]} {item}"),
        "kind": text.coded(campaign % len(KINDS), KINDS),
        "starts_at": text.instant(starts),
        "ends_at": text.instant(starts + int(MODEL.contact_window * DAY_MS)),
        "offer_value": text.money(np.where(campaign % len(KINDS) == 2, 500, -1)),
        "target_segment": text.coded(np.zeros(len(rows), np.int64), ("consenting",)),
    }


def _contacts(rows: Records) -> Columns:
    key = rows["customer"].astype(np.int64) * 1000 + rows["campaign"]
    cost = np.array(CHANNEL_COST)[rows["channel"].astype(np.int64)]
    return {
        "contact_id": text.number(key, "m"),
        "campaign_id": text.number(rows["campaign"], "k"),
        "customer_id": text.number(rows["customer"], "c"),
        "channel": text.coded(rows["channel"], CONTACT_CHANNELS),
        "sent_at": text.instant(rows["sent"]),
        "opened_at": text.instant(rows["opened"]),
        "clicked_at": text.instant(rows["clicked"]),
        "cost": text.money(cost),
    }


def _channel_costs(settings: Settings, rows: Records) -> Columns:
    return {
        "channel": text.coded(rows["channel"], CHANNELS),
        "day": text.by_value(rows["day"], settings.day_name),
        "cost": text.money(rows["cost"]),
        "currency": text.coded(np.zeros(len(rows), np.int64), CURRENCIES),
    }


def _erasure_requests(rows: Records) -> Columns:
    return {
        "customer_id": text.number(rows["customer"], "c"),
        "requested_at": text.instant(rows["requested"]),
    }


_FORMATS: dict[str, Callable[[Records], Columns]] = {
    "orders": _orders,
    "order_lines": _order_lines,
    "order_charges": _order_charges,
    "refunds": _refunds,
    "customers": _customers,
    "reviews": _reviews,
    "content": _content,
    "contacts": _contacts,
    "exposures": exposure_columns,
    "erasure_requests": _erasure_requests,
}
_DATED: dict[str, Callable[[Settings, Records], Columns]] = {
    "campaigns": _campaigns,
    "channel_costs": _channel_costs,
    "experiments": experiment_columns,
}
