"""What a customer did before a cut-off, day by day, as arrays that a network reads.

A snapshot carries its sequence as one more column, so that whatever selects, orders or splits
snapshots does the same to their sequences.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from stayhouse.base.errors import StayhouseError

SEQUENCE = "sequence"
KEY = ["cut_off_at", "person_id"]
# What a day is told by, in order. A stored network names them: other ones are another input.
CHANNELS = (
    "log_days_before",
    "years_before",
    "log_gap_days",
    "is_first_day",
    "is_visit",
    "log_cart_adds",
    "is_purchase",
    "log_net_sales",
)
_DAYS_OF_YEAR = 365.25
# A year, and an order of 150: so that channels are of the size of 1.
_LOG_YEAR = float(np.log1p(_DAYS_OF_YEAR))
_LOG_ORDER = 5.0


class Readable(Protocol):
    """A table that is read only where it is needed, as a database relation is."""

    def df(self) -> pd.DataFrame:
        """Return its rows."""


def attach_sequences(
    snapshots: pd.DataFrame, sequences: pd.DataFrame | Readable | None
) -> pd.DataFrame:
    """Return the snapshots with the column `sequence`.

    Args:
        snapshots: columns `person_id`, `cut_off_at` and whatever else.
        sequences: rows of `features.customer_sequences`, or a relation of them, in any order; None
            where nobody reads them: the column is then left out.

    Returns:
        The same rows in the same order; `sequence` holds an array of float32 of shape
        (days, channels), the earliest day first; without a row in `sequences`, of no days.
    """
    if sequences is None:
        return snapshots
    frame = sequences if isinstance(sequences, pd.DataFrame) else sequences.df()
    rows = snapshots[KEY].assign(snapshot_number=np.arange(len(snapshots)))
    days = frame.merge(rows, on=KEY).sort_values(["snapshot_number", "days_before"])
    # Latest first so far; within a snapshot the days turn round, the snapshots stay in order.
    numbers = days["snapshot_number"].to_numpy()[::-1]
    values = channels(days)[::-1]
    ends = np.searchsorted(-numbers, -np.arange(len(snapshots))[::-1], side="right")
    parts = np.split(np.ascontiguousarray(values), ends[:-1]) if len(snapshots) else []
    column = np.empty(len(snapshots), dtype=object)
    column[:] = parts[::-1]
    return snapshots.assign(**{SEQUENCE: column})


def channels(days: pd.DataFrame) -> np.ndarray:
    """Return what each day is told by: float32 of shape (days, channels), about the size of 1."""
    before = days["days_before"].to_numpy(dtype="float64")
    gap = days["gap_days"].astype("float64").to_numpy()
    sales = days["net_sales"].to_numpy(dtype="float64")
    columns = (
        np.log1p(before) / _LOG_YEAR,
        before / _DAYS_OF_YEAR,
        np.log1p(np.nan_to_num(gap)) / _LOG_YEAR,
        np.isnan(gap),
        days["is_visit"].to_numpy(dtype="float64"),
        np.log1p(days["cart_add_count"].to_numpy(dtype="float64")),
        days["is_purchase"].to_numpy(dtype="float64"),
        np.sign(sales) * np.log1p(np.abs(sales)) / _LOG_ORDER,
    )
    return np.column_stack(columns).astype("float32")


class Ragged:
    """Sequences of different lengths in one array, given out as padded batches."""

    def __init__(self, snapshots: pd.DataFrame) -> None:
        """Take the column `sequence` of the snapshots.

        Raises:
            StayhouseError: there is no such column.
        """
        if SEQUENCE not in snapshots.columns:
            raise StayhouseError(
                "A network reads what customers did day by day, and was given snapshots alone: "
                "pass features.customer_sequences to it."
            )
        arrays: Sequence[np.ndarray] = list(snapshots[SEQUENCE])
        self.lengths = np.array([len(array) for array in arrays], dtype="int64")
        self._starts = np.cumsum(self.lengths) - self.lengths
        # A row of zeros at the end is what padding points to.
        padding = np.zeros((1, len(CHANNELS)), dtype="float32")
        self._values = np.concatenate([*arrays, padding])

    def batch(self, rows: np.ndarray) -> np.ndarray:
        """Return the sequences of some rows, shape (rows, longest of them, channels).

        A shorter one ends in zeros; the longest has at least one day.
        """
        places = np.arange(max(int(self.lengths[rows].max(initial=1)), 1))
        wanted = self._starts[rows, None] + places
        wanted[places >= self.lengths[rows, None]] = len(self._values) - 1
        return np.asarray(self._values[wanted])
