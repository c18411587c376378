"""Contributions: against scikit-learn's own log-odds, and Shapley values by their definition."""

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from stayhouse.churn import store
from stayhouse.churn.calibrate import Sigmoid
from stayhouse.churn.explain import drivers
from stayhouse.churn.explain.contributions import (
    Explanation,
    against_mean,
    agreement,
    explain,
    explain_today,
    usual_values,
)
from stayhouse.churn.explain.drivers import measure_drivers
from stayhouse.churn.explain.trees import spread, tree_contributions
from stayhouse.churn.fit import fit_classifier
from stayhouse.churn.fitted import Fitted

FEATURES = ["recency_days", "purchase_count", "mean_gap_days"]
PLAN = {
    "logistic_regression": {"max_iter": 500},
    "random_forest": {"n_estimators": 5, "random_state": 7},
    "boosted_trees": {
        "regression": {"max_iter": 500},
        "max_iter": 30,
        "min_samples_leaf": 40,
        "random_state": 7,
    },
}


def snapshots(split: str = "train", seed: int = 1, people: int = 800) -> pd.DataFrame:
    """Recency raises churn, purchases lower it, and a gap that is missing raises it."""
    rng = np.random.default_rng(seed)
    recency = rng.integers(0, 200, people)
    purchases = rng.integers(1, 9, people)
    gap = np.where(rng.random(people) < 0.3, np.nan, rng.gamma(4, 10, people))
    logit = np.log1p(recency) - 3.5 - 0.8 * np.log(purchases) + 0.7 * np.isnan(gap)
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)],
            "cut_off_at": pd.Timestamp("2024-01-01"),
            "split": split,
            "recency_days": recency,
            "purchase_count": purchases,
            "mean_gap_days": gap,
            "has_churned": rng.random(people) < 1 / (1 + np.exp(-logit)),
        }
    )


@pytest.fixture(scope="module")
def fitted() -> dict[str, Fitted]:
    return {name: fit_classifier(name, PLAN[name], FEATURES, snapshots()) for name in PLAN}


def stored(fitted: dict[str, Fitted], *names: str) -> pd.DataFrame:
    return pd.DataFrame(
        [store.pack(name, stage, fitted[name]) for name in names for stage in STAGES]
    )


STAGES = ("selection", "final")


def logit(probability: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(probability) - np.log1p(-probability))


@pytest.mark.parametrize("name", ["logistic_regression", "boosted_trees"])
@pytest.mark.parametrize("sigmoid", [None, Sigmoid(1.3, -0.4)], ids=["raw", "calibrated"])
def test_contributions_and_base_add_up_to_the_score(
    fitted: dict[str, Fitted], name: str, sigmoid: Sigmoid | None
) -> None:
    test = snapshots(seed=2)
    explanation = explain(fitted[name], test, sigmoid)
    assert explanation is not None
    assert explanation.contributions.shape == (len(test), 3)
    probability = fitted[name].probability(test)
    published = probability if sigmoid is None else sigmoid(probability)
    np.testing.assert_allclose(explanation.logit(), logit(published), rtol=0, atol=1e-9)


def test_where_a_sigmoid_clips_all_parts_shrink_alike() -> None:
    """A score of 20 counts as 13.8155 = log((1 - 1e-6) / 1e-6) to a sigmoid; one of 5 as itself."""

    class Steep:
        intercept = 0.0

        def contributions(self, matrix: np.ndarray) -> np.ndarray:
            return np.array([[15.0, 5.0], [3.0, 2.0]])

    explanation = explain(
        Fitted(["a", "b"], Steep()), pd.DataFrame({"a": [1, 1], "b": [1, 1]}), Sigmoid(2.0, 1.0)
    )
    assert explanation is not None
    np.testing.assert_allclose(explanation.logit(), [2 * 13.815509557963774 + 1, 11])
    np.testing.assert_allclose(explanation.contributions[1], [6, 4])
    first = explanation.contributions[0]
    assert first[0] == pytest.approx(3 * first[1])


