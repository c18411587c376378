"""Fitting the line-up of classifiers on labelled snapshots."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from stayhouse.churn import store
from stayhouse.churn.design import design_matrix, in_row_order
from stayhouse.errors import StayhouseError


def fit_classifiers(
    training: pd.DataFrame,
    features: Sequence[str],
    plan: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """Fit every classifier of the plan twice: for validation, and for test and today.

    Args:
        training: labelled snapshots; columns `person_id`, `cut_off_at`, `split` (`train` for the
            first fit, any value for the second), `has_churned` and the features. May be empty.
        features: the snapshot columns that classifiers may read.
        plan: hyper-parameters by classifier name; `features` inside one narrows its columns.

    Returns:
        One row per classifier and stage with the columns of `store.COLUMNS`.

    Raises:
        StayhouseError: the plan names an unknown classifier, or a feature is not a column.
    """
    rows: list[dict[str, Any]] = []
    if not training.empty:
        ordered = in_row_order(training)
        for stage, part in (
            ("selection", ordered[ordered["split"] == "train"]),
            ("final", ordered),
        ):
            target = part["has_churned"].astype(bool).to_numpy()
            for classifier, options in plan.items():
                parameters = dict(options)
                columns = list(parameters.pop("features", features))
                matrix = design_matrix(part, columns)
                # A feature that nobody here has a value of (a source without visits) says nothing.
                known = ~np.isnan(matrix).all(axis=0)
                columns = [name for name, is_known in zip(columns, known, strict=True) if is_known]
                estimator = _estimator(classifier, parameters)
                # One thread: the order in which threads add floats up changes the last digit.
                with threadpool_limits(limits=1):
                    estimator.fit(matrix[:, known], target)
                rows.append(store.pack(classifier, stage, columns, estimator))
                print(f"churn: {classifier} fitted ({stage}, {len(part)} rows)", file=sys.stderr)
    return pd.DataFrame(rows, columns=store.COLUMNS)


def _estimator(classifier: str, parameters: Mapping[str, Any]) -> Pipeline:
    # A missing value has a meaning (no second purchase yet), so its place is a feature too.
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    if classifier in ("recency", "logistic_regression"):
        return make_pipeline(imputer, StandardScaler(), LogisticRegression(**parameters))
    if classifier == "random_forest":
        return make_pipeline(imputer, RandomForestClassifier(n_jobs=1, **parameters))
    if classifier == "boosted_trees":
        # These trees give a missing value a side of its own.
        return make_pipeline(HistGradientBoostingClassifier(**parameters))
    raise StayhouseError(
        f"The plan names the classifier {classifier!r}, which src/stayhouse/churn/fit.py does not "
        "know: add it there or take it off python_models/churn/ml_churn_classifiers.yml."
    )


def positive_probability(estimator: Any, matrix: np.ndarray) -> np.ndarray:
    """Return P(churned) for each row of the matrix, shape (rows,)."""
    classes = list(estimator.classes_)
    return np.asarray(estimator.predict_proba(matrix)[:, classes.index(True)])
