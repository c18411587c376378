"""Why a classifier says what it says: its log-odds, taken apart into features.

A contribution is a feature's part of the log-odds of churn: for today's customers against their
mean, so that what is the same for all is no reason. Contributions and base add up to the published
probability's log-odds, calibration included.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from stayhouse.churn import store
from stayhouse.churn.apply import STAGE_OF_SPLIT
from stayhouse.churn.calibrate import Sigmoid
from stayhouse.churn.classifiers.directions import directions_of, signs_of
from stayhouse.churn.design import design_matrix, in_row_order
from stayhouse.churn.explain.linear import is_linear, linear_contributions
from stayhouse.churn.explain.trees import is_trees_on_regression, stacked_contributions
from stayhouse.churn.fitted import Fitted

# So many snapshots are told at a time: each is a row for every feature.
_ROWS = 20_000
# Whose reasons stand in where the champion cannot be taken apart, the first that is stored.
FALLBACKS = ("boosted_trees", "logistic_regression", "recency")
# A sigmoid clips probabilities to within this distance of 0 and 1 (calibrate.py).
_CLIPPED_LOGIT = float(np.log(1 - 1e-6) - np.log(1e-6))

CONTRIBUTIONS: dict[str, str] = {
    "person_id": "str",
    "classifier": "str",
    "feature": "str",
    "feature_value": "float64",
    "contribution": "float64",
    "base": "float64",
    "agrees": "bool",
}


@dataclass(frozen=True)
class Explanation:
    """What each feature adds to the log-odds of each snapshot, shape (rows, features)."""

    features: list[str]
    contributions: np.ndarray
    base: float

    def logit(self) -> np.ndarray:
        """Return the log-odds that are explained, shape (rows,)."""
        return np.asarray(self.base + self.contributions.sum(axis=1))


def explain(
    fitted: Fitted, snapshots: pd.DataFrame, sigmoid: Sigmoid | None = None
) -> Explanation | None:
    """Take the log-odds of snapshots apart, exactly.

    A regression: coefficient times the distance from the training mean. Boosted trees: Shapley
    values (trees.py). A classifier of one feature: all but even odds is that feature's.

    Args:
        fitted: the classifier.
        snapshots: rows with its features.
        sigmoid: what its probabilities go through afterwards; None for nothing.

    Returns:
        Contributions in the order of the rows; None for a classifier that is not additive and
        has more than one feature.

    Raises:
        StayhouseError: a feature is not a column.
    """
    if is_linear(fitted.estimator):
        matrix = design_matrix(snapshots, fitted.features)
        contributions, base = linear_contributions(fitted.estimator, matrix)
    elif is_trees_on_regression(fitted.estimator):
        matrix = design_matrix(snapshots, fitted.features)
        contributions, base = stacked_contributions(fitted.estimator, matrix)
    elif len(fitted.features) == 1:
        probability = fitted.probability(snapshots)
        contributions, base = (np.log(probability) - np.log1p(-probability))[:, None], 0.0
    else:
        return None
    if sigmoid is not None:
        contributions, base = _calibrated(contributions, base, sigmoid)
    return Explanation(list(fitted.features), contributions, base)


def explain_today(
    snapshots: pd.DataFrame,
    stored: pd.DataFrame,
    champion: pd.DataFrame,
    features: pd.DataFrame,
    rows: int = _ROWS,
) -> Iterator[pd.DataFrame]:
    """Take today's scores of the champion apart, or of its fallback.

    Args:
        snapshots: columns `person_id`, `cut_off_at` and the features, all of today. May be empty.
        stored: rows of `fit_classifiers`. May be empty.
        champion: `classifier` and `is_champion`, which is true of one at most. May be empty.
        features: rows of `int_churn__features` with `feature`, `direction` and `usual_value`.
        rows: of so many snapshots it is told at a time.

    Yields:
        One row per person and feature with the columns of `CONTRIBUTIONS`, of no person first and
        then of some at a time: the feature's value as it stands in the snapshot, what it adds to
        the log-odds against the mean of all, the base of all, and whether value and contribution
        agree (`agreement`).

    Raises:
        StayhouseError: a stored classifier cannot be believed (`store.unpack`).
    """
    yield pd.DataFrame(columns=list(CONTRIBUTIONS)).astype(CONTRIBUTIONS)
    today = in_row_order(snapshots)
    champions = champion.loc[champion["is_champion"].astype(bool), "classifier"].astype(str)
    places = [slice(first, first + rows) for first in range(0, len(today), rows)]
    for classifier in dict.fromkeys([*champions, *FALLBACKS]):
        found = [explain_stored(classifier, "final", today[place], stored) for place in places]
        explained = [explanation for explanation in found if explanation is not None]
        if explained:
            contributions = np.concatenate([part.contributions for part in explained])
            told = against_mean(replace(explained[0], contributions=contributions))
            usual = usual_values(today, told.features, features)
            for place in places:
                some, of_some = replace(told, contributions=told.contributions[place]), today[place]
                yield _long(classifier, some, of_some, agreement(some, of_some, features, usual))
            return


def against_mean(explanation: Explanation) -> Explanation:
    """Return the same log-odds, told against the mean of these customers."""
    mean = explanation.contributions.mean(axis=0)
    return Explanation(
        explanation.features, explanation.contributions - mean, explanation.base + float(mean.sum())
    )


def usual_values(snapshots: pd.DataFrame, names: list[str], features: pd.DataFrame) -> np.ndarray:
    """Return each feature's usual value as classifiers see it, shape (features,).

    Where none is stated, the mean of these customers is usual.
    """
    stated = features.set_index("feature")["usual_value"].astype("float64").reindex(names)
    usual = np.asarray(design_matrix(pd.DataFrame([stated]), names)[0])
    for place in np.flatnonzero(np.isnan(usual)):
        column = design_matrix(snapshots, [names[place]])
        known = ~np.isnan(column)
        usual[place] = np.where(known, column, 0.0).sum() / max(known.sum(), 1)
    return usual


def agreement(
    explanation: Explanation, snapshots: pd.DataFrame, features: pd.DataFrame, usual: np.ndarray
) -> np.ndarray:
    """Return whether a reader who sees a value would expect what it adds, shape (rows, features).

    Of a feature with a direction the value must lie on the side of its usual one that the
    contribution tells of. A value that is missing, and a feature without a direction, contradict
    nobody.
    """
    names = explanation.features
    matrix = design_matrix(snapshots, names)
    signs = np.array(signs_of(directions_of(features), names))
    expected = (matrix - usual) * signs
    return np.asarray(np.isnan(matrix) | (signs == 0) | (expected * explanation.contributions > 0))


def explain_stored(
    classifier: str, stage: str, snapshots: pd.DataFrame, stored: pd.DataFrame
) -> Explanation | None:
    """Explain snapshots by a stored classifier; None where it is not stored or not additive."""
    wanted = (stored["classifier"] == classifier) & (stored["stage"] == stage)
    for row in stored[wanted].to_dict("records"):
        fitted, sigmoid = store.unpack(row)
        return explain(fitted, snapshots, sigmoid)
    return None


def stage_of(split: str) -> str:
    """Return the stage that has not seen a split."""
    return STAGE_OF_SPLIT[split]


def _calibrated(
    contributions: np.ndarray, base: float, sigmoid: Sigmoid
) -> tuple[np.ndarray, float]:
    """A sigmoid is linear in the log-odds; where it clips them all parts shrink alike."""
    logit = base + contributions.sum(axis=1)
    clipped = np.clip(logit, -_CLIPPED_LOGIT, _CLIPPED_LOGIT)
    kept = np.divide(clipped - base, logit - base, out=np.ones_like(logit), where=logit != clipped)
    scaled = contributions * (sigmoid.slope * kept)[:, None]
    return scaled, sigmoid.slope * base + sigmoid.intercept


def _long(
    classifier: str, explanation: Explanation, snapshots: pd.DataFrame, agrees: np.ndarray
) -> pd.DataFrame:
    rows, columns = explanation.contributions.shape
    values = snapshots[explanation.features].astype("float64").to_numpy()
    return pd.DataFrame(
        {
            "person_id": _repeated(np.repeat(np.arange(rows), columns), snapshots["person_id"]),
            "classifier": _repeated(np.zeros(rows * columns, dtype="int64"), [classifier]),
            "feature": _repeated(np.tile(np.arange(columns), rows), explanation.features),
            "feature_value": values.ravel(),
            "contribution": explanation.contributions.ravel(),
            "base": explanation.base,
            "agrees": agrees.ravel(),
        }
    )


def _repeated(codes: np.ndarray, names: Sequence[str] | pd.Series) -> pd.Series:
    return pd.Series(list(names), dtype="str").take(codes).reset_index(drop=True)
