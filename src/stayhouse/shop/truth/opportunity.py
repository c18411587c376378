"""How much opportunity to order lies between two instants: the integrals behind the probabilities.

For a customer of archetype ``a`` and response type ``t`` with visit rate ``mu`` the expected number
of orders in an interval is

    ``mu * conversion[a, t] * (plain + (m[t] - 1) * good + (m'[t] - 1) * bad)``

where ``plain`` is the season's integral (less what the checkout fault takes), and ``good`` and
``bad`` are its parts in the windows after contacts. All are in days.
"""

from dataclasses import dataclass

import numpy as np

from stayhouse.shop.draws import Floats, Ints
from stayhouse.shop.parameters import ARCHETYPES, MODEL, ZONES, stack
from stayhouse.shop.population.contacts import Plan, latest_campaign, programme_ms
from stayhouse.shop.population.people import People
from stayhouse.shop.population.seasons import UNITS_PER_DAY, Seasons
from stayhouse.shop.settings import DAY_MS, Settings

TYPE_COUNT = len(MODEL.response_base)
_WINDOW_MS = int(MODEL.contact_window * DAY_MS)


@dataclass(frozen=True)
class Opportunity:
    """Three integrals, each of shape (archetypes, people), from the start to an instant."""

    plain: Floats
    good: Floats
    bad: Floats

    def __sub__(self, earlier: "Opportunity") -> "Opportunity":
        return Opportunity(
            self.plain - earlier.plain, self.good - earlier.good, self.bad - earlier.bad
        )

    def of_each(self, archetype: Ints, response: Ints) -> Floats:
        """Return the expected orders for a visit rate of 1, each person being of their own kind."""
        row = np.arange(len(archetype))
        contact = np.array(MODEL.response_contact)[response] - 1.0
        weighted = self.plain[archetype, row] + contact * (
            self.good[archetype, row] + MODEL.bad_hour_share * self.bad[archetype, row]
        )
        rate = stack("conversion")[archetype] * np.array(MODEL.response_base)[response]
        expected: Floats = np.maximum(weighted * rate, 0.0)
        return expected

    def take(self, rows: Ints) -> "Opportunity":
        """Return the integrals of some of the people."""
        return Opportunity(self.plain[:, rows], self.good[:, rows], self.bad[:, rows])

    def orders(self, archetype: int, response: int) -> Floats:
        """Return the expected orders for a visit rate of 1, shape (people,)."""
        contact = MODEL.response_contact[response] - 1.0
        weighted: Floats = self.plain[archetype]
        if contact:
            weighted = weighted + contact * self.good[archetype]
            weighted = weighted + contact * MODEL.bad_hour_share * self.bad[archetype]
        rate = float(stack("conversion")[archetype]) * MODEL.response_base[response]
        return np.maximum(weighted * rate, 0.0)


