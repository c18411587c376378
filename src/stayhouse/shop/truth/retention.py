"""True retention rates, from many more customers of the same world than the shop has.

A rate of the model has no closed form, because leaving depends on orders. So the same lives are
lived by copies of the shop's population, drawn anew, and counted plainly. Only small shops need it.
"""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Bools, Ints
from stayhouse.shop.orders.orders import Orders, make_refunds
from stayhouse.shop.population.seasons import local_day_start
from stayhouse.shop.settings import Settings

COPIES = 20
_MOST_REFERENCE_ROOTS = 400_000
_MOST_OWN_ROOTS = 50_000
ORDER_KINDS = ("order", "net_order")
GRAINS = ("month", "week")
DEFINITIONS = ("on", "on_or_after")
# Monday 5 January 1970 in days since 1970.
_FIRST_MONDAY = 4


@dataclass
class Counts:
    """Customers by cohort: ``sizes`` (cohorts,), ``returned`` (definitions, cohorts, periods)."""

    sizes: Ints
    returned: Ints

    def add(self, other: "Counts") -> None:
        """Add the counts of other customers."""
        self.sizes += other.sizes
        self.returned += other.returned


def copies_of(settings: Settings, roots: int) -> list[Settings]:
    """Return the copies of a shop that its true rates are counted on; none for a large shop."""
    if roots > _MOST_OWN_ROOTS:
        return []
    count = min(COPIES, _MOST_REFERENCE_ROOTS // roots)
    return [replace(settings, copy=number + 1) for number in range(count)]


def count_orders(settings: Settings, orders: Orders) -> dict[tuple[str, str], Counts]:
    """Return the counts of some customers' orders, by kind and grain."""
    refunds = make_refunds(orders)
    net = orders.net.sum(axis=1)
    known = refunds.at_ms < settings.end_ms
    np.subtract.at(net, refunds.order[known], refunds.amount[known])
    is_net = (net > 0) & (orders.around.cancelled_ms >= settings.end_ms)
    in_run = orders.at_ms < settings.end_ms
    day = local_days(settings, orders.at_ms)
    found = {}
    for kind, chosen in (("order", in_run), ("net_order", in_run & is_net)):
        for grain in GRAINS:
            period = period_number(settings, grain, day)
            last_period = int(period_number(settings, grain, np.array([settings.days - 1]))[0])
            # A period that the end of the run cuts short counts nowhere, not even as a return.
            whole = chosen & (period < complete_periods(settings, grain))
            found[kind, grain] = _count(orders.person, period, whole, last_period + 1)
    return found


def retention_table(settings: Settings, totals: dict[tuple[str, str], Counts]) -> Any:
    """Return one row for each mature cell: cohort, kind, definition and period."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "cohort_grain",
            "cohort_start",
            "order_kind",
            "definition",
            "period_index",
            "reference_size",
            "reference_retained",
        )
    }
    for kind, grain in itertools.product(ORDER_KINDS, GRAINS):
        counts = totals[kind, grain]
        complete = complete_periods(settings, grain)
        for place, definition in enumerate(DEFINITIONS):
            for cohort in np.flatnonzero(counts.sizes).tolist():
                for index in range(complete - cohort):
                    row = (
                        grain,
                        start_of_period(settings, grain, cohort),
                        kind,
                        definition,
                        index,
                        int(counts.sizes[cohort]),
                        int(counts.returned[place, cohort, index]),
                    )
                    for name, value in zip(columns, row, strict=True):
                        columns[name].append(value)
    table = pa.table(columns)
    rates = np.array(columns["reference_retained"]) / np.maximum(columns["reference_size"], 1)
    return table.append_column("true_rate", pa.array(np.round(rates, 9)))


def _count(person: Ints, period: Ints, chosen: Bools, periods: int) -> Counts:
    """Count returns; period 0 of a cohort is its first order's and always counts."""
    person, period = person[chosen], period[chosen]
    sizes = np.zeros(periods, dtype=np.int64)
    returned = np.zeros((len(DEFINITIONS), periods, periods), dtype=np.int64)
    if len(person) == 0:
        return Counts(sizes, returned)
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    lengths = np.diff(np.append(starts, len(person)))
    cohort = np.repeat(period[starts], lengths)
    sizes += np.bincount(period[starts], minlength=periods)
    # A period in which a person ordered twice counts once: orders are sorted by person and time.
    is_new = np.ones(len(person), dtype=bool)
    is_new[1:] = (person[1:] != person[:-1]) | (period[1:] != period[:-1])
    np.add.at(returned[0], (cohort[is_new], (period - cohort)[is_new]), 1)
    last = starts + lengths - 1
    np.add.at(returned[1], (cohort[starts], (period - cohort)[last]), 1)
    # Whoever returned last in period m counts for every n up to m.
    returned[1] = returned[1][:, ::-1].cumsum(axis=1)[:, ::-1]
    return Counts(sizes, returned)


def local_days(settings: Settings, at_ms: Ints) -> Ints:
    """Return the day of the run, counted from 0, in the shop's own time zone."""
    starts = [local_day_start(settings, 0, day) for day in range(settings.days + 300)]
    return np.searchsorted(np.array(starts), at_ms, side="right") - 1


def _epoch_days(settings: Settings) -> int:
    return int(np.datetime64(settings.start.isoformat(), "D").astype(np.int64))


def period_number(settings: Settings, grain: str, day: Ints) -> Ints:
    """Return the number of each day's period, counted from that of the first day."""
    days = day + _epoch_days(settings)
    first = np.array([_epoch_days(settings)])
    return _number(grain, days) - _number(grain, first)


def _number(grain: str, days: Ints) -> Ints:
    if grain == "week":
        return (days - _FIRST_MONDAY) // 7
    if grain == "day":
        return days
    months: Ints = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months


def complete_periods(settings: Settings, grain: str) -> int:
    """Return how many periods have ended by the end of the run."""
    return int(period_number(settings, grain, np.array([settings.days]))[0])


def start_of_period(settings: Settings, grain: str, period: int) -> Any:
    """Return the first day of a period counted from that of the first day of the run."""
    first = int(_number(grain, np.array([_epoch_days(settings)]))[0])
    if grain == "week":
        return np.datetime64((first + period) * 7 + _FIRST_MONDAY, "D").item()
    if grain == "day":
        return np.datetime64(first + period, "D").item()
    return np.datetime64(first + period, "M").astype("datetime64[D]").item()
