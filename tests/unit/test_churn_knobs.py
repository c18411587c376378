"""Each knob of ml_churn_classifiers.yml, turned: what is served is what predicts the past.

The law of the backtest holds its row of the test cut-off to the served classifier's figures; a knob
that only one of the two knew would accuse a leak.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import apply_classifiers, fit_classifiers, measure_horizons
from tests.building import CLOCK
from tests.unit.test_churn_backtest import backtest

FEATURES = ["recency_days", "copy_days", "purchase_count", "noise"]
REGRESSION = {"C": 0.5, "max_iter": 500}
PEOPLE = 150


@pytest.fixture(scope="module")
def labelled() -> pd.DataFrame:
    """Six cut-offs of a shop whose churn moves; no fit by itself chooses the copy or the noise."""
    rng = np.random.default_rng(4)
    parts = []
    splits = ["train", "train", "train", "refit", "validation", "test"]
    for number, split in enumerate(splits):
        recency = rng.integers(1, 200, size=PEOPLE).astype(float)
        purchases = rng.integers(1, 9, size=PEOPLE).astype(float)
        parts.append(
            pd.DataFrame(
                {
                    "person_id": [f"c:shop:{i}" for i in range(PEOPLE)],
                    "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=45 * number),
                    "horizon_days": 45,
                    "split": split,
                    "recency_days": recency,
                    "copy_days": recency + 0.001 * purchases,
                    "purchase_count": purchases,
                    "noise": np.tile([0.0, 1.0], PEOPLE // 2),
                    "late": np.where(number > 1, recency, 1.0),
                    "has_churned": rng.random(PEOPLE) * purchases
                    < recency / 50 * (0.3 + 0.2 * number),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def turned(
    labelled: pd.DataFrame, options: Mapping[str, Any] | None, limits: Mapping[str, Any]
) -> tuple[pd.DataFrame, float, float]:
    """Fit, serve and predict the past; return the past and AUC and log loss as served."""
    plan = {"logistic_regression": options}
    stored = fit_classifiers(
        labelled[labelled["split"] != "test"], FEATURES, plan, calibration_windows=0, limits=limits
    )
    test = labelled[labelled["split"] == "test"]
    served = apply_classifiers(test, stored).merge(test, on=["person_id", "cut_off_at"])
    truth, told = served["has_churned"], served["churn_probability"]
    table = pd.DataFrame([{"classifiers": json.dumps(plan), "limits": json.dumps(limits)}])
    past = backtest(labelled, stored, ["logistic_regression"], table, CLOCK)
    return past, roc_auc_score(truth, told), log_loss(truth, told)


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        (REGRESSION, {"half_life_days": 30}),
        (REGRESSION, {"rows": 200}),
        ({**REGRESSION, "max_rows": 200}, {}),
        ({**REGRESSION, "features": ["purchase_count"]}, {}),
        ({**REGRESSION, "features": ["recency_days", "copy_days", "noise"]}, {}),
        # At the first cut-off that is predicted it has one value, and nothing else may be read.
        ({**REGRESSION, "features": ["late"]}, {}),
        ({**REGRESSION, "candidates": [{"C": 1e-4}, {"C": 1e-3}]}, {}),
        (None, {}),
    ],
    ids=str,
)
def test_what_is_served_predicts_the_past(
    labelled: pd.DataFrame, options: Mapping[str, Any] | None, limits: Mapping[str, Any]
) -> None:
    past, auc, loss = turned(labelled, options, limits)
    test = past.iloc[-1]
    assert test["split"] == "test"
    assert test["roc_auc"] == pytest.approx(auc, abs=1e-9)
    assert test["log_loss"] == pytest.approx(loss, abs=1e-9)
    # It was turned indeed, and cut-offs are predicted as before.
    plain, _, _ = turned(labelled, REGRESSION, {})
    assert past["cut_off_date"].tolist() == plain["cut_off_date"].tolist()
    assert not np.allclose(past["log_loss"], plain["log_loss"], atol=1e-9)


@pytest.mark.parametrize("limits", [{"window_rows": 100}, {"search_folds": 0}], ids=str)
def test_a_search_is_turned_and_its_choice_is_served(
    labelled: pd.DataFrame, limits: Mapping[str, Any]
) -> None:
    """Of these two the first is chosen where no cut-off judges them, and the second otherwise."""
    options = {**REGRESSION, "candidates": [{"C": 1e-6}, {"C": 0.5}]}
    past, auc, loss = turned(labelled, options, limits)
    assert past["roc_auc"].iloc[-1] == pytest.approx(auc, abs=1e-9)
    assert past["log_loss"].iloc[-1] == pytest.approx(loss, abs=1e-9)
    chosen, _, _ = turned(
        labelled, {**REGRESSION, "C": 1e-6 if "search_folds" in limits else 0.5}, {}
    )
    pd.testing.assert_frame_equal(past, chosen)


def test_a_horizon_is_judged_within_the_same_limits(labelled: pd.DataFrame) -> None:
    """Early cut-offs taught the opposite: how much they count is the plan's to say."""
    frame = labelled[["person_id", "cut_off_at", "horizon_days", "recency_days"]].assign(
        outcome_at=labelled["cut_off_at"] + pd.Timedelta(days=45),
        bg_nbd_no_order_probability=0.5,
        own_bg_nbd_probability=0.5,
        is_measured=True,
        is_default=True,
        has_churned=lambda rows: (
            (rows["recency_days"] > 100) == (rows["cut_off_at"] > pd.Timestamp("2024-05-01"))
        ),
    )

    def auc(limits: Mapping[str, Any]) -> float:
        plan = pd.DataFrame([{"classifiers": "{}", "limits": json.dumps(limits)}])
        (row,) = measure_horizons(frame, REGRESSION, plan).to_dict("records")
        return float(row["roc_auc_logistic_regression"])

    assert auc({"half_life_days": 20}) > 0.9
    assert auc({"half_life_days": 1000}) < 0.1


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"half_life": 30}, "limits has no 'half_life': name one of rows"),
        ({"half_life_days": 0}, "half_life_days of limits is 0: give a number, 1 or more"),
        ({"rows": "many"}, "rows of limits is 'many'"),
    ],
)
def test_a_limit_that_is_none_is_named(
    labelled: pd.DataFrame, limits: Mapping[str, Any], words: str
) -> None:
    with pytest.raises(StayhouseError, match=words):
        turned(labelled, REGRESSION, limits)


@pytest.mark.parametrize("name", ["blend", "cnn"])
def test_what_snapshots_alone_do_not_predict_is_refused(labelled: pd.DataFrame, name: str) -> None:
    plan = pd.DataFrame([{"classifiers": "{}", "limits": "{}"}])
    stored = fit_classifiers(labelled.iloc[:0], FEATURES, {})
    with pytest.raises(StayhouseError, match=f"lists {name}, which reads more than the snapshots"):
        backtest(labelled, stored, [name], plan, CLOCK)