def test_a_regression_counts_a_missing_value_with_its_feature(fitted: dict[str, Fitted]) -> None:
    """By hand: coefficient times (value - mean) / deviation of the column and of its absence."""
    train = snapshots()
    gap = np.log1p(train["mean_gap_days"])
    columns = np.column_stack(
        [
            np.log1p(train["recency_days"]), np.log1p(train["purchase_count"]),
            gap.fillna(gap.median()), gap.isna(),
        ]
    ).astype(float)  # fmt: skip
    standard = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    regression = LogisticRegression(max_iter=500).fit(standard, train["has_churned"])
    parts = standard * regression.coef_[0]
    explanation = explain(fitted["logistic_regression"], train)
    assert explanation is not None
    by_hand = np.column_stack([parts[:, 0], parts[:, 1], parts[:, 2] + parts[:, 3]])
    np.testing.assert_allclose(explanation.contributions, by_hand, atol=1e-6)
    assert explanation.base == pytest.approx(float(regression.intercept_[0]), abs=1e-6)
    assert (by_hand[gap.isna(), 2] > 0.3).all()


def expected_value(nodes: np.ndarray, row: np.ndarray, known: set[int], node: int = 0) -> float:
    """A tree's expected value where only some features are known (Lundberg, algorithm 1)."""
    here = nodes[node]
    if here["is_leaf"]:
        return float(here["value"])
    left, right = int(here["left"]), int(here["right"])
    feature = int(here["feature_idx"])
    if feature in known:
        goes_left = row[feature] <= here["num_threshold"]
        if np.isnan(row[feature]):
            goes_left = here["missing_go_to_left"]
        return expected_value(nodes, row, known, left if goes_left else right)
    counts = nodes["count"][left], nodes["count"][right]
    return (
        counts[0] * expected_value(nodes, row, known, left)
        + counts[1] * expected_value(nodes, row, known, right)
    ) / (counts[0] + counts[1])


def shapley(nodes: np.ndarray, row: np.ndarray, feature: int) -> float:
    """The Shapley value by its definition: over all sets of the other features."""
    others = [other for other in range(len(row)) if other != feature]
    total = 0.0
    for size in range(len(others) + 1):
        weight = factorial(size) * factorial(len(others) - size) / factorial(len(row))
        for some in combinations(others, size):
            known = set(some)
            gain = expected_value(nodes, row, known | {feature}) - expected_value(nodes, row, known)
            total += weight * gain
    return total


