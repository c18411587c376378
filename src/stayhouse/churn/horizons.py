"""What another horizon of churn would mean: how well it is foreseen, and whom it would rank first.

Each horizon is judged at its latest cut-off by a small regression that learned only outcomes known
by then. Beside it stands the regression of the shop's own horizon, which learned as early: how
alike the two rank the customers of that cut-off is Spearman's correlation of their scores.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from stayhouse.churn.fit import fit_classifier

COLUMNS = {
    "horizon_days": "int64",
    "roc_auc_recency": "float64",
    "roc_auc_bg_nbd": "float64",
    "roc_auc_logistic_regression": "float64",
    "rank_agreement": "float64",
}
CLASSIFIER = "logistic_regression"


def measure_horizons(
    labelled: pd.DataFrame, features: Sequence[str], parameters: Mapping[str, Any]
) -> pd.DataFrame:
    """Judge recency, BG/NBD and a logistic regression within each measured horizon.

    Args:
        labelled: columns `person_id`, `horizon_days`, `cut_off_at`, `outcome_at`, `has_churned`,
            `is_measured`, `is_default` (the shop's own horizon), `recency_days`,
            `bg_nbd_no_order_probability` within the row's horizon, `own_bg_nbd_probability` within
            the shop's own, and the features. The latest cut-off of a horizon is judged; both
            outcomes occur there. May be empty.
        features: the columns that the regressions read.
        parameters: hyper-parameters of the regressions.

    Returns:
        One row per measured horizon with the columns of `COLUMNS`. The regression's AUC is null
        where no earlier cut-off with both outcomes was known, the agreement where that holds for
        either horizon.
    """
    ordered = labelled.sort_values(["horizon_days", "cut_off_at", "person_id"], kind="stable")
    own = ordered[ordered["is_default"].astype(bool)]
    rows: list[dict[str, Any]] = []
    for horizon, part in ordered[ordered["is_measured"].astype(bool)].groupby("horizon_days"):
        judged = part[part["cut_off_at"] == part["cut_off_at"].max()]
        truth = judged["has_churned"].astype(bool).to_numpy()
        scores = _foretold(part, judged, features, parameters)
        as_own = judged.assign(bg_nbd_no_order_probability=judged["own_bg_nbd_probability"])
        own_scores = _foretold(own, as_own, features, parameters)
        rows.append(
            {
                "horizon_days": horizon,
                "roc_auc_recency": roc_auc_score(truth, judged["recency_days"]),
                "roc_auc_bg_nbd": roc_auc_score(truth, judged["bg_nbd_no_order_probability"]),
                "roc_auc_logistic_regression": (
                    np.nan if scores is None else roc_auc_score(truth, scores)
                ),
                "rank_agreement": _agreement(scores, own_scores),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _agreement(scores: np.ndarray | None, own_scores: np.ndarray | None) -> float:
    if scores is None or own_scores is None:
        return float("nan")
    # One thread, as sums in another order end in another digit.
    with threadpool_limits(limits=1):
        return float(spearmanr(scores, own_scores)[0])


def _foretold(
    labelled: pd.DataFrame,
    judged: pd.DataFrame,
    features: Sequence[str],
    parameters: Mapping[str, Any],
) -> np.ndarray | None:
    """Score the judged snapshots by what was known of one horizon at their cut-off."""
    cut_off_at = judged["cut_off_at"].iloc[0]
    known = labelled[labelled["outcome_at"] <= cut_off_at]
    if known["has_churned"].nunique() < 2:
        return None
    return fit_classifier(CLASSIFIER, parameters, features, known).probability(judged)
