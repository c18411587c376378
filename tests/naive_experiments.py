"""Experiments counted by loops over what a shop exported: without SQL or the package."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean, variance
from typing import Any
from zoneinfo import ZoneInfo

from scipy import stats

from tests.integration.experiment_shop import CATEGORIES, PLANS, ExperimentShop

# As the issue says: kind, measure, days.
METRICS = {
    "order_rate_14": ("rate", "orders", 14),
    "order_rate_30": ("rate", "orders", 30),
    "order_rate_90": ("rate", "orders", 90),
    "orders_90": ("mean", "orders", 90),
    "net_sales_90": ("mean", "net_sales", 90),
    "return_rate_7": ("rate", "visit_days", 7),
    "active_days_30": ("mean", "visit_days", 30),
    "minutes_30": ("mean", "minutes", 30),
    "rating_90": ("mean", "rating", 90),
}
Key = tuple[str, str]


@dataclass
class Unit:
    """A unit of an experiment: the arm it met first, all arms that it met, and since when."""

    person: str
    arm: str
    arms: set[str]
    exposed_at: datetime
    segments: dict[str, str] = field(default_factory=dict)

    def is_counted(self, plan: Iterable[str]) -> bool:
        return len(self.arms) == 1 and self.arm in plan


class Recount:
    """Units, outcomes and results of a shop, as of an instant, in a time zone."""

    def __init__(self, shop: ExperimentShop, as_of: datetime, zone: str, gone: str) -> None:
        self.shop, self.as_of, self.zone = shop, as_of, ZoneInfo(zone)
        self.orders = [o for o in shop.orders if o.customer != gone]
        self.visits = [v for v in shop.visits if v.customer != gone]
        self.reviews = [r for r in shop.reviews if r[0] != gone]
        self.open_day = self.day(as_of)
        self.first_at = min(
            *(v.instants[0] for v in self.visits), *(o.at for o in self.orders)
        )  # fmt: skip
        self.acts: dict[str, dict[str, list[tuple[Any, float]]]] = {}
        self._acts()
        self.units: dict[Key, Unit] = {}
        for name, arm, unit, at in shop.exposures:
            if unit.removeprefix("v") == gone:
                continue
            arm = next((a for a in PLANS[name][1] if a.lower() == arm.lower()), arm)
            person = unit.removeprefix("v") if name == "devices" else unit
            known = self.units.setdefault((name, unit), Unit(person, arm, set(), at))
            known.arms.add(arm)
            if at < known.exposed_at:
                known.arm, known.exposed_at = arm, at
        for one in self.units.values():
            one.segments = self._segments(one)

    def day(self, at: datetime) -> date:
        return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.zone).date()

    def _of(self, person: str, measure: str) -> list[tuple[Any, float]]:
        return self.acts.get(person, {}).get(measure, [])

    def _acts(self) -> None:
        def add(person: str, measure: str, when: Any, amount: float) -> None:
            self.acts.setdefault(person, {}).setdefault(measure, []).append((when, amount))

        for order in self.orders:
            back = sum(amount for at, amount in order.refunds if at < self.as_of)
            if order.at < self.as_of and order.amount > back:
                add(order.customer, "orders", order.at, 1)
                add(order.customer, "net_sales", order.at, order.amount - back)
        days = set()
        for visit in self.visits:
            if visit.instants[0] < self.as_of:
                length = visit.instants[-1] - visit.instants[0]
                add(visit.customer, "minutes", visit.instants[0], length.total_seconds() / 60)
            days |= {(visit.customer, self.day(at)) for at in visit.instants}
        for person, day in sorted(days):
            if day < self.open_day:
                add(person, "visit_days", day, 1)
        for person, at, rating in self.reviews:
            if at < self.as_of:
                add(person, "rating", at, rating)

    def _segments(self, unit: Unit) -> dict[str, str]:
        devices = [
            v.device for v in self.visits
            if v.customer == unit.person and v.instants[0] <= unit.exposed_at <= v.instants[-1]
        ]  # fmt: skip
        orders = sorted(
            (o for o in self.orders if o.customer == unit.person), key=lambda order: order.at
        )
        is_known = bool(orders) and orders[0].at < unit.exposed_at
        # With what they began: of the first order of which something was kept.
        kept = [o for o in orders if o.at in {at for at, _ in self._of(unit.person, "orders")}]
        has_category = bool(kept) and kept[0].at < unit.exposed_at
        country = self.shop.country(unit.person) if unit.person[1:].isdigit() else ""
        return {
            "all": "all",
            "device": devices[-1] if devices else "unknown",
            "buyer_kind": "known" if is_known else "new",
            "country": country or "unknown",
            "first_category": CATEGORIES[kept[0].product] if has_category else "unknown",
        }

    def outcome(self, unit: Unit, metric: str) -> tuple[float | None, float | None, bool]:
        """Return what a unit did after its exposure (None: not over, or nothing to say), the same
        before it (None: not known), and whether it is eligible."""
        kind, measure, days = METRICS[metric]
        by_day = measure == "visit_days"
        here: Any = self.day(unit.exposed_at) if by_day else unit.exposed_at
        window = timedelta(days=days)
        acts = self._of(unit.person, measure)
        found = []
        for first, last in ((here, here + window), (here - window, here)):
            amounts = [
                amount for when, amount in acts if first <= when <= last and when != here
            ]  # fmt: skip
            if kind == "rate":
                found.append(1.0 if amounts else 0.0)
            elif measure == "rating":
                found.append(fmean(amounts) if amounts else None)
            else:
                found.append(float(sum(amounts)))
        over = here + window < self.open_day if by_day else here + window <= self.as_of
        after = found[0] if over else None
        before = found[1] if unit.exposed_at - window >= self.first_at else None
        return after, before, after is not None

    def counted(self, experiment: str) -> list[Unit]:
        arms = PLANS[experiment][1]
        return [
            u for (name, _), u in self.units.items() if name == experiment and u.is_counted(arms)
        ]

    def unit_count(self, experiment: str) -> int:
        return sum(name == experiment for name, _ in self.units)

    def sample_ratio(self, experiment: str) -> float | None:
        weights = {arm: float(weight) for arm, weight in PLANS[experiment][1].items()}
        seen = Counter(unit.arm for unit in self.counted(experiment))
        if len(weights) < 2 or not seen:
            return None
        expected = [seen.total() * w / sum(weights.values()) for w in weights.values()]
        return float(stats.chisquare([seen[arm] for arm in weights], expected).pvalue)


def compared(
    arm: Sequence[Unit], control: Sequence[Unit], metric: str, of: Recount
) -> dict[str, Any]:
    """Return what an arm is above its control, by scipy on the single values."""
    (y1, x1), (y0, x0) = (
        list(zip(*[(y, x or 0.0) for y, x, is_eligible in
                   (of.outcome(unit, metric) for unit in units) if is_eligible], strict=True))
        or ((), ())
        for units in (arm, control)
    )  # fmt: skip
    found: dict[str, Any] = {"eligible_count": len(y1), "control_eligible_count": len(y0)}
    if min(len(y1), len(y0)) < 2:
        return found
    n1, n0 = len(y1), len(y0)
    effect = fmean(y1) - fmean(y0)
    found |= {"effect": effect, "arm_mean": fmean(y1), "control_mean": fmean(y0)}
    if METRICS[metric][0] == "rate":
        p1, p0, pooled = fmean(y1), fmean(y0), fmean([*y1, *y0])
        se = math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
        half = 1.959963984540054 * se
        test = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
        found["p_value"] = math.erfc(abs(effect) / test / math.sqrt(2)) if test else None
        found |= {"effect_low": effect - half, "effect_high": effect + half}
    else:
        se = math.sqrt(variance(y1) / n1 + variance(y0) / n0)
        found |= welch(y1, y0, "effect")
    found |= sequential(effect, se, n1 + n0)
    # What was before explains a part of what came after: one slope about each arm's own mean.
    pairs = [(y - fmean(ys), x - fmean(xs))
             for ys, xs in ((y1, x1), (y0, x0)) for y, x in zip(ys, xs, strict=True)]  # fmt: skip
    yx, xx, yy = (sum(f(y, x) for y, x in pairs) for f in
                  (lambda y, x: y * x, lambda y, x: x * x, lambda y, x: y * y))  # fmt: skip
    theta = yx / xx if xx else 0.0
    left, right = (
        [y - theta * x for y, x in zip(ys, xs, strict=True)] for ys, xs in ((y1, x1), (y0, x0))
    )
    found["cuped_effect"] = fmean(left) - fmean(right)
    found |= {f"cuped_{k.removeprefix('effect_')}": v
              for k, v in welch(left, right, "effect").items() if k != "p_value"}  # fmt: skip
    found["variance_ratio"] = 1 - yx**2 / (xx * yy) if xx * yy else 1.0
    return found


def welch(left: Sequence[float], right: Sequence[float], name: str) -> dict[str, Any]:
    """Return the interval and p of a difference of means; the point where nothing varies."""
    if max(left) == min(left) and max(right) == min(right):
        point = left[0] - right[0]
        return {f"{name}_low": point, f"{name}_high": point, "p_value": None}
    test = stats.ttest_ind(left, right, equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {f"{name}_low": low, f"{name}_high": high, "p_value": test.pvalue}


def sequential(effect: float, se: float, n: int) -> dict[str, float]:
    """Return the interval that holds at every look: docs/definitions.md, section 9."""
    a = 0.05
    rho = math.sqrt((-2 * math.log(a) + math.log(-2 * math.log(a) + 1)) / 5000)
    grown = n * rho**2 + 1
    half = se * math.sqrt(n) * math.sqrt(
        2 * grown * math.log(math.sqrt(grown) / a) / (n * rho) ** 2
    )  # fmt: skip
    return {"sequential_low": effect - half, "sequential_high": effect + half}


def benjamini_hochberg(p_values: dict[Any, float]) -> dict[Any, float]:
    """Return each p times tests over rank, and never more than that of a larger p."""
    least, found = 1.0, {}
    ranked = sorted(p_values, key=lambda key: p_values[key])
    for rank in range(len(ranked), 0, -1):
        key = ranked[rank - 1]
        least = min(least, p_values[key] * len(ranked) / rank)
        found[key] = least
    return found
