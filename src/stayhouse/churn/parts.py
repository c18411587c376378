"""The labelled rows of one fit, as classifiers see them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stayhouse.churn.design import design_matrix
from stayhouse.churn.rolling import outcome
from stayhouse.churn.sampling import at_most
from stayhouse.churn.selection import Choice, choose_features, kept


@dataclass(frozen=True)
class Part:
    """Rows in the order in which they stand, and what was chosen of them.

    Attributes:
        rows: labelled snapshots.
        choices: what was decided about every feature on these rows.
        features: those that are read, in order.
        matrix: their values, shape (rows, features).
        truth: whether they churned, shape (rows,).
        weights: what each row counts for, 1 at the latest cut-off, shape (rows,).
    """

    rows: pd.DataFrame
    choices: list[Choice]
    features: list[str]
    matrix: np.ndarray
    truth: np.ndarray
    weights: np.ndarray


def prepare(
    rows: pd.DataFrame,
    features: Sequence[str],
    *,
    is_wanted: bool = False,
    limit: int,
    half_life_days: float,
) -> Part:
    """Return at most `limit` of the rows, with the features that were chosen on them.

    Args:
        rows: labelled snapshots with `person_id`, `cut_off_at`, `has_churned` and the features.
        features: the columns to choose from.
        is_wanted: whether the features were chosen by name (`choose_features`).
        limit: more rows than that are sampled, by person.
        half_life_days: a row counts for half of one whose cut-off lies so many days later.

    Raises:
        StayhouseError: a feature is not a column.
    """
    taken = at_most(rows, limit)
    choices = choose_features(taken, features, is_wanted)
    names = kept(choices)
    days = (taken["cut_off_at"].max() - taken["cut_off_at"]).dt.days.to_numpy()
    weights = 0.5 ** (days / half_life_days)
    return Part(taken, choices, names, design_matrix(taken, names), outcome(taken), weights)
