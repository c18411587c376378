"""Random forest, and boosted trees that read a regression's score."""

from collections.abc import Mapping
from typing import Any

from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline

from stayhouse.churn.classifiers.directions import signs_of
from stayhouse.churn.classifiers.linear import fit_pipeline
from stayhouse.churn.parts import Part


def fit_forest(parameters: Mapping[str, Any], part: Part) -> Pipeline:
    """Fit a random forest behind an imputation that leaves a mark."""
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    forest = RandomForestClassifier(n_jobs=1, **parameters)
    weights = {"randomforestclassifier__sample_weight": part.weights}
    return make_pipeline(imputer, forest).fit(part.matrix, part.truth, **weights)


def fit_boosted(parameters: Mapping[str, Any], part: Part) -> StackingClassifier:
    """Fit boosted trees that read the score of a logistic regression beside the features.

    What is the same for all customers of a cut-off, as the season is, moves everybody a little:
    too little for a split to be worth its while, but a regression moves all by it.

    Args:
        parameters: of the trees; `regression` inside holds those of the regression; `directions`
            of features (directions.py) are kept by both.
        part: the rows to learn from.
    """
    options = dict(parameters)
    directions = options.pop("directions", {})
    if directions:
        # The regression's score stands first, and moves with the features as they do.
        options["monotonic_cst"] = [1, *signs_of(directions, part.features)]
    # These trees give a missing value a side of its own, so only the regression imputes. It has
    # two orders of magnitude fewer parameters than rows: its own rows are as good as held-out ones.
    regression = fit_pipeline({**options.pop("regression"), "directions": directions}, part)
    stacked = StackingClassifier(
        [("regression", regression)],
        HistGradientBoostingClassifier(**options),
        stack_method="decision_function",
        passthrough=True,
        cv="prefit",
    )
    return stacked.fit(part.matrix, part.truth, sample_weight=part.weights)
