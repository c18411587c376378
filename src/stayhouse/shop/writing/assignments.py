"""Who was assigned to what: the tables ``experiments`` and ``exposures``.

Experiments are numbered: the five plans, then the campaigns. An assignment to a campaign is an
exposure, or nobody could tell whom it might have contacted and did not.
"""

from typing import Any

import numpy as np

from stayhouse.shop.draws import Ints
from stayhouse.shop.parameters import MODEL
from stayhouse.shop.population.contacts import Plan, assigned_units, campaign_count, campaign_day
from stayhouse.shop.population.experiments import (
    ARMS,
    EXPERIMENTS,
    Exposed,
    crossovers,
    exposed_units,
)
from stayhouse.shop.population.people import People
from stayhouse.shop.population.visits import Visits
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.tables import Records, records
from stayhouse.shop.writing import columns as text

ARM_NAMES = (*ARMS, "contacted")
# Campaigns counted: more than start in ten years, the longest run.
_MOST_EXPERIMENTS = 1024


def experiment_records(settings: Settings) -> Records:
    """Return one row for each arm: of a plan the day before it starts, of a campaign with it."""
    plans = np.arange(len(EXPERIMENTS) if settings.has("experiments") else 0)
    first = np.array([plan.first_day for plan in EXPERIMENTS], dtype=np.int64)
    campaigns = np.arange(campaign_count(settings))
    number = np.concatenate([plans, len(EXPERIMENTS) + campaigns])
    due = np.concatenate(
        [settings.start_ms + (first[plans] - 1) * DAY_MS, campaigns_due_ms(settings)]
    )
    arms = np.arange(len(ARMS))
    return records(
        "experiments",
        len(number) * len(arms),
        due=np.repeat(due, len(arms)),
        tie=(number[:, None] * len(arms) + arms).ravel(),
        experiment=np.repeat(number, len(arms)),
        arm=np.tile(arms, len(number)),
    )


def campaigns_due_ms(settings: Settings) -> Ints:
    """Return when each campaign is exported: a week before it starts."""
    days = [campaign_day(item) for item in range(campaign_count(settings))]
    starts = settings.start_ms + np.array(days, np.int64) * DAY_MS
    due: Ints = np.maximum(starts - 7 * DAY_MS, settings.start_ms)
    return due


def exposure_records(
    settings: Settings, people: People, plan: Plan, visits: Visits, signed_ms: Ints
) -> Records:
    """Return first exposures, second ones to the other arm, and assignments to campaigns."""
    parts = [records("exposures", 0)]
    for number in range(len(EXPERIMENTS) if settings.has("experiments") else 0):
        units = exposed_units(settings, number, people, visits, signed_ms)
        parts.append(_rows(number, people, units))
        parts.append(_rows(number, people, crossovers(number, people, units)))
    for campaign in range(plan.arm.shape[1]):
        units = assigned_units(plan, campaign)
        parts.append(_rows(len(EXPERIMENTS) + campaign, people, units))
    return np.concatenate(parts)


def experiment_columns(settings: Settings, rows: Records) -> dict[str, Any]:
    """Return the columns of ``experiments`` as text."""
    number = rows["experiment"].astype(np.int64)
    is_campaign = number >= len(EXPERIMENTS)
    count = int(number.max(initial=0)) + 1
    spans = [(plan.first_day, plan.last_day) for plan in EXPERIMENTS] + [
        (day, day + int(MODEL.contact_window))
        for day in map(campaign_day, range(count - len(EXPERIMENTS)))
    ]
    first, last = np.array(spans, dtype=np.int64)[number].reshape(-1, 2).T
    same = np.zeros(len(rows), np.int64)
    return {
        "experiment_id": _names(number),
        "arm": _arms(number, rows["arm"]),
        "weight": text.coded(same, ("0.5",)),
        "unit_kind": text.coded(same, ("customer",)),
        "primary_metric": text.coded(is_campaign, ("order_rate_90", "order_rate_14")),
        "starts_at": text.instant(settings.start_ms + first * DAY_MS),
        "ends_at": text.instant(settings.start_ms + last * DAY_MS),
    }


def exposure_columns(rows: Records) -> dict[str, Any]:
    """Return the columns of ``exposures`` as text."""
    number = rows["experiment"].astype(np.int64)
    return {
        "experiment_id": _names(number),
        "arm": _arms(number, rows["arm"]),
        "unit_id": text.number(rows["customer"], "c"),
        "exposed_at": text.instant(rows["exposed"]),
    }


def experiment_name(number: int) -> str:
    """Return the id of an experiment: a plan's name, or that of a campaign's assignment."""
    if number < len(EXPERIMENTS):
        return EXPERIMENTS[number].name
    return f"campaign_k{number - len(EXPERIMENTS)}"


def arm_codes(number: Ints, arm: Ints) -> Ints:
    """Return the places of arms in ``ARM_NAMES``: arm 1 of a campaign is its own."""
    codes: Ints = arm + ((number >= len(EXPERIMENTS)) & (arm == 1))
    return codes


def _names(number: Ints) -> Any:
    return text.by_value(number, experiment_name)


def _arms(number: Ints, arm: Ints) -> Any:
    return text.coded(arm_codes(number, arm.astype(np.int64)), ARM_NAMES)


def _rows(number: int, people: People, units: Exposed) -> Records:
    chosen = np.flatnonzero(units.is_recorded)
    customer, at_ms = people.number[units.person[chosen]], units.at_ms[chosen]
    return records(
        "exposures",
        len(chosen),
        due=at_ms,
        tie=customer * _MOST_EXPERIMENTS + number,
        experiment=number,
        arm=units.arm[chosen],
        customer=customer,
        exposed=at_ms,
    )
