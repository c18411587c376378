"""Each classifier of the model comparison against what others compute: scikit-learn, or a hand."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import apply_classifiers, fit_classifiers, store
from stayhouse.churn.classifiers.blend import Blend
from stayhouse.churn.classifiers.linear import LinearModel, linear_model
from stayhouse.churn.design import design_matrix
from stayhouse.churn.fit import fit_classifier

FEATURES = ["recency_days", "mean_gap_days", "bg_nbd_no_order_probability"]
PLAN = {
    "recency": {"features": ["recency_days"]},
    "bg_nbd": {"features": ["bg_nbd_no_order_probability"]},
    "logistic_regression": {"C": 0.1, "max_iter": 500},
    "mlp": {"hidden_layer_sizes": [8], "max_iter": 20, "random_state": 7},
    "blend": {"without": ["recency"]},
}


def snapshots(split: str, day: int, people: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(day)
    recency, gap = rng.exponential(60, people), rng.gamma(4, 10, people)
    odds = recency / gap - 1.5
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)],
            "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=day),
            "split": split,
            "horizon_days": 30,
            "recency_days": recency,
            "mean_gap_days": np.where(rng.random(people) < 0.3, np.nan, gap),
            "bg_nbd_no_order_probability": 1 / (1 + np.exp(-odds + rng.normal(0, 0.5, people))),
            "has_churned": rng.random(people) < 1 / (1 + np.exp(-odds)),
        }
    )


@pytest.fixture(scope="module")
def training() -> pd.DataFrame:
    parts = [("train", 0), ("train", 30), ("train", 60), ("validation", 120)]
    return pd.concat([snapshots(*part) for part in parts], ignore_index=True)


@pytest.fixture(scope="module")
def scored(training: pd.DataFrame) -> pd.DataFrame:
    stored = fit_classifiers(training, FEATURES, PLAN, calibration_windows=0)
    table = apply_classifiers(snapshots("test", 210), stored)
    return table.pivot(index="person_id", columns="classifier", values="churn_probability")


def test_stored_numbers_give_the_probabilities_of_scikit_learn(training: pd.DataFrame) -> None:
    """scikit-learn fits and predicts by itself; the store's JSON comes to the same."""
    parameters = {"C": 0.1, "max_iter": 500}
    fitted = fit_classifier("logistic_regression", parameters, FEATURES, training)
    stored, _ = store.unpack(store.pack("logistic_regression", "final", fitted))
    theirs = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        StandardScaler(),
        LogisticRegression(**parameters),
    )
    # Half the weight for each 90 days that a cut-off lies before the last one.
    days = (training["cut_off_at"].max() - training["cut_off_at"]).dt.days
    assert set(days) == {120, 90, 60, 0}
    weights = {"logisticregression__sample_weight": 2 ** (-days / 90)}
    theirs.fit(design_matrix(training, FEATURES), training["has_churned"], **weights)
    test = snapshots("test", 210)
    # A gap in a feature that no row of the fit missed is filled, and has no mark of its own.
    test.loc[:50, "recency_days"] = np.nan
    expected = theirs.predict_proba(design_matrix(test, FEATURES))[:, 1]
    assert isinstance(stored.estimator, LinearModel)
    np.testing.assert_allclose(stored.probability(test), expected, rtol=0, atol=1e-12)


def test_a_probability_enters_as_log_odds_by_hand() -> None:
    frame = pd.DataFrame(
        {"a_probability": [0.8, 0.5, 0.0, np.nan], "share": [0.8, 0.5, 0.0, np.nan]}
    )
    odds, share = design_matrix(frame, ["a_probability", "share"]).T
    assert odds[:3] == pytest.approx([math.log(4), 0.0, math.log(1e-6 / (1 - 1e-6))])
    assert share[:3] == pytest.approx([math.log(1.8), math.log(1.5), 0.0])
    assert np.isnan([odds[3], share[3]]).all()


def test_bg_nbd_learns_nothing(scored: pd.DataFrame) -> None:
    given = snapshots("test", 210).set_index("person_id")["bg_nbd_no_order_probability"]
    # Nobody is told as certain.
    np.testing.assert_allclose(scored["bg_nbd"], given.clip(1e-6, 1 - 1e-6), rtol=0, atol=1e-12)


def test_bg_nbd_has_an_answer_for_whoever_lacks_one(training: pd.DataFrame) -> None:
    name = "bg_nbd_no_order_probability"
    fitted = fit_classifier("bg_nbd", {}, [name], training.assign(**{name: [0.2, 0.4, 0.9] * 2000}))
    nobody = pd.DataFrame({name: [np.nan, 0.7]})
    assert fitted.probability(nobody) == pytest.approx([0.4, 0.7])


