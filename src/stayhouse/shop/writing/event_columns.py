"""The columns of events as text."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.orders.rates import CURRENCIES
from stayhouse.shop.parameters import CATEGORIES, DEVICES, PRODUCTS_PER_CATEGORY
from stayhouse.shop.population.contacts import KINDS
from stayhouse.shop.settings import Settings
from stayhouse.shop.tables import Records
from stayhouse.shop.visits.events import (
    AGENTS_PER_DEVICE,
    BOT_AGENTS,
    EVENT_TYPES,
    FIXED_PAGES,
    GUIDE_PAGE,
    GUIDES,
)
from stayhouse.shop.writing import columns as text
from stayhouse.shop.writing.words import SEARCH_TERMS, review_text, support_text

# Channels of visits: organic, search ads, social ads, e-mail, referral, direct, campaign link.
_REFERRERS = ("https://search.example", None, None, None, "https://friend.example", None, None)
_SOURCES = ("search", "search", "social", "newsletter", "friend", None, "campaign")
_MEDIA = ("organic", "cpc", "paid_social", "email", "referral", None, "message")
_PAYMENT_STATES = (json.dumps({"status": "declined"}), json.dumps({"status": "approved"}))
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/124.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-G991B) Chrome/122.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) Version/17.4 Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) Version/17.4 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-X700) Chrome/123.0 Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Version/16.6 Safari/604.1",
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)",
    "python-requests/2.31.0",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/119.0 Safari/537.36",
)
assert len(AGENTS) == len(DEVICES) * AGENTS_PER_DEVICE + BOT_AGENTS


def event_columns(settings: Settings, rows: Records) -> dict[str, Any]:
    """Return the columns of event records, each a pyarrow array of strings."""
    utm = rows["utm"].astype(np.int64)
    visitor = text.number(rows["visitor"], "v")
    visit = text.number(rows["visit_number"], "-")
    position = text.number(rows["position"], "-")
    return {
        "event_id": text.joined(visitor, visit, position),
        "event_type": text.coded(rows["type"], EVENT_TYPES),
        "occurred_at": text.instant(rows["occurred"]),
        "received_at": text.instant(rows["received"]),
        "visitor_id": visitor,
        "customer_id": text.number(rows["customer"], "c"),
        "product_id": text.coded(rows["product"], _PRODUCT_IDS),
        "order_id": text.number(rows["order"], "o"),
        "quantity": text.number(rows["quantity"]),
        "price": text.money(rows["price"]),
        "currency": text.coded(rows["currency"], CURRENCIES),
        "page_url": text.coded(rows["page"], _PAGES),
        "referrer": _known(utm, _REFERRERS),
        "utm_source": _known(utm, _SOURCES),
        "utm_medium": _known(utm, _MEDIA),
        "utm_campaign": text.by_value(rows["campaign"], lambda item: f"{KINDS[item % 3]}_{item}"),
        "device_type": text.coded(rows["device"], DEVICES),
        "user_agent": text.coded(rows["agent"], AGENTS),
        "search_term": text.coded(rows["search"], SEARCH_TERMS),
        "result_count": text.number(rows["results"]),
        "load_ms": text.number(rows["load"]),
        "rating": text.number(rows["rating"]),
        "text": _texts(rows),
        "properties": text.coded(rows["status"], _PAYMENT_STATES),
    }


def _known(codes: Any, words: tuple[str | None, ...]) -> Any:
    """Like ``coded``, but words may repeat, and codes whose word is None are null too."""
    different = list(dict.fromkeys(word for word in words if word is not None))
    own = np.array([-1 if word is None else different.index(word) for word in words])
    return text.coded(np.where(codes < 0, -1, own[np.maximum(codes, 0)]), different)


def _texts(rows: Records) -> Any:
    """The words of reviews and of messages to the help desk."""
    chosen = np.flatnonzero(rows["text_code"] >= 0)
    if len(chosen) == 0:
        return text.empty(len(rows))
    is_review = EVENT_TYPES.index("review")
    words = [
        review_text(
            int(row["text_key"]), int(row["rating"]), int(row["text_code"]), int(row["product"])
        )
        if row["type"] == is_review
        else support_text(int(row["text_key"]), int(row["text_code"]))
        for row in rows[chosen]
    ]
    return text.replaced(pa.nulls(len(rows), pa.string()), chosen, words)


def _page_names() -> list[str]:
    pages = ["/", *(f"/c/{category}" for category in CATEGORIES), *FIXED_PAGES]
    pages += [f"/guides/g{GUIDE_PAGE + guide}" for guide in range(GUIDES)]
    pages += [f"/p/p{product}" for product in range(len(CATEGORIES) * PRODUCTS_PER_CATEGORY)]
    return pages


_PAGES = _page_names()
_PRODUCT_IDS = [f"p{product}" for product in range(len(CATEGORIES) * PRODUCTS_PER_CATEGORY)]
