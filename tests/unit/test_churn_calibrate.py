"""Sigmoids learned out of time: from planted ones, on drifts that go on and on drifts that turn."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.churn import apply_classifiers, fit_classifiers, store
from stayhouse.churn.calibrate import Sigmoid, fit_sigmoid, rolling_sigmoid, wins
from stayhouse.churn.rolling import Window

PLAN = {"logistic_regression": {"max_iter": 500}}
FEATURES = ["recency_days"]
HORIZON = 60


def logistic(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_a_planted_sigmoid_is_found() -> None:
    rng = np.random.default_rng(1)
    score = rng.normal(size=200_000)
    truth = rng.random(len(score)) < logistic(1.4 * score + 0.5)
    found = fit_sigmoid(logistic(score), truth)
    assert found is not None
    assert found.slope == pytest.approx(1.4, abs=0.03)
    assert found.intercept == pytest.approx(0.5, abs=0.02)


def test_a_sigmoid_by_hand() -> None:
    # logit .8 is log 4: twice that less log 4 is log 4 again; certainty stays near certainty.
    found = Sigmoid(2.0, -np.log(4))(np.array([0.8, 0.5, 0.0, 1.0]))
    assert found[:2] == pytest.approx([0.8, 0.2])
    assert found[2] < 1e-6
    assert found[3] > 1 - 1e-6


def test_no_sigmoid_where_there_is_nothing_to_learn() -> None:
    probability = np.linspace(0.1, 0.9, 50)
    assert fit_sigmoid(probability, np.ones(50, dtype=bool)) is None
    # A probability that is wrong way round is no matter of calibration.
    assert fit_sigmoid(probability, probability < 0.5) is None


def cut_offs(days: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cut_off_at": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.repeat(days, 2), unit="D"),
            "horizon_days": HORIZON,
            "has_churned": [True, False] * len(days),
        }
    )


def seen(days: list[int], windows: int) -> list[tuple[list[int], int]]:
    """The days that were fitted on and the day predicted, for each window."""
    calls = []

    def predict(window: Window) -> np.ndarray:
        day = [(at - pd.Timestamp("2024-01-01")).days for at in window.known["cut_off_at"].unique()]
        (at,) = window.rows["cut_off_at"].unique()
        calls.append((day, (at - pd.Timestamp("2024-01-01")).days))
        return np.where(window.rows["has_churned"], 0.6, 0.4)

    rolling_sigmoid(cut_offs(days), windows, predict)
    return calls


def test_a_window_is_predicted_by_outcomes_that_were_known() -> None:
    """Day 60 is a horizon after day 0, day 59 is not."""
    assert seen([0, 59, 60, 119], 3) == [([0, 59], 119), ([0], 60)]
    assert seen([0, 59, 60, 119], 1) == [([0, 59], 119)]
    assert seen([0, 30, 59], 3) == []
    assert rolling_sigmoid(cut_offs([0, 30, 59]), 3, lambda window: np.ones(2)) is None


def test_a_sigmoid_wins_by_more_than_a_standard_error() -> None:
    rng = np.random.default_rng(2)
    probability = rng.uniform(0.2, 0.8, 4000)
    truth = rng.random(4000) < probability
    assert not wins(Sigmoid(1.0, 0.0), probability, truth)
    assert not wins(Sigmoid(1.0, 0.5), probability, truth)
    assert wins(Sigmoid(1.0, 0.5), logistic(np.log(probability / (1 - probability)) - 0.5), truth)


def snapshots(split: str, day: int, level: float, people: int = 3000) -> pd.DataFrame:
    """People whose churn depends on recency and, beyond any feature, on a level of the day."""
    rng = np.random.default_rng(day)
    recency = rng.exponential(60, people)
    churned = rng.random(people) < logistic(np.log1p(recency) - 3.5 + level)
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)],
            "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=day),
            "horizon_days": HORIZON,
            "split": split,
            "recency_days": recency,
            "has_churned": churned,
        }
    )


def history(levels: list[float]) -> pd.DataFrame:
    """Three training cut-offs and validation, a horizon apart, with these levels."""
    splits = ["train", "train", "train", "validation"]
    return pd.concat(
        [snapshots(*item, level) for item, level in zip(days_of(splits), levels, strict=True)],
        ignore_index=True,
    )


def days_of(splits: list[str]) -> list[tuple[str, int]]:
    return [(split, place * HORIZON) for place, split in enumerate(splits)]


def gap(stored: pd.DataFrame, level: float) -> float:
    """How far the mean probability of the test cut-off lies from its share of churned."""
    test = snapshots("test", 4 * HORIZON, level, people=20_000)
    scored = apply_classifiers(test, stored)
    return abs(float(scored["churn_probability"].mean() - test["has_churned"].mean()))


def test_a_steady_rise_is_followed() -> None:
    rising = history([0.0, 0.3, 0.6, 0.9])
    calibrated = fit_classifiers(rising, FEATURES, PLAN, calibration_windows=3)
    raw = fit_classifiers(rising, FEATURES, PLAN, calibration_windows=0)
    assert calibrated["is_calibrated"].tolist() == [True, True]
    assert raw["is_calibrated"].tolist() == [False, False]
    # The weights of later cut-offs follow a part of it; the sigmoid follows more.
    assert gap(raw, 1.2) > 0.08
    assert gap(calibrated, 1.2) < gap(raw, 1.2) / 2


def test_a_sigmoid_that_loses_on_validation_is_not_kept() -> None:
    turning = history([0.0, 0.4, 0.8, 0.0])
    stored = fit_classifiers(turning, FEATURES, PLAN, calibration_windows=3)
    assert stored["is_calibrated"].tolist() == [False, False]
    assert store.unpack(stored.iloc[1].to_dict())[1] is None


def test_a_sigmoid_has_to_win_at_more_than_one_cut_off() -> None:
    """Validation alone would keep it: the last rise goes on, after one that turned."""
    # Day 60 rises above day 0 and the next one falls: what was learned by then lost there.
    steps = [("train", 0.0), ("train", 0.7), ("train", 0.0), ("train", 0.7), ("validation", 1.2)]
    turning = pd.concat(
        [snapshots(split, place * HORIZON, level) for place, (split, level) in enumerate(steps)],
        ignore_index=True,
    )
    rising = turning[turning["cut_off_at"] != pd.Timestamp("2024-01-01") + pd.Timedelta(days=60)]
    kept = [
        fit_classifiers(frame, FEATURES, PLAN, calibration_windows=1)["is_calibrated"].tolist()
        for frame in (turning, rising)
    ]
    assert kept == [[False, False], [True, True]]


def test_refit_cut_offs_have_no_say() -> None:
    """Refit rows change the sigmoid that is served, never whether there is one."""
    rising = history([0.0, 0.3, 0.6, 0.9])
    late = snapshots("refit", 3 * HORIZON - 30, -3.0)
    both = [
        fit_classifiers(frame, FEATURES, PLAN, calibration_windows=3)
        for frame in (rising, pd.concat([rising, late], ignore_index=True))
    ]
    assert both[1]["is_calibrated"].tolist() == [True, True]
    selection, final = ([store.unpack(stored.iloc[place].to_dict())[1] for stored in both]
                        for place in (0, 1))  # fmt: skip
    assert selection[0] == selection[1]
    assert final[0] != final[1]


def test_the_store_gives_back_the_same_numbers() -> None:
    stored = fit_classifiers(history([0.0, 0.3, 0.6, 0.9]), FEATURES, PLAN, 3)
    row = stored.iloc[1].to_dict()
    fitted, sigmoid = store.unpack(row)
    assert sigmoid is not None
    again = store.pack("logistic_regression", "final", fitted, sigmoid)
    assert store.unpack(again)[1] == sigmoid
