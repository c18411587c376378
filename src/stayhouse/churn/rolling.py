"""Rolling origin: earlier cut-offs predict later ones, by outcomes that were known by then."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Window:
    """A cut-off to predict.

    Attributes:
        cut_off_at: its instant.
        known: the labelled rows whose outcome was known by then.
        rows: the labelled rows of the cut-off itself.
    """

    cut_off_at: pd.Timestamp
    known: pd.DataFrame
    rows: pd.DataFrame


def windows(labelled: pd.DataFrame, count: int) -> list[Window]:
    """Return those of the latest `count` cut-offs that can be predicted, the latest one first.

    Args:
        labelled: snapshots with `cut_off_at`, `horizon_days` and `has_churned`.
        count: how many cut-offs to look at. One is left out where no cut-off lies a horizon before
            it, or where all of those met the same end.
    """
    outcome_at = labelled["cut_off_at"] + pd.to_timedelta(labelled["horizon_days"], unit="D")
    found = []
    for cut_off in sorted(labelled["cut_off_at"].unique(), reverse=True)[:count]:
        known = labelled[outcome_at <= cut_off]
        if known["has_churned"].nunique() == 2:
            window = Window(cut_off, known, labelled[labelled["cut_off_at"] == cut_off])
            found.append(window)
    return found


def outcome(rows: pd.DataFrame) -> np.ndarray:
    """Return whether they churned, as booleans of shape (rows,)."""
    return rows["has_churned"].astype(bool).to_numpy()
