"""The BG/NBD model of repeat purchases (Fader, Hardie and Lee 2005), in closed form.

While alive a customer buys at a rate of their own (gamma: r, alpha), and after each repeat purchase
leaves for good with a probability of their own (beta: a, b). A history is ``x`` repeat purchases,
the last of them ``t_x`` weeks after the first purchase, seen for ``T`` weeks after it. Formulas:
docs/definitions.md, section 7.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import digamma, gammaln, hyp2f1

from stayhouse.purchasing.figures import significant

# Parameters are looked for between these, as logarithms. Towards the upper end everybody is alike
# (one rate, one probability of leaving), which is a model as well; beyond it nothing changes.
_LOG_BOUND = 10.0
_START = (1.0, 1.0, 1.0, 1.0)
# Of the mean log-likelihood in log-parameters, where the search may stop.
_GRADIENT_TOLERANCE = 1e-5
# Keeps exp() finite: beyond it nobody is alive to the last digit anyhow.
_LARGEST_EXPONENT = 690.0


@dataclass(frozen=True)
class Histories:
    """Groups of customers with the same purchases, arrays of shape (groups,).

    ``frequency`` is x, ``recency`` t_x and ``age`` T, both in weeks; ``weight`` counts customers.
    """

    frequency: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    weight: np.ndarray

    @cached_property
    def frequencies(self) -> tuple[np.ndarray, np.ndarray]:
        """The different x, and which of them each group has: special functions are dear."""
        different, which = np.unique(self.frequency, return_inverse=True)
        return different, which.ravel()

    @cached_property
    def lives(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each different (x, T) is found first, and which of them each group has."""
        # Hashing finds them in a tenth of the time of sorting.
        x, age = (pd.factorize(part)[0] for part in (self.frequency, self.age))
        which, different = pd.factorize(x * (age.max(initial=0) + 1) + age)
        first = np.full(len(different), len(which))
        np.minimum.at(first, which, np.arange(len(which)))
        return first, which

    def every(self, step: int) -> "Histories":
        """Return one in ``step`` of the groups."""
        names = ("frequency", "recency", "age", "weight")
        return Histories(*(getattr(self, name)[::step] for name in names))


@dataclass(frozen=True)
class BgNbd:
    """The parameters: purchase rates are gamma(r, alpha per week), dropouts beta(a, b).

    ``a`` = 0 means that nobody ever leaves; then ``b`` says nothing.
    """

    r: float
    alpha: float
    a: float
    b: float

    def p_alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        """Return P(still a customer); 1 for every one-time buyer, so it is no churn score."""
        x = np.asarray(frequency, dtype="float64")
        silence = np.log(self.alpha + np.asarray(age)) - np.log(self.alpha + np.asarray(recency))
        odds = np.exp(np.minimum((self.r + x) * silence, _LARGEST_EXPONENT))
        gone = self.a / np.where(x > 0, self.b + x - 1, 1.0) * odds
        return np.asarray(np.where(x > 0, 1 / (1 + gone), 1.0))

    def p_order(
        self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, weeks: float
    ) -> np.ndarray:
        """Return P(at least one purchase in the next ``weeks``)."""
        some = self.p_order_while_alive(frequency, age, weeks)
        return np.asarray(self.p_alive(frequency, recency, age) * some)

    def p_order_while_alive(
        self, frequency: np.ndarray, age: np.ndarray, weeks: float
    ) -> np.ndarray:
        """Return P(at least one purchase in the next ``weeks``) of who is still a customer."""
        x = np.asarray(frequency, dtype="float64")
        past = self.alpha + np.asarray(age)
        return np.asarray(1 - np.exp((self.r + x) * (np.log(past) - np.log(past + weeks))))

    def expected_orders(
        self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, weeks: float
    ) -> np.ndarray:
        """Return E[number of purchases in the next ``weeks``]."""
        alive = self.p_alive(frequency, recency, age)
        return np.asarray(alive * self.orders_while_alive(frequency, age, weeks))

    def orders_while_alive(
        self, frequency: np.ndarray, age: np.ndarray, weeks: float
    ) -> np.ndarray:
        """Return E[number of purchases in the next ``weeks``] of who is still a customer."""
        x = np.asarray(frequency, dtype="float64")
        past = self.alpha + np.asarray(age)
        if self.a == 0:
            # Nobody leaves: the posterior mean rate, for as long as we look.
            return np.asarray((self.r + x) / past * weeks)
        # At a = 1, and at a + b = 1 without a repeat purchase, the formula divides by nothing what
        # is nothing there: step over.
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        b = self.b if abs(a + self.b - 1) > 1e-6 else 1 + 1e-6 - a
        curve = hyp2f1(self.r + x, b + x, a + b + x - 1, weeks / (past + weeks))
        shrunk = np.exp((self.r + x) * (np.log(past) - np.log(past + weeks)))
        expected = (a + b + x - 1) / (a - 1) * (1 - shrunk * curve)
        # Where everybody is alike, parameters are in the thousands and the series is beyond
        # floating point: then each has the mean probability of leaving.
        leaving = a / (a + b + x)
        alike = -np.expm1((self.r + x) * np.log(past / (past + leaving * weeks))) / leaving
        most = (self.r + x) / past * weeks
        sound = np.isfinite(expected) & (expected >= 0) & (expected <= most * (1 + 1e-6))
        return np.asarray(np.where(sound, expected, alike))


