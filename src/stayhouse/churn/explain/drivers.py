"""What moves a classifier's scores over all customers, cut-off by cut-off."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from stayhouse.churn.design import in_row_order
from stayhouse.churn.explain.contributions import Explanation, explain_stored, stage_of
from stayhouse.churn.sampling import at_most

# The two kinds whose log-odds are exactly additive and that read every feature.
EXPLAINED = ("boosted_trees", "logistic_regression")
# A mean over so many customers is known to a seventieth of its spread.
MEASURED_ROWS = 5_000

DRIVERS: dict[str, str] = {
    "classifier": "str",
    "split": "str",
    "feature": "str",
    "mean_absolute_contribution": "float64",
    "value_correlation": "float64",
}


def measure_drivers(snapshots: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Measure each feature's part in the scores of each cut-off.

    Args:
        snapshots: columns `person_id`, `cut_off_at`, `split` (validation, test or today) and the
            features. May be empty.
        stored: rows of `fit_classifiers`. May be empty.

    Returns:
        One row per classifier, split and feature with the columns of `DRIVERS`: the mean absolute
        contribution in log-odds, and Spearman's rank correlation of value and contribution over
        the customers who have a value (null where either is constant). Of a cut-off with more than
        `MEASURED_ROWS` customers, those with the smallest hashes are measured.

    Raises:
        StayhouseError: a stored classifier cannot be believed (`store.unpack`).
    """
    few = [at_most(part, MEASURED_ROWS) for _, part in snapshots.groupby("split")]
    ordered = in_row_order(pd.concat(few) if few else snapshots)
    stages = ordered["split"].map(stage_of)
    rows: list[dict[str, Any]] = []
    for classifier in EXPLAINED:
        for stage in ("final", "selection"):
            part = ordered[stages == stage].reset_index(drop=True)
            if part.empty:
                continue
            explanation = explain_stored(classifier, stage, part, stored)
            if explanation is not None:
                for split, of_split in part.groupby("split"):
                    rows += [
                        {"classifier": classifier, "split": split, **measured}
                        for measured in _measure(explanation, of_split)
                    ]
    return pd.DataFrame(rows, columns=list(DRIVERS)).astype(DRIVERS)


def _measure(explanation: Explanation, snapshots: pd.DataFrame) -> list[dict[str, Any]]:
    contributions = explanation.contributions[snapshots.index.to_numpy()]
    values = snapshots[explanation.features].astype("float64").to_numpy()
    return [
        {
            "feature": feature,
            "mean_absolute_contribution": float(np.abs(contributions[:, place]).mean()),
            "value_correlation": _correlation(values[:, place], contributions[:, place]),
        }
        for place, feature in enumerate(explanation.features)
    ]


def _correlation(values: np.ndarray, contributions: np.ndarray) -> float:
    known = ~np.isnan(values)
    # Contributions that differ by rounding only are equal.
    parts = np.round(contributions[known], 12)
    if len(parts) == 0 or np.ptp(parts) == 0 or np.ptp(values[known]) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(values[known]), rankdata(parts))[0, 1])
