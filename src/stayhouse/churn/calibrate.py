"""Sigmoid calibration, learned from what a classifier predicted out of time.

A classifier is applied a horizon after the last cut-off that it was fitted on, and churn may have
moved by then. So the sigmoid is not fitted on rows of the training time: an earlier cut-off is
predicted by a fit on the cut-offs whose outcome it could have known, as it will be in use, and the
sigmoid takes those probabilities to what happened (rolling origin).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from stayhouse.churn.design import CERTAINTY, log_odds
from stayhouse.churn.evaluate import row_log_loss
from stayhouse.churn.rolling import Window, outcome
from stayhouse.churn.rolling import windows as latest_windows

# Returns P(churned) of a window's rows by a fit on what was known before it.
Predict = Callable[[Window], np.ndarray]


@dataclass(frozen=True)
class Sigmoid:
    """P(churned) = 1 / (1 + exp(-(slope * logit(p) + intercept))); (1, 0) changes nothing."""

    slope: float
    intercept: float

    def __call__(self, probability: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, shape (rows,), in the same order of size."""
        odds = self.slope * log_odds(probability, CERTAINTY) + self.intercept
        return np.asarray(1 / (1 + np.exp(-odds)))


def rolling_sigmoid(labelled: pd.DataFrame, windows: int, predict: Predict) -> Sigmoid | None:
    """Fit a sigmoid on the latest cut-offs that earlier ones could have predicted.

    Args:
        labelled: snapshots with `cut_off_at`, `horizon_days`, `has_churned` and features.
        windows: how many cut-offs to predict, the latest ones.
        predict: returns P(churned) of a window's rows after a fit on what it knew.

    Returns:
        The sigmoid; None if no cut-off lies a horizon after another one, if only one outcome
        occurs, or if the sigmoid would turn the order of customers round.
    """
    predicted, happened = [], []
    for window in latest_windows(labelled, windows):
        predicted.append(predict(window))
        happened.append(outcome(window.rows))
    if not predicted:
        return None
    return fit_sigmoid(np.concatenate(predicted), np.concatenate(happened))


def fit_sigmoid(probability: np.ndarray, truth: np.ndarray) -> Sigmoid | None:
    """Return the sigmoid of the highest likelihood; None as in `rolling_sigmoid`.

    Args:
        probability: P(churned) as predicted, shape (rows,).
        truth: booleans, shape (rows,).
    """
    if truth.all() or not truth.any():
        return None
    fitted = LogisticRegression(C=np.inf).fit(log_odds(probability, CERTAINTY)[:, None], truth)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return Sigmoid(slope, intercept) if slope > 0 else None


def wins(sigmoid: Sigmoid, probability: np.ndarray, truth: np.ndarray) -> bool:
    """Return whether the sigmoid lowers the log loss by more than one standard error.

    The standard error is that of the mean difference over customers. `probability` and `truth`
    are of a cut-off that neither the classifier nor the sigmoid has seen.
    """
    return is_more_than_chance(gain(sigmoid, probability, truth))


def gain(sigmoid: Sigmoid, probability: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return by how much the sigmoid lowers the log loss of each customer, shape (rows,)."""
    return np.asarray(row_log_loss(truth, probability) - row_log_loss(truth, sigmoid(probability)))


def is_more_than_chance(gains: np.ndarray) -> bool:
    """Return whether the mean lies more than one standard error above 0.

    Args:
        gains: of customers at one cut-off, or of cut-offs, which differ by more than customers
            do; a single one has no standard error and need only be above 0.
    """
    if len(gains) < 2:
        return bool(gains.sum() > 0)
    return bool(gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains)))