@dataclass(frozen=True)
class Fit:
    """A fitted model, the log-likelihood of its customers, and whether the search converged.

    Where it did not, ``model`` is a shrunken mean in which nobody leaves.
    """

    model: BgNbd
    log_likelihood: float
    converged: bool


def fit(histories: Histories) -> Fit:
    """Fit by maximum likelihood on log-parameters; fall back to a shrunken mean where that fails.

    It fails without a repeat purchase, or where the search ends away from a maximum. Parameters
    have six significant digits, so that they are the same ones on every machine.
    """
    customers = histories.weight.sum()
    if not (histories.weight * histories.frequency).sum() > 0:
        return _shrunken_mean(histories)

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _log_likelihood(histories, np.exp(logs))
        return -value / customers, -slope * np.exp(logs) / customers

    found = minimize(
        loss,
        np.log(_START),
        method="L-BFGS-B",
        jac=True,
        bounds=[(-_LOG_BOUND, _LOG_BOUND)] * 4,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000, "maxfun": 2000},
    )
    slope = loss(found.x)[1]
    # At a bound the slope may point outwards.
    inside = found.x - np.clip(found.x - slope, -_LOG_BOUND, _LOG_BOUND)
    if not (np.isfinite(found.fun) and np.abs(inside).max() < _GRADIENT_TOLERANCE):
        return _shrunken_mean(histories)
    model = BgNbd(*(significant(value) for value in np.exp(found.x)))
    return Fit(model, log_likelihood(histories, model), True)


def log_likelihood(histories: Histories, model: BgNbd) -> float:
    """Return the log-likelihood of all customers, each once."""
    parameters = np.array([model.r, model.alpha, model.a, model.b])
    return float(_log_likelihood(histories, parameters)[0])


def _log_likelihood(histories: Histories, parameters: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the log-likelihood and its slope in (r, alpha, a, b), shape (4,)."""
    value, slopes = contributions(histories, parameters)
    return float((histories.weight * value).sum()), (slopes * histories.weight).sum(axis=1)


def contributions(histories: Histories, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-likelihood of one customer of each group, shape (groups,), and its slopes.

    Slopes are in (r, alpha, a, b), shape (4, groups).
    """
    r, alpha, a, b = parameters
    x = histories.frequency
    n, which = histories.frequencies
    past, last = alpha + histories.age, alpha + histories.recency
    until_now, until_last = np.log(past), np.log(last)
    # Where nobody leaves, or after no repeat purchase, only the first of two stories is left.
    odds = np.full(len(n), -np.inf)
    if a > 0:
        odds[n > 0] = np.log(a) - np.log(b + n[n > 0] - 1)
    staying = -(r + x) * until_now
    leaving = odds[which] - (r + x) * until_last
    both = np.logaddexp(staying, leaving)
    alike = (
        gammaln(r + n) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) + gammaln(b + n) - gammaln(b) - gammaln(a + b + n)
    )  # fmt: skip
    stays = np.exp(staying - both)
    leaves = np.exp(leaving - both)
    kept = digamma(a + b) - digamma(a + b + n)
    left = np.where(n > 0, 1 / np.where(n > 0, b + n - 1, 1.0), 0.0)
    slopes = (
        (digamma(r + n) - digamma(r) + np.log(alpha))[which]
        - stays * until_now
        - leaves * until_last,
        r / alpha - (r + x) * (stays / past + leaves / last),
        kept[which] + leaves / (a if a > 0 else 1.0),
        (kept + digamma(b + n) - digamma(b))[which] - left[which] * leaves,
    )
    return alike[which] + both, np.array(slopes)


def _shrunken_mean(histories: Histories) -> Fit:
    """Everybody's own rate, drawn to the mean rate with the weight of one mean age.

    It is the same closed form: gamma(m * T, T) for a mean rate m and a mean age T, nobody leaving.
    """
    customers = max(histories.weight.sum(), 1)
    age = (histories.weight * histories.age).sum() / customers
    # Half a purchase and a week keep the mean of nothing from being 0.
    orders = (histories.weight * histories.frequency).sum() / customers + 0.5 / customers
    alpha = float(age) + 1.0
    model = BgNbd(significant(float(orders)), significant(alpha), 0.0, 1.0)
    return Fit(model, log_likelihood(histories, model), False)
