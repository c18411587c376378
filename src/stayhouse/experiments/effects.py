"""Effects of one arm of an experiment against its control, from sums over units.

Every argument that is an array has one value a comparison, shape (comparisons,); results as well.
What cannot be known is nan: an interval of fewer than two units, a p-value without any variance.
Formulas: docs/definitions.md, section 9.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

# Of the intervals, 95 %; the sequential one is narrowest where S units have come.
ALPHA = 0.05
SEQUENTIAL_UNITS = 5000


@dataclass(frozen=True)
class Sums:
    """Sums over the units of an arm: of the outcome y, of the same before the exposure, x.

    Attributes:
        n: units, shape (comparisons,).
        y, yy: sum of y and of its square.
        x, xx, xy: the same of x, and of x times y.
    """

    n: np.ndarray
    y: np.ndarray
    yy: np.ndarray
    x: np.ndarray
    xx: np.ndarray
    xy: np.ndarray

    def mean(self) -> np.ndarray:
        """Return the mean of y; nan without units."""
        return _ratio(self.y, self.n)

    def variance(self) -> np.ndarray:
        """Return the sample variance of y; nan with fewer than two units."""
        return _ratio(_spread(self.n, self.y, self.y, self.yy), self.n - 1)


@dataclass(frozen=True)
class Effect:
    """What an arm is above its control, with its interval of 95 %, its p-value and error."""

    effect: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray
    standard_error: np.ndarray


def of_means(arm: Sums, control: Sums) -> Effect:
    """Return the difference of means, by Welch's t with Satterthwaite's degrees of freedom."""
    return _welch(
        arm.mean() - control.mean(),
        _ratio(arm.variance(), arm.n), _ratio(control.variance(), control.n), arm.n, control.n,
    )  # fmt: skip


def of_rates(arm: Sums, control: Sums) -> Effect:
    """Return the difference of rates (y is 0 or 1): tested by the pooled variance, interval not."""
    of_arm, of_control = arm.mean(), control.mean()
    effect = of_arm - of_control
    pooled = _ratio(arm.y + control.y, arm.n + control.n)
    pooled_error = np.sqrt(pooled * (1 - pooled) * (_ratio(1.0, arm.n) + _ratio(1.0, control.n)))
    error = np.sqrt(_variance_of_rate(arm) + _variance_of_rate(control))
    half = stats.norm.isf(ALPHA / 2) * error
    p_value = 2 * stats.norm.sf(np.abs(_ratio(effect, pooled_error)))
    return Effect(effect, effect - half, effect + half, p_value, error)


def adjusted_by_before(arm: Sums, control: Sums) -> tuple[Effect, np.ndarray]:
    """Return the effect by CUPED, and its variance over the plain one's, 1 - rho squared.

    ``y - theta (x - mean x)`` with ``theta = cov(y, x) / var(x)``, pooled over the two arms about
    their own means (Deng, Xu, Kohavi and Walker 2013). Where x does not vary: the plain effect.
    """
    together = [
        _spread(arm.n, getattr(arm, left), getattr(arm, right), getattr(arm, product))
        + _spread(control.n, getattr(control, left), getattr(control, right),
                  getattr(control, product))
        for left, right, product in (("x", "y", "xy"), ("x", "x", "xx"), ("y", "y", "yy"))
    ]  # fmt: skip
    covariance, of_x, of_y = together
    theta = np.where(of_x > 0, _ratio(covariance, of_x), 0.0)
    of_arm, of_control = (_variance_of_adjusted_mean(sums, theta) for sums in (arm, control))
    before = _ratio(arm.x, arm.n) - _ratio(control.x, control.n)
    effect = arm.mean() - control.mean() - theta * before
    explained = np.where(of_x * of_y > 0, _ratio(covariance**2, of_x * of_y), 0.0)
    return _welch(effect, of_arm, of_control, arm.n, control.n), 1 - explained


def sequential_half_width(
    standard_error: np.ndarray, units: np.ndarray, alpha: float = ALPHA
) -> np.ndarray:
    """Return the half-width of an interval that holds at every look at once.

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), equation 9, narrowest at S units.

    Args:
        standard_error: that of the effect.
        units: of both arms.
        alpha: 1 less what the interval holds, over all looks.
    """
    n = np.asarray(units, dtype="float64")
    rho = np.sqrt((-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / SEQUENTIAL_UNITS)
    scale = n * rho**2 + 1
    return np.asarray(
        np.asarray(standard_error)
        * np.sqrt(n)
        * np.sqrt(_ratio(2 * scale * np.log(np.sqrt(scale) / alpha), (n * rho) ** 2))
    )


def relative_lift(
    arm: Sums, control: Sums, is_rate: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the effect over the control's mean, low and high by the delta method; nan without one.

    The difference is that of the arm's mean and of the control's times their ratio: of two means
    by Welch's t, of two rates by the normal distribution, as the effect itself is.
    """
    mean = control.mean()
    ratio = _ratio(arm.mean(), mean)
    if is_rate:
        error = np.sqrt(_variance_of_rate(arm) + ratio**2 * _variance_of_rate(control))
        half = stats.norm.isf(ALPHA / 2) * error
    else:
        of_control = ratio**2 * _ratio(control.variance(), control.n)
        spread = _welch(ratio - 1, _ratio(arm.variance(), arm.n), of_control, arm.n, control.n)
        half = spread.high - spread.effect
    half = _ratio(half, mean)
    return ratio - 1, ratio - 1 - half, ratio - 1 + half


