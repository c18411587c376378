"""Classifiers that keep to what the field knows: more visits never raise the risk.

A regression of features that hang together may give one of them the wrong sign and make up for it
by another. It predicts as well, and tells a customer nonsense.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from stayhouse.base.errors import StayhouseError

# Those that are told in reasons. A parameter `directions` says of a feature whether more of it
# `raises` or `lowers` churn.
DIRECTED = ("logistic_regression", "boosted_trees")
SIGNS = {"raises": 1, "lowers": -1}
# What keeping to them may cost on validation; a classifier that it costs more is left free.
LARGEST_LOSS = 0.002


def directions_of(features: pd.DataFrame | Sequence[str]) -> dict[str, str]:
    """Return whether more of a feature `raises` or `lowers` churn, where that is known.

    Args:
        features: a list, which knows none, or rows of `int_churn__features`.

    Raises:
        StayhouseError: a direction is another word.
    """
    if not isinstance(features, pd.DataFrame) or "direction" not in features:
        return {}
    known = features.dropna(subset=["direction"])
    found = dict(zip(known["feature"].astype(str), known["direction"].astype(str), strict=True))
    for feature, direction in found.items():
        if direction not in SIGNS:
            raise StayhouseError(
                f"models/features/customer_snapshots.yml: the direction of {feature} is "
                f"{direction!r}: write raises or lowers, or leave it out."
            )
    return found


def signs_of(directions: Mapping[str, str], features: list[str]) -> list[int]:
    """Return 1, -1 or, for a feature without a direction, 0."""
    return [SIGNS.get(directions.get(feature, ""), 0) for feature in features]


def hold_signs(
    regression: LogisticRegression,
    design: np.ndarray,
    truth: np.ndarray,
    weights: np.ndarray,
    signs: list[int],
) -> None:
    """Move a fitted regression to the best one whose coefficients have these signs, or are 0.

    The objective is scikit-learn's own, so a regression that holds them already stays as it is.

    Args:
        regression: fitted with a ridge penalty on the same rows.
        design: shape (rows, columns).
        truth: booleans, shape (rows,).
        weights: of the rows.
        signs: 1, -1 or 0 (any sign) of the first columns; the others may have any.
    """
    free = regression.coef_[0]
    wanted = np.zeros(len(free))
    wanted[: len(signs)] = signs
    if (free * wanted >= 0).all():
        return
    total = weights.sum()
    ridge = 1 / (regression.C * total)

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        slopes = numbers[:-1]
        score = design @ slopes + numbers[-1]
        worth = weights @ (np.logaddexp(0, score) - truth * score) / total
        rest = weights * (expit(score) - truth) / total
        gradient = np.append(design.T @ rest + ridge * slopes, rest.sum())
        return worth + ridge / 2 * slopes @ slopes, gradient

    bounds = [(0 if s > 0 else None, 0 if s < 0 else None) for s in wanted] + [(None, None)]
    start = np.append(np.where(free * wanted < 0, 0, free), regression.intercept_)
    options = {"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-7}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    regression.coef_, regression.intercept_ = found.x[None, :-1], found.x[-1:]
