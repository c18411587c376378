"""Rolling origin: what is predicted of a cut-off, and from what."""

import json
from collections.abc import Sequence

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from stayhouse.churn import (
    apply_classifiers,
    backtest_classifiers,
    fit_classifiers,
    fit_on_few_people,
)
from stayhouse.churn.backtest import COLUMNS
from stayhouse.churn.sampling import at_most, few_people
from tests.building import CLOCK

TYPES = {**COLUMNS, "as_of_date": "datetime64[us]"}

FEATURES = ["recency_days", "purchase_count"]
PLAN = {
    "recency": {"features": ["recency_days"]},
    "logistic_regression": {"C": 0.5, "max_iter": 500},
    "random_forest": {"n_estimators": 3, "random_state": 1},
}
AGAIN = pd.DataFrame([{"classifiers": json.dumps(PLAN), "limits": "{}"}])
CUT_OFFS = {
    "2024-01-01": "train",
    "2024-03-01": "train",
    "2024-03-31": "refit",
    "2024-05-30": "validation",
    "2024-08-28": "test",
}


@pytest.fixture(scope="module")
def labelled() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frames = []
    for number, (day, split) in enumerate(CUT_OFFS.items()):
        recency = rng.integers(1, 200, size=60).astype(float)
        purchases = rng.integers(1, 9, size=60).astype(float)
        frames.append(
            pd.DataFrame(
                {
                    "person_id": [f"c:shop:{i}" for i in range(60)],
                    "cut_off_at": pd.Timestamp(day),
                    "horizon_days": 90,
                    "split": split,
                    "recency_days": recency,
                    "purchase_count": purchases,
                    # Churn changes over time, so that it matters what a fit has seen; both features
                    # say enough of it to be kept.
                    "has_churned": rng.random(60) * purchases < recency / 50 * (0.5 + 0.1 * number),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def stored(labelled: pd.DataFrame) -> pd.DataFrame:
    return fit_classifiers(labelled[labelled["split"] != "test"], FEATURES, PLAN, 0)


def backtest(
    labelled: pd.DataFrame, stored: pd.DataFrame, names: Sequence[str], *tables: pd.DataFrame
) -> pd.DataFrame:
    """Predict the past of snapshots as of a table of the warehouse; in the order of names."""
    with duckdb.connect() as con:
        told = backtest_classifiers(con, con.from_df(labelled), stored, names, *tables)
    return told.sort_values(["classifier", "cut_off_date"], ignore_index=True)


def by_hand(labelled: pd.DataFrame, days: list[str], cut_off: str) -> tuple[float, float]:
    """AUC and log loss of scikit-learn's regression, fitted on these cut-offs.

    A cut-off counts for half of one that lies 90 days later.
    """

    def matrix(frame: pd.DataFrame) -> np.ndarray:
        return np.asarray(np.log1p(frame[FEATURES].to_numpy()))

    known = labelled[labelled["cut_off_at"].isin(pd.to_datetime(days))]
    window = labelled[labelled["cut_off_at"] == pd.Timestamp(cut_off)]
    weights = 0.5 ** ((known["cut_off_at"].max() - known["cut_off_at"]).dt.days / 90)
    pipeline = make_pipeline(
        SimpleImputer(), StandardScaler(), LogisticRegression(C=0.5, max_iter=500)
    ).fit(matrix(known), known["has_churned"], logisticregression__sample_weight=weights)
    predicted = pipeline.predict_proba(matrix(window))[:, 1]
    truth = window["has_churned"]
    return roc_auc_score(truth, predicted), log_loss(truth, predicted)


def test_each_cut_off_is_predicted_by_what_was_over_by_then(
    labelled: pd.DataFrame, stored: pd.DataFrame
) -> None:
    """The horizon of 1 January ends on 31 March, at midnight: in time for the cut-off of that
    instant, not for 1 March. The second one's ends on 30 May.
    """
    frame = backtest(labelled, stored, ["logistic_regression"], AGAIN, CLOCK)
    assert {c: str(t) for c, t in frame.dtypes.items()} == TYPES
    found = frame.set_index(frame["cut_off_date"].dt.date.astype(str))
    expected = {
        "2024-03-31": ["2024-01-01"],
        "2024-05-30": ["2024-01-01", "2024-03-01"],
        "2024-08-28": ["2024-01-01", "2024-03-01", "2024-03-31", "2024-05-30"],
    }
    assert list(found.index) == list(expected)
    for cut_off, days in expected.items():
        row = found.loc[cut_off]
        assert (row["training_cutoff_count"], row["training_row_count"]) == (
            len(days),
            60 * len(days),
        )
        auc, loss = by_hand(labelled, days, cut_off)
        assert row["roc_auc"] == pytest.approx(auc, abs=1e-9)
        assert row["log_loss"] == pytest.approx(loss, abs=1e-6)
        window = labelled[labelled["cut_off_at"] == pd.Timestamp(cut_off)]
        assert row["prevalence"] == pytest.approx(window["has_churned"].mean())
    assert found["is_chosen_later"].tolist() == [True, True, False]
    # The fit of the cut-off before predicts it too: of those two months earlier, and three.
    assert found["older_by_days"].tolist() == [pd.NA, 60, 90]
    assert found[["roc_auc_older", "log_loss_older"]].iloc[0].isna().all()
    for cut_off, before in (("2024-05-30", "2024-03-31"), ("2024-08-28", "2024-05-30")):
        auc, loss = by_hand(labelled, expected[before], cut_off)
        assert found.loc[cut_off, "roc_auc_older"] == pytest.approx(auc, abs=1e-9)
        assert found.loc[cut_off, "log_loss_older"] == pytest.approx(loss, abs=1e-6)


def test_what_came_later_changes_nothing_earlier(
    labelled: pd.DataFrame, stored: pd.DataFrame
) -> None:
    cut = pd.Timestamp("2024-05-30")
    turned = labelled.copy()
    later = turned["cut_off_at"] > cut
    turned.loc[later, "has_churned"] = ~turned.loc[later, "has_churned"]
    turned.loc[later, FEATURES] = 7.0
    # Of the cut-off itself only the verdict changes, not what was predicted.
    at = turned["cut_off_at"] == cut
    turned.loc[at, "has_churned"] = ~turned.loc[at, "has_churned"]
    before = backtest(labelled, stored, ["recency"], AGAIN, CLOCK)
    after = backtest(turned, stored, ["recency"], AGAIN, CLOCK)
    assert before.iloc[0].equals(after.iloc[0])
    assert before["mean_probability"].iloc[1] == after["mean_probability"].iloc[1]
    assert before["mean_probability"].iloc[2] != after["mean_probability"].iloc[2]


def test_a_fit_takes_what_is_stored(labelled: pd.DataFrame, stored: pd.DataFrame) -> None:
    """Another C in the store is another fit: no hyper-parameter has a second home."""
    changed = stored.copy()
    changed["parameters"] = [json.dumps({"C": 1e-6, "max_iter": 500})] * len(changed)
    frame = backtest(labelled, changed, ["logistic_regression"], AGAIN, CLOCK)
    known = labelled[labelled["split"] != "test"]
    weights = 0.5 ** ((known["cut_off_at"].max() - known["cut_off_at"]).dt.days / 90)
    # Held to nothing but the mean, in which later cut-offs weigh more.
    mean = np.average(known["has_churned"], weights=weights)
    assert frame["mean_probability"].iloc[-1] == pytest.approx(mean, abs=1e-3)


def test_only_the_named_and_stored_are_fitted(labelled: pd.DataFrame, stored: pd.DataFrame) -> None:
    frame = backtest(labelled, stored, ["recency", "bg_nbd"], AGAIN, CLOCK)
    assert set(frame["classifier"]) == {"recency"}


def test_the_order_of_the_rows_does_not_matter(
    labelled: pd.DataFrame, stored: pd.DataFrame
) -> None:
    shuffled = labelled.sample(frac=1, random_state=5)
    names = ["recency", "random_forest"]
    pd.testing.assert_frame_equal(
        backtest(shuffled, stored, names, AGAIN, CLOCK),
        backtest(labelled, stored, names, AGAIN, CLOCK),
        check_exact=True,
    )


def test_of_more_people_than_are_read_all_are_predicted(
    labelled: pd.DataFrame, stored: pd.DataFrame
) -> None:
    """Of 300 rows 150 are read: 30 people, of whom a fit of the test cut-off takes 30 rows, which
    are those that it takes of all people.
    """
    plan = AGAIN.assign(limits='{"rows": 30}')
    told = backtest(labelled, stored, ["logistic_regression"], plan, CLOCK).set_index("split")
    assert told["customer_count"].tolist() == [60, 60, 60]
    assert told["training_row_count"].tolist() == [60, 120, 240]
    known = at_most(labelled[labelled["split"] != "test"], 30)
    served = fit_classifiers(known, FEATURES, {"logistic_regression": PLAN["logistic_regression"]})
    test = labelled[labelled["split"] == "test"]
    final = served[served["stage"] == "final"]
    predicted = apply_classifiers(test, final).sort_values("person_id")["churn_probability"]
    truth = test.sort_values("person_id")["has_churned"]
    assert told["roc_auc"]["test"] == pytest.approx(roc_auc_score(truth, predicted), abs=1e-12)


def test_one_outcome_teaches_nothing_and_has_no_auc(
    labelled: pd.DataFrame, stored: pd.DataFrame
) -> None:
    one_sided = labelled.copy()
    first = one_sided["cut_off_at"] == pd.Timestamp("2024-01-01")
    last = one_sided["split"] == "test"
    one_sided.loc[first | last, "has_churned"] = True
    frame = backtest(one_sided, stored, ["recency"], AGAIN, CLOCK)
    assert [str(day.date()) for day in frame["cut_off_date"]] == ["2024-05-30", "2024-08-28"]
    assert np.isnan(frame["roc_auc"].iloc[-1])
    assert frame["log_loss"].notna().all()


def test_nothing_known_is_an_empty_typed_table(
    labelled: pd.DataFrame, stored: pd.DataFrame
) -> None:
    for frame in (
        backtest(labelled.iloc[:0], stored, ["recency"], AGAIN, CLOCK),
        backtest(labelled, stored.iloc[:0], ["recency"], AGAIN, CLOCK),
        backtest(labelled.iloc[:0], stored.iloc[:0], ["recency"], AGAIN, CLOCK),
    ):
        assert frame.empty
        assert {c: str(t) for c, t in frame.dtypes.items()} == TYPES


def test_a_fit_on_few_people_is_that_on_all_and_says_how_many_there_were(
    labelled: pd.DataFrame,
) -> None:
    """Of 240 rows 150 are read, and of these each fit takes 30."""
    known = labelled[labelled["split"] != "test"]
    plan = {"logistic_regression": PLAN["logistic_regression"]}
    features = pd.DataFrame({"feature": FEATURES, "feature_number": [1, 2], "direction": None})
    with duckdb.connect() as con:
        rows = con.from_df(known)
        few = fit_on_few_people(con, rows, features, plan, 0, {"rows": 30}, rows, [])
    whole = fit_classifiers(known, features, plan, 0, {"rows": 30})
    told = ["stage", "features", "parameters", "payload", "row_count", "available_row_count"]
    pd.testing.assert_frame_equal(few[told], whole[told])
    assert few.set_index("stage")["available_row_count"].to_dict() == {
        "selection": 120, "final": 240,
    }  # fmt: skip


@pytest.mark.parametrize("limit", [299, 300])
def test_few_people_are_those_of_the_smallest_hashes(labelled: pd.DataFrame, limit: int) -> None:
    with duckdb.connect() as con:
        few = few_people(con, con.from_df(labelled), limit)
    expected = at_most(labelled, limit)
    assert len(expected) == (295 if limit == 299 else 300)
    order = ["cut_off_at", "person_id"]
    pd.testing.assert_frame_equal(
        few.sort_values(order, ignore_index=True), expected.sort_values(order, ignore_index=True)
    )
