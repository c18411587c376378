"""From lives to sessions: who comes on which device, how far they go, and when they are known."""

from dataclasses import dataclass, fields

import numpy as np

from stayhouse.shop.draws import Bools, Ints, Keys, choice, integers, keys, numbers_within, uniform
from stayhouse.shop.orders.orders import Orders
from stayhouse.shop.parameters import MODEL, REFILLS
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import FAMILY_SLOTS, People
from stayhouse.shop.population.seasons import ARRIVALS, UNITS_PER_DAY, Seasons
from stayhouse.shop.settings import DAY_MS, NEVER, Settings

# The steps of a session, in the order in which they happen. Each happens some number of times.
SLOTS = (
    "page_view",
    "login",
    "search",
    "product_view",
    "like",
    "add_to_cart",
    "remove_from_cart",
    "checkout_start",
    "sign_up",
    "payment",
    "purchase",
    "guide_view",
    "share",
    "review",
    "rating",
    "support_message",
    "referral",
)
SLOT = {name: place for place, name in enumerate(SLOTS)}
NEVER_KNOWN = len(SLOTS)
BROWSE, ORDER, DISCOVERY, REVIEW, SUPPORT, REFERRAL, PASSER_BY, FAST_BOT, SLOW_BOT = range(9)
VISITORS_PER_CUSTOMER = 4  # two own devices; the numbers 2 and 3 are for bots and passers-by
# Some customers use a device that stands in public: one for each neighbourhood of roots.
NEIGHBOURHOOD = 64
KIOSK_USER_SHARE = 0.10
KIOSK_VISIT_SHARE = 0.25
_KIOSK_VISITOR = 3_000_000_000  # beyond the visitors of customers
GUEST_SHARE = 0.05
# How far a visit without an order goes: landing only, product, cart, checkout, payment.
_STAGES = (0.30, 0.45, 0.15, 0.07, 0.03)
_LOST_TO_FAULT = 0.25  # of other visits on the faulty device: they fail at the payment
DIRECT = 5
_LATER_CHANNELS = (0.50, 0.25, 0.10, 0.15)  # direct, organic, search ads, email


@dataclass(frozen=True)
class Sessions:
    """Planned sessions. ``counts`` has shape (sessions, slots)."""

    kind: Ints
    person: Ints  # position in People, or -1
    customer: Ints  # number of the customer, or -1
    key: Keys
    visitor: Ints
    visit_number: Ints  # distinguishes the sessions of a visitor, for event ids
    at_ms: Ints
    category: Ints
    device: Ints
    channel: Ints  # index into events.SOURCES
    campaign: Ints  # whose link was followed, or -1
    is_slow: Bools
    known_from: Ints  # the slot from which events carry the customer
    order: Ints  # position in Orders, or -1
    counts: Ints

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, rows: Ints | Bools) -> "Sessions":
        """Return the sessions at these positions."""
        return Sessions(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})


def join(parts: list[Sessions]) -> Sessions:
    """Return several lots of sessions as one."""
    return Sessions(
        **{
            item.name: np.concatenate([getattr(part, item.name) for part in parts])
            for item in fields(Sessions)
        }
    )


def is_guest(settings: Settings, people: People) -> Bools:
    """Whether each person's first order is a guest's: no account until the second."""
    return (uniform(people.key, "guest") < GUEST_SHARE) & settings.has("dirt") & ~people.is_lead


def signed_up_ms(settings: Settings, people: People, orders: Orders) -> Ints:
    """Return when each person has an account: at the first order, a guest at the second."""
    signed = people.arrived_ms.copy()
    guest = is_guest(settings, people)
    signed[guest] = NEVER
    second = orders.place == 1
    chosen = second & guest[orders.person]
    signed[orders.person[chosen]] = orders.at_ms[chosen]
    return signed


