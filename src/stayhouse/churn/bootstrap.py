"""Bootstrap over customers: each measure anew on customers drawn with replacement.

A customer who is drawn k times weighs k, so a resample is a row of weights and the probabilities
are sorted once for all of them.
"""

from dataclasses import dataclass

import numpy as np

RESAMPLES = 200
SEED = 20_240_101
BLOCK = 20
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True)
class Draws:
    """How often each customer was drawn, shape (resamples, customers)."""

    counts: np.ndarray

    def means(self, values: np.ndarray) -> np.ndarray:
        """Return the mean of one value a customer in every resample, shape (resamples,)."""
        # Not `@`: BLAS adds up in an order that depends on its threads.
        return np.asarray(np.einsum("rc,c->r", self.counts, values) / values.shape[0])


def draw(customers: int) -> Draws:
    """Return the resamples of so many customers; the same ones on every call."""
    rng = np.random.default_rng(SEED)
    # Small numbers, one resample after the other: as floats, and all at once, they were 5 GB of a
    # million customers.
    counts = np.empty((RESAMPLES, customers), dtype="uint16")
    for row in counts:
        row[:] = np.bincount(rng.integers(customers, size=customers), minlength=customers)
    return Draws(counts)


def areas(truth: np.ndarray, probability: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
    """Return the areas under the ROC and both precision-recall curves of every resample.

    They are scikit-learn's `roc_auc_score` and `average_precision_score` with the draws as
    weights; customers of one probability are one step of a curve.

    Args:
        truth: booleans, churned or not, shape (customers,).
        probability: P(churned), shape (customers,).
        draws: of as many customers.

    Returns:
        `roc_auc`, `pr_auc_churn` and `pr_auc_buy`, each of shape (resamples,); NaN where a
        resample holds one outcome only.
    """
    order = np.argsort(probability, kind="stable")
    ranked = probability[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    found: dict[str, list[np.ndarray]] = {"roc_auc": [], "pr_auc_churn": [], "pr_auc_buy": []}
    for first in range(0, len(draws.counts), BLOCK):
        weights = draws.counts[first : first + BLOCK][:, order].astype("float64")
        churned = np.add.reduceat(weights * truth[order], starts, axis=1)
        bought = np.add.reduceat(weights * ~truth[order], starts, axis=1)
        both = (churned.sum(axis=1) > 0) & (bought.sum(axis=1) > 0)
        pairs = churned.sum(axis=1) * bought.sum(axis=1)
        below = np.cumsum(bought, axis=1) - bought / 2
        wins = (churned * below).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            measured = {
                "roc_auc": wins / pairs,
                "pr_auc_churn": _average_precision(churned[:, ::-1], bought[:, ::-1]),
                "pr_auc_buy": _average_precision(bought, churned),
            }
        for name, values in measured.items():
            found[name].append(np.where(both, values, np.nan))
    return {name: np.concatenate(values) for name, values in found.items()}


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile interval of what is not NaN; NaN where nothing is."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [LOW, HIGH])
    return float(low), float(high)


def _average_precision(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """Return the average precision of each row; steps stand from the surest one on."""
    hits = np.cumsum(positive, axis=1)
    reached = hits + np.cumsum(negative, axis=1)
    precision = np.divide(hits, reached, out=np.zeros_like(hits), where=reached > 0)
    return np.asarray((positive * precision).sum(axis=1) / hits[:, -1])
