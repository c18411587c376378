"""Who the customers are: arrival, archetype, rate, tastes, devices, demographics, referrals."""

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from stayhouse.shop.draws import (
    Bools,
    Floats,
    Ints,
    Keys,
    choice,
    cumulative_choice,
    exponential,
    integers,
    keys,
    numbers_within,
    root_key,
    uniform,
)
from stayhouse.shop.parameters import (
    AGE_BANDS,
    CHINESE_SHARE,
    GENDER_SHARE,
    MODEL,
    PRODUCTS_PER_CATEGORY,
    REFERRAL_CHANNEL,
    REFERRED_SHARE,
    REFILLS,
    ZONE_SHARE,
    response_shares,
    stack,
)
from stayhouse.shop.population.catalogue import TASTE_LEVELS, Catalogue, choice_row
from stayhouse.shop.population.seasons import ARRIVALS, UNITS_PER_DAY, Seasons
from stayhouse.shop.settings import DAY_MS, Settings

# A root customer and its descendants take numbers 16 i, 16 i + 1, ...: a chunk of roots is whole.
FAMILY_SLOTS = 16
# Discovery visits come before the first order, so customers who arrive after the end count too.
LOOK_AHEAD_DAYS = 10
_GENERATIONS = 4


@dataclass(frozen=True)
class People:
    """Customers, one an element of each array, in the order of their numbers."""

    number: Ints
    key: Keys
    referrer: Ints  # number of the customer who referred them, or -1
    zone: Ints
    arrived_ms: Ints  # the first order (or, for a lead, the sign-up)
    archetype: Ints
    rate: Floats  # visits a day while active (mu)
    response: Ints
    taste_1: Ints
    taste_2: Ints
    spend: Ints
    first_category: Ints
    refill_product: Ints  # or -1
    device_1: Ints
    device_2: Ints  # or -1
    channel: Ints
    age_band: Ints
    birth_year: Ints
    income: Ints
    gender: Ints
    city: Ints
    is_chinese: Bools
    consents: Bools
    is_lead: Bools

    def __len__(self) -> int:
        return len(self.number)

    def take(self, rows: Ints) -> "People":
        """Return the people at these positions."""
        return People(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})


def root_count(settings: Settings, seasons: Seasons) -> int:
    """Return how many root customers may be seen: those who arrive up to ten days after the end."""
    zones = np.arange(len(ZONE_SHARE))
    horizon = settings.end_ms + LOOK_AHEAD_DAYS * DAY_MS
    latest = int(seasons.elapsed(ARRIVALS, zones, horizon).max()) / UNITS_PER_DAY
    return int(np.ceil(_arrivals_by(latest, _root_rate(settings)))) + 1


def make_people(
    settings: Settings, seasons: Seasons, catalogue: Catalogue, first: int, last: int
) -> People:
    """Return the roots numbered ``first`` to ``last`` - 1 with their descendants.

    Those who arrive later than ten days after the end of the run are left out.
    """
    number, referrer, arrived, zone = _families(settings, seasons, first, last)
    seen = arrived < settings.end_ms + LOOK_AHEAD_DAYS * DAY_MS
    number, referrer, arrived, zone = number[seen], referrer[seen], arrived[seen], zone[seen]
    key = customer_keys(settings, number)
    referred = referrer >= 0
    shares = np.array([stack("share"), REFERRED_SHARE])
    kind = choice(key, "archetype", shares, referred.astype(np.int64))
    draw = uniform(key, "rate")
    rate: Floats = special.gammaincinv(stack("rate_shape")[kind], draw) / stack("rate_scale")[kind]
    taste_1, taste_2, spend = (
        integers(key, name, TASTE_LEVELS) for name in ("taste 1", "taste 2", "spend level")
    )
    first_category = choice(key, "first category", first_category_mix(settings), kind)
    refill_row = choice_row(taste_1, taste_2, spend, np.full_like(kind, REFILLS))
    refill = cumulative_choice(catalogue.choice, uniform(key, "refill product"), refill_row)
    device_1 = choice(key, "main device", stack("devices"), kind)
    device_2 = (device_1 + 1 + integers(key, "second device", 2)) % 3
    age_band = choice(key, "age band", stack("ages"), kind)
    low, high = np.array(AGE_BANDS).T
    years = np.floor(uniform(key, "age") * (high - low + 1)[age_band]).astype(np.int64)
    channel = choice(key, "channel", stack("channels"), kind)
    return People(
        number=number,
        key=key,
        referrer=referrer,
        zone=zone,
        arrived_ms=arrived,
        archetype=kind,
        rate=rate,
        response=choice(
            key, "response type", response_shares(settings.has("sharp_response")), kind
        ),
        taste_1=taste_1,
        taste_2=taste_2,
        spend=spend,
        first_category=first_category,
        refill_product=np.where(
            first_category == REFILLS, REFILLS * PRODUCTS_PER_CATEGORY + refill, -1
        ),
        device_1=device_1,
        device_2=np.where(uniform(key, "second") < MODEL.second_device, device_2, -1),
        channel=np.where(referred, REFERRAL_CHANNEL, channel),
        age_band=age_band,
        birth_year=settings.start.year - low[age_band] - years,
        income=choice(key, "income band", stack("incomes"), kind),
        gender=choice(key, "gender", GENDER_SHARE),
        city=integers(key, "city", 5),
        is_chinese=uniform(key, "language") < np.array(CHINESE_SHARE)[zone],
        consents=uniform(key, "consent") < MODEL.consent,
        is_lead=uniform(key, "lead") < MODEL.lead_share,
    )


