"""Every number of the planted model, with its default. ``docs/shop.md`` states the equations."""

from dataclasses import dataclass
from typing import Any

import numpy as np

# Time zones, with the country, the currency and the share of customers of each.
ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Singapore")
COUNTRIES = ("GB", "DE", "US", "SG")
ZONE_CURRENCY = (0, 1, 2, 2)  # index into rates.CURRENCIES
ZONE_SHARE = (0.55, 0.20, 0.15, 0.10)
CHINESE_SHARE = (0.05, 0.02, 0.04, 0.60)  # customers who write Chinese, by zone
CITIES = (
    ("London", "Leeds", "Bristol", "Glasgow", "Cardiff"),
    ("Berlin", "Hamburg", "Munich", "Cologne", "Leipzig"),
    ("New York", "Boston", "Atlanta", "Miami", "Albany"),
    ("Singapore", "Jurong", "Tampines", "Bedok", "Yishun"),
)

CATEGORIES = ("kitchen", "garden", "books", "toys", "clothing", "beauty", "gadgets", "refills")
REFILLS = 7  # the category that is bought again at an interval
PRODUCTS_PER_CATEGORY = 12
CHANNELS = ("organic", "search_ads", "social_ads", "email", "referral")
REFERRAL_CHANNEL = 4
DEVICES = ("mobile", "desktop", "tablet")
TABLET = 2
AGE_BANDS = ((18, 29), (30, 44), (45, 59), (60, 79))
INCOME_BANDS = ("low", "middle", "high")
GENDERS = ("female", "male", "other", None)
GENDER_SHARE = (0.50, 0.42, 0.02, 0.06)  # matters for nothing
RESPONSE_TYPES = ("persuadable", "sure_thing", "lost_cause", "sleeping_dog")


@dataclass(frozen=True)
class Archetype:
    """A kind of customer: how often it comes, how it buys, and what it looks like."""

    name: str
    share: float
    rate_shape: float  # r of Gamma(r, alpha): visits a day
    rate_scale: float  # alpha, in days
    conversion: float  # probability that a visit is an order
    season_height: float  # the season multiplies visits by 1 + height at its peak
    season_peak: int  # day of the year of the peak
    categories: tuple[float, ...]
    units: tuple[float, ...]  # probability of 1, 2, 3, 4 units of the main product
    coupon: float  # probability that an order uses a coupon
    devices: tuple[float, ...]  # the main device
    channels: tuple[float, ...]  # of those who were not referred
    ages: tuple[float, ...]
    incomes: tuple[float, ...]
    responses: tuple[float, ...]  # of the four response types


ARCHETYPES = (
    Archetype(
        "regular", 0.26, 3.0, 65.0, 0.42, 0.10, 340,
        (0.22, 0.14, 0.12, 0.06, 0.16, 0.14, 0.06, 0.10), (0.70, 0.20, 0.07, 0.03), 0.15,
        (0.45, 0.45, 0.10), (0.50, 0.20, 0.15, 0.15, 0.0),
        (0.15, 0.35, 0.30, 0.20), (0.25, 0.50, 0.25), (0.25, 0.40, 0.20, 0.15),
    ),
    Archetype(
        "gift_giver", 0.20, 2.0, 75.0, 0.34, 1.20, 340,
        (0.10, 0.06, 0.20, 0.34, 0.10, 0.12, 0.06, 0.02), (0.45, 0.30, 0.15, 0.10), 0.20,
        (0.40, 0.45, 0.15), (0.40, 0.30, 0.20, 0.10, 0.0),
        (0.10, 0.30, 0.35, 0.25), (0.20, 0.45, 0.35), (0.35, 0.25, 0.30, 0.10),
    ),
    Archetype(
        "bargain_hunter", 0.24, 2.0, 32.0, 0.20, 0.20, 330,
        (0.14, 0.10, 0.10, 0.10, 0.28, 0.14, 0.12, 0.02), (0.80, 0.14, 0.04, 0.02), 0.65,
        (0.70, 0.20, 0.10), (0.20, 0.35, 0.35, 0.10, 0.0),
        (0.40, 0.35, 0.15, 0.10), (0.55, 0.35, 0.10), (0.45, 0.15, 0.25, 0.15),
    ),
    Archetype(
        "enthusiast", 0.10, 4.0, 36.0, 0.34, 0.10, 120,
        (0.10, 0.26, 0.18, 0.04, 0.08, 0.08, 0.16, 0.10), (0.60, 0.25, 0.10, 0.05), 0.10,
        (0.35, 0.50, 0.15), (0.55, 0.15, 0.15, 0.15, 0.0),
        (0.25, 0.40, 0.25, 0.10), (0.15, 0.45, 0.40), (0.15, 0.55, 0.10, 0.20),
    ),
    Archetype(
        "one_off", 0.20, 1.2, 50.0, 0.20, 0.30, 200,
        (0.14, 0.10, 0.12, 0.12, 0.16, 0.10, 0.24, 0.02), (0.88, 0.09, 0.02, 0.01), 0.30,
        (0.60, 0.28, 0.12), (0.25, 0.40, 0.30, 0.05, 0.0),
        (0.30, 0.30, 0.20, 0.20), (0.35, 0.45, 0.20), (0.20, 0.10, 0.60, 0.10),
    ),
)  # fmt: skip

