"""True rates at which people visit and log in, from the copies that ``retention.py`` counts.

They are those of the persons that a shop can know: who browses at a shared device without a name is
nobody, a device on which nobody ever gave a name is a person of its own, and one on which somebody
did is theirs from the first visit on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Bools, Ints
from stayhouse.shop.orders.orders import Orders
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.retention import (
    Counts,
    complete_periods,
    local_days,
    period_number,
    start_of_period,
)
from stayhouse.shop.visits.moments import moment_sessions, referral_sessions
from stayhouse.shop.visits.sessions import (
    NEVER_KNOWN,
    SLOT,
    Sessions,
    discovery_sessions,
    is_kiosk,
    join,
    passer_by_sessions,
    shop_sessions,
    signed_up_ms,
)

VISIT, LOGIN = ("visit", "day"), ("login", "month")
# First and last day after the first visit, in days of 24 hours.
BRACKETS = ((1, 1), (7, 7), (24, 30))


@dataclass(frozen=True)
class Visited:
    """Visits by known persons in the run: who (a number of their own) and when."""

    person: Ints
    at_ms: Ints


def count_activities(
    settings: Settings, seasons: Seasons, people: People, lives: Lives, orders: Orders
) -> dict[tuple[str, str], Counts]:
    """Return the counts of visits and logins of some people, by kind and grain of the cohort.

    Visits: ``sizes`` and ``returned`` have shape (brackets, days of the first visit), and a size
    is the people whose bracket is over. Logins: as ``retention.count_chunk``, of definition `on`.
    """
    sessions = join(
        [
            shop_sessions(settings, people, lives, orders),
            discovery_sessions(people),
            passer_by_sessions(seasons, people),
            moment_sessions(settings, people, orders),
            referral_sessions(settings, people, orders),
        ]
    )
    seen = (sessions.at_ms >= settings.start_ms) & (sessions.at_ms < settings.end_ms)
    sessions = sessions.take(np.flatnonzero(seen))
    visited = known_visits(settings, people, orders, sessions)
    return {
        VISIT: visit_counts(settings, visited),
        LOGIN: _login_counts(settings, people, orders, sessions),
    }


def known_visits(settings: Settings, people: People, orders: Orders, sessions: Sessions) -> Visited:
    """Return the visits of persons as a shop can tell them apart at the end of the run."""
    at_kiosk = is_kiosk(sessions.visitor)
    is_named = sessions.known_from < NEVER_KNOWN
    # A guest's device is told by the address of the order, once there is an account with it.
    signed = signed_up_ms(settings, people, orders)[np.maximum(sessions.person, 0)]
    is_named |= (sessions.order >= 0) & (signed < settings.end_ms)
    named = np.unique(sessions.visitor[is_named & ~at_kiosk])
    is_customer = is_named | (np.isin(sessions.visitor, named) & ~at_kiosk)
    # The numbers of visitors that are persons of their own lie below 0.
    person = np.where(is_customer, sessions.customer, -1 - sessions.visitor)
    counts = is_customer | ~at_kiosk
    return Visited(person[counts], sessions.at_ms[counts])


def visit_counts(settings: Settings, visited: Visited) -> Counts:
    """Return by bracket and day of the first visit whose bracket is over, and who came in it."""
    order = np.lexsort((visited.at_ms, visited.person))
    person, at_ms = visited.person[order], visited.at_ms[order]
    starts = np.flatnonzero(np.diff(person, prepend=np.iinfo(np.int64).min))
    place = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(person))))
    first_ms = at_ms[starts]
    index = (at_ms - first_ms[place]) // DAY_MS
    cohort = local_days(settings, first_ms)
    # In summer the last hour of the run is the next local day.
    shape = (len(BRACKETS), settings.days + 1)
    sizes, returned = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for number, (low, high) in enumerate(BRACKETS):
        is_over = first_ms + (high + 1) * DAY_MS <= settings.end_ms
        came = np.zeros(len(starts), dtype=bool)
        came[place[(index >= low) & (index <= high)]] = True
        sizes[number] += np.bincount(cohort[is_over], minlength=shape[1])
        returned[number] += np.bincount(cohort[is_over & came], minlength=shape[1])
    return Counts(sizes, returned)


def activity_table(settings: Settings, totals: dict[tuple[str, str], Counts]) -> Any:
    """Return one row for each cell: the cut's columns, cohort, period, and the true rate."""
    rows: list[tuple[Any, ...]] = []
    visits = totals[VISIT]
    for number, (low, high) in enumerate(BRACKETS):
        for day in np.flatnonzero(visits.sizes[number]).tolist():
            start = start_of_period(settings, "day", day)
            counts = (int(visits.sizes[number, day]), int(visits.returned[number, day]))
            rows.append(("day", start, "visit", "visit", "bracket", "rolling", low, high, *counts))
    logins = totals[LOGIN]
    complete = complete_periods(settings, "month")
    for month in np.flatnonzero(logins.sizes).tolist():
        start = start_of_period(settings, "month", month)
        for index in range(1, complete - month):
            counts = (int(logins.sizes[month]), int(logins.returned[month, index]))
            rows.append(("month", start, "order", "login", "on", "calendar", index, index, *counts))
    names = (
        *("cohort_grain", "cohort_start", "start_kind", "return_kind", "definition", "clock_kind"),
        *("period_index", "last_index", "reference_size", "reference_retained"),
    )
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    rates = [round(row[-1] / row[-2], 9) for row in rows]
    return pa.table(
        {name: pa.array(columns.get(name, ())) for name in names} | {"true_rate": rates}
    )


def _login_counts(settings: Settings, people: People, orders: Orders, sessions: Sessions) -> Counts:
    """Return customers by month of the first order, and who logged in by month after it."""
    last = int(period_number(settings, "month", np.array([settings.days - 1]))[0])
    sizes = np.zeros(last + 1, dtype=np.int64)
    returned = np.zeros((last + 1, last + 1), dtype=np.int64)
    complete = complete_periods(settings, "month")

    def month(at_ms: Ints) -> Ints:
        return period_number(settings, "month", local_days(settings, at_ms))

    first = (orders.place == 0) & (orders.at_ms < settings.end_ms)
    cohort = np.full(len(people), -1, dtype=np.int64)
    cohort[orders.person[first]] = month(orders.at_ms[first])
    cohort[cohort >= complete] = -1
    sizes += np.bincount(cohort[cohort >= 0], minlength=last + 1)
    chosen: Bools = sessions.counts[:, SLOT["login"]] > 0
    person, at = sessions.person[chosen], month(sessions.at_ms[chosen])
    counted = (cohort[person] >= 0) & (at > cohort[person]) & (at < complete)
    pairs = np.unique(np.stack([person[counted], at[counted]]), axis=1)
    np.add.at(returned, (cohort[pairs[0]], pairs[1] - cohort[pairs[0]]), 1)
    return Counts(sizes, returned)
