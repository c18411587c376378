"""From snapshot columns to the matrix that classifiers see."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stayhouse.base.errors import StayhouseError

ROW_ORDER = ["cut_off_at", "person_id"]
# A column named so is a probability: it enters as its log odds, which is what it says to a
# regression.
PROBABILITY_SUFFIX = "_probability"
CERTAINTY = 1e-6


def design_matrix(snapshots: pd.DataFrame, features: Sequence[str]) -> np.ndarray:
    """Return the features as floats on a signed log scale, probabilities as log odds.

    Counts, days and money are all skewed the same way, and trees do not mind: sign(x) log(1+|x|).
    Missing values stay NaN; imputation is fitted with the classifier.

    Args:
        snapshots: one row per person and cut-off.
        features: the columns to use, in order.

    Returns:
        Array of shape (rows, features).

    Raises:
        StayhouseError: a feature is not a column.
    """
    missing = [name for name in features if name not in snapshots.columns]
    if missing:
        raise StayhouseError(
            f"The snapshots lack the feature {missing[0]!r}: add it to "
            "models/features/customer_snapshots.sql, or take it out of its YAML and of "
            "python_models/churn/train/ml_churn_classifiers.yml."
        )
    values = snapshots[list(features)].astype("float64").to_numpy()
    matrix = np.asarray(np.sign(values) * np.log1p(np.abs(values)))
    for place, name in enumerate(features):
        if name.endswith(PROBABILITY_SUFFIX):
            matrix[:, place] = log_odds(values[:, place], CERTAINTY)
    return matrix


def log_odds(probability: np.ndarray, certainty: float) -> np.ndarray:
    """Return log(p / (1 - p)) with p kept `certainty` away from 0 and 1; NaN stays NaN."""
    clipped = np.clip(probability, certainty, 1 - certainty)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def in_row_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in one fixed order: a fit depends on it, a database promises none."""
    return frame.sort_values(ROW_ORDER, kind="stable").reset_index(drop=True)
