"""Sequences beside snapshots: the right days, in their order, read only where they are needed."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.churn.sequences import CHANNELS, SEQUENCE, Ragged, attach_sequences

FIRST, SECOND = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")


def days(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["person_id", "cut_off_at", "days_before", "gap_days", "cart_add_count"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["gap_days"] = frame["gap_days"].astype("Int64")
    return frame.assign(net_sales=0.0, is_visit=True, is_purchase=False)


def channel(array: np.ndarray, name: str) -> np.ndarray:
    return array[:, CHANNELS.index(name)]


@pytest.fixture
def snapshots() -> pd.DataFrame:
    return pd.DataFrame(
        {"person_id": ["b", "a", "c", "a"], "cut_off_at": [FIRST, SECOND, FIRST, FIRST]},
        index=[9, 9, 3, 4],
    )


@pytest.fixture
def told() -> pd.DataFrame:
    return days(
        ("a", FIRST, 3, 4, 1), ("a", FIRST, 7, None, 2), ("a", SECOND, 34, 4, 1),
        ("b", FIRST, 0, 5, 0), ("stranger", FIRST, 1, None, 9), ("a", SECOND, 1, 33, 5),
    )  # fmt: skip


def test_each_snapshot_has_its_days_the_earliest_first(
    snapshots: pd.DataFrame, told: pd.DataFrame
) -> None:
    attached = attach_sequences(snapshots, told)
    pd.testing.assert_frame_equal(attached.drop(columns=SEQUENCE), snapshots)
    carts = [
        np.expm1(channel(array, "log_cart_adds")).round().tolist() for array in attached[SEQUENCE]
    ]
    assert carts == [[0], [1, 5], [], [2, 1]]
    assert all(array.dtype == np.float32 for array in attached[SEQUENCE])
    # The order in which the days came does not matter.
    again = attach_sequences(snapshots, told.sample(frac=1, random_state=1))
    for one, other in zip(attached[SEQUENCE], again[SEQUENCE], strict=True):
        np.testing.assert_array_equal(one, other)


def test_channels_by_hand(snapshots: pd.DataFrame, told: pd.DataFrame) -> None:
    bought = told.assign(net_sales=np.expm1(5.0), is_purchase=True)
    array = attach_sequences(snapshots, bought)[SEQUENCE].iloc[3]
    assert channel(array, "years_before") == pytest.approx(np.array([7, 3]) / 365.25)
    year = np.log1p(365.25)
    assert channel(array, "log_days_before") == pytest.approx(np.log1p([7, 3]) / year)
    # The first day ever has no gap, and says so.
    assert channel(array, "is_first_day").tolist() == [1, 0]
    assert channel(array, "log_gap_days") == pytest.approx([0, np.log1p(4) / year])
    assert channel(array, "is_visit").tolist() == [1, 1]
    assert channel(array, "is_purchase").tolist() == [1, 1]
    assert channel(array, "log_net_sales") == pytest.approx([1, 1])
    refunded = told.assign(net_sales=-np.expm1(5.0))
    array = attach_sequences(snapshots, refunded)[SEQUENCE].iloc[3]
    assert channel(array, "log_net_sales") == pytest.approx([-1, -1])


def test_a_batch_is_padded_with_zeros_to_its_longest(
    snapshots: pd.DataFrame, told: pd.DataFrame
) -> None:
    ragged = Ragged(attach_sequences(snapshots, told))
    assert ragged.lengths.tolist() == [1, 2, 0, 2]
    batch = ragged.batch(np.array([3, 2, 0]))
    assert batch.shape == (3, 2, len(CHANNELS))
    assert (batch[1] == 0).all()
    assert (batch[2, 1] == 0).all()
    assert channel(batch[0], "is_visit").tolist() == [1, 1]
    # Nobody has a day: one empty one, so that there is something to look at.
    assert ragged.batch(np.array([2])).shape == (1, 1, len(CHANNELS))


def test_nothing_is_read_where_nobody_asks(snapshots: pd.DataFrame, told: pd.DataFrame) -> None:
    class Relation:
        def df(self) -> pd.DataFrame:
            return told

    assert SEQUENCE not in attach_sequences(snapshots, None)
    assert len(attach_sequences(snapshots, Relation())[SEQUENCE].iloc[1]) == 2
    with pytest.raises(StayhouseError, match="was given snapshots alone"):
        Ragged(snapshots)


def test_no_snapshot_is_no_sequence(snapshots: pd.DataFrame, told: pd.DataFrame) -> None:
    assert attach_sequences(snapshots.iloc[:0], told)[SEQUENCE].tolist() == []
    attached = attach_sequences(snapshots, told.iloc[:0])
    assert [array.shape for array in attached[SEQUENCE]] == [(0, len(CHANNELS))] * 4