@pytest.mark.parametrize(
    ("leaves", "least"), [(2, 20), (6, 20), (31, 5), (200, 2)], ids=["stump", "6", "31", "200"]
)
def test_trees_give_shapley_values(leaves: int, least: int) -> None:
    """A stump has one feature, 31 leaves 30 splits, 200 leaves more splits than an integer bits."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(900, 4))
    matrix[rng.random(matrix.shape) < 0.15] = np.nan
    signal = np.nan_to_num(matrix[:, 0]) * np.nan_to_num(matrix[:, 1], nan=1.0) + matrix[:, 2] ** 2
    truth = np.nan_to_num(signal) + rng.normal(size=900) > 0.7
    model = HistGradientBoostingClassifier(
        max_iter=2, max_leaf_nodes=leaves, min_samples_leaf=least, early_stopping=False
    ).fit(matrix, truth)
    trees = [predictors[0].nodes for predictors in model._predictors]
    assert max(int((nodes["is_leaf"] == 0).sum()) for nodes in trees) > leaves / 3
    rows = matrix[:5]
    contributions, base = tree_contributions(model, rows)
    by_definition = [
        [sum(shapley(nodes, row, feature) for nodes in trees) for feature in range(4)]
        for row in rows
    ]
    np.testing.assert_allclose(contributions, by_definition, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        base + contributions.sum(axis=1), model.decision_function(rows), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (0.6, [2.0, 1.0, -3.0], [0.4, 0.2, 0.0]),
        (-0.6, [2.0, 1.0, -3.0], [0.0, 0.0, -0.6]),
        (-0.6, [2.0, 1.0, 0.0], [-0.4, -0.2, 0.0]),
        (0.6, [0.0, 0.0, 0.0], [0.2, 0.2, 0.2]),
        (0.0, [2.0, 1.0, -3.0], [0.0, 0.0, 0.0]),
    ],
    ids=["raises", "lowers", "none of its sign", "no weight", "nothing"],
)
def test_a_score_is_spread_over_what_pulls_its_way(
    amount: float, weights: list[float], parts: list[float]
) -> None:
    spread_out = spread(np.array([amount]), np.array([weights]))
    np.testing.assert_allclose(spread_out, [parts], atol=1e-15)


def test_what_is_the_same_for_all_is_no_reason() -> None:
    """Against the mean of the three, and the log-odds stay what they were."""
    before = Explanation(["a", "b"], np.array([[1.0, 0.5], [3.0, 0.5], [2.0, 0.5]]), -1.0)
    after = against_mean(before)
    np.testing.assert_allclose(after.contributions, [[-1, 0], [1, 0], [0, 0]])
    assert after.base == 1.5
    np.testing.assert_allclose(after.logit(), before.logit())


KNOWN = pd.DataFrame(
    [
        ("recency_days", "raises", None), ("last_rating", "lowers", 3.5),
        ("mean_gap_days", None, None),
    ],
    columns=["feature", "direction", "usual_value"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "values", "contributions", "agrees"),
    [
        # 10 lies below the mean of the three, 99 above it: a shorter silence cannot raise.
        ("recency_days", [10, 99, 50], [0.1, 0.1, -0.1], [False, True, False]),
        ("recency_days", [10, 99, 50], [-0.1, -0.1, 0.1], [True, False, True]),
        # Five stars never raise, though the mean of these is 4.7; four neither; two may.
        ("last_rating", [5, 5, 4], [0.1, -0.1, 0.1], [False, True, False]),
        ("last_rating", [2, 3, 4], [0.1, -0.1, -0.1], [True, False, True]),
        # What has no direction, and what is missing, contradicts nobody.
        ("mean_gap_days", [1, 9, 5], [0.1, 0.1, -0.1], [True, True, True]),
        ("last_rating", [None, 5, None], [0.1, -0.1, -0.1], [True, True, True]),
    ],
)
def test_a_value_agrees_with_what_it_adds(
    feature: str, values: list[float | None], contributions: list[float], agrees: list[bool]
) -> None:
    explanation = Explanation([feature], np.array(contributions)[:, None], 0.0)
    rows = pd.DataFrame({feature: values})
    usual = usual_values(rows, [feature], KNOWN)
    assert agreement(explanation, rows, KNOWN, usual)[:, 0].tolist() == agrees


def champion(name: str) -> pd.DataFrame:
    return pd.DataFrame({"classifier": [name, "other"], "is_champion": [True, False]})


def told(
    today: pd.DataFrame, stored: pd.DataFrame, champion: pd.DataFrame, **rows: int
) -> pd.DataFrame:
    frames = explain_today(today, stored, champion, KNOWN, **rows)
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize(
    ("chosen", "there", "explained"),
    [
        ("logistic_regression", ["boosted_trees", "logistic_regression"], "logistic_regression"),
        ("random_forest", ["logistic_regression", "boosted_trees"], "boosted_trees"),
        ("random_forest", ["random_forest", "logistic_regression"], "logistic_regression"),
        ("random_forest", ["random_forest"], None),
    ],
)
def test_a_champion_that_is_not_additive_has_a_stand_in(
    fitted: dict[str, Fitted], chosen: str, there: list[str], explained: str | None
) -> None:
    long = told(snapshots("today", people=20), stored(fitted, *there), champion(chosen))
    assert set(long["classifier"]) == ({explained} if explained else set())
    assert len(long) == (60 if explained else 0)


def test_today_is_told_by_person_and_feature(fitted: dict[str, Fitted]) -> None:
    """Values as they stand in the snapshot, whatever the order of its rows."""
    today = snapshots("today", seed=5, people=30)
    shuffled = today.sample(frac=1, random_state=1)
    name = "boosted_trees"
    long = told(shuffled, stored(fitted, name), champion(name))
    assert len(long) == 90
    assert np.abs(long.groupby("feature")["contribution"].mean()).max() < 1e-12
    wide = long.pivot(index="person_id", columns="feature", values="feature_value")
    for feature in FEATURES:
        np.testing.assert_array_equal(
            wide[feature].to_numpy(), today.sort_values("person_id")[feature].astype(float)
        )
    sums = long.groupby("person_id")["contribution"].sum() + long["base"].iloc[0]
    expected = logit(fitted[name].probability(today.sort_values("person_id")))
    np.testing.assert_allclose(sums.to_numpy(), expected, atol=1e-9)


def test_some_people_at_a_time_are_told_as_all_at_once(fitted: dict[str, Fitted]) -> None:
    today, name = snapshots("today", seed=5, people=30), "boosted_trees"
    at_once, in_parts = (
        told(today, stored(fitted, name), champion(name), rows=rows) for rows in (30, 7)
    )
    pd.testing.assert_frame_equal(in_parts, at_once, rtol=1e-12)


def test_nobody_to_explain_is_an_empty_table(fitted: dict[str, Fitted]) -> None:
    names = stored(fitted, "boosted_trees")
    nobody = told(snapshots("today").iloc[:0], names, champion("boosted_trees"))
    assert nobody.empty
    assert {"person_id", "feature", "contribution", "base"} <= set(nobody.columns)
    nothing = told(snapshots("today"), names.iloc[:0], champion("x").iloc[:0])
    assert nothing.empty
    assert measure_drivers(snapshots("today").iloc[:0], names).empty


def test_a_planted_driver_comes_first_and_has_its_direction(fitted: dict[str, Fitted]) -> None:
    """Recency raises churn most, purchases lower it, at every cut-off and for both kinds."""
    rows = pd.concat([snapshots(split, seed) for seed, split in enumerate(SPLITS, start=5)])
    found = measure_drivers(rows, stored(fitted, "boosted_trees", "logistic_regression"))
    assert len(found) == 2 * 3 * 3
    for _, part in found.groupby(["classifier", "split"]):
        ordered = part.sort_values("mean_absolute_contribution", ascending=False)
        assert ordered["feature"].iloc[0] == "recency_days"
        by_feature = part.set_index("feature")["value_correlation"]
        assert by_feature["recency_days"] > 0.5
        assert by_feature["purchase_count"] < -0.5


def test_of_many_customers_the_same_few_are_measured(
    fitted: dict[str, Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By person, so neither the order of the rows nor another split changes whom."""
    rows = pd.concat([snapshots(split, seed) for seed, split in enumerate(SPLITS, start=5)])
    names = stored(fitted, "boosted_trees")
    size = len(rows) // len(SPLITS)
    whole = measure_drivers(rows, names)
    monkeypatch.setattr(drivers, "MEASURED_ROWS", size)
    pd.testing.assert_frame_equal(measure_drivers(rows, names), whole)
    monkeypatch.setattr(drivers, "MEASURED_ROWS", size - 1)
    fewer = measure_drivers(rows, names)
    assert not np.allclose(fewer.iloc[:, 3], whole.iloc[:, 3], rtol=1e-9)
    monkeypatch.setattr(drivers, "MEASURED_ROWS", size // 2)
    half = measure_drivers(rows, names)
    pd.testing.assert_frame_equal(measure_drivers(rows.sample(frac=1, random_state=1), names), half)
    np.testing.assert_allclose(half.iloc[:, 3], whole.iloc[:, 3], rtol=0.15)


SPLITS = ("validation", "test", "today")
