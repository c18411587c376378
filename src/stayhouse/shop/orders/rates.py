"""Exchange rates of the planted world: a pure function of the date, the same for every seed.

A rate is the value in GBP of one unit of a currency, in units of 1e-8 (DECIMAL(18,8)).
"""

from datetime import date, timedelta
from math import cos, pi

import numpy as np

from stayhouse.shop.draws import Ints

CURRENCIES = ("GBP", "EUR", "USD")
RATE_SCALE = 100_000_000
FIRST_RATE_DATE = date(2023, 1, 1)
LAST_RATE_DATE = date(2027, 12, 31)
# No rate was published on these days: money of such a day takes the last known rate.
MISSING_RATE_DATES = frozenset(
    {date(2023, 12, 25), date(2024, 5, 6), date(2024, 12, 25), date(2024, 12, 26)}
    | {date(2025, 4, 21), date(2025, 12, 25), date(2026, 12, 25), date(2027, 12, 27)}
)
_LEVEL = {"EUR": 0.8550, "USD": 0.7900}
_SWING = {"EUR": 0.0180, "USD": 0.0310}
_PERIOD_DAYS = {"EUR": 411, "USD": 593}
_STEPS_OF_1E5 = 100_000


def published_rate(currency: str, day: date) -> int | None:
    """Return the rate of a currency on a day in units of 1e-8, or None where none was published.

    It is a slow cosine and a small sawtooth, rounded to five decimals.
    """
    if day in MISSING_RATE_DATES or not FIRST_RATE_DATE <= day <= LAST_RATE_DATE:
        return None
    if currency == "GBP":
        return RATE_SCALE
    number = (day - FIRST_RATE_DATE).days
    wave = _SWING[currency] * cos(2 * pi * number / _PERIOD_DAYS[currency])
    sawtooth = ((number * 37) % 23 - 11) * 0.00013
    in_1e5 = round((_LEVEL[currency] + wave + sawtooth) * _STEPS_OF_1E5)
    return in_1e5 * (RATE_SCALE // _STEPS_OF_1E5)


def last_known_rate(currency: str, day: date) -> int:
    """Return the rate that money of a day is converted at: its own, else the last before it."""
    day = min(day, LAST_RATE_DATE)
    while (rate := published_rate(currency, day)) is None:
        day -= timedelta(days=1)
    return rate


def rate_table(start: date, days: int) -> Ints:
    """Return the last known rates, shape (days, currencies), in units of 1e-8."""
    rows = [
        [last_known_rate(currency, start + timedelta(days=day)) for currency in CURRENCIES]
        for day in range(days)
    ]
    return np.array(rows, dtype=np.int64)
