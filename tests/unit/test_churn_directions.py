"""Classifiers keep to what the field knows, where that costs nothing to speak of."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import fit_classifiers
from stayhouse.churn.classifiers.directions import directions_of, hold_signs
from stayhouse.churn.fit import fit_classifier

RIGHT = {"recency_days": "raises", "purchase_count": "lowers"}
PLAN = {
    "logistic_regression": {"max_iter": 500},
    "boosted_trees": {"regression": {"max_iter": 500}, "max_iter": 30, "random_state": 7},
}


def design(people: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two columns that hang together, so that the second gets the wrong sign, and one by itself."""
    rng = np.random.default_rng(1)
    both = rng.normal(size=people)
    columns = np.column_stack(
        [both + 0.3 * rng.normal(size=people), both + 0.3 * rng.normal(size=people),
         rng.normal(size=people)]
    )  # fmt: skip
    odds = 2 * columns[:, 0] - columns[:, 1] + columns[:, 2]
    return columns, rng.random(people) < 1 / (1 + np.exp(-odds)), rng.uniform(0.5, 1, people)


def fitted(columns: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=0.3, tol=1e-10, max_iter=2000).fit(columns, truth, weights)


def test_signs_that_hold_leave_scikit_learns_fit_as_it_is() -> None:
    columns, truth, weights = design()
    regression = fitted(columns, truth, weights)
    before = regression.coef_
    hold_signs(regression, columns, truth, weights, [1, -1, 0])
    assert regression.coef_ is before


def test_a_coefficient_of_the_wrong_sign_is_0_and_the_others_are_scikit_learns_without_it() -> None:
    """The best fit with a coefficient at 0 is the best fit without its column."""
    columns, truth, weights = design()
    regression = fitted(columns, truth, weights)
    assert regression.coef_[0, 1] < -0.2
    hold_signs(regression, columns, truth, weights, [1, 1, 0])
    without = fitted(columns[:, [0, 2]], truth, weights)
    assert regression.coef_[0, 1] == 0
    np.testing.assert_allclose(regression.coef_[0, [0, 2]], without.coef_[0], atol=1e-4)
    np.testing.assert_allclose(regression.intercept_, without.intercept_, atol=1e-4)


def snapshots(split: str, day: int, people: int = 900) -> pd.DataFrame:
    """Recency raises churn and purchases lower it, but for a bump at five."""
    rng = np.random.default_rng(day)
    recency = rng.integers(0, 200, people)
    purchases = rng.integers(1, 9, people)
    odds = np.log1p(recency) - 3.5 - 0.9 * np.log(purchases) + 1.2 * (purchases == 5)
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)],
            "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=day),
            "split": split,
            "horizon_days": 30,
            "recency_days": recency,
            "purchase_count": purchases,
            "has_churned": rng.random(people) < 1 / (1 + np.exp(-odds)),
        }
    )


def test_more_purchases_never_raise_a_score_of_trees() -> None:
    """Without directions they do somewhere: the shop has a bump at five."""
    grid = pd.DataFrame(
        [(recency, count) for recency in range(0, 200, 20) for count in range(1, 9)],
        columns=["recency_days", "purchase_count"],
    )
    largest = {}
    for directions in ({}, RIGHT):
        parameters = {**PLAN["boosted_trees"], "directions": directions}
        trees = fit_classifier("boosted_trees", parameters, list(RIGHT), snapshots("train", 0))
        steps = np.diff(trees.probability(grid).reshape(10, 8), axis=1)
        largest[bool(directions)] = steps.max()
    assert largest[False] > 0.05
    assert largest[True] <= 0


@pytest.mark.parametrize("classifier", PLAN)
@pytest.mark.parametrize(
    ("directions", "is_kept"),
    [(RIGHT, True), ({**RIGHT, "recency_days": "lowers"}, False)],
    ids=["right", "wrong"],
)
def test_a_direction_that_costs_is_not_kept(
    classifier: str, directions: dict[str, str], is_kept: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recency is what this shop's churn follows: told the other way round, nothing is left."""
    training = pd.concat([snapshots("train", 0), snapshots("validation", 60)], ignore_index=True)
    features = pd.DataFrame(
        {
            "feature": list(directions),
            "feature_number": [1, 2],
            "direction": list(directions.values()),
        }
    )
    stored = fit_classifiers(training, features, {classifier: PLAN[classifier]})
    kept = [json.loads(text).get("directions") for text in stored["parameters"]]
    assert kept == ([directions] * 2 if is_kept else [None] * 2)
    said = "keeps the" if is_kept else "is left free of the"
    assert f"churn: {classifier} {said} directions of features" in capsys.readouterr().err


def test_another_word_is_no_direction() -> None:
    features = pd.DataFrame({"feature": ["a", "b"], "direction": [None, "up"]})
    with pytest.raises(StayhouseError, match="the direction of b is 'up': write raises or lowers"):
        directions_of(features)