def test_a_classifier_with_nothing_to_read_is_left_out(
    training: pd.DataFrame, capfd: pytest.CaptureFixture[str]
) -> None:
    empty = training.assign(bg_nbd_no_order_probability=np.nan)
    plan = {name: PLAN[name] for name in ("recency", "bg_nbd", "logistic_regression", "blend")}
    stored = fit_classifiers(empty, FEATURES, plan, calibration_windows=0)
    assert set(stored["classifier"]) == {"recency", "logistic_regression", "blend"}
    assert "bg_nbd left out" in capfd.readouterr().err
    parameters = stored.set_index("classifier")["parameters"]["blend"].iloc[0]
    assert json.loads(parameters) == {"members": ["logistic_regression"]}


def test_the_blend_is_the_mean_of_log_odds_by_hand(scored: pd.DataFrame) -> None:
    """Of .8, .5 and .2: log 4, 0 and -log 4. Of .9 and .5: half of log 9 is log 3, which is .75."""
    told = {"a": np.array([0.8, 0.9]), "b": np.array([0.5, 0.5]), "c": np.array([0.2, 0.9])}
    assert Blend(("a", "b", "c")).of(told)[0] == pytest.approx(0.5)
    assert Blend(("a", "b")).of(told)[1] == pytest.approx(0.75)
    members = scored[["bg_nbd", "logistic_regression", "mlp"]].clip(1e-6, 1 - 1e-6)
    assert len(scored) == 1500
    odds = np.log(members / (1 - members)).mean(axis=1)
    np.testing.assert_allclose(scored["blend"], 1 / (1 + np.exp(-odds)), rtol=0, atol=1e-12)


def test_a_blend_without_a_member_is_refused(training: pd.DataFrame) -> None:
    stored = fit_classifiers(training, FEATURES, PLAN, calibration_windows=0)
    with pytest.raises(StayhouseError, match="needs 'mlp', which is not stored"):
        apply_classifiers(snapshots("test", 210), stored[stored["classifier"] != "mlp"])


def test_a_blend_is_calibrated_as_its_members_are(training: pd.DataFrame) -> None:
    """Churn that rises at every cut-off, beyond any feature: a sigmoid learns the drift."""
    frames = []
    for place, split in enumerate(["train"] * 4 + ["validation", "test"]):
        frame = snapshots(split, place * 30, people=3000)
        rng = np.random.default_rng(place + 50)
        odds = np.log1p(frame["recency_days"]) - 4 + 0.4 * place
        frame["has_churned"] = rng.random(len(frame)) < 1 / (1 + np.exp(-odds))
        frames.append(frame)
    rising, test = pd.concat(frames[:-1], ignore_index=True), frames[-1]
    plan = {name: PLAN[name] for name in ("bg_nbd", "logistic_regression", "blend")}
    gaps = []
    for windows in (0, 3):
        stored = fit_classifiers(rising, FEATURES, plan, calibration_windows=windows)
        told = apply_classifiers(test, stored)
        told = told[told["classifier"] == "blend"]["churn_probability"]
        gaps.append(abs(told.mean() - test["has_churned"].mean()))
    assert gaps[1] < gaps[0] / 2


def test_a_perceptron_holds_out_people_and_not_rows(training: pd.DataFrame) -> None:
    """Every person of nine copies, and labels that only the person tells: rows held out at random
    would be predicted from their copies, and training would go on until it knows them by heart.
    """
    rng = np.random.default_rng(3)
    people = 400
    marks = rng.normal(size=people)
    frame = pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)] * 9,
            "cut_off_at": pd.Timestamp("2024-01-01"),
            "mark": np.tile(marks, 9),
            "has_churned": np.tile(rng.random(people) < 0.5, 9),
        }
    )
    parameters = {
        "hidden_layer_sizes": [64, 64],
        "learning_rate_init": 0.01,
        "max_iter": 60,
        "random_state": 1,
    }
    told = fit_classifier("mlp", parameters, ["mark"], frame).probability(frame)
    # Nothing is to be learned but the share of a half.
    assert np.abs(told - 0.5).max() < 0.25


def test_the_parts_of_boosted_trees_can_be_reached(training: pd.DataFrame) -> None:
    """The regression inside and the trees make the probability that the whole gives."""
    parameters = {"regression": {"max_iter": 500}, "max_iter": 20, "random_state": 7}
    fitted = fit_classifier("boosted_trees", parameters, FEATURES, training)
    fitted, _ = store.unpack(store.pack("boosted_trees", "final", fitted))
    test = snapshots("test", 210)
    matrix = design_matrix(test, fitted.features)
    stacked = fitted.estimator
    score = linear_model(stacked.estimators_[0], fitted.features).decision_function(matrix)
    told = stacked.final_estimator_.predict_proba(np.column_stack([score, matrix]))[:, 1]
    np.testing.assert_allclose(told, fitted.probability(test), rtol=0, atol=1e-9)
