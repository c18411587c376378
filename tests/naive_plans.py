"""What tests of a shop would need, counted by loops over what it exported: without SQL."""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import fmean, variance
from typing import Any

from tests.integration.experiment_shop import PLANS
from tests.naive_experiments import METRICS, Recount

# Standard errors for a power of 80 % and of 90 %, both sides of 5 %.
REACH_80, REACH_90 = 1.959964 + 0.841621, 1.959964 + 1.281552


def told_of_plan(of: Recount, name: str, wanted: float | None) -> dict[str, Any]:
    """Return what `experiments.experiment_plans` says of a plan with units in all of its arms."""
    metric, weights, starts, ends = PLANS[name]
    units, window = of.counted(name), timedelta(days=METRICS[metric][2])
    first = of.day(starts)
    until = min(of.open_day, of.day(ends or of.as_of))
    run = (until - first).days
    came = sorted(max((of.day(unit.exposed_at) - first).days + 1, 0) for unit in units)
    lately = [day for day in came if max(run - 28, 0) < day <= run]
    rate = len(lately) / min(run, 28) if run > 0 else None

    outcomes = [(unit, of.outcome(unit, metric)[0]) for unit in units]
    control = [y for unit, y in outcomes if unit.arm == "control" and y is not None]
    if METRICS[metric][1] == "visit_days":
        over = sum(of.day(unit.exposed_at) + window < of.open_day for unit in units)
    else:
        over = sum(unit.exposed_at + window <= of.as_of for unit in units)
    share = sum(y is not None for _, y in outcomes) / over

    sizes = {arm: sum(unit.arm == arm for unit in units) for arm in weights}
    smallest = min(size for arm, size in sizes.items() if arm != "control")
    parts = {arm: float(weight) / sum(map(float, weights.values()))
             for arm, weight in weights.items()}  # fmt: skip
    smallest_part = min(part for arm, part in parts.items() if arm != "control")
    arms = (1 / parts["control"] + 1 / smallest_part) / 2
    told = _told(control, share, 1 / smallest + 1 / sizes["control"], wanted)
    told |= {"units_a_day": rate, "unit_count": len(units), "days_needed": None}
    told["planned_days"] = (ends - starts).days if ends and ends > starts else None
    if wanted:
        needed = math.ceil(round(told["arm_units_needed_80"] * arms, 6))
        gathered = (
            came[needed - 1] if needed <= len(came)
            else run + math.ceil(round((needed - len(came)) / rate, 6)) if rate else None
        )  # fmt: skip
        told["days_needed"] = None if gathered is None else gathered + window.days
    return told


def told_of_proposal(of: Recount, metric: str, wanted: float, days: int) -> dict[str, Any]:
    """Return what it says of a test of two halves that takes some days."""
    kind, measure, window = METRICS[metric]
    here: dict[str, set[date]] = {}
    for person, day in [
        *((v.customer, of.day(at)) for v in of.visits for at in v.instants),
        *((order.customer, of.day(order.at)) for order in of.orders),
    ]:
        if day < of.open_day:
            here.setdefault(person, set()).add(day)
    # How many days ago each was here last, least first: the n-th tells when n were here.
    ago = sorted((of.open_day - max(seen)).days for seen in here.values())
    came = sum(day <= days for day in ago)

    values: list[float | None] = []
    comings: dict[str, list[datetime]] = {}
    for person, at in [
        *((v.customer, v.instants[0]) for v in of.visits), *((o.customer, o.at) for o in of.orders),
    ]:  # fmt: skip
        if window < (of.open_day - of.day(at)).days <= window + 28:
            comings.setdefault(person, []).append(at)
    for person, instants in comings.items():
        exposed: Any = of.day(min(instants)) if measure == "visit_days" else min(instants)
        acts = [
            amount for when, amount in of.acts.get(person, {}).get(measure, [])
            if exposed < when <= exposed + timedelta(days=window)
        ]  # fmt: skip
        if kind == "rate":
            values.append(1.0 if acts else 0.0)
        elif measure == "rating":
            values.append(fmean(acts) if acts else None)
        else:
            values.append(float(sum(acts)))
    valued = [y for y in values if y is not None]
    told = _told(valued, len(valued) / len(values), 4 / came, wanted)
    needed = 2 * told["arm_units_needed_80"]
    told |= {
        "units_a_day": sum(day <= 28 for day in ago) / 28, "unit_count": came,
        "planned_days": days,
        "days_needed": ago[needed - 1] + window if needed <= len(ago) else None,
    }  # fmt: skip
    return told


def _told(
    control: Sequence[float], share: float, per_unit: float, wanted: float | None
) -> dict[str, Any]:
    noise = variance(control)
    smallest = REACH_80 * math.sqrt(noise * per_unit / share)
    told = {
        "baseline": fmean(control), "value_share": share, "smallest_effect": smallest,
        "arm_units_needed_80": None, "arm_units_needed_90": None, "is_underpowered": None,
    }  # fmt: skip
    if wanted:
        for name, reach in (("80", REACH_80), ("90", REACH_90)):
            told[f"arm_units_needed_{name}"] = math.ceil(2 * noise * (reach / wanted) ** 2 / share)
        told["is_underpowered"] = smallest > abs(wanted)
    return told