def shop_sessions(settings: Settings, people: People, lives: Lives, orders: Orders) -> Sessions:
    """Return the sessions of visits to the shop: browsing, ordering, signing up."""
    visits = lives.visits
    person, key = visits.person, visits.key
    order = np.full(len(visits), -1, dtype=np.int64)
    order[orders.visit] = np.arange(len(orders))
    signed = signed_up_ms(settings, people, orders)
    signs_up = visits.at_ms == signed[person]
    has_account = visits.at_ms > signed[person]
    stage = np.where(visits.is_order, 5, choice(key, "stage", _STAGES))
    lost = (
        visits.is_faulty & ~visits.is_order & (uniform(key, "lost to the fault") < _LOST_TO_FAULT)
    )
    stage = np.where(lost, 4, np.where(signs_up & ~visits.is_order, 1, stage))
    counts = path_counts(key, stage)
    lines = (orders.product >= 0).sum(axis=1)
    counts[orders.visit, SLOT["product_view"]] += lines
    counts[orders.visit, SLOT["add_to_cart"]] = lines
    counts[:, SLOT["sign_up"]] = signs_up
    login = uniform(key, "login")
    # Repeat buyers log in or are remembered; browsers are often nobody.
    remembered = has_account & (login < np.where(visits.is_order, 0.60, 0.35))
    logs_in = has_account & ~remembered & (visits.is_order | (login < 0.55))
    counts[:, SLOT["login"]] = logs_in
    known_from = np.full(len(visits), NEVER_KNOWN, dtype=np.int64)
    known_from[signs_up] = SLOT["sign_up"]
    known_from[logs_in] = SLOT["login"]
    known_from[remembered] = 0
    second = visits.device != people.device_1[person]
    visitor = people.number[person] * VISITORS_PER_CUSTOMER + second
    visit_number = _ordinal(person)
    at_kiosk = _is_at_kiosk(settings, people, person, key) & ~signs_up
    family = people.number[person] // FAMILY_SLOTS
    visitor = np.where(at_kiosk, _KIOSK_VISITOR + family // NEIGHBOURHOOD, visitor)
    # At a shared device the visits of several customers need numbers that do not meet.
    own = people.number[person] % (FAMILY_SLOTS * NEIGHBOURHOOD) * 10_000
    visit_number = np.where(at_kiosk, own + visit_number, visit_number)
    channel = np.array([DIRECT, 0, 1, 3])[choice(key, "later channel", _LATER_CHANNELS)]
    by_link = (visits.window > 0) & (uniform(key, "campaign link") < 0.5)
    campaign = (visits.at_ms - settings.start_ms) // DAY_MS - MODEL.campaign_first_day
    return Sessions(
        kind=np.where(visits.is_order, ORDER, BROWSE),
        person=person,
        customer=people.number[person],
        key=key,
        visitor=visitor,
        visit_number=visit_number,
        at_ms=visits.at_ms,
        category=visits.category,
        device=visits.device,
        channel=np.where(visits.is_first, people.channel[person], np.where(by_link, 6, channel)),
        campaign=np.where(by_link, campaign // MODEL.campaign_every, -1),
        is_slow=visits.is_slow,
        known_from=known_from,
        order=order,
        counts=counts,
    )


def _is_at_kiosk(settings: Settings, people: People, person: Ints, key: Keys) -> Bools:
    uses = uniform(people.key, "kiosk user") < KIOSK_USER_SHARE
    return uses[person] & (uniform(key, "at the kiosk") < KIOSK_VISIT_SHARE) & settings.has("dirt")


def is_kiosk(visitor: Ints) -> Bools:
    """Return which visitors are devices that stand in public."""
    found: Bools = visitor >= _KIOSK_VISITOR
    return found


def neighbourhood_of(visitor: Ints) -> Ints:
    """Return the neighbourhood of each visitor: of its customer, or the one its kiosk stands in."""
    families = visitor // VISITORS_PER_CUSTOMER // FAMILY_SLOTS
    kiosk = visitor - _KIOSK_VISITOR
    found: Ints = np.where(kiosk >= 0, kiosk, families // NEIGHBOURHOOD)
    return found


def path_counts(key: Keys, stage: Ints) -> Ints:
    """Return how often each slot happens in sessions that reach a stage (0 to 4; 5 = order)."""
    counts = np.zeros((len(key), len(SLOTS)), dtype=np.int64)
    views = np.floor(-np.log(uniform(key, "views")) * 1.1).astype(np.int64)
    counts[:, SLOT["page_view"]] = 1
    looks = stage >= 1
    counts[:, SLOT["search"]] = looks * choice(key, "searches", [0.62, 0.28, 0.10])
    counts[:, SLOT["product_view"]] = looks * (np.minimum(views, 8) + (stage < 5))
    counts[:, SLOT["like"]] = looks & (uniform(key, "like") < 0.05)
    carts = stage >= 2
    counts[:, SLOT["add_to_cart"]] = carts
    counts[:, SLOT["remove_from_cart"]] = carts & (uniform(key, "removes") < 0.08)
    counts[:, SLOT["checkout_start"]] = stage >= 3
    counts[:, SLOT["payment"]] = stage >= 4
    counts[:, SLOT["purchase"]] = stage == 5
    counts[:, SLOT["guide_view"]] = uniform(key, "guide") < 0.12
    counts[:, SLOT["share"]] = looks & (uniform(key, "share") < 0.015)
    return counts


def discovery_sessions(people: People) -> Sessions:
    """Return anonymous visits in the days before the arrival, on the main device."""
    counts = np.floor(-np.log(uniform(people.key, "discoveries")) * MODEL.discovery_mean)
    number = np.minimum(counts, 4).astype(np.int64)
    person = np.repeat(np.arange(len(people), dtype=np.int64), number)
    key = keys(people.key[person], "discovery", numbers_within(number) + 1)
    before = (0.1 + (MODEL.discovery_days - 0.1) * uniform(key, "days before")) * DAY_MS
    return anonymous_sessions(
        key,
        DISCOVERY,
        _stranger_counts(key),
        visitor=people.number[person] * VISITORS_PER_CUSTOMER,
        visit_number=100_000 + numbers_within(number),
        at_ms=people.arrived_ms[person] - np.rint(before).astype(np.int64),
        category=people.first_category[person],
        device=people.device_1[person],
        channel=people.channel[person],
        person=person,
        customer=people.number[person],
    )


def passer_by_sessions(seasons: Seasons, people: People) -> Sessions:
    """Return visitors who are never known: each root may bring one, in the month after it."""
    comes = (people.referrer < 0) & (uniform(people.key, "passer-by") < MODEL.passer_by_ratio)
    roots = np.flatnonzero(comes)
    key = keys(people.key[roots], "passer-by")
    zone = people.zone[roots]
    since = seasons.elapsed(ARRIVALS, zone, people.arrived_ms[roots])
    wait = np.rint(30.0 * uniform(key, "wait") * UNITS_PER_DAY).astype(np.int64)
    return anonymous_sessions(
        key,
        PASSER_BY,
        _stranger_counts(key),
        visitor=people.number[roots] * VISITORS_PER_CUSTOMER + 3,
        visit_number=np.zeros(len(roots), dtype=np.int64),
        at_ms=seasons.instant(ARRIVALS, zone, since + wait),
        category=integers(key, "category", REFILLS),
        device=choice(key, "device", [0.55, 0.35, 0.10]),
        channel=choice(key, "channel", [0.4, 0.3, 0.3]),
    )


def anonymous_sessions(key: Keys, kind: int, counts: Ints, **given: Ints) -> Sessions:
    """Return sessions of visitors who are not known: the columns given, and nothing else."""
    count = len(key)
    none = np.full(count, -1, dtype=np.int64)
    values = {"person": none, "customer": none, **given}
    return Sessions(
        kind=np.full(count, kind, dtype=np.int64),
        key=key,
        campaign=none,
        is_slow=uniform(key, "slow") < MODEL.slow,
        known_from=np.full(count, NEVER_KNOWN, dtype=np.int64),
        order=none,
        counts=counts,
        **values,
    )


def _stranger_counts(key: Keys) -> Ints:
    """The steps of visits that go no further than the cart."""
    return path_counts(key, np.minimum(choice(key, "stage", _STAGES), 2))


def _ordinal(person: Ints) -> Ints:
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    return np.arange(len(person)) - np.repeat(starts, np.diff(np.append(starts, len(person))))
