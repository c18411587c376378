"""Measures against scikit-learn, hand-made cases and their own definitions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from stayhouse.churn.evaluate import (
    COLUMNS,
    best_f1_threshold,
    evaluate_classifiers,
    lift,
    row_log_loss,
)


def judged(probabilities: dict[str, list[float]], churned: list[bool]) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "classifier": classifier,
                "split": split,
                "person_id": [f"c:shop:{i}" for i in range(len(churned))],
                "cut_off_date": pd.Timestamp("2024-01-01"),
                "horizon_days": 90,
                "churn_probability": values,
                "has_churned": churned,
            }
        )
        for classifier, values in probabilities.items()
        for split in ("validation", "test")
    ]
    return pd.concat(frames, ignore_index=True)


def test_row_log_loss_is_scikit_learns() -> None:
    truth = np.array([True, False, True, False])
    probability = np.array([0.9, 0.2, 0.4, 0.7])
    assert row_log_loss(truth, probability).mean() == pytest.approx(log_loss(truth, probability))


def test_a_certain_mistake_costs_much_and_is_finite() -> None:
    # -ln(1e-15) to the last digits, as churn_evaluation_by_segment has it.
    loss = row_log_loss(np.array([True, False, True, False]), np.array([0.0, 1.0, 1.0, 0.0]))
    assert loss == pytest.approx([34.538776394910684, 34.538776394910684, 0, 0], rel=1e-12)


def test_lift_of_a_perfect_and_of_no_order() -> None:
    truth = np.array([True] * 10 + [False] * 90)
    assert lift(truth, np.linspace(1, 0, 100), 0.1) == pytest.approx(10.0)
    assert lift(truth, np.zeros(100), 0.1) == pytest.approx(1.0)


def test_lift_counts_ties_at_the_edge_by_share() -> None:
    # Two of the top ten are sure hits; the other eight places are shared by 16 tied, half hits.
    truth = np.array([True] * 2 + [True] * 8 + [False] * 8 + [False] * 82)
    score = np.array([0.9] * 2 + [0.5] * 16 + [0.1] * 82)
    assert lift(truth, score, 0.1) == pytest.approx((2 + 8 * 0.5) / 10 / 0.10)


def test_threshold_is_the_best_f1_and_the_lowest_of_equals() -> None:
    truth = np.array([False, True, False, True, True])
    probability = np.array([0.1, 0.4, 0.5, 0.6, 0.9])
    # At .4: precision 3/4, recall 1, F1 6/7; no other threshold reaches it.
    assert best_f1_threshold(truth, probability) == 0.4


def test_evaluation_of_a_small_table_by_hand() -> None:
    frame = evaluate_classifiers(
        judged({"good": [0.9, 0.8, 0.3, 0.1], "flat": [0.5] * 4}, [True, True, False, False])
    )
    assert list(frame.columns) == list(COLUMNS)
    row = frame[(frame.classifier == "good") & (frame.split == "test")].iloc[0]
    assert (row.customer_count, row.prevalence, row.roc_auc) == (4, 0.5, 1.0)
    assert (row.precision, row.recall, row.f1, row.accuracy, row.threshold) == (1, 1, 1, 1, 0.8)
    assert row.brier == pytest.approx((0.01 + 0.04 + 0.09 + 0.01) / 4)
    assert row.gap_to_best == 0
    flat = frame[(frame.classifier == "flat") & (frame.split == "validation")].iloc[0]
    assert flat.roc_auc == 0.5
    assert flat.log_loss == pytest.approx(np.log(2))
    assert flat.gap_to_best == pytest.approx(np.log(2) - row.log_loss)


def test_one_outcome_only_leaves_the_auc_unknown() -> None:
    frame = evaluate_classifiers(judged({"any": [0.9, 0.8]}, [True, True]))
    assert frame["roc_auc"].isna().all()
    assert frame["log_loss"].notna().all()


def test_nothing_judged_is_an_empty_typed_table() -> None:
    frame = evaluate_classifiers(judged({"any": [0.5]}, [True]).iloc[:0])
    assert frame.empty
    assert {c: str(t) for c, t in frame.dtypes.items()} == COLUMNS
