"""How many units a test needs, and which effect so many units can show (normal approximation)."""

import numpy as np
from scipy import stats

from stayhouse.experiments.effects import ALPHA


def units_needed(variance: np.ndarray, effect: np.ndarray, power: float) -> np.ndarray:
    """Return the units an arm that show an effect with this power, in two arms of one size.

    ``2 variance ((z of alpha / 2 + z of power) / effect) squared``, rounded up (Lehr 1992 is its
    case of .8); two-sided at 5 %.

    Args:
        variance: that of the outcome of one unit; of a rate p, p (1 - p).
        effect: the difference of means that is to be seen; nan where it is 0.
        power: how often it is then seen, such as .8.
    """
    reach = stats.norm.isf(ALPHA / 2) + stats.norm.ppf(power)
    change = np.abs(np.asarray(effect, dtype="float64"))
    with np.errstate(divide="ignore", invalid="ignore"):
        units = np.ceil(2 * np.asarray(variance) * (reach / change) ** 2)
    return np.where(change > 0, units, np.nan)


def smallest_effect(
    variance: np.ndarray, arm_units: np.ndarray, control_units: np.ndarray, power: float
) -> np.ndarray:
    """Return the smallest effect that so many units show with this power; nan without units."""
    reach = stats.norm.isf(ALPHA / 2) + stats.norm.ppf(power)
    arm, control = np.asarray(arm_units, "float64"), np.asarray(control_units, "float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        found = reach * np.sqrt(np.asarray(variance) * (1 / arm + 1 / control))
    return np.where((arm > 0) & (control > 0), found, np.nan)
