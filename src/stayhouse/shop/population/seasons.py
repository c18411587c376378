"""When people come: the product of season, weekday, hour, holidays and one outage.

The intensity is constant within an hour. Its integral is a table of whole numbers, so that
instants and elapsed time convert exactly both ways: *units*, of which an average day has
``UNITS_PER_DAY``.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from stayhouse.shop.draws import Floats, Ints
from stayhouse.shop.parameters import ARCHETYPES, COUNTRIES, MODEL, ZONES
from stayhouse.shop.settings import HOUR_MS, Settings

UNITS_PER_DAY = 1_000_000
# Lives go on after the run, so that the labels of its last day are known too.
DAYS_AFTER = 200
ARRIVALS = len(ARCHETYPES)  # the shape of newcomers, after those of the archetypes

_WEEKDAYS = np.array([0.96, 0.94, 0.94, 0.98, 0.97, 1.08, 1.13])
_HOURS = np.array(
    [22, 12, 7, 5, 5, 8, 18, 35, 55, 70, 80, 85, 92, 88, 80, 78, 82, 92, 105, 120, 128, 118, 82, 45]
)
_FIXED_HOLIDAYS = {
    "GB": {(1, 1): 0.5, (12, 24): 0.7, (12, 25): 0.3, (12, 26): 1.2},
    "DE": {(1, 1): 0.5, (10, 3): 0.6, (12, 24): 0.4, (12, 25): 0.3, (12, 26): 0.7},
    "US": {(1, 1): 0.6, (7, 4): 0.6, (12, 25): 0.3},
    "SG": {(8, 9): 0.7, (11, 11): 1.9, (12, 12): 1.5},
}
_BLACK_FRIDAY = {"GB": 2.0, "DE": 1.6, "US": 2.4, "SG": 1.3}


class Seasons:
    """The intensity of visits by archetype and zone, over a run and the days after it."""

    def __init__(self, settings: Settings) -> None:
        self.start_ms = settings.start_ms
        self.hour_count = (settings.days + DAYS_AFTER) * 24
        local = [_local_hours(settings, zone, self.hour_count) for zone in ZONES]
        steps = np.empty((len(ARCHETYPES) + 1, len(ZONES), self.hour_count), dtype=np.int64)
        for shape in range(len(ARCHETYPES) + 1):
            for zone in range(len(ZONES)):
                intensity = _intensity(settings, shape, zone, local[zone])
                steps[shape, zone] = np.rint(intensity * (UNITS_PER_DAY / 24))
        self._steps = steps.reshape(-1, self.hour_count)
        sums = np.zeros((len(self._steps), self.hour_count + 1), dtype=np.int64)
        np.cumsum(self._steps, axis=1, out=sums[:, 1:])
        self._sums = sums.ravel()
        # Tables laid end to end and lifted make one sorted array: one search for all.
        self._lift = int(sums.max()) + 1
        rows = np.arange(len(sums), dtype=np.int64)[:, None]
        self._lifted = (sums + rows * self._lift).ravel()
        self._log_steps = np.log(np.maximum(self._steps, 1)).ravel()

    def elapsed(self, shape: Any, zone: Any, at_ms: Any) -> Ints:
        """Return the units from the start of the run to each instant (clipped to the table)."""
        row = self._row(shape, zone)
        within = np.clip(np.asarray(at_ms) - self.start_ms, 0, self.hour_count * HOUR_MS)
        hour = np.minimum(within // HOUR_MS, self.hour_count - 1)
        below = self._sums[row * (self.hour_count + 1) + hour]
        above = self._sums[row * (self.hour_count + 1) + hour + 1]
        units: Ints = below + (above - below) * (within - hour * HOUR_MS) // HOUR_MS
        return units

    def instant(self, shape: Any, zone: Any, units: Ints) -> Ints:
        """Return the instant at which each number of units has elapsed."""
        row = self._row(shape, zone)
        wanted = np.clip(units, 0, self._lift - 1)
        place = np.searchsorted(self._lifted, wanted + row * self._lift, side="right") - 1
        hour = np.minimum(place - row * (self.hour_count + 1), self.hour_count - 1)
        below = self._sums[row * (self.hour_count + 1) + hour]
        step = np.maximum(self._steps.ravel()[row * self.hour_count + hour], 1)
        within = np.minimum((wanted - below) * HOUR_MS // step, HOUR_MS - 1)
        instants: Ints = self.start_ms + hour * HOUR_MS + within
        return instants

    def log_intensity(self, shape: Any, zone: Any, at_ms: Any) -> Floats:
        """Return the log of the intensity at each instant, up to one constant for all shapes."""
        within = np.clip(np.asarray(at_ms) - self.start_ms, 0, self.hour_count * HOUR_MS - 1)
        logs: Floats = self._log_steps[self._row(shape, zone) * self.hour_count + within // HOUR_MS]
        return logs

    def total(self, shape: Any, zone: Any) -> Ints:
        """Return the units of the whole table."""
        return self._sums[self._row(shape, zone) * (self.hour_count + 1) + self.hour_count]

    @staticmethod
    def _row(shape: Any, zone: Any) -> Ints:
        return np.asarray(shape, np.int64) * len(ZONES) + np.asarray(zone, np.int64)


def local_day_start(settings: Settings, zone: int, day: int) -> int:
    """Return the instant (ms, UTC) at which a day of the run, counted from 0, starts in a zone."""
    day_date = settings.start + timedelta(days=day)
    local = datetime(day_date.year, day_date.month, day_date.day, tzinfo=ZoneInfo(ZONES[zone]))
    return int(local.timestamp()) * 1000


def _local_hours(settings: Settings, zone: str, count: int) -> list[datetime]:
    zone_info = ZoneInfo(zone)
    first = settings.start_ms // 1000
    return [
        datetime.fromtimestamp(first + 3600 * hour, tz=UTC).astimezone(zone_info)
        for hour in range(count)
    ]


def _intensity(settings: Settings, shape: int, zone: int, local: list[datetime]) -> Floats:
    if not settings.has("seasons"):
        return np.ones(len(local))
    hour_factor = _HOURS / _HOURS.mean()
    height, peak = 0.15, 340
    if shape < len(ARCHETYPES):
        height, peak = ARCHETYPES[shape].season_height, ARCHETYPES[shape].season_peak
    by_day: dict[date, float] = {}
    values = np.empty(len(local))
    for position, instant in enumerate(local):
        day = instant.date()
        if day not in by_day:
            by_day[day] = _day_factor(day, COUNTRIES[zone], height, peak)
        values[position] = by_day[day] * hour_factor[instant.hour]
    outage = MODEL.outage_day * 24
    values[outage : outage + 24] = 0.0
    return values


def _day_factor(day: date, country: str, height: float, peak: int) -> float:
    distance = abs(day.timetuple().tm_yday - peak)
    distance = min(distance, 365 - distance)
    # A bump about five weeks wide on either side of the peak; a year keeps a mean near one.
    season = (1.0 + height * float(np.exp(-0.5 * (distance / 25.0) ** 2))) / (1.0 + 0.17 * height)
    holiday = _FIXED_HOLIDAYS[country].get((day.month, day.day), 1.0)
    if day.month == 11 and day.weekday() == 4 and 23 <= day.day <= 29:
        holiday = _BLACK_FRIDAY[country]
    return float(_WEEKDAYS[day.weekday()]) * holiday * season
