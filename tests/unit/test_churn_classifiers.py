"""Fitting, storing and applying classifiers on snapshots with a planted signal."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import apply_classifiers, fit_classifiers, store

PLAN = {
    "recency": {"features": ["recency_days"]},
    "logistic_regression": {"max_iter": 500},
    "random_forest": {"n_estimators": 30, "min_samples_leaf": 10, "random_state": 7},
    "boosted_trees": {
        "regression": {"max_iter": 500},
        "max_iter": 40,
        "min_samples_leaf": 40,
        "random_state": 7,
    },
    "mlp": {"hidden_layer_sizes": [8], "max_iter": 20, "random_state": 7},
    "blend": {"without": ["recency"]},
}
FEATURES = ["recency_days", "purchase_count", "mean_gap_days"]


def snapshots(split: str, day: int, people: int = 1500) -> pd.DataFrame:
    """People whose churn depends on recency over their own gap; a gap is missing for some."""
    rng = np.random.default_rng(day)
    gap = rng.gamma(4, 10, people)
    recency = rng.exponential(60, people)
    churned = rng.random(people) < 1 / (1 + np.exp(-(recency / gap - 1.5)))
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)],
            "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=day),
            "split": split,
            "horizon_days": 30,
            "recency_days": recency.astype(int),
            "purchase_count": rng.poisson(2, people) + 1,
            "mean_gap_days": np.where(rng.random(people) < 0.3, np.nan, gap),
            "has_churned": churned,
        }
    )


@pytest.fixture(scope="module")
def training() -> pd.DataFrame:
    return pd.concat(
        [snapshots("train", 0), snapshots("train", 30), snapshots("validation", 120)],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def stored(training: pd.DataFrame) -> pd.DataFrame:
    return fit_classifiers(training, FEATURES, PLAN)


def auc(stored: pd.DataFrame, test: pd.DataFrame, classifier: str) -> float:
    scored = apply_classifiers(test, stored)
    of_one = scored[scored["classifier"] == classifier].merge(test, on=["person_id", "cut_off_at"])
    return float(roc_auc_score(of_one["has_churned"], of_one["churn_probability"]))


def test_every_classifier_finds_the_signal_out_of_time(stored: pd.DataFrame) -> None:
    test = snapshots("test", 210)
    assert auc(stored, test, "recency") > 0.65
    for classifier in set(PLAN) - {"recency"}:
        assert auc(stored, test, classifier) > auc(stored, test, "recency")


@pytest.mark.parametrize("classifier", [name for name in PLAN if name != "blend"])
def test_a_shuffled_label_teaches_nothing(training: pd.DataFrame, classifier: str) -> None:
    shuffled = training.assign(
        has_churned=np.random.default_rng(5).permutation(training["has_churned"].to_numpy())
    )
    fitted = fit_classifiers(shuffled, FEATURES, {classifier: PLAN[classifier]})
    # The signal is one-dimensional: a chance tilt along it would show, so several tests are pooled.
    aucs = [auc(fitted, reshuffled(day), classifier) for day in (210, 300, 390, 480)]
    assert 0.45 <= float(np.mean(aucs)) <= 0.55


def reshuffled(day: int) -> pd.DataFrame:
    test = snapshots("test", day)
    return test.assign(
        has_churned=np.random.default_rng(day + 1).permutation(test["has_churned"].to_numpy())
    )


def test_scores_do_not_depend_on_row_order_or_run(
    training: pd.DataFrame, stored: pd.DataFrame
) -> None:
    again = fit_classifiers(training.sample(frac=1, random_state=3), FEATURES, PLAN)
    test = snapshots("test", 210)
    once = apply_classifiers(test, stored)
    other = apply_classifiers(test.sample(frac=1, random_state=4), again)
    pd.testing.assert_frame_equal(once, other, check_exact=True)
    assert set(once["classifier"]) == set(PLAN)


def test_a_split_is_scored_by_the_stage_that_has_not_seen_it(stored: pd.DataFrame) -> None:
    final_only = stored[stored["stage"] == "final"]
    scored = apply_classifiers(
        pd.concat([snapshots("validation", 120), snapshots("today", 300)]), final_only
    )
    assert set(scored["split"]) == {"today"}


def test_nothing_to_train_on_is_an_empty_store(training: pd.DataFrame) -> None:
    empty = fit_classifiers(training.iloc[:0], FEATURES, PLAN)
    assert list(empty.columns) == store.COLUMNS
    scored = apply_classifiers(training.iloc[:0], empty)
    assert list(scored.columns) == [
        "person_id", "cut_off_at", "split", "classifier", "churn_probability",
    ]  # fmt: skip
    assert scored.empty


def test_a_feature_without_any_value_is_left_out(training: pd.DataFrame) -> None:
    """A source without visits has no visit features: every classifier must live without them."""
    empty = training.assign(mean_gap_days=np.nan)
    fitted = fit_classifiers(empty, FEATURES, PLAN)
    for row in fitted.itertuples():
        assert "mean_gap_days" not in json.loads(row.features)
    (chosen,) = fitted[(fitted["classifier"] == "mlp") & (fitted["stage"] == "final")]["selection"]
    reasons = {choice["feature"]: choice["reason"] for choice in json.loads(chosen)}
    assert reasons["recency_days"] is None
    assert reasons["mean_gap_days"] == "no value"
    scored = apply_classifiers(snapshots("today", 300), fitted)
    assert set(scored["classifier"]) == set(PLAN)


def test_an_unknown_classifier_and_a_missing_feature_are_named(training: pd.DataFrame) -> None:
    with pytest.raises(StayhouseError, match="'oracle'"):
        fit_classifiers(training, FEATURES, {"oracle": {}})
    with pytest.raises(StayhouseError, match="'horoscope'"):
        fit_classifiers(training, ["horoscope"], {"logistic_regression": {}})


def with_season(day: int) -> pd.DataFrame:
    angle = 2 * np.pi * day / 365.25
    return snapshots("train", day, people=300).assign(
        year_sine=np.sin(angle), year_cosine=np.cos(angle)
    )


@pytest.mark.parametrize(
    ("days", "is_read"), [((0, 91, 182, 274), True), ((0, 91, 182, 272), False), ((0, 30), False)]
)
def test_the_season_is_read_where_the_whole_year_was_seen(
    days: tuple[int, ...], is_read: bool
) -> None:
    """274 to 365.25 leaves 91.25 days, 272 leaves 93.25; a quarter is the longest gap."""
    training = pd.concat([with_season(day) for day in days], ignore_index=True)
    features = [*FEATURES, "year_sine", "year_cosine"]
    plan = {"logistic_regression": PLAN["logistic_regression"]}
    fitted = fit_classifiers(training, features, plan)
    read = json.loads(fitted[fitted["stage"] == "final"]["features"].iloc[0])
    assert ("year_sine" in read) == ("year_cosine" in read) == is_read
