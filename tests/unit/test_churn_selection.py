"""Which features a fit reads: planted copies, constants and noise go, with the reason."""

import json

import numpy as np
import pandas as pd
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import fit_classifiers
from stayhouse.churn.sampling import at_most
from stayhouse.churn.selection import choose_features, kept

PEOPLE = 6000


def rows(seed: int = 3) -> pd.DataFrame:
    """People of two cut-offs; churn depends on `days`, and on whether `gap` is there at all."""
    rng = np.random.default_rng(seed)
    days = rng.exponential(60, PEOPLE)
    has_gap = rng.random(PEOPLE) < 0.5
    churned = rng.random(PEOPLE) < 1 / (1 + np.exp(-(days / 40 - 1 - has_gap)))
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i % (PEOPLE // 2):05d}" for i in range(PEOPLE)],
            "cut_off_at": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.arange(PEOPLE) // (PEOPLE // 2) * 30, unit="D"),
            "horizon_days": 90,
            "split": np.where(np.arange(PEOPLE) < PEOPLE // 2, "train", "validation"),
            "days": days,
            # The same order of people, in another unit and with a little noise: .999.
            "hours": days * 24 + rng.normal(0, 20, PEOPLE),
            # Near to it, and not a copy: .98 or so.
            "weeks": days / 7 + rng.normal(0, 1.2, PEOPLE),
            "gap": np.where(has_gap, rng.random(PEOPLE), np.nan),
            "empty": np.nan,
            "same": 4.0,
            "flag": np.where(has_gap, 1.0, np.nan),
            "noise": rng.random(PEOPLE),
            "has_churned": churned,
        }
    )


FEATURES = ["days", "hours", "weeks", "gap", "empty", "same", "flag", "noise"]


def test_each_feature_is_kept_or_left_out_for_its_reason() -> None:
    frame = rows()
    # By another library's ranks: `hours` is a copy by the limit of .995, `weeks` is not.
    ranked = frame[["days", "hours", "weeks"]].corr(method="spearman")["days"]
    assert ranked["hours"] > 0.997 > 0.993 > ranked["weeks"] > 0.97
    reasons = {choice.feature: choice.reason for choice in choose_features(frame, FEATURES)}
    assert reasons == {
        "days": None,
        "hours": "nearly a copy of days",
        "weeks": None,
        # Its values say nothing, who lacks one says much.
        "gap": None,
        "empty": "no value",
        "same": "constant",
        # One value only, but not everybody has it.
        "flag": None,
        "noise": "says nothing of the outcome that both halves of the customers agree on",
    }


def test_the_first_of_two_copies_is_kept() -> None:
    choices = choose_features(rows(), ["hours", "days"])
    assert [choice.reason for choice in choices] == [None, "nearly a copy of hours"]


def test_another_window_is_no_copy() -> None:
    """In its first year a shop's total is the count of a year, and in the second it is not."""
    frame = rows()
    names = ["orders", "orders_365d", "orders_90d_share", "orders_365d_again", "orders_2d"]
    frame[names] = frame[["days"] * 5].to_numpy()
    reasons = [choice.reason for choice in choose_features(frame, names)]
    assert reasons == [None, None, None, "nearly a copy of orders_365d", None]


def test_equal_ranks_with_other_gaps_are_no_copies() -> None:
    frame = rows()
    frame["days_of_some"] = frame["days"].where(frame["gap"].notna())
    assert kept(choose_features(frame, ["days", "days_of_some"])) == ["days", "days_of_some"]


def test_features_chosen_by_name_are_read_whatever_they_say() -> None:
    names = ["noise", "hours", "days", "empty", "same"]
    assert kept(choose_features(rows(), names, is_wanted=True)) == ["noise", "hours", "days"]


def test_where_nothing_says_anything_everything_is_read() -> None:
    frame = rows()
    frame["has_churned"] = np.random.default_rng(9).permutation(frame["has_churned"].to_numpy())
    frame["more_noise"] = np.random.default_rng(10).random(len(frame))
    assert kept(choose_features(frame, ["noise", "more_noise"])) == ["noise", "more_noise"]


def test_a_feature_that_is_no_column_is_named() -> None:
    with pytest.raises(StayhouseError, match="'horoscope'"):
        choose_features(rows(), ["days", "horoscope"])


def test_the_selection_of_a_stage_sees_its_rows_only() -> None:
    """What is constant while training and speaks at validation is read by the final fit only."""
    frame = rows()
    late = frame["split"] == "validation"
    frame["late"] = np.where(late, frame["has_churned"] + frame["noise"], 1.0)
    plan = {"logistic_regression": {"max_iter": 500}}
    stored = fit_classifiers(frame, [*FEATURES, "late"], plan).set_index("stage")["selection"]
    choices = {
        stage: pd.DataFrame(json.loads(text)).set_index("feature") for stage, text in stored.items()
    }
    assert choices["selection"].loc["late", "reason"] == "constant"
    assert choices["final"].loc["late", "is_kept"]
    assert list(choices["final"].index) == [*FEATURES, "late"]


def test_sampling_takes_whole_people_and_the_same_ones() -> None:
    frame = rows()
    taken = at_most(frame, 1001)
    assert len(taken) == 1000
    assert (taken.groupby("person_id").size() == 2).all()
    shuffled = at_most(frame.sample(frac=1, random_state=2), 1001)
    assert set(shuffled["person_id"]) == set(taken["person_id"])
    assert at_most(frame, len(frame)) is frame
