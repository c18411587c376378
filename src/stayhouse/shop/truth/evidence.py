"""What behaviour says about who a customer is: log-likelihoods that do not need the visit rate.

The hidden kind of a customer is a pair (archetype, response type). Everything observable whose
distribution depends on it is counted here; what is the same for all kinds cancels.
"""

import numpy as np

from stayhouse.shop.draws import Bools, Floats, Ints
from stayhouse.shop.parameters import (
    ARCHETYPES,
    REFERRAL_CHANNEL,
    REFERRED_SHARE,
    REFILLS,
    RESPONSE_TYPES,
    stack,
)
from stayhouse.shop.population.lives import Lives, conversion
from stayhouse.shop.population.people import People, first_category_mix, without_refills
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import Settings

# Circumstances of a visit that set its conversion: 3 windows with and without the fault.
CLASSES = 6


def log_prior(settings: Settings, people: People) -> Floats:
    """Return what is known of the archetype at the first order, shape (archetypes, people)."""
    referred = people.referrer >= 0
    share = np.where(referred[:, None], np.array(REFERRED_SHARE), stack("share"))
    known = (
        _log(share)
        + _log(first_category_mix(settings).T[people.first_category])
        + _log(stack("ages").T[people.age_band])
        + _log(stack("incomes").T[people.income])
        + _log(stack("devices").T[people.device_1])
    )
    # How the referred came is no news: only for the others does the channel depend on the kind.
    channel = np.where(people.channel == REFERRAL_CHANNEL, 0, people.channel)
    came = _log(stack("channels").T[channel])
    total: Floats = known + np.where(referred[:, None], 0.0, came)
    return np.ascontiguousarray(total.T)


def visit_evidence(seasons: Seasons, people: People, lives: Lives) -> Floats:
    """Return the log-likelihood of each visit's time, category and goods: (archetypes, visits)."""
    visits = lives.visits
    zone = people.zone[visits.person]
    mix = without_refills(stack("categories"))
    is_drawn = ~visits.is_first & ~visits.is_refill
    rows = []
    for archetype, kind in enumerate(ARCHETYPES):
        later = _log(np.append(mix[archetype][:REFILLS], 1.0))[visits.category]
        when = seasons.log_intensity(archetype, zone, visits.at_ms)
        row = np.where(is_drawn, later + when, 0.0)
        around, order = lives.around, lives.orders
        units = np.where(visits.is_refill[order], 0.0, _log(np.array(kind.units))[around.units - 1])
        coupon = np.where(around.has_coupon, np.log(kind.coupon), np.log(1.0 - kind.coupon))
        row[order] += units + coupon
        rows.append(row)
    return np.stack(rows)


def log_conversions() -> tuple[Floats, Floats]:
    """Return the log-probabilities of an order and of none, shape (kinds, classes).

    Kinds run over archetypes, within each over response types.
    """
    archetype, response, case = np.meshgrid(
        np.arange(len(ARCHETYPES)),
        np.arange(len(RESPONSE_TYPES)),
        np.arange(CLASSES),
        indexing="ij",
    )
    share = conversion(archetype, response, case // 2, case % 2 == 1).reshape(-1, CLASSES)
    return np.log(share), np.log1p(-share)


def visit_class(window: Ints, is_faulty: Bools) -> Ints:
    """Return the class (0 to 5) of visits by window and fault."""
    return window * 2 + is_faulty


def _log(values: Floats) -> Floats:
    logs: Floats = np.log(np.maximum(values, 1e-300))
    return logs
