"""Fitting the line-up of classifiers on labelled snapshots."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from stayhouse.churn import store
from stayhouse.churn.calibrate import Sigmoid, rolling_sigmoid, wins
from stayhouse.churn.design import design_matrix, in_row_order
from stayhouse.churn.fitted import Fitted
from stayhouse.errors import StayhouseError

# The place of a cut-off in the year is read where training cut-offs lie all around it.
SEASON = ("year_sine", "year_cosine")
LONGEST_GAP_DAYS = 92
DAYS_OF_YEAR = 365.25


def fit_classifiers(
    training: pd.DataFrame,
    features: Sequence[str],
    plan: Mapping[str, Mapping[str, Any]],
    calibration_windows: int = 3,
) -> pd.DataFrame:
    """Fit every classifier of the plan twice: for validation, and for test and today.

    A classifier is calibrated where that wins on validation: by a sigmoid that knows only training
    cut-offs then, and all that have their outcome by the test cut-off in the end.

    Args:
        training: labelled snapshots; columns `person_id`, `cut_off_at`, `horizon_days`, `split`
            (`train` for the first fit, any value for the second; calibration is decided on
            `validation`), `has_churned` and the features. May be empty.
        features: the snapshot columns that classifiers may read.
        plan: hyper-parameters by classifier name; `features` inside one narrows its columns.
        calibration_windows: how many cut-offs are foretold to fit a sigmoid on; 0 for none.

    Returns:
        One row per classifier and stage with the columns of `store.COLUMNS`.

    Raises:
        StayhouseError: the plan names an unknown classifier, or a feature is not a column.
    """
    rows: list[dict[str, Any]] = []
    if not training.empty:
        ordered = in_row_order(training)
        train = ordered[ordered["split"] == "train"]
        validation = ordered[ordered["split"] == "validation"]
        for classifier, options in plan.items():
            parameters = dict(options)
            wanted = list(parameters.pop("features", features))
            fit = partial(fit_classifier, classifier, parameters, wanted)
            foretell = partial(_foretell, fit)
            selection, final = fit(train), fit(ordered)
            early = rolling_sigmoid(train, calibration_windows, foretell)
            late = None
            if early is not None and _wins(early, selection, validation):
                late = rolling_sigmoid(ordered, calibration_windows, foretell)
            if late is None:
                early = None
            rows.append(store.pack(classifier, "selection", selection, early, parameters))
            rows.append(store.pack(classifier, "final", final, late, parameters))
            print(f"churn: {classifier} fitted ({len(ordered)} rows)", file=sys.stderr)
    return pd.DataFrame(rows, columns=store.COLUMNS)


def fit_classifier(
    classifier: str, parameters: Mapping[str, Any], features: Sequence[str], part: pd.DataFrame
) -> Fitted:
    """Fit one classifier on labelled snapshots, in the order in which they stand.

    Args:
        classifier: its name in the plan.
        parameters: its hyper-parameters.
        features: the columns that it may read; those without any value here are left out.
        part: snapshots with the features and `has_churned`.

    Raises:
        StayhouseError: the classifier is unknown, or a feature is not a column.
    """
    matrix = design_matrix(part, features)
    # A feature that nobody here has a value of (a source without visits) says nothing.
    known = ~np.isnan(matrix).all(axis=0)
    if not _knows_the_year(part):
        known &= ~np.isin(features, SEASON)
    columns = [name for name, is_known in zip(features, known, strict=True) if is_known]
    truth = part["has_churned"].astype(bool).to_numpy()
    estimator = _estimator(classifier, parameters)
    with threadpool_limits(limits=1):
        if isinstance(estimator, StackingClassifier):
            for _, base in estimator.estimators:
                base.fit(matrix[:, known], truth)
        estimator.fit(matrix[:, known], truth)
    return Fitted(columns, estimator)


def _knows_the_year(part: pd.DataFrame) -> bool:
    """Return whether the cut-offs that tell the season leave no gap in the year.

    A regression follows a season that it has seen half of into the other half, and far off.
    """
    if not set(SEASON) <= set(part.columns):
        return False
    seen = part.dropna(subset=list(SEASON))[list(SEASON)].drop_duplicates().astype("float64")
    if seen.empty:
        return False
    places = np.sort(np.arctan2(seen[SEASON[0]], seen[SEASON[1]])) * DAYS_OF_YEAR / (2 * np.pi)
    gaps = np.diff(np.append(places, places[0] + DAYS_OF_YEAR))
    return bool(gaps.max() <= LONGEST_GAP_DAYS)


def _foretell(
    fit: Callable[[pd.DataFrame], Fitted], known: pd.DataFrame, window: pd.DataFrame
) -> np.ndarray:
    return fit(known).probability(window)


def _wins(sigmoid: Sigmoid, fitted: Fitted, validation: pd.DataFrame) -> bool:
    if validation.empty:
        return False
    truth = validation["has_churned"].astype(bool).to_numpy()
    return wins(sigmoid, fitted.probability(validation), truth)


def _estimator(classifier: str, parameters: Mapping[str, Any]) -> Any:
    # A missing value has a meaning (no second purchase yet), so its place is a feature too.
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    if classifier in ("recency", "logistic_regression"):
        return make_pipeline(imputer, StandardScaler(), LogisticRegression(**parameters))
    if classifier == "random_forest":
        return make_pipeline(imputer, RandomForestClassifier(n_jobs=1, **parameters))
    if classifier == "boosted_trees":
        return _trees_on_regression(**parameters)
    raise StayhouseError(
        f"The plan names the classifier {classifier!r}, which src/stayhouse/churn/fit.py does not "
        "know: add it there or take it off python_models/churn/ml_churn_classifiers.yml."
    )


def _trees_on_regression(regression: Mapping[str, Any], **parameters: Any) -> StackingClassifier:
    """Return boosted trees that read the score of a logistic regression beside the features.

    What is the same for all customers of a cut-off, as the season is, moves everybody a little:
    too little for a split to be worth its while, but a regression moves all by it.
    """
    # These trees give a missing value a side of its own, so only the regression imputes. It has
    # two orders of magnitude fewer parameters than rows: its own rows are as good as held-out ones.
    return StackingClassifier(
        [("regression", _estimator("logistic_regression", regression))],
        HistGradientBoostingClassifier(**parameters),
        stack_method="decision_function",
        passthrough=True,
        cv="prefit",
    )
