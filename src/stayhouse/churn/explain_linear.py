"""The contributions of a logistic regression."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline


def is_linear(estimator: Any) -> bool:
    """Return whether this is imputation, scaling and a logistic regression."""
    return isinstance(estimator, Pipeline) and isinstance(estimator[-1], LogisticRegression)


def linear_contributions(pipeline: Pipeline, matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Return coefficient times the distance from the training mean, by feature, and the base.

    The scaler takes the training mean away, so the base is the intercept: the log-odds of a
    customer who is average in everything. That a value is missing is a column of its own, which
    counts with its feature.

    Args:
        pipeline: imputer with indicators, scaler, regression; fitted.
        matrix: features, shape (rows, features), with NaN for what is missing.

    Returns:
        Contributions in log-odds, shape (rows, features), and the base.
    """
    imputer, scaler, regression = pipeline
    parts = scaler.transform(imputer.transform(matrix)) * regression.coef_[0]
    features = matrix.shape[1]
    contributions = np.array(parts[:, :features])
    for place, feature in enumerate(imputer.indicator_.features_):
        contributions[:, feature] += parts[:, features + place]
    return contributions, float(regression.intercept_[0])
