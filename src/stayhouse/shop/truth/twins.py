"""Other lives of customers: in the other arm of an experiment, or held out of everything.

Every number is a hash of a key, a purpose and a counter, so a life lived again differs only by what
was changed. It can differ only where an order or a leaving falls otherwise on the way; nobody else
is made to live again.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from stayhouse.shop.draws import Bools, Ints, uniform
from stayhouse.shop.parameters import MODEL
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.contacts import BAD_HOUR, GOOD_HOUR, Plan, latest_campaign
from stayhouse.shop.population.experiments import EXPERIMENTS, WORKING, arms_of
from stayhouse.shop.population.lives import Lives, conversion, live
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import DAY_MS, NEVER, Settings


@dataclass(frozen=True)
class Case:
    """Customers, the world they live in, and how they lived."""

    settings: Settings
    seasons: Seasons
    catalogue: Catalogue
    people: People
    plan: Plan
    lives: Lives

    def again(self, person: Ints, plan: Plan, arms: Ints | None = None) -> "Case":
        """Let some of these people (positions) live by another plan, or in other arms."""
        people = self.people.take(person)
        lives = live(self.settings, self.seasons, self.catalogue, people, plan, arms)
        return Case(self.settings, self.seasons, self.catalogue, people, plan, lives)


@dataclass(frozen=True)
class Units:
    """Units of experiments, those of campaigns numbered after the plans; arm 1 is treated."""

    number: Ints
    person: Ints
    arm: Ints
    at_ms: Ints
    is_recorded: Bools


def held_out(case: Case) -> tuple[Ints, Case]:
    """Return who would have lived otherwise if held out, and how."""
    turned, _ = _turned_by_messages(case)
    got_it = case.lives.visits.window > 0
    person = np.union1d(
        case.lives.visits.person[turned & got_it], np.flatnonzero(case.plan.in_programme)
    )
    return person, case.again(person, case.plan.take(person).held_out())


def other_arms(case: Case, units: Units) -> tuple[Ints, Case]:
    """Return which units would have lived otherwise in their other arm, and how."""
    turned = np.zeros(len(units.number), dtype=bool)
    campaign = units.number - len(EXPERIMENTS)
    of_working, of_campaigns = (
        np.flatnonzero(units.number == WORKING),
        np.flatnonzero(campaign >= 0),
    )
    own = arms_of(WORKING, case.people)
    turned[of_working] = _turned_by_working(case, units, of_working)[units.person[of_working]]
    if len(of_campaigns):
        visit, which = _turned_by_messages(case)
        met = np.zeros(case.plan.arm.shape, dtype=bool)
        met[case.lives.visits.person[visit], which[visit]] = True
        turned[of_campaigns] = met[units.person[of_campaigns], campaign[of_campaigns]]
    rows = np.flatnonzero(turned)
    person, campaign = units.person[rows], campaign[rows]
    plan = case.plan.take(person)
    messaged = np.flatnonzero(campaign >= 0)
    # Arm 0 of a plan of messages is the treated one, and 1 the control.
    plan.arm[messaged, campaign[messaged]] = units.arm[rows[messaged]]
    arms = np.where(units.number[rows] == WORKING, 1 - own[person], own[person])
    return rows, case.again(person, plan, arms)


def _turned_by_messages(case: Case) -> tuple[Bools, Ints]:
    """Whether each visit lies in a window and is an order or not by the message, and by which."""
    visits, plan, people = case.lives.visits, case.plan, case.people
    turned, person = np.zeros(len(visits), dtype=bool), visits.person
    if plan.arm.shape[1] == 0:
        return turned, np.zeros_like(person)
    campaign = latest_campaign(case.settings, plan, visits.at_ms)
    sent, arm = plan.sent_ms[person, campaign], plan.arm[person, campaign]
    inside = (visits.at_ms >= sent) & (visits.at_ms < sent + int(MODEL.contact_window * DAY_MS))
    rows = np.flatnonzero(inside & ((arm == 0) | (arm == 1)))
    who, met = person[rows], campaign[rows]
    kind, response = people.archetype[who], people.response[who]
    hour = np.where(plan.is_good_hour[who, met], GOOD_HOUR, BAD_HOUR)
    draw, faulty = uniform(visits.key[rows], "order"), visits.is_faulty[rows]
    without = draw < conversion(kind, response, np.zeros_like(hour), faulty)
    turned[rows] = without != (draw < conversion(kind, response, hour, faulty))
    return turned, campaign


def _turned_by_working(case: Case, units: Units, rows: Ints) -> Bools:
    """Whether any order of each person, exposed by then, is left after in one arm only."""
    people, lives = case.people, case.lives
    exposed = np.full(len(people), NEVER, dtype=np.int64)
    exposed[units.person[rows]] = units.at_ms[rows]
    treated = np.zeros(len(people), dtype=bool)
    treated[units.person[rows]] = units.arm[rows] == 1
    person = lives.visits.person[lives.orders]
    draw = uniform(lives.visits.key[lives.orders], "leaves")
    added = np.where(treated[person], -MODEL.experiment_effect, MODEL.experiment_effect)
    otherwise = draw < special.expit(lives.leave_logit + added)
    moves = otherwise != (draw < special.expit(lives.leave_logit))
    turned = np.zeros(len(people), dtype=bool)
    turned[person[moves & (lives.visits.at_ms[lives.orders] >= exposed[person])]] = True
    return turned
