"""Events of sessions: one record for each step, with dwell, load times and what is known."""

import numpy as np

from stayhouse.shop.draws import (
    Bools,
    Ints,
    Keys,
    choice,
    cumulative_choice,
    integers,
    keys,
    normal,
    numbers_within,
    running_total,
    uniform,
)
from stayhouse.shop.orders.orders import Orders, in_currency
from stayhouse.shop.parameters import PRODUCTS_PER_CATEGORY, ZONE_CURRENCY
from stayhouse.shop.population.catalogue import TASTE_LEVELS, Catalogue, choice_row
from stayhouse.shop.population.people import People
from stayhouse.shop.tables import Records, records
from stayhouse.shop.visits.sessions import FAST_BOT, ORDER, SLOT, SLOTS, SLOW_BOT, Sessions

EVENT_TYPES = (
    "page_view",
    "product_view",
    "search",
    "add_to_cart",
    "remove_from_cart",
    "checkout_start",
    "payment",
    "purchase",
    "login",
    "sign_up",
    "review",
    "rating",
    "like",
    "share",
    "referral",
    "support_message",
)
_TYPE_OF_SLOT = np.array(
    [EVENT_TYPES.index("page_view" if name == "guide_view" else name) for name in SLOTS]
)
# Pages: the categories, then fixed pages, guides, and from PRODUCT_PAGE on the products.
FIXED_PAGES = ("/search", "/cart", "/checkout", "/login", "/account", "/review", "/help")
GUIDE_PAGE = 16
GUIDES = 8  # one of each category, in their order
OWN_GUIDE_SHARE = 0.70  # of guide views: the guide of the visit's category
PRODUCT_PAGE = 24
_PAGE_OF_SLOT = {
    "login": "/login",
    "search": "/search",
    "add_to_cart": "/cart",
    "remove_from_cart": "/cart",
    "checkout_start": "/checkout",
    "sign_up": "/login",
    "payment": "/checkout",
    "purchase": "/checkout",
    "review": "/review",
    "rating": "/review",
    "support_message": "/help",
    "referral": "/account",
}
FIRST_FIXED_PAGE = 9
# Median seconds until the next event, by slot.
_DWELL = np.array([16, 8, 12, 38, 3, 9, 6, 34, 30, 22, 5, 45, 5, 60, 8, 90, 10], dtype=np.float64)
_LONGEST_DWELL_MS = 1_500_000
# A few pauses lie at the limit of a session: 1800 s stays together, more does not.
_PAUSES_MS = np.array([1_800_000, 1_800_001, 1_799_999, 1_801_000, 2_400_000])
_PAUSE_SHARE = 0.002
AGENTS_PER_DEVICE = 3
BOT_AGENT = 9  # the first agent of bots, after those of three devices
BOT_AGENTS = 3
SEARCH_WORDS = 6


