"""Measuring classifiers on snapshots whose outcome is known."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
)

from stayhouse.churn.bootstrap import areas, draw, interval

_EPSILON = 1e-15

COLUMNS: dict[str, str] = {
    "classifier": "str",
    "split": "str",
    "cut_off_date": "datetime64[us]",
    "horizon_days": "int64",
    "customer_count": "int64",
    "prevalence": "float64",
    "roc_auc": "float64",
    "roc_auc_low": "float64",
    "roc_auc_high": "float64",
    "pr_auc_churn": "float64",
    "pr_auc_churn_low": "float64",
    "pr_auc_churn_high": "float64",
    "pr_auc_buy": "float64",
    "pr_auc_buy_low": "float64",
    "pr_auc_buy_high": "float64",
    "log_loss": "float64",
    "log_loss_low": "float64",
    "log_loss_high": "float64",
    "brier": "float64",
    "threshold": "float64",
    "precision": "float64",
    "recall": "float64",
    "f1": "float64",
    "accuracy": "float64",
    "lift_5_churn": "float64",
    "lift_5_buy": "float64",
    "lift_10_churn": "float64",
    "lift_10_buy": "float64",
    "lift_20_churn": "float64",
    "lift_20_buy": "float64",
    "gap_to_best": "float64",
    "gap_standard_error": "float64",
}


def evaluate_classifiers(judged: pd.DataFrame) -> pd.DataFrame:
    """Return every measure of docs/definitions.md, section 6, by classifier, split and cut-off.

    The threshold is the one of the best F1 on validation, used on both splits. Intervals and the
    standard error of the gap to the best log loss come from a bootstrap over customers, the same
    resamples for every classifier, so that differences are paired.

    Args:
        judged: columns `classifier`, `split`, `person_id`, `cut_off_date`, `horizon_days`,
            `churn_probability`, `has_churned`. May be empty.

    Returns:
        One row per classifier, split and cut-off with the columns of `COLUMNS`. `roc_auc` and the
        PR-AUC are null where only one outcome occurs.
    """
    rows: list[dict[str, Any]] = []
    frame = judged.sort_values(["split", "cut_off_date", "classifier", "person_id"], kind="stable")
    thresholds = {
        classifier: best_f1_threshold(
            part["has_churned"].astype(bool).to_numpy(), part["churn_probability"].to_numpy()
        )
        for classifier, part in frame[frame["split"] == "validation"].groupby("classifier")
    }
    for (split, cut_off_date), of_split in frame.groupby(["split", "cut_off_date"]):
        draws = draw(of_split["person_id"].nunique())
        losses: dict[str, np.ndarray] = {}
        measured: dict[str, dict[str, Any]] = {}
        for name, part in of_split.groupby("classifier"):
            classifier = str(name)
            truth = part["has_churned"].astype(bool).to_numpy()
            probability = part["churn_probability"].to_numpy(dtype="float64")
            losses[classifier] = row_log_loss(truth, probability)
            resampled = {
                **areas(truth, probability, draws),
                "log_loss": draws.means(losses[classifier]),
            }
            measured[classifier] = {
                "classifier": classifier,
                "split": split,
                "cut_off_date": cut_off_date,
                "horizon_days": int(part["horizon_days"].iloc[0]),
                **measure(truth, probability, thresholds.get(classifier, 0.5)),
            }
            for measure_name, values in resampled.items():
                low, high = interval(values)
                measured[classifier][f"{measure_name}_low"] = low
                measured[classifier][f"{measure_name}_high"] = high
        best = min(losses, key=lambda name: (losses[name].mean(), name))
        for classifier, row in measured.items():
            gap = losses[classifier] - losses[best]
            row["gap_to_best"] = float(gap.mean())
            row["gap_standard_error"] = float(draws.means(gap).std(ddof=1))
            rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def measure(truth: np.ndarray, probability: np.ndarray, threshold: float) -> dict[str, Any]:
    """Return the measures of one set of probabilities; churned is the positive class.

    Args:
        truth: booleans, shape (customers,).
        probability: P(churned), shape (customers,).
        threshold: at or above it a customer is predicted to churn.
    """
    predicted = probability >= threshold
    both = 0 < truth.sum() < len(truth)
    return {
        "customer_count": len(truth),
        "prevalence": float(truth.mean()),
        "roc_auc": roc_auc_score(truth, probability) if both else np.nan,
        "pr_auc_churn": average_precision_score(truth, probability) if both else np.nan,
        "pr_auc_buy": average_precision_score(~truth, 1 - probability) if both else np.nan,
        "log_loss": float(row_log_loss(truth, probability).mean()),
        "brier": brier_score_loss(truth, probability),
        "threshold": threshold,
        "precision": precision_score(truth, predicted, zero_division=0),
        "recall": recall_score(truth, predicted, zero_division=0),
        "f1": f1_score(truth, predicted, zero_division=0),
        "accuracy": float((predicted == truth).mean()),
        "lift_5_churn": lift(truth, probability, 0.05),
        "lift_5_buy": lift(~truth, 1 - probability, 0.05),
        "lift_10_churn": lift(truth, probability, 0.1),
        "lift_10_buy": lift(~truth, 1 - probability, 0.1),
        "lift_20_churn": lift(truth, probability, 0.2),
        "lift_20_buy": lift(~truth, 1 - probability, 0.2),
    }


def lift(truth: np.ndarray, score: np.ndarray, share: float) -> float:
    """Return how many times denser positives are among the top share of scores than overall.

    Customers tied at the edge count by the share of them that fits: their order does not matter.
    """
    if not truth.any():
        return float("nan")
    wanted = share * len(truth)
    edge = np.sort(score)[::-1][max(int(np.ceil(wanted)) - 1, 0)]
    above, tied = score > edge, score == edge
    hits = truth[above].sum() + truth[tied].mean() * (wanted - above.sum())
    return float(hits / wanted / truth.mean())


def best_f1_threshold(truth: np.ndarray, probability: np.ndarray) -> float:
    """Return the threshold with the highest F1; the lowest of equals."""
    precision, recall, thresholds = precision_recall_curve(truth, probability)
    total = precision[:-1] + recall[:-1]
    f1 = np.divide(
        2 * precision[:-1] * recall[:-1], total, out=np.zeros_like(total), where=total > 0
    )
    return float(thresholds[int(np.argmax(f1))])


def row_log_loss(truth: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return -log of the probability given to what happened, shape (customers,)."""
    # 1 - 1e-15 is no float, so what is bounded is the probability of what happened, as in SQL.
    of_truth = np.where(truth, probability, 1 - probability)
    return np.asarray(-np.log(np.maximum(of_truth, _EPSILON)))
