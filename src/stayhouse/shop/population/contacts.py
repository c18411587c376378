"""The plan of campaigns: who is contacted when, fixed by the customer's key alone.

Because the plan never looks at what a customer did, the effect of a contact is known exactly.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from stayhouse.shop.draws import Bools, Ints, integers, uniform
from stayhouse.shop.parameters import MODEL, ZONES
from stayhouse.shop.population.buckets import buckets
from stayhouse.shop.population.experiments import Exposed
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import local_day_start
from stayhouse.shop.settings import DAY_MS, HOUR_MS, NEVER, Settings

HOLDOUT_SALT = "global_holdout"
SEND_HOURS = (9, 19)  # local; customers have one of them as their good hour
CONTACT_CHANNELS = ("email", "sms", "push")
CHANNEL_COST = (2, 6, 1)  # pence a message
ARMS = ("treated", "control", "global_holdout")
KINDS = ("win_back", "new_season", "discount")
NO_WINDOW, GOOD_HOUR, BAD_HOUR = 0, 1, 2


@dataclass(frozen=True)
class Plan:
    """What each customer gets in each campaign: arrays of shape (people, campaigns)."""

    arm: Ints  # index into ARMS, or -1 for those who may not be contacted
    sent_ms: Ints
    is_good_hour: Bools
    channel: Ints
    is_held_out: Bools  # of shape (people,), as is the next
    in_programme: Bools

    def take(self, rows: Ints) -> "Plan":
        """Return the plan of the people at these positions."""
        return Plan(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})

    def held_out(self) -> "Plan":
        """Return the plan as if all of these people were in the global holdout."""
        arm = np.where(self.arm >= 0, 2, -1)
        nobody = np.zeros_like(self.in_programme)
        return replace(self, arm=arm, is_held_out=~nobody, in_programme=nobody)


def campaign_count(settings: Settings) -> int:
    """Return how many campaigns start before the end of the run and the days after it."""
    last_day = settings.days + 200 - MODEL.campaign_first_day
    return max(0, -(-last_day // MODEL.campaign_every)) if settings.has("campaigns") else 0


def campaign_day(campaign: int) -> int:
    """Return the day of the run, counted from 0, on which a campaign's messages are sent."""
    return MODEL.campaign_first_day + MODEL.campaign_every * campaign


def make_plan(settings: Settings, people: People) -> Plan:
    """Return the plan of all campaigns for these people."""
    count = campaign_count(settings)
    shape = (len(people), count)
    arm = np.full(shape, -1, dtype=np.int64)
    sent = np.zeros(shape, dtype=np.int64)
    good = np.zeros(shape, dtype=bool)
    channel = np.zeros(shape, dtype=np.int64)
    held_out = np.zeros(len(people), dtype=bool)
    if count or settings.has("programme"):
        held_out = people.consents & (buckets(HOLDOUT_SALT, people.number) < MODEL.holdout_buckets)
        prefers = integers(people.key, "good hour", len(SEND_HOURS))
    for campaign in range(count):
        day = campaign_day(campaign)
        starts = np.array([local_day_start(settings, zone, day) for zone in range(len(ZONES))])
        treated = uniform(people.key, "treated", campaign) < MODEL.campaign_share
        may_be = people.consents & (people.arrived_ms < starts[people.zone] - DAY_MS)
        arm[:, campaign] = np.where(may_be, np.where(held_out, 2, np.where(treated, 0, 1)), -1)
        slot = integers(people.key, "send hour", len(SEND_HOURS), campaign)
        within = integers(people.key, "send minute", 3600, campaign) * 1000
        sent[:, campaign] = starts[people.zone] + np.array(SEND_HOURS)[slot] * HOUR_MS + within
        good[:, campaign] = slot == prefers
        channel[:, campaign] = integers(people.key, "contact channel", 3, campaign)
    return Plan(
        arm=arm,
        sent_ms=sent,
        is_good_hour=good,
        channel=channel,
        is_held_out=held_out,
        in_programme=people.consents & ~held_out & settings.has("programme"),
    )


def programme_ms(settings: Settings) -> int:
    """Return the instant from which the programme works."""
    return settings.start_ms + MODEL.programme_day * DAY_MS


def first_plan_ms(settings: Settings, people: People, plan: Plan) -> Ints:
    """Return when anything was first done for each person, or would have been; NEVER for others.

    That is the first campaign, or the programme: for those held out as for those who are not.
    """
    sent = np.where(plan.arm >= 0, plan.sent_ms, NEVER)
    first: Ints = sent.min(axis=1, initial=NEVER)
    if settings.has("programme"):
        begins = np.maximum(people.arrived_ms, programme_ms(settings))
        first = np.minimum(first, np.where(people.consents, begins, NEVER))
    return first


def assigned_units(plan: Plan, campaign: int) -> Exposed:
    """Return whom a campaign contacts (arm 1) or might have (0), at the hour of the message.

    Those held out are no units: no message would ever have been sent to them.
    """
    arm = plan.arm[:, campaign]
    person = np.flatnonzero((arm == 0) | (arm == 1))
    return Exposed(
        person=person,
        arm=1 - arm[person],
        at_ms=plan.sent_ms[person, campaign],
        is_recorded=np.ones(len(person), dtype=bool),
    )


def window_of(settings: Settings, plan: Plan, person: Ints, at_ms: Ints) -> Ints:
    """Return for each instant whether it lies in a contact's window, and of which hour.

    The windows of two campaigns never overlap, so the last one sent is the only candidate.
    """
    window = np.zeros(len(at_ms), dtype=np.int64)
    if plan.arm.shape[1] == 0:
        return window
    length = int(MODEL.contact_window * DAY_MS)
    latest = latest_campaign(settings, plan, at_ms)
    sent = plan.sent_ms[person, latest]
    inside = (plan.arm[person, latest] == 0) & (at_ms >= sent) & (at_ms < sent + length)
    window[inside] = np.where(plan.is_good_hour[person, latest][inside], GOOD_HOUR, BAD_HOUR)
    return window


def latest_campaign(settings: Settings, plan: Plan, at_ms: Ints) -> Ints:
    """Return the campaign whose window may hold each instant; there must be campaigns.

    Messages leave within a day and a half after the campaign's UTC midnight, in every zone, and
    all windows of the campaigns before are over by then.
    """
    first = settings.start_ms + MODEL.campaign_first_day * DAY_MS
    number = (at_ms - first) // (MODEL.campaign_every * DAY_MS)
    return np.clip(number, 0, plan.arm.shape[1] - 1)