def make_events(
    catalogue: Catalogue, people: People, orders: Orders, sessions: Sessions, codes: Ints
) -> Records:
    """Return the events of these sessions, session by session, without any flaw.

    ``codes`` say what is written in each session, as ``feedback.text_codes`` returns them.
    """
    sizes = sessions.counts.sum(axis=1)
    session = np.repeat(np.arange(len(sessions), dtype=np.int64), sizes)
    position = numbers_within(sizes)
    flat_counts = sessions.counts.ravel()
    slot = np.repeat(np.tile(np.arange(len(SLOTS)), len(sessions)), flat_counts)
    repeat = numbers_within(flat_counts)
    key = keys(sessions.key[session], "event", position)
    is_fast = sessions.kind[session] == FAST_BOT
    occurred = sessions.at_ms[session] + _offsets(key, slot, sizes, is_fast)
    received = occurred + 40 + np.floor(-np.log(uniform(key, "transport")) * 900.0).astype(np.int64)
    product = _products(catalogue, people, orders, sessions, session, slot, repeat, key)
    is_bought = (slot == SLOT["add_to_cart"]) & (sessions.kind[session] == ORDER)
    order = np.maximum(sessions.order[session], 0)
    quantity = np.where(np.isin(slot, [SLOT["add_to_cart"], SLOT["remove_from_cart"]]), 1, -1)
    if len(orders):
        line = np.minimum(_line_of(orders, order, repeat), orders.quantity.shape[1] - 1)
        quantity = np.where(is_bought, orders.quantity[order, line], quantity)
    person = np.maximum(sessions.person[session], 0)
    has_price = (product >= 0) & np.isin(
        slot, [SLOT[name] for name in ("product_view", "add_to_cart", "remove_from_cart")]
    )
    # Strangers see the prices of the base currency.
    is_person = sessions.person[session] >= 0
    zone_currency = np.where(is_person, np.array(ZONE_CURRENCY)[people.zone[person]], 0)
    pence = catalogue.price_at(np.maximum(product, 0), sessions.at_ms[session])
    is_landing = position == 0
    is_page = np.isin(slot, [SLOT["page_view"], SLOT["product_view"], SLOT["guide_view"]])
    names_order = (slot == SLOT["purchase"]) | (slot == SLOT["support_message"])
    rated = np.isin(slot, [SLOT["review"], SLOT["rating"]])
    rating = orders.around.rating[order] if len(orders) else np.zeros(len(order), np.int64)
    order_number = orders.number[order] if len(orders) else np.full(len(order), -1)
    return records(
        "events",
        len(session),
        due=received,
        tie=key,
        kind=sessions.kind[session],
        type=_TYPE_OF_SLOT[slot],
        currency=np.where(has_price, zone_currency, -1),
        device=sessions.device[session],
        agent=_agents(sessions)[session],
        rating=np.where(rated, rating, -1),
        utm=np.where(is_landing, sessions.channel[session], -1),
        status=np.where(
            slot == SLOT["payment"], np.where(sessions.kind[session] == ORDER, 1, 0), -1
        ),
        occurred=occurred,
        received=received,
        visitor=sessions.visitor[session],
        customer=np.where(slot >= sessions.known_from[session], sessions.customer[session], -1),
        order=np.where(names_order, order_number, -1),
        text_key=sessions.key[session],
        visit_number=sessions.visit_number[session],
        position=position,
        price=np.where(has_price, in_currency(pence, zone_currency), -1),
        load=np.where(is_page, _load_ms(key, sessions.is_slow[session]), -1),
        page=_pages(sessions.category[session], slot, product, key),
        product=product,
        quantity=quantity,
        campaign=np.where(is_landing, sessions.campaign[session], -1),
        search=np.where(
            slot == SLOT["search"],
            sessions.category[session] * SEARCH_WORDS + integers(key, "search word", SEARCH_WORDS),
            -1,
        ),
        results=np.where(slot == SLOT["search"], integers(key, "results", 40), -1),
        text_code=np.where(
            np.isin(slot, [SLOT["review"], SLOT["support_message"]]), codes[session], -1
        ),
    )


def _offsets(key: Keys, slot: Ints, sizes: Ints, is_fast: Bools) -> Ints:
    """Milliseconds from the start of the session to each event."""
    spread = np.exp(0.75 * normal(key, "dwell"))
    dwell = np.rint(_DWELL[slot] * spread * 1000.0).astype(np.int64)
    dwell = np.minimum(dwell, _LONGEST_DWELL_MS)
    pauses = uniform(key, "pause") < _PAUSE_SHARE
    dwell = np.where(pauses, _PAUSES_MS[integers(key, "length of the pause", 5)], dwell)
    dwell = np.where(is_fast, 100 + integers(key, "pace", 500), dwell)
    return running_total(dwell, sizes) - dwell