def sample_ratio(units: np.ndarray, weights: np.ndarray) -> float:
    """Return how likely units so far from the plan's weights would be by chance (chi-square).

    Args:
        units: by arm, shape (arms,).
        weights: by arm, of any sum; an arm of weight 0 is left out.

    Returns:
        nan with fewer than two arms, or without units.
    """
    planned = np.asarray(weights, dtype="float64") > 0
    seen, share = np.asarray(units, dtype="float64")[planned], np.asarray(weights)[planned]
    if planned.sum() < 2 or seen.sum() == 0:
        return float("nan")
    return float(stats.chisquare(seen, seen.sum() * share / share.sum()).pvalue)


def adjusted(p_values: np.ndarray) -> np.ndarray:
    """Return Benjamini and Hochberg's p of tests that are made together; nan is no test."""
    result = np.full(len(p_values), np.nan)
    tested = np.isfinite(p_values)
    if tested.any():
        result[tested] = stats.false_discovery_control(np.asarray(p_values)[tested])
    return result


def _variance_of_rate(sums: Sums) -> np.ndarray:
    """The variance of the mean of an arm whose y are 0 or 1."""
    rate = sums.mean()
    return _ratio(rate * (1 - rate), sums.n)


def _variance_of_adjusted_mean(sums: Sums, theta: np.ndarray) -> np.ndarray:
    """The variance of the mean of y - theta x in an arm."""
    spread = (
        _spread(sums.n, sums.y, sums.y, sums.yy)
        - 2 * theta * _spread(sums.n, sums.x, sums.y, sums.xy)
        + theta**2 * _spread(sums.n, sums.x, sums.x, sums.xx)
    )
    return _ratio(np.maximum(spread, 0.0), (sums.n - 1) * sums.n)


def _welch(
    effect: np.ndarray, of_arm: np.ndarray, of_control: np.ndarray, n_arm: np.ndarray,
    n_control: np.ndarray,
) -> Effect:  # fmt: skip
    """Return a difference with its t interval, of the variances of the two means."""
    variance = of_arm + of_control
    error = np.sqrt(variance)
    freedom = _ratio(
        variance**2, _ratio(of_arm**2, n_arm - 1) + _ratio(of_control**2, n_control - 1)
    )
    # Where nothing varies the interval is the point, and there is nothing to test.
    half = np.where(variance > 0, stats.t.isf(ALPHA / 2, freedom) * error, error)
    p_value = np.where(variance > 0, 2 * stats.t.sf(np.abs(_ratio(effect, error)), freedom), np.nan)
    return Effect(effect, effect - half, effect + half, p_value, error)


def _spread(n: np.ndarray, left: np.ndarray, right: np.ndarray, product: np.ndarray) -> np.ndarray:
    """The sum of products of two columns about their means."""
    return np.asarray(product - _ratio(left * right, n))


def _ratio(above: np.ndarray | float, below: np.ndarray | float) -> np.ndarray:
    """Divide; nan where there is nothing to divide by."""
    below = np.asarray(below, dtype="float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, np.asarray(above) / below, np.nan))
