"""The two probabilities of no order in the days after a cut-off, and what really happened.

``p_oracle`` knows the hidden kind, rate and state of a customer. ``p_observable`` averages over
them given all that had been observed. ``docs/shop.md`` has the equations.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stayhouse.shop.draws import Bools, Floats, Ints
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.evidence import log_prior, visit_evidence
from stayhouse.shop.truth.opportunity import Opportunities
from stayhouse.shop.truth.posterior import Posterior
from stayhouse.shop.truth.seen import see

HORIZONS = (30, 60, 90, 180)
CUT_OFF_EVERY = 30


@dataclass(frozen=True)
class ChurnTruth:
    """One element for each customer with an order before the cut-off."""

    person: Ints
    cut_off_day: int
    horizon_days: int
    p_oracle: Floats
    p_observable: Floats
    has_left: Bools
    churned: Bools


def churn_truth(
    settings: Settings,
    seasons: Seasons,
    catalogue: Catalogue,
    people: People,
    lives: Lives,
    opportunities: Opportunities,
) -> Iterator[ChurnTruth]:
    """Yield the truth for each cut-off (every 30 days of the run) and horizon."""
    prior = log_prior(settings, people)
    evidence = visit_evidence(seasons, people, lives)
    ordered_ms = lives.visits.at_ms[lives.orders]
    order_person = lives.visits.person[lives.orders]
    for day in range(CUT_OFF_EVERY, settings.days + 1, CUT_OFF_EVERY):
        cut_off_ms = settings.start_ms + day * DAY_MS
        buyers = np.flatnonzero((people.arrived_ms < cut_off_ms) & ~people.is_lead)
        if len(buyers) == 0:
            continue
        seen = see(people, lives, evidence, buyers, cut_off_ms)
        posterior = Posterior(
            settings, catalogue, people, lives, opportunities, seen, prior, cut_off_ms
        )
        for horizon in HORIZONS:
            end_ms = cut_off_ms + horizon * DAY_MS
            comes = (ordered_ms >= cut_off_ms) & (ordered_ms < end_ms)
            churned = np.ones(len(people), dtype=bool)
            churned[order_person[comes]] = False
            oracle, observable = posterior.no_order(end_ms)
            yield ChurnTruth(
                person=buyers,
                cut_off_day=day,
                horizon_days=horizon,
                p_oracle=oracle,
                p_observable=observable,
                has_left=lives.left_ms[buyers] <= cut_off_ms,
                churned=churned[buyers],
            )
