"""The contributions of a logistic regression."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline


def is_linear(estimator: Any) -> bool:
    """Return whether this is a logistic regression: numbers, or imputation, scaling and fit."""
    if isinstance(estimator, Pipeline):
        return isinstance(estimator[-1], LogisticRegression)
    return hasattr(estimator, "contributions") and hasattr(estimator, "intercept")


def linear_contributions(estimator: Any, matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Return coefficient times the distance from the training mean, by feature, and the base.

    The scaler takes the training mean away, so the base is the intercept: the log-odds of a
    customer who is average in everything. That a value is missing is a column of its own, which
    counts with its feature.

    Args:
        estimator: numbers that know their own contributions and intercept, or a fitted pipeline of
            imputer with indicators, scaler and regression.
        matrix: features, shape (rows, features), with NaN for what is missing.

    Returns:
        Contributions in log-odds, shape (rows, features), and the base.
    """
    if not isinstance(estimator, Pipeline):
        return np.asarray(estimator.contributions(matrix)), float(estimator.intercept)
    imputer, scaler, regression = estimator
    parts = scaler.transform(imputer.transform(matrix)) * regression.coef_[0]
    features = matrix.shape[1]
    contributions = np.array(parts[:, :features])
    for place, feature in enumerate(imputer.indicator_.features_):
        contributions[:, feature] += parts[:, features + place]
    return contributions, float(regression.intercept_[0])
