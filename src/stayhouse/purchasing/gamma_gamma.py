"""The Gamma-Gamma model of what a purchase brings (Fader and Hardie 2013), in closed form.

A purchase of a customer is gamma(p, nu), and nu is gamma(q, v) over customers. ``x`` purchases with
the mean value ``z`` are known of each. It holds where how much people spend says nothing of how
often they buy. Formulas: docs/definitions.md, section 7.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from stayhouse.purchasing.figures import significant

# Parameters are looked for between these, as logarithms, once money is in units of its mean.
_LOG_BOUND = 10.0
_START = (1.0, 2.0, 1.0)
_GRADIENT_TOLERANCE = 1e-5
# What a shrunken mean adds to a person's own purchases: so many of the shop's mean.
_PRIOR_PURCHASES = 5
_MIN_REPEATERS = 50
_MAX_CORRELATION = 0.3
# Of the mean; what people bring that differs by less is the same.
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class Spends:
    """Groups of customers, arrays of shape (groups,), with at least one purchase each.

    ``frequency`` is x, ``value`` z, above 0; ``weight`` counts customers.
    """

    frequency: np.ndarray
    value: np.ndarray
    weight: np.ndarray

    @cached_property
    def frequencies(self) -> tuple[np.ndarray, np.ndarray]:
        """The different x, and which of them each group has: special functions are dear."""
        different, which = np.unique(self.frequency, return_inverse=True)
        return different, which.ravel()


@dataclass(frozen=True)
class GammaGamma:
    """The parameters; ``v`` is money. Mean values are finite: ``q`` is above 1."""

    p: float
    q: float
    v: float

    def expected_value(self, frequency: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Return E[M], what a purchase brings, given x purchases that brought ``total``."""
        x = np.asarray(frequency, dtype="float64")
        worth = np.maximum(self.v + np.asarray(total, dtype="float64"), 0.0)
        return np.asarray(self.p * worth / (self.p * x + self.q - 1))


@dataclass(frozen=True)
class SpendFit:
    """A fitted model. ``reason`` is empty, or says why ``model`` is a shrunken mean.

    The shrunken mean is the same form: own mean with weight x / (x + 5), the shop's with the rest.
    """

    model: GammaGamma
    log_likelihood: float | None
    correlation: float | None
    reason: str


def fit_spends(spends: Spends, shop_mean: float) -> SpendFit:
    """Fit by maximum likelihood on log-parameters, or fall back to the shrunken mean.

    Args:
        spends: of those with repeat purchases; may be empty.
        shop_mean: what a purchase brings, over all of them.
    """
    people = float(spends.weight.sum())
    correlation = _correlation(spends) if people else None
    if people < _MIN_REPEATERS:
        return _shrunken(shop_mean, correlation, "few_repeat_customers")
    if correlation is not None and abs(correlation) > _MAX_CORRELATION:
        return _shrunken(shop_mean, correlation, "value_depends_on_frequency")
    unit = float((spends.weight * spends.value).sum() / people)
    scaled = Spends(spends.frequency, spends.value / unit, spends.weight)
    if np.ptp(scaled.value) < _LEAST_SPREAD:
        # The likelihood has no maximum: whether a search says so depends on the processor.
        return _shrunken(shop_mean, correlation, "no_convergence")

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _log_likelihood(scaled, np.exp(logs))
        return -value / people, -slope * np.exp(logs) / people

    found = minimize(
        loss,
        np.log(_START),
        method="L-BFGS-B",
        jac=True,
        bounds=[(-_LOG_BOUND, _LOG_BOUND)] * 3,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000, "maxfun": 2000},
    )
    slope = loss(found.x)[1]
    inside = found.x - np.clip(found.x - slope, -_LOG_BOUND, _LOG_BOUND)
    p, q, v = np.exp(found.x)
    if not (np.isfinite(found.fun) and np.abs(inside).max() < _GRADIENT_TOLERANCE and q > 1):
        return _shrunken(shop_mean, correlation, "no_convergence")
    model = GammaGamma(significant(p), significant(q), significant(v * unit))
    likelihood = _log_likelihood(spends, np.array([model.p, model.q, model.v]))[0]
    return SpendFit(model, likelihood, correlation, "")


def contributions(spends: Spends, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-likelihood of one customer of each group, shape (groups,), and its slopes.

    Slopes are in (p, q, v), shape (3, groups).
    """
    p, q, v = parameters
    x, z = spends.frequency, spends.value
    n, which = spends.frequencies
    own, total = np.log(z), np.log(x * z + v)
    alike = gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v) + p * n * np.log(n)
    both = digamma(p * n + q)
    slopes = (
        (n * (both - digamma(p * n) + np.log(n)))[which] + x * (own - total),
        (both - digamma(q) + np.log(v))[which] - total,
        q / v - (p * x + q) / (x * z + v),
    )
    return alike[which] + (p * x - 1) * own - (p * x + q) * total, np.array(slopes)


def _log_likelihood(spends: Spends, parameters: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the log-likelihood and its slope in (p, q, v), shape (3,)."""
    value, slopes = contributions(spends, parameters)
    return float((spends.weight * value).sum()), (slopes * spends.weight).sum(axis=1)


def _correlation(spends: Spends) -> float | None:
    """Return the correlation of x and z over customers; None where one of them does not vary."""
    weight = spends.weight / spends.weight.sum()
    x = spends.frequency - (weight * spends.frequency).sum()
    z = spends.value - (weight * spends.value).sum()
    spread = (weight * x * x).sum() * (weight * z * z).sum()
    scale = (weight * spends.value**2).sum()
    if not spread > 1e-12 * scale:
        return None
    return round(float((weight * x * z).sum() / np.sqrt(spread)), 6)


def _shrunken(shop_mean: float, correlation: float | None, reason: str) -> SpendFit:
    """m * 5 / (x + 5) + z * x / (x + 5) is E[M] at p = 1, q = 6 and v = 5 m."""
    prior = significant(_PRIOR_PURCHASES * max(shop_mean, 0.0))
    return SpendFit(GammaGamma(1.0, 1.0 + _PRIOR_PURCHASES, prior), None, correlation, reason)