class Opportunities:
    """The integrals for some people, at any instants."""

    def __init__(self, settings: Settings, seasons: Seasons, people: People, plan: Plan) -> None:
        self._settings, self._seasons = settings, seasons
        self._people, self._plan = people, plan
        self._fault_ms = settings.start_ms + MODEL.fault_day * DAY_MS
        on_first = people.device_1 == MODEL.fault_device
        on_second = people.device_2 == MODEL.fault_device
        elsewhere = np.where(people.device_2 >= 0, MODEL.second_device_visits, 0.0)
        share = np.where(on_first, 1.0 - elsewhere, np.where(on_second, elsewhere, 0.0))
        self._kept = 1.0 - share * (1.0 - MODEL.fault_factor) * settings.has("fault")
        everybody = np.arange(len(people), dtype=np.int64)
        self._arrived = self._units(everybody, people.arrived_ms)
        good = [np.zeros((len(ARCHETYPES), len(people)))]
        bad = [good[0]]
        for campaign in range(plan.arm.shape[1]):
            sent = plan.sent_ms[:, campaign]
            which = np.full(len(people), campaign)
            part = self._in_window(everybody, which, sent + _WINDOW_MS)
            is_good = plan.is_good_hour[:, campaign]
            good.append(good[-1] + np.where(is_good, part, 0.0))
            bad.append(bad[-1] + np.where(is_good, 0.0, part))
        # Over whole windows before each campaign, shape (campaigns + 1, archetypes, people).
        self._good, self._bad = np.stack(good), np.stack(bad)

    def days_since_arrival(self, rows: Ints, at_ms: Ints | int) -> Floats:
        """Return the season's integral since the people's arrivals, shape (archetypes, rows)."""
        days: Floats = (self._units(rows, at_ms) - self._arrived[:, rows]) / UNITS_PER_DAY
        return days

    def until(self, rows: Ints, at_ms: Ints | int) -> Opportunity:
        """Return the integrals from the start of the run to the instants of the people ``rows``.

        One instant for all is much faster than as many equal ones.
        """
        plain = self._plain(rows, at_ms)
        at_ms = np.broadcast_to(at_ms, len(rows))
        if self._plan.arm.shape[1] == 0:
            return Opportunity(plain, np.zeros_like(plain), np.zeros_like(plain))
        latest = latest_campaign(self._settings, self._plan, at_ms)
        part = self._in_window(rows, latest, at_ms)
        is_good = self._plan.is_good_hour[rows, latest]
        return Opportunity(
            plain=plain,
            good=self._good[latest, :, rows].T + np.where(is_good, part, 0.0),
            bad=self._bad[latest, :, rows].T + np.where(is_good, 0.0, part),
        )

    def contact_effects(self) -> Floats:
        """Return what a message adds to P(order in its window), shape (people, campaigns).

        It is the effect on an active customer; nobody's messages are counted but this one.
        """
        people, sent = self._people, self._plan.sent_ms
        effects = np.zeros(sent.shape)
        rows = np.arange(len(people), dtype=np.int64)
        conversions = stack("conversion")[people.archetype]
        conversions = conversions * np.array(MODEL.response_base)[people.response]
        contact = np.array(MODEL.response_contact)[people.response]
        softened = 1.0 + (contact - 1.0) * MODEL.bad_hour_share
        for campaign in range(sent.shape[1]):
            begin = sent[:, campaign]
            plain = self._plain(rows, begin + _WINDOW_MS) - self._plain(rows, begin)
            more = self._plan.in_programme & (begin >= programme_ms(self._settings))
            rate = people.rate * np.where(more, 1.0 + MODEL.programme_visits, 1.0)
            orders = rate * conversions * plain[people.archetype, rows]
            factor = np.where(self._plan.is_good_hour[:, campaign], contact, softened)
            effects[:, campaign] = np.exp(-orders) - np.exp(-orders * factor)
        return effects

    def _in_window(self, rows: Ints, campaign: Ints, at_ms: Ints) -> Floats:
        """The integral over a campaign's window up to an instant; 0 for those not contacted."""
        sent = self._plan.sent_ms[rows, campaign]
        inside = (self._plan.arm[rows, campaign] == 0) & (at_ms > sent)
        part = np.zeros((len(ARCHETYPES), len(rows)))
        some = np.flatnonzero(inside)
        if len(some):
            end = np.minimum(at_ms[some], sent[some] + _WINDOW_MS)
            part[:, some] = self._plain(rows[some], end) - self._plain(rows[some], sent[some])
        return part

    def _plain(self, rows: Ints, at_ms: Ints | int) -> Floats:
        """The season's integral, after the fault less what it takes: (archetypes, people)."""
        reached = self._units(rows, at_ms)
        healthy = np.minimum(reached, self._units(rows, self._fault_ms))
        days: Floats = (healthy + (reached - healthy) * self._kept[rows]) / UNITS_PER_DAY
        return days

    def _units(self, rows: Ints, at_ms: Ints | int) -> Ints:
        """The season's integral in units, shape (archetypes, rows)."""
        zone = self._people.zone[rows]
        kinds = np.arange(len(ARCHETYPES))[:, None]
        if isinstance(at_ms, int):
            table = self._seasons.elapsed(kinds, np.arange(len(ZONES))[None, :], at_ms)
            return table[:, zone]
        return np.stack([self._seasons.elapsed(kind, zone, at_ms) for kind in kinds[:, 0]])
