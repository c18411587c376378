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

from stayhouse.base.threads import one_thread
from stayhouse.churn.fit import fit_classifier
from stayhouse.churn.plan import Limits, Plan

COLUMNS = {
    "horizon_days": "int64",
    "roc_auc_recency": "float64",
    "roc_auc_bg_nbd": "float64",
    "roc_auc_logistic_regression": "float64",
    "rank_agreement": "float64",
}
CLASSIFIER = "logistic_regression"
NO_FEATURES = {
    "person_id", "horizon_days", "own_bg_nbd_probability", "has_churned", "is_measured",
    "is_default", "cut_off_at", "outcome_at",
}  # fmt: skip


def measure_horizons(
    labelled: pd.DataFrame, parameters: Mapping[str, Any], plan: pd.DataFrame
) -> pd.DataFrame:
    """Judge recency, BG/NBD and a logistic regression within each measured horizon.

    Args:
        labelled: columns `person_id`, `horizon_days`, `cut_off_at`, `outcome_at`, `has_churned`,
            `is_measured`, `is_default` (the shop's own horizon), `own_bg_nbd_probability` within
            the shop's own horizon, and the features, which are all other columns, among them
            `recency_days` and `bg_nbd_no_order_probability` within the row's horizon. The latest
            cut-off of a horizon is judged; both outcomes occur there. May be empty.
        parameters: hyper-parameters of the regressions.
        plan: the row of `int_churn__plan`, whose limits are those of these fits too.

    Returns:
        One row per measured horizon with the columns of `COLUMNS`. The regression's AUC is null
        where no earlier cut-off with both outcomes was known, the agreement where that holds for
        either horizon.
    """
    ordered = labelled.sort_values(["horizon_days", "cut_off_at", "person_id"], kind="stable")
    own = ordered[ordered["is_default"].astype(bool)]
    rows: list[dict[str, Any]] = []
    limits = Plan.of(plan).limits
    features = [name for name in labelled.columns if name not in NO_FEATURES]
    for horizon, part in ordered[ordered["is_measured"].astype(bool)].groupby("horizon_days"):
        judged = part[part["cut_off_at"] == part["cut_off_at"].max()]
        truth = judged["has_churned"].astype(bool).to_numpy()
        scores = _predicted(part, judged, features, parameters, limits)
        as_own = judged.assign(bg_nbd_no_order_probability=judged["own_bg_nbd_probability"])
        own_scores = _predicted(own, as_own, features, parameters, limits)
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
    with one_thread():
        return float(spearmanr(scores, own_scores)[0])


def _predicted(
    labelled: pd.DataFrame,
    judged: pd.DataFrame,
    features: Sequence[str],
    parameters: Mapping[str, Any],
    limits: Limits,
) -> np.ndarray | None:
    """Score the judged snapshots by what was known of one horizon at their cut-off."""
    cut_off_at = judged["cut_off_at"].iloc[0]
    known = labelled[labelled["outcome_at"] <= cut_off_at]
    if known["has_churned"].nunique() < 2:
        return None
    return fit_classifier(CLASSIFIER, parameters, features, known, limits).probability(judged)