# With the part `sharp_response`, archetypes differ more in how they take a message.
SHARP_RESPONSES = (
    (0.10, 0.50, 0.10, 0.30),
    (0.55, 0.25, 0.15, 0.05),
    (0.80, 0.10, 0.08, 0.02),
    (0.05, 0.45, 0.05, 0.45),
    ARCHETYPES[4].responses,
)

# A referred customer is drawn from these shares instead.
REFERRED_SHARE = (0.38, 0.16, 0.18, 0.18, 0.10)


@dataclass(frozen=True)
class Model:
    """Numbers that are not of one archetype. Days, unless the name says otherwise."""

    growth_per_year: float = 0.20  # of the arrival rate, linear
    referral_k: float = 0.15  # mean number of customers each customer brings
    referral_delay: float = 45.0
    lead_share: float = 0.04  # people who sign up and never order
    passer_by_ratio: float = 0.50  # visitors who are never known, for each root customer
    second_device: float = 0.35  # customers who own a second device
    second_device_visits: float = 0.2  # share of their visits on it
    discovery_mean: float = 0.6  # visits before the first order
    discovery_days: float = 9.0
    spend_sigma: float = 0.5  # log of the spend level
    outage_day: int = 200
    fault_day: int = 300
    fault_device: int = TABLET
    fault_factor: float = 0.45  # conversion on that device from that day
    refill_sigma: float = 0.12  # log of the interval between refills
    decision_days: float = 14.0  # from an order to the customer's decision
    kept_visits: float = 0.25  # visit rate after leaving, as a share of the rate before
    # Leaving after an order: logistic(base + sum of the drivers present).
    leave_base: float = -1.90
    leave_late: float = 1.10
    leave_bad_review: float = 1.40
    leave_dear: float = 0.45
    leave_slow: float = 0.55
    leave_categories: tuple[float, ...] = (0.0, -0.2, 0.1, 0.2, 0.2, 0.0, 0.7, -0.6)
    late: float = 0.12
    late_december: float = 0.28
    slow: float = 0.14
    cancelled: float = 0.02
    promised_days: float = 5.0
    review_share: float = 0.30
    bad_review: float = 0.10  # of reviews of orders on time, product of middle quality
    bad_review_late: float = 0.45
    # Response types: conversion always, and in the days after a contact at a good hour.
    response_base: tuple[float, ...] = (1.0, 1.25, 0.6, 1.0)
    response_contact: tuple[float, ...] = (1.8, 1.0, 1.0, 0.4)
    bad_hour_share: float = 0.5  # of the effect, when the contact came at a bad hour
    contact_window: float = 14.0
    campaign_first_day: int = 60
    campaign_every: int = 30
    campaign_share: float = 0.5  # of those who may be contacted
    holdout_buckets: int = 1000  # of 10000: the global holdout
    consent: float = 0.80
    experiment_effect: float = -0.9  # on the logit of leaving, in the arm that works
    # With the part `programme`: for the consenting who are not held out, from this day on.
    programme_day: int = 330
    programme_effect: float = -0.9  # on the logit of leaving
    programme_visits: float = 0.10  # more visits, as a share of the rate


MODEL = Model()


def stack(attribute: str) -> Any:
    """Return one attribute of all archetypes as an array, shape (5,) or (5, k)."""
    return np.array([getattr(kind, attribute) for kind in ARCHETYPES], dtype=np.float64)


def response_shares(is_sharp: bool) -> Any:
    """Return the shares of response types by archetype, shape (5, 4)."""
    return np.array(SHARP_RESPONSES) if is_sharp else stack("responses")
