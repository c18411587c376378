"""What happens around an order: the goods, the delivery, the review; and what drives leaving."""

from dataclasses import dataclass, fields

import numpy as np

from stayhouse.shop.draws import Bools, Floats, Ints, choice, cumulative_choice, uniform
from stayhouse.shop.parameters import MODEL, PRODUCTS_PER_CATEGORY, REFILLS, stack
from stayhouse.shop.population.catalogue import Catalogue, choice_row
from stayhouse.shop.population.people import People
from stayhouse.shop.population.visits import Visits
from stayhouse.shop.settings import DAY_MS, NEVER, Settings

# Days from an event to the next, uniform between the two: everything is over in the fortnight
# before the decision.
CANCEL_DAYS = (0.2, 1.9)  # after the order
ON_TIME_DAYS = (2.0, 4.9)  # after the order
LATE_DAYS = (0.2, 5.0)  # after the promise
REVIEW_DAYS = (0.5, 3.0)  # after the delivery
_BAD_RATINGS = (0.45, 0.55)  # 1 and 2 stars
_GOOD_RATINGS = (0.18, 0.34, 0.48)  # 3, 4 and 5 stars
_QUALITY_WEIGHT = 0.7


@dataclass(frozen=True)
class Circumstances:
    """What happens around orders: one an element, in the order of the orders given."""

    product: Ints  # the main product
    units: Ints
    has_coupon: Bools
    is_dear: Bools
    is_cancelled: Bools
    cancelled_ms: Ints  # NEVER where not cancelled
    promised_ms: Ints
    is_late: Bools
    delivered_ms: Ints  # NEVER where cancelled
    is_reviewed: Bools
    rating: Ints  # 1 to 5; 0 where not reviewed
    reviewed_ms: Ints  # NEVER where not reviewed

    def take(self, rows: Ints | Bools) -> "Circumstances":
        """Return the circumstances of the orders at these positions."""
        return Circumstances(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})


def circumstances(catalogue: Catalogue, people: People, orders: Visits) -> Circumstances:
    """Return what happens around each of these orders, whether or not it will be placed."""
    person, key = orders.person, orders.key
    row = choice_row(
        people.taste_1[person], people.taste_2[person], people.spend[person], orders.category
    )
    product = orders.category * PRODUCTS_PER_CATEGORY + cumulative_choice(
        catalogue.choice, uniform(key, "product"), row
    )
    product = np.where(orders.category == REFILLS, people.refill_product[person], product)
    units = 1 + choice(key, "units", stack("units"), people.archetype[person])
    is_cancelled = uniform(key, "cancelled") < MODEL.cancelled
    cancelled = orders.at_ms + _days_between(CANCEL_DAYS, uniform(key, "cancelled at"))
    promised = orders.at_ms + int(MODEL.promised_days * DAY_MS)
    is_late = uniform(key, "late") < late_share(orders.at_ms)
    on_time = orders.at_ms + _days_between(ON_TIME_DAYS, uniform(key, "delivered at"))
    late = promised + _days_between(LATE_DAYS, uniform(key, "delivered late at"))
    delivered = np.where(is_late, late, on_time)
    is_reviewed = (uniform(key, "reviewed") < MODEL.review_share) & ~is_cancelled
    is_bad = uniform(key, "bad review") < bad_share(is_late, catalogue.quality[product])
    bad_rating = 1 + choice(key, "bad rating", _BAD_RATINGS)
    good_rating = 3 + choice(key, "good rating", _GOOD_RATINGS)
    reviewed = delivered + _days_between(REVIEW_DAYS, uniform(key, "reviewed at"))
    return Circumstances(
        product=product,
        units=np.where(orders.is_refill, 1, units),
        has_coupon=uniform(key, "coupon") < stack("coupon")[people.archetype[person]],
        is_dear=catalogue.is_dear[product],
        is_cancelled=is_cancelled,
        cancelled_ms=np.where(is_cancelled, cancelled, NEVER),
        promised_ms=promised,
        is_late=is_late & ~is_cancelled,
        delivered_ms=np.where(is_cancelled, NEVER, delivered),
        is_reviewed=is_reviewed,
        rating=np.where(is_reviewed, np.where(is_bad, bad_rating, good_rating), 0),
        reviewed_ms=np.where(is_reviewed, reviewed, NEVER),
    )


def late_share(ordered_ms: Ints) -> Floats:
    """Return the probability of a late delivery: higher for orders of December (UTC)."""
    month = ordered_ms.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64) % 12
    return np.where(month == 11, MODEL.late_december, MODEL.late)


def has_bad_review(around: Circumstances) -> Bools:
    """Whether each order was reviewed with 1 or 2 stars."""
    return around.is_reviewed & (around.rating <= 2)


def bad_share(is_late: Bools, quality: Floats) -> Floats:
    """Return the probability that a review is bad (1 or 2 stars)."""
    share = np.where(is_late, MODEL.bad_review_late, MODEL.bad_review)
    odds = share / (1.0 - share) * np.exp(-_QUALITY_WEIGHT * quality)
    shares: Floats = odds / (1.0 + odds)
    return shares


def later_drivers(settings: Settings, is_late: Bools, is_bad: Bools) -> Floats:
    """Return what delivery and review add to the logit of leaving."""
    driven = MODEL.leave_late * is_late + MODEL.leave_bad_review * is_bad
    added: Floats = driven * float(settings.has("drivers"))
    return added


def leave_logit_at_order(
    settings: Settings, people: People, orders: Visits, around: Circumstances
) -> Floats:
    """Return the part of the logit of leaving that is known when the order is placed."""
    logit: Floats = np.full(len(orders), MODEL.leave_base)
    if not settings.has("drivers"):
        return logit
    logit = logit + MODEL.leave_dear * around.is_dear + MODEL.leave_slow * orders.is_slow
    logit = logit + np.array(MODEL.leave_categories)[people.first_category[orders.person]]
    return logit


def _days_between(limits: tuple[float, ...], draws: Floats) -> Ints:
    """Milliseconds, in whole seconds, of a number of days between the limits."""
    low, high = limits
    return np.rint((low + (high - low) * draws) * 86_400.0).astype(np.int64) * 1000
