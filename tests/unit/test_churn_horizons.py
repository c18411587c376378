"""Horizons compared: what is learned when, and how alike two of them rank customers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from stayhouse.churn.horizons import measure_horizons

PARAMETERS = {"C": 1e6, "max_iter": 5000}
PLAN = pd.DataFrame([{"classifiers": "{}", "limits": "{}"}])
PEOPLE = 400


def window(
    horizon: int, cut_off: str, *, is_default: bool = False, sign: float = 1.0, seed: int = 0
) -> pd.DataFrame:
    """Customers of one cut-off; recency brings churn nearer with `sign`, or puts it off."""
    rng = np.random.default_rng(seed)
    recency = rng.integers(1, 300, PEOPLE)
    other = rng.uniform(size=PEOPLE)
    chance = 1 / (1 + np.exp(-sign * (recency - 150) / 60))
    cut_off_at = pd.Timestamp(cut_off)
    return pd.DataFrame(
        {
            "person_id": [f"p{i:03}" for i in range(PEOPLE)],
            "horizon_days": horizon,
            "cut_off_at": cut_off_at,
            "outcome_at": cut_off_at + pd.Timedelta(days=horizon),
            "recency_days": recency,
            "bg_nbd_no_order_probability": other,
            "own_bg_nbd_probability": other if is_default else 1 - other,
            "has_churned": rng.uniform(size=PEOPLE) < chance,
            "is_measured": True,
            "is_default": is_default,
        }
    )


def measured(*windows: pd.DataFrame) -> pd.DataFrame:
    return measure_horizons(pd.concat(windows), PARAMETERS, PLAN).set_index("horizon_days")


def test_a_horizon_is_judged_at_its_latest_cut_off_by_what_was_known() -> None:
    test = window(30, "2024-06-01", seed=1)
    rows = measured(test, window(30, "2024-05-02", sign=-1, seed=2), window(90, "2024-01-01"))
    truth = test["has_churned"]
    assert rows.loc[30, "roc_auc_recency"] == roc_auc_score(truth, test["recency_days"])
    probability = test["bg_nbd_no_order_probability"]
    assert rows.loc[30, "roc_auc_bg_nbd"] == roc_auc_score(truth, probability)
    # 2 May + 30 days is 1 June: known, and it taught the opposite of what came.
    assert rows.loc[30, "roc_auc_logistic_regression"] < 0.3
    # A day later it is not known, and nothing else was: no regression.
    late = measured(test, window(30, "2024-05-03", sign=-1, seed=2))
    assert np.isnan(late.loc[30, "roc_auc_logistic_regression"])
    assert late.loc[30, "roc_auc_recency"] == rows.loc[30, "roc_auc_recency"]


def test_the_own_horizon_agrees_with_itself_and_its_opposite_does_not() -> None:
    own = [
        window(90, "2024-06-01", is_default=True, seed=1),
        window(90, "2024-03-01", is_default=True, seed=2),
        window(90, "2023-12-01", is_default=True, seed=3),
    ]
    alike = [window(30, "2024-06-01", seed=4), window(30, "2024-05-01", seed=5)]
    against = [
        window(180, "2024-03-01", sign=-1, seed=6),
        window(180, "2023-08-01", sign=-1, seed=7),
    ]
    rows = measured(*own, *alike, *against)
    assert rows.loc[90, "rank_agreement"] == pytest.approx(1)
    assert rows.loc[30, "rank_agreement"] > 0.9
    assert rows.loc[180, "rank_agreement"] < -0.9
    # Without a known outcome of the own horizon there is nothing to agree with.
    alone = measured(*alike, window(90, "2024-06-01", is_default=True))
    assert np.isnan(alone.loc[30, "rank_agreement"])
    assert alone.loc[30, "roc_auc_logistic_regression"] > 0.7


def test_the_own_regression_reads_the_own_probability() -> None:
    """Churn follows the probability of its horizon; at the judged cut-off the two contradict."""
    windows = [
        window(90, "2024-01-01", is_default=True, seed=1),
        window(30, "2024-05-01", seed=2),
        window(30, "2024-06-01", seed=3),
    ]
    followed = [
        part.assign(recency_days=1, has_churned=part["bg_nbd_no_order_probability"] > 0.5)
        for part in windows
    ]
    assert measured(*followed).loc[30, "rank_agreement"] < -0.9


def test_nothing_measured_is_an_empty_table() -> None:
    none = window(30, "2024-06-01").assign(is_measured=False)
    assert measure_horizons(none, PARAMETERS, PLAN).empty
    assert measure_horizons(none[:0], PARAMETERS, PLAN).empty
