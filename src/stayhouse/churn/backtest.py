"""Every past cut-off predicted anew by what was known at it: does a classifier keep its promise?"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sklearn.metrics import brier_score_loss, roc_auc_score

from stayhouse.base.clock import as_of
from stayhouse.base.errors import StayhouseError
from stayhouse.churn.classifiers.fitters import BLEND
from stayhouse.churn.design import in_row_order
from stayhouse.churn.evaluate import row_log_loss
from stayhouse.churn.extras import NETWORKS
from stayhouse.churn.fit import fit_classifier
from stayhouse.churn.fitted import Fitted
from stayhouse.churn.plan import Plan
from stayhouse.churn.sampling import few_people

COLUMNS: dict[str, str] = {
    "classifier": "str",
    "split": "str",
    "horizon_days": "int64",
    "training_cutoff_count": "int64",
    "training_row_count": "int64",
    "customer_count": "int64",
    "prevalence": "float64",
    "mean_probability": "float64",
    "roc_auc": "float64",
    "log_loss": "float64",
    "brier": "float64",
    "older_by_days": "Int64",
    "roc_auc_older": "float64",
    "log_loss_older": "float64",
    "is_chosen_later": "bool",
    "cut_off_date": "datetime64[us]",
}


def backtest_classifiers(
    session: duckdb.DuckDBPyConnection,
    labelled: duckdb.DuckDBPyRelation,
    stored: pd.DataFrame,
    classifiers: Sequence[str],
    plan: pd.DataFrame,
    clock: pd.DataFrame,
) -> pd.DataFrame:
    """Predict every cut-off by fits on those whose outcome was known at it (rolling origin).

    Each fit is the stored classifier's own: the features and hyper-parameters of its stage
    `final`, within the limits of the plan. Those were chosen before the test cut-off and after the
    earlier ones, which `is_chosen_later` says. No sigmoid is applied. What is fitted is applied for
    some nights before it is fitted anew: what its age costs is told by predicting each cut-off with
    the fit of the one before, too (`older_by_days`; null where there is none).

    Everybody is predicted, one cut-off after the other; what is fitted on is read of few people
    (`Limits.read_rows`), since all cut-offs of all are too much to hold.

    Args:
        session: the connection that reads the snapshots.
        labelled: snapshots with `person_id`, `cut_off_at`, `horizon_days`, `split`,
            `has_churned` and the features; every cut-off whose outcome is known. May be empty.
        stored: rows of `fit_classifiers`. May be empty.
        classifiers: which of the stored ones to fit again and again: the cheap ones.
        plan: the row of `int_churn__plan`.
        clock: the row of `core.clock`.

    Returns:
        One row per classifier and cut-off with the columns of `COLUMNS` and `as_of_date`. A
        cut-off is absent where the outcomes known at it are none, or of one kind only; `roc_auc` is
        null where its own are.

    Raises:
        StayhouseError: as in `fit_classifier`, or a classifier is one that reads more than
            labelled snapshots.
    """
    planned = Plan.of(plan)
    for name in (BLEND, *NETWORKS):
        if name in classifiers:
            raise StayhouseError(
                f"python_models/churn/judge/ml_churn_backtest.yml lists {name}, which reads more "
                "than the snapshots of a cut-off: take it off the list."
            )
    cut_offs = labelled.aggregate(
        "cut_off_at, min(split) as split, min(horizon_days) as horizon_days, "
        "count(*) as row_count, count(*) filter (has_churned) as churned_count",
        "cut_off_at",
    ).df()
    cut_offs = cut_offs.sort_values("cut_off_at", ignore_index=True)
    tested_at = cut_offs.loc[cut_offs["split"] == "test", "cut_off_at"].max()
    served = stored[(stored["stage"] == "final") & stored["classifier"].isin(classifiers)]
    again = served.sort_values("classifier").to_dict("records")
    few = in_row_order(few_people(session, labelled, planned.limits.read_rows))
    rows: list[dict[str, Any]] = []
    before: dict[str, tuple[pd.Timestamp, Fitted]] = {}
    for told in cut_offs.itertuples():
        at = pd.Timestamp(told.cut_off_at)
        known = cut_offs[_outcome_at(cut_offs) <= at]
        if not 0 < known["churned_count"].sum() < known["row_count"].sum():
            continue
        learned = few[_outcome_at(few) <= at]
        window = in_row_order(labelled.filter(f"cut_off_at = timestamp '{at}'").df())
        truth = window["has_churned"].astype(bool).to_numpy()
        for row in again:
            classifier = str(row["classifier"])
            features = json.loads(row["features"])
            parameters = planned.again(classifier, json.loads(row["parameters"]), features)
            fitted = fit_classifier(classifier, parameters, features, learned, planned.limits)
            last_at, last = before.get(classifier, (None, None))
            older = _measured(truth, last.probability(window)) if last else {}
            rows.append(
                {
                    "classifier": classifier,
                    "split": told.split,
                    "horizon_days": told.horizon_days,
                    "training_cutoff_count": len(known),
                    "training_row_count": known["row_count"].sum(),
                    **_measured(truth, fitted.probability(window)),
                    "older_by_days": (at - last_at).days if last_at else None,
                    "roc_auc_older": older.get("roc_auc"),
                    "log_loss_older": older.get("log_loss"),
                    "is_chosen_later": bool(pd.isna(tested_at) or at < tested_at),
                    "cut_off_date": at.normalize(),
                }
            )
            before[classifier] = (at, fitted)
        print(f"churn: backtest of {at:%Y-%m-%d} done", file=sys.stderr)
    return as_of(pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS), clock)


def _outcome_at(rows: pd.DataFrame) -> pd.Series:
    return rows["cut_off_at"] + pd.to_timedelta(rows["horizon_days"], unit="D")


def _measured(truth: np.ndarray, probability: np.ndarray) -> dict[str, Any]:
    both = 0 < truth.sum() < len(truth)
    return {
        "customer_count": len(truth),
        "prevalence": float(truth.mean()),
        "mean_probability": float(probability.mean()),
        "roc_auc": float(roc_auc_score(truth, probability)) if both else np.nan,
        "log_loss": float(row_log_loss(truth, probability).mean()),
        "brier": float(brier_score_loss(truth, probability)),
    }
