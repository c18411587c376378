"""What is known of customers at a cut-off: kinds, states, and the probability of no order.

Given the kind (archetype, response type), the visit rate has a Gamma posterior, and a customer who
has left can only have done so at the decision on their last order: the sum over kinds and states
is the exact posterior.
"""

from collections.abc import Callable

import numpy as np
from scipy import special

from stayhouse.shop.draws import Floats, Ints
from stayhouse.shop.parameters import ARCHETYPES, MODEL, response_shares, stack
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import People
from stayhouse.shop.population.refills import log_no_refill
from stayhouse.shop.settings import Settings
from stayhouse.shop.truth.decision import expected_leave_share
from stayhouse.shop.truth.evidence import CLASSES, log_conversions
from stayhouse.shop.truth.opportunity import TYPE_COUNT, Opportunities, Opportunity
from stayhouse.shop.truth.seen import Seen

KINDS = [(kind, response) for kind in range(len(ARCHETYPES)) for response in range(TYPE_COUNT)]


class Posterior:
    """The posterior over kinds, rates and states of the customers in ``seen``."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        people: People,
        lives: Lives,
        opportunities: Opportunities,
        seen: Seen,
        prior: Floats,
        cut_off_ms: int,
    ) -> None:
        self._settings, self._opportunities, self._seen = settings, opportunities, seen
        self._people = people.take(seen.rows)
        self._has_left = lives.left_ms[seen.rows] <= cut_off_ms
        self._is_pending = seen.decision_ms > cut_off_ms
        self._until_cut = opportunities.until(seen.rows, cut_off_ms)
        self._true_leave: Floats = special.expit(lives.leave_logit[seen.last_order])
        self._leave = self._true_leave.copy()
        pending = np.flatnonzero(self._is_pending)
        self._leave[pending] = expected_leave_share(
            settings, catalogue, lives, seen.last_order[pending], cut_off_ms
        )
        self._refill_now = self._log_no_refill(np.full(len(seen.rows), cut_off_ms))
        self._refill_decision = self._log_no_refill(seen.decision_ms)
        self._active_days = opportunities.days_since_arrival(seen.rows, cut_off_ms)
        at_decision = np.minimum(seen.decision_ms, cut_off_ms)
        self._days_to_decision = opportunities.days_since_arrival(seen.rows, at_decision)
        self._active, self._left = self._weights(prior[:, seen.rows])

    def no_order(self, end_ms: int) -> tuple[Floats, Floats]:
        """Return (p_oracle, p_observable) of no order from the cut-off up to ``end_ms``."""
        seen, people = self._seen, self._people
        whole = self._opportunities.until(seen.rows, end_ms) - self._until_cut
        deciding = np.flatnonzero(self._is_pending & (seen.decision_ms < end_ms))
        until_decision = self._opportunities.until(seen.rows[deciding], seen.decision_ms[deciding])
        first = until_decision - self._until_cut.take(deciding)
        refill_end = self._log_no_refill(np.full(len(seen.rows), end_ms))
        refill_whole = np.exp(refill_end - self._refill_now)
        refill_first = np.exp(self._refill_decision - self._refill_now)[deciding]

        def mixed(of: Callable[[Opportunity, Ints], Floats], leave: Floats) -> Floats:
            """P(no order | active); those who decide in between may leave at their decision."""
            stays = of(whole, np.arange(len(seen.rows))) * refill_whole
            goes = of(first, deciding) * refill_first
            share = leave[deciding]
            stays[deciding] = share * goes + (1.0 - share) * stays[deciding]
            return stays

        shape, scale = stack("rate_shape"), stack("rate_scale")
        observable = self._left.copy()
        for place, (kind, response) in enumerate(KINDS):
            visits = shape[kind] + seen.visits
            days = scale[kind] + self._active_days[kind]

            def averaged(
                part: Opportunity,
                rows: Ints,
                here: tuple[int, int] = (kind, response),
                visits: Floats = visits,
                days: Floats = days,
            ) -> Floats:
                more = part.orders(*here)
                return np.exp(-visits[rows] * np.log1p(more / days[rows]))

            observable = observable + self._active[place] * mixed(averaged, self._leave)

        def known(part: Opportunity, rows: Ints) -> Floats:
            own = part.of_each(people.archetype[rows], people.response[rows])
            return np.exp(-people.rate[rows] * own)

        oracle = mixed(known, self._true_leave)
        return np.where(self._has_left, 1.0, oracle), np.minimum(observable, 1.0)

    def _weights(self, prior: Floats) -> tuple[list[Floats], Floats]:
        """The probabilities of being active and of each kind, and that of having left."""
        seen = self._seen
        shape, scale = stack("rate_shape"), stack("rate_scale")
        log_order, log_none = log_conversions()
        log_response = np.log(response_shares(self._settings.has("sharp_response")))
        stays = np.where(self._is_pending, 0.0, np.log1p(-self._leave)) + self._refill_now
        goes = np.log(self._leave) + self._refill_decision
        goes = goes + seen.visits_after * np.log(MODEL.kept_visits)
        active: list[Floats] = []
        left: list[Floats] = []
        used = [case for case in range(CLASSES) if seen.marks_after[case].any()]
        marked = [
            case for case in range(CLASSES) if seen.orders[case].any() or seen.marks[case].any()
        ]
        for kind in range(len(ARCHETYPES)):
            visits = shape[kind] + seen.visits
            known = prior[kind] + seen.evidence[kind] + special.gammaln(visits)
            known = known - special.gammaln(shape[kind]) + shape[kind] * np.log(scale[kind])
            browsed = (self._active_days[kind] - self._days_to_decision[kind]) * MODEL.kept_visits
            days_left = self._days_to_decision[kind] + browsed
            here = known + stays - visits * np.log(scale[kind] + self._active_days[kind])
            gone = known + goes - visits * np.log(scale[kind] + days_left)
            gone = np.where(self._is_pending, -np.inf, gone)
            for response in range(TYPE_COUNT):
                row = kind * TYPE_COUNT + response
                marks = np.full(len(seen.rows), log_response[kind, response])
                for case in marked:
                    marks = marks + seen.orders[case] * log_order[row, case]
                    marks = marks + seen.marks[case] * log_none[row, case]
                later = marks
                for case in used:
                    later = later + seen.marks_after[case] * log_none[row, case]
                active.append(here + later)
                left.append(gone + marks)
        highest = active[0]
        for weight in active[1:] + left:
            highest = np.maximum(highest, weight)
        shares = [np.exp(weight - highest) for weight in active]
        gone_share = np.zeros(len(seen.rows))
        for weight in left:
            gone_share = gone_share + np.exp(weight - highest)
        total = gone_share
        for share in shares:
            total = total + share
        return [share / total for share in shares], gone_share / total

    def _log_no_refill(self, at_ms: Ints) -> Floats:
        return log_no_refill(
            self._settings, self._people.refill_product, self._seen.last_refill_ms, at_ms
        )
