"""The search takes the candidate that predicts best, and asks no fit where it cannot tell."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.churn import fit_classifiers
from stayhouse.churn.rolling import Window, windows
from stayhouse.churn.search import candidates_of, choose

HORIZON = 60


def labelled(days: list[int], people: int = 800) -> pd.DataFrame:
    """Churn depends on `days` in a way that a shrunken coefficient cannot follow."""
    frames = []
    for day in days:
        rng = np.random.default_rng(day)
        recency = rng.exponential(60, people)
        frames.append(
            pd.DataFrame(
                {
                    "person_id": [f"c:shop:{i:05d}" for i in range(people)],
                    "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=day),
                    "horizon_days": HORIZON,
                    "split": "train",
                    "recency_days": recency,
                    "has_churned": rng.random(people)
                    < 1 / (1 + np.exp(-3 * (np.log1p(recency) - 3.7))),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def test_candidates_share_what_is_common() -> None:
    options = {"max_iter": 5, "C": 1.0, "candidates": [{"C": 0.1}, {"depth": 2}]}
    assert candidates_of(options) == [
        {"max_iter": 5, "C": 0.1},
        {"max_iter": 5, "C": 1.0, "depth": 2},
    ]
    assert candidates_of({"C": 1.0}) == [{"C": 1.0}]


def test_the_best_over_all_folds_is_chosen_by_hand() -> None:
    folds = windows(labelled([0, 60, 120]), 2)
    assert [(fold.cut_off_at - pd.Timestamp("2024-01-01")).days for fold in folds] == [120, 60]

    def predict(candidate: Mapping[str, Any], fold: Window) -> np.ndarray:
        churned = fold.rows["has_churned"].to_numpy()
        sure = candidate["sure"][0 if fold is folds[0] else 1]
        return np.where(churned, sure, 1 - sure)

    # Mean log loss: -log of .9 and .5, .7 and .7, .6 and .9; the sum is least where the product
    # is largest: .45, .49, .54.
    candidates = [{"sure": (0.9, 0.5)}, {"sure": (0.7, 0.7)}, {"sure": (0.6, 0.9)}]
    assert choose(candidates, folds, predict) == candidates[2]
    assert choose(candidates[:2], folds, predict) == candidates[1]
    assert choose(candidates, folds[:1], predict) == candidates[0]


def test_the_first_of_equals_and_of_what_cannot_be_told() -> None:
    def never(candidate: Mapping[str, Any], fold: Window) -> np.ndarray:
        raise AssertionError("no fit is needed")

    assert choose([{"C": 1}, {"C": 2}], [], never) == {"C": 1}
    assert choose([{"C": 1}], windows(labelled([0, 60]), 1), never) == {"C": 1}
    folds = windows(labelled([0, 60]), 1)
    assert choose([{"C": 1}, {"C": 2}], folds, lambda _, fold: np.full(len(fold.rows), 0.5)) == {
        "C": 1
    }


def chosen(days: list[int]) -> float:
    plan = {"logistic_regression": {"candidates": [{"C": 1e-6}, {"C": 1.0}]}}
    stored = fit_classifiers(labelled(days), ["recency_days"], plan, calibration_windows=0)
    parameters = {json.loads(text)["C"] for text in stored["parameters"]}
    assert len(parameters) == 1
    return float(parameters.pop())


def test_a_planted_better_candidate_is_chosen_where_a_fold_can_tell() -> None:
    """Day 60 can be predicted from day 0; from day 59, nothing is known yet at day 60."""
    assert chosen([0, 60]) == 1.0
    assert chosen([1, 60]) == 1e-6
