"""How busy the days ahead are beside a usual year, as far as whole years agree on it.

What buyers came back to do is held against what buyers of their ages do in any season (indirect
standardisation): that a shop's buyers grow in number, and in age, is no season. What years agree
on is told, drawn to 1 by how unsure it is: docs/definitions.md, section 7.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import fdtri

COLUMNS = {"cut_off_number": "int64", "horizon_days": "int64", "season_factor": "float64"}
# Buyers come back at a rate that changes with their age: by months of so many days.
AGE_DAYS = 30
_YEAR_DAYS = 365
_LEAST_YEARS = 2
_CONFIDENCE = 0.95
_DECIMALS = 6


def find_seasons(days: pd.DataFrame, horizons: pd.DataFrame) -> pd.DataFrame:
    """Return the season of each horizon that whole years agree on.

    Args:
        days: one row per `cut_off_number`, `days_before` it (from 1 on) and `age_month` of the
            buyers on that day, whole `AGE_DAYS` since the day after their first order, -1 on the
            first itself: `order_day_count`. May be empty.
        horizons: one row per `cut_off_number` and `horizon_days` that is asked for.

    Returns:
        One row per cut-off and horizon that has a season, with the columns of `COLUMNS`.
    """
    rows: list[dict[str, Any]] = []
    asked = horizons.drop_duplicates(["cut_off_number", "horizon_days"])
    known = dict(iter(days.groupby("cut_off_number")))
    for number, theirs in asked.groupby("cut_off_number"):
        if number not in known:
            continue
        came, usual = _daily(known[number])
        for horizon in sorted(theirs["horizon_days"]):
            factor = season_factor(came, usual, int(horizon))
            if factor is not None:
                row = {"cut_off_number": number, "horizon_days": horizon, "season_factor": factor}
                rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _daily(days: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return repeat order days and those usual at such ages, by days before, from 1 on."""
    before, age, count = (
        days[name].to_numpy(dtype="int64")
        for name in ("days_before", "age_month", "order_day_count")
    )
    size, months = int(before.max()), int(age.max(initial=0)) + 1
    first = age < 0
    new = np.bincount(before[first], count[first], size + 1)
    came = np.zeros((size + 1, months))
    np.add.at(came, (before[~first], age[~first]), count[~first])
    # Of who first ordered so many days before or earlier: a month's are the difference of two.
    so_far = np.append(np.cumsum(new[::-1])[::-1], np.zeros((months + 1) * AGE_DAYS + 1))
    places = np.arange(size + 1)[:, None] + 1 + AGE_DAYS * np.arange(months)
    people = so_far[places] - so_far[places + AGE_DAYS]
    rate = came[1:].sum(axis=0) / np.maximum(people[1:].sum(axis=0), 1)
    return came[1:].sum(axis=1), people[1:] @ rate


def season_factor(came: np.ndarray, usual: np.ndarray, horizon_days: int) -> float | None:
    """Return what came in the days a year before, and in years before that, beside their years.

    Args:
        came: repeat order days, by days before the cut-off, the last of them first, shape (days,).
        usual: those of a shop without seasons, likewise.
        horizon_days: the first so many days of each year back from the cut-off are the window.

    Returns:
        None where there are not two whole years, where one of them alone makes the season, or where
        a shop without one would differ as much once in 20 times.
    """
    years = len(came) // _YEAR_DAYS
    starts = np.arange(0, _YEAR_DAYS, horizon_days)
    windows = [
        np.add.reduceat(one[: years * _YEAR_DAYS].reshape(years, _YEAR_DAYS)[:, ::-1], starts, 1)
        for one in (came, usual)
    ] if years else [np.zeros((0, len(starts)))] * 2  # fmt: skip
    some = (windows[0].sum(axis=1) > 0) & (windows[1].sum(axis=1) > 0)
    found, expected = windows[0][some], windows[1][some]
    if len(found) < _LEAST_YEARS or len(starts) == 1:
        return None
    # A window is held against its own year: what changes from year to year is no season.
    expected = expected * (found.sum(axis=1) / expected.sum(axis=1))[:, None]
    ahead, mean = float(found[:, 0].sum()), float(expected[:, 0].sum())
    # Without any one year the others are still on that side of 1.
    others = ahead - mean - (found[:, 0] - expected[:, 0])
    if not mean > 0 or (others * np.sign(ahead - mean) < 10**-_DECIMALS).any():
        return None
    freedom = (len(found) - 1) * (len(starts) - 1)
    surprise = (ahead - mean) ** 2 / (mean * _dispersion(found, expected, freedom))
    if surprise <= fdtri(1, freedom, _CONFIDENCE):
        return None
    return round(1 + (ahead / mean - 1) * (1 - 1 / surprise), _DECIMALS)


def _dispersion(found: np.ndarray, expected: np.ndarray, freedom: int) -> float:
    """Return how many times as much as by chance the same windows of years differ, at least 1."""
    shared = expected * found.sum(axis=0) / np.maximum(expected.sum(axis=0), 1e-9)
    off = np.divide((found - shared) ** 2, shared, out=np.zeros_like(found), where=shared > 0)
    return max(1.0, float(off.sum()) / freedom)