def first_category_mix(settings: Settings) -> Floats:
    """Return the probabilities of the first order's category, shape (archetypes, categories)."""
    mix: Floats = stack("categories")
    if settings.has("replenishment"):
        return mix
    return without_refills(mix)


def without_refills(mix: Floats) -> Floats:
    """Return a mix of categories with that of refills set to 0 and the others scaled up."""
    others = mix.copy()
    others[:, REFILLS] = 0.0
    shares: Floats = others / others.sum(axis=1, keepdims=True)
    return shares


def _families(
    settings: Settings, seasons: Seasons, first: int, last: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Numbers, referrers, arrivals and zones of roots and descendants, sorted by number."""
    root = np.arange(first, last, dtype=np.int64)
    number = root * FAMILY_SLOTS
    key = customer_keys(settings, number)
    zone = choice(key, "zone", ZONE_SHARE)
    days = _arrival_day(root + uniform(key, "arrival"), _root_rate(settings))
    units = np.rint(days * UNITS_PER_DAY).astype(np.int64)
    arrived = seasons.instant(ARRIVALS, zone, units)
    parts = [(number, np.full_like(number, -1), arrived, zone)]
    used = np.ones(len(root), dtype=np.int64)
    for _ in range(_GENERATIONS if settings.has("referrals") else 0):
        parent, _, parent_arrived, parent_zone = parts[-1]
        parent_key = customer_keys(settings, parent)
        brought = _poisson(uniform(parent_key, "referrals"), MODEL.referral_k)
        family = np.repeat(parent // FAMILY_SLOTS - first, brought)
        # Slots are given family by family; parents are sorted by number, so this is stable.
        sizes = np.bincount(family, minlength=len(root))
        slot = used[family] + numbers_within(sizes)
        used += sizes
        fits = slot < FAMILY_SLOTS
        child = (family + first) * FAMILY_SLOTS + slot
        child_key = customer_keys(settings, child)
        child_zone = np.repeat(parent_zone, brought)
        delay = exponential(child_key, "referral delay") * MODEL.referral_delay * UNITS_PER_DAY
        since = seasons.elapsed(ARRIVALS, child_zone, np.repeat(parent_arrived, brought))
        later = since + np.rint(delay).astype(np.int64)
        child_arrived = seasons.instant(ARRIVALS, child_zone, later)
        parts.append(
            (child[fits], np.repeat(parent, brought)[fits], child_arrived[fits], child_zone[fits])
        )
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    number, referrer, arrived, zone = (column[order] for column in joined)
    return number, referrer, arrived, zone


def customer_keys(settings: Settings, number: Ints) -> Keys:
    root = keys(root_key(settings.seed), "population", settings.copy)
    return keys(root, "customer", number)


def _root_rate(settings: Settings) -> float:
    """Roots a day in the middle of the first year: with their descendants, what was asked for."""
    brought = MODEL.referral_k if settings.has("referrals") else 0.0
    return settings.customers_per_year / 365.0 * (1.0 - brought)


def _arrivals_by(day: float, rate: float) -> float:
    slope = MODEL.growth_per_year / 365.0
    return rate * ((1.0 - MODEL.growth_per_year / 2.0) * day + slope * day * day / 2.0)


def _arrival_day(position: Floats, rate: float) -> Floats:
    """The day by which as many roots as ``position`` have arrived: the inverse of the above."""
    base = 1.0 - MODEL.growth_per_year / 2.0
    slope = MODEL.growth_per_year / 365.0
    days: Floats = (np.sqrt(base * base + 2.0 * slope * position / rate) - base) / slope
    return days


def _poisson(draws: Floats, mean: float) -> Ints:
    cumulative = special.pdtr(np.arange(8), mean)[None, :]
    return cumulative_choice(cumulative, draws)
