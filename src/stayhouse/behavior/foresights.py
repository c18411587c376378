"""Ways to foresee the next days from the days before: two naive ones, and exponential smoothing.

Each tells, from every day on and from the days before it alone, the days after it: an array of
shape (days + 1, horizon), whose row `t` knows the first `t` days. A row that cannot be told is nan.
"""

import warnings
from dataclasses import dataclass

import numpy as np

WEEK = 7


@dataclass(frozen=True)
class History:
    """The days of a measure up to an origin.

    Attributes:
        values: what was counted, shape (days,).
        is_left_out: days that no fit reads, those of an outage, shape (days,).
        holidays: name by place; places from `days` on are days to come.
    """

    values: np.ndarray
    is_left_out: np.ndarray
    holidays: dict[int, str]

    def until(self, origin: int, horizon: int) -> "History":
        """Return what was known before a place; of the calendar also the days of the horizon."""
        known = {at: name for at, name in self.holidays.items() if at < origin + horizon}
        return History(self.values[:origin], self.is_left_out[:origin], known)

    def as_usual(self, weeks: int, *, without_holidays: bool) -> np.ndarray:
        """Return the days, where those left out are the mean of their weekday in the weeks before.

        Shape (days,). Early days have fewer weeks before them, and those of the first week none.
        """
        filled = self.values.astype("float64")
        gone = set(np.flatnonzero(self.is_left_out).tolist())
        if without_holidays:
            gone |= {at for at in self.holidays if at < len(filled)}
        for at in sorted(gone):
            if at >= WEEK:
                filled[at] = filled[at - min(weeks, at // WEEK) * WEEK : at : WEEK].mean()
        return filled

    def effects(self, usual: np.ndarray) -> dict[str, list[tuple[int, float]]]:
        """Return by name of a holiday its places and how many times the usual day each was."""
        found: dict[str, list[tuple[int, float]]] = {}
        for at, name in sorted(self.holidays.items()):
            if WEEK <= at < len(usual) and usual[at] > 0 and not self.is_left_out[at]:
                found.setdefault(name, []).append((at, float(self.values[at] / usual[at])))
        return found


def last_weeks(usual: np.ndarray, weeks: int, horizon: int) -> np.ndarray:
    """Return for each day the mean of its weekday in the last weeks: (days + 1, horizon)."""
    told = np.full((len(usual) + 1, horizon), np.nan)
    after = np.arange(horizon) % WEEK
    for origin in range(weeks * WEEK, len(usual) + 1):
        starts = origin - WEEK * np.arange(1, weeks + 1)
        told[origin] = usual[starts[:, None] + after].mean(axis=0)
    return told


def smoothed(
    usual: np.ndarray, horizon: int, parameters: dict[str, float] | None
) -> tuple[np.ndarray, dict[str, float]]:
    """Return what exponential smoothing of the square roots tells, and its parameters.

    Level, damped trend and weekday. Roots make a busy day as uncertain as a quiet one, and keep
    what is told above 0; the variance of the roots is added, which the square of a mean lacks.

    Args:
        usual: the days, shape (days,), at least ten weeks of them.
        horizon: how many days to tell.
        parameters: those of an earlier fit; None = those that fit best.
    """
    # Half a second, which only a shop with enough days pays.
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    model = ExponentialSmoothing(
        np.sqrt(np.maximum(usual, 0.0)),
        trend="add",
        damped_trend=True,
        seasonal="add",
        seasonal_periods=WEEK,
        # Starts from the first ten weeks alone, whatever comes later.
        initialization_method="heuristic",
    )
    with warnings.catch_warnings():
        # Days without news have no best parameters, and any will do.
        warnings.simplefilter("ignore")
        if parameters is None:
            # A seventh of the time of the default, for the same sum of squares to the third digit.
            fit = model.fit(use_brute=False, method="TNC")
        else:
            fit = model.fit(optimized=False, **parameters)
    names = ("smoothing_level", "smoothing_trend", "smoothing_seasonal", "damping_trend")
    found = {name: float(fit.params[name]) for name in names}
    told = np.full((len(usual) + 1, horizon), np.nan)
    origins = np.arange(WEEK, len(usual) + 1)
    damped = np.cumsum(found["damping_trend"] ** np.arange(1, horizon + 1))
    weekday = fit.season[origins[:, None] - WEEK + np.arange(horizon) % WEEK]
    roots = fit.level[origins - 1, None] + damped * fit.trend[origins - 1, None] + weekday
    told[origins] = np.maximum(roots, 0.0) ** 2 + float(np.mean(np.square(fit.resid)))
    return told, found


def with_holidays(
    told: np.ndarray, holidays: dict[int, str], effects: dict[str, list[tuple[int, float]]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same with holidays as they were before, and how far that is from sure.

    An effect is the mean of those of its name, on square roots, drawn towards an ordinary day as if
    one of that name had been ordinary: of a holiday seen once, half, since that day may have been
    busy for another reason. What is not sure reaches as far on either side as one more such day
    could move it: after one, from the ordinary day to the day that was seen. Both (days, horizon).
    """
    changed, doubt = told.copy(), np.zeros_like(told)
    horizon = told.shape[1]
    for at, name in holidays.items():
        for origin in range(max(at - horizon + 1, 0), min(at, len(told) - 1) + 1):
            seen = [np.sqrt(times) for place, times in effects.get(name, []) if place < origin]
            if seen:
                usual, full = told[origin, at - origin], np.mean(seen)
                drawn = (1 + sum(seen)) / (1 + len(seen))
                changed[origin, at - origin] = usual * drawn**2
                doubt[origin, at - origin] = usual * abs(full**2 - 1) / (1 + len(seen))
    return changed, doubt
