"""What can be said, before a customer's decision, about how likely they are to leave.

Between an order and the decision a fortnight later, the delivery and the review come in. At a
cut-off in between, those that have come are known; the others are weighed by their probability,
given that they have not come yet. All delays are uniform, so the weights are exact.
"""

import numpy as np
from scipy import special

from stayhouse.shop.draws import Bools, Floats, Ints
from stayhouse.shop.parameters import MODEL
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.circumstances import (
    CANCEL_DAYS,
    LATE_DAYS,
    ON_TIME_DAYS,
    REVIEW_DAYS,
    bad_share,
    has_bad_review,
    late_share,
    later_drivers,
)
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.settings import DAY_MS, Settings


def expected_leave_share(
    settings: Settings, catalogue: Catalogue, lives: Lives, orders: Ints, cut_off_ms: int
) -> Floats:
    """Return the probability of leaving after each order given what is known at the cut-off.

    ``orders`` are positions in ``lives.orders`` of orders placed before the cut-off and not yet
    decided on.
    """
    around = lives.around.take(orders)
    early = lives.early_logit[orders]
    ordered = lives.visits.at_ms[lives.orders[orders]]
    no, yes = np.zeros(len(orders), dtype=bool), np.ones(len(orders), dtype=bool)
    quality = catalogue.quality[around.product]
    waited = (cut_off_ms - ordered) / DAY_MS

    def leaves(is_late: Bools, is_bad: Bools) -> Floats:
        share: Floats = special.expit(early + later_drivers(settings, is_late, is_bad))
        return share

    def after_delivery(is_late: Bools, unreviewed: Floats) -> Floats:
        """Leaving where the review is still open; ``unreviewed`` = P(not yet | will come)."""
        to_come = MODEL.review_share * unreviewed
        is_bad = to_come * bad_share(is_late, quality) / (1.0 - MODEL.review_share + to_come)
        return is_bad * leaves(is_late, yes) + (1.0 - is_bad) * leaves(is_late, no)

    late = late_share(ordered)
    kept = 1.0 - MODEL.cancelled
    weights = (
        MODEL.cancelled * _still(CANCEL_DAYS, waited),
        kept * (1.0 - late) * _still(ON_TIME_DAYS, waited),
        kept * late * _still(LATE_DAYS, waited - MODEL.promised_days),
    )
    everything = np.ones(len(orders))
    outcomes = (leaves(no, no), after_delivery(no, everything), after_delivery(yes, everything))
    total = weights[0] + weights[1] + weights[2]
    weighed = weights[0] * outcomes[0] + weights[1] * outcomes[1] + weights[2] * outcomes[2]
    nothing_yet = weighed / np.maximum(total, 1e-12)
    is_delivered = around.delivered_ms < cut_off_ms
    since = np.where(is_delivered, (cut_off_ms - around.delivered_ms) / DAY_MS, 0.0)
    delivered = after_delivery(around.is_late, _still(REVIEW_DAYS, since))
    reviewed = leaves(around.is_late, has_bad_review(around))
    known = np.where(around.reviewed_ms < cut_off_ms, reviewed, delivered)
    cancelled = around.cancelled_ms < cut_off_ms
    return np.where(cancelled, leaves(no, no), np.where(is_delivered, known, nothing_yet))


def _still(limits: tuple[float, float], waited: Floats) -> Floats:
    """The probability that a delay uniform between the limits is longer than ``waited``."""
    low, high = limits
    return np.clip((high - waited) / (high - low), 0.0, 1.0)