def _products(
    catalogue: Catalogue,
    people: People,
    orders: Orders,
    sessions: Sessions,
    session: Ints,
    slot: Ints,
    repeat: Ints,
    key: Keys,
) -> Ints:
    """The product of each event, or -1: those of the order first, then others they like."""
    names = ("product_view", "like", "add_to_cart", "remove_from_cart", "share")
    has_product = np.isin(slot, [SLOT[name] for name in names])
    about_order = np.isin(slot, [SLOT[name] for name in ("review", "rating")])
    product = np.full(len(slot), -1, dtype=np.int64)
    chosen = np.flatnonzero(has_product)
    of = session[chosen]
    person = sessions.person[of]
    stranger = keys(sessions.key[of], "taste")
    taste = [
        np.where(person >= 0, values[np.maximum(person, 0)], integers(stranger, name, TASTE_LEVELS))
        for name, values in (("1", people.taste_1), ("2", people.taste_2), ("3", people.spend))
    ]
    category = sessions.category[of]
    row = choice_row(taste[0], taste[1], taste[2], category)
    product[chosen] = category * PRODUCTS_PER_CATEGORY + cumulative_choice(
        catalogue.choice, uniform(key[chosen], "product"), row
    )
    if len(orders):
        order = sessions.order[session]
        safe = np.maximum(order, 0)
        is_line = (order >= 0) & np.isin(slot, [SLOT["product_view"], SLOT["add_to_cart"]])
        is_line &= repeat < (orders.product[safe] >= 0).sum(axis=1)
        line = np.minimum(_line_of(orders, safe, repeat), orders.product.shape[1] - 1)
        product = np.where(is_line, orders.product[safe, line], product)
        product = np.where(about_order, orders.product[safe, 0], product)
    return product


def _line_of(orders: Orders, order: Ints, repeat: Ints) -> Ints:
    """The line that is the (repeat + 1)-th existing one of an order."""
    exists = orders.product[order] >= 0
    # Line 0 always exists; without line 1, the second existing line is line 2.
    return np.where((repeat == 1) & ~exists[:, 1], 2, repeat)


def _agents(sessions: Sessions) -> Ints:
    """The user agent of each session: one of its device's three, a bot's, or none at all."""
    usual = sessions.device * AGENTS_PER_DEVICE + sessions.visitor * 7 // 4 % AGENTS_PER_DEVICE
    own = BOT_AGENT + sessions.visitor // 4 % BOT_AGENTS
    agent = np.where(sessions.kind == SLOW_BOT, own, usual)
    # A visitor without an agent is no bot for that.
    return np.where(sessions.visitor % 101 == 7, np.where(agent < BOT_AGENT, -1, agent), agent)


def _load_ms(key: Keys, is_slow: Bools) -> Ints:
    spread = np.exp(0.35 * normal(key, "load"))
    loads: Ints = np.rint(np.where(is_slow, 4200.0, 620.0) * spread).astype(np.int64)
    return loads


def _pages(category: Ints, slot: Ints, product: Ints, key: Keys) -> Ints:
    fixed = np.full(len(SLOTS), -1, dtype=np.int64)
    for name, url in _PAGE_OF_SLOT.items():
        fixed[SLOT[name]] = FIRST_FIXED_PAGE + FIXED_PAGES.index(url)
    page: Ints = fixed[slot]
    landing = np.where(category >= 0, 1 + category, 0)
    page = np.where(slot == SLOT["page_view"], landing, page)
    any_guide = choice(key, "guide", [1 / GUIDES] * GUIDES)
    is_own = (uniform(key, "guide of the category") < OWN_GUIDE_SHARE) & (category >= 0)
    guide = np.where(is_own, category, any_guide)
    page = np.where(slot == SLOT["guide_view"], GUIDE_PAGE + guide, page)
    on_product = np.isin(slot, [SLOT["product_view"], SLOT["like"], SLOT["share"]])
    return np.where(on_product, PRODUCT_PAGE + product, page)
