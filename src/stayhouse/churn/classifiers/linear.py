"""Logistic regression as plain numbers, which any language can read and check."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from stayhouse.churn.classifiers.directions import hold_signs, signs_of
from stayhouse.churn.parts import Part


@dataclass(frozen=True)
class Term:
    """What one feature adds to the score.

    With x the feature as `design_matrix` gives it, the median where it is missing, and m = 1 where
    it is missing, else 0:

        coefficient * (x - centre) / scale + missing_coefficient * (m - missing_centre)
                                             / missing_scale

    The last three numbers are 0, 0 and 1 where no row of the fit missed the feature.
    """

    feature: str
    median: float
    centre: float
    scale: float
    coefficient: float
    missing_centre: float = 0.0
    missing_scale: float = 1.0
    missing_coefficient: float = 0.0


@dataclass(frozen=True)
class LinearModel:
    """P(churned) = 1 / (1 + exp(-(intercept + the sum of the terms)))."""

    intercept: float
    terms: tuple[Term, ...]

    kind = "linear"
    store_format = "json"
    classes_ = (False, True)

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """Return what each term adds, shape (rows, terms); `matrix` as of `design_matrix`."""
        is_missing = np.isnan(matrix)
        numbers = {
            name: np.array([getattr(term, name) for term in self.terms])
            for name in Term.__dataclass_fields__
            if name != "feature"
        }
        filled = np.where(is_missing, numbers["median"], matrix)
        value = (filled - numbers["centre"]) / numbers["scale"] * numbers["coefficient"]
        absence = (is_missing - numbers["missing_centre"]) / numbers["missing_scale"]
        return np.asarray(value + absence * numbers["missing_coefficient"])

    def decision_function(self, matrix: np.ndarray) -> np.ndarray:
        """Return the log odds of churning, shape (rows,)."""
        return np.asarray(self.contributions(matrix).sum(axis=1) + self.intercept)

    def predict_proba(self, matrix: np.ndarray) -> np.ndarray:
        """Return P(stayed) and P(churned), shape (rows, 2), as scikit-learn does."""
        churned = expit(self.decision_function(matrix))
        return np.column_stack([1 - churned, churned])

    def to_numbers(self) -> dict[str, Any]:
        """Return what `from_numbers` reads: numbers, names and lists of them."""
        return {"intercept": self.intercept, "terms": [asdict(term) for term in self.terms]}

    @classmethod
    def from_numbers(cls, numbers: Mapping[str, Any]) -> "LinearModel":
        """Return the model that `to_numbers` wrote."""
        return cls(float(numbers["intercept"]), tuple(Term(**term) for term in numbers["terms"]))


def logistic_pipeline(parameters: Mapping[str, Any]) -> Pipeline:
    """Return scikit-learn's imputation, scaling and regression, not fitted yet."""
    # A missing value has a meaning (no second purchase yet), so its place is a feature too.
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(imputer, StandardScaler(), LogisticRegression(**parameters))


def fit_logistic(parameters: Mapping[str, Any], part: Part) -> LinearModel:
    """Fit a logistic regression and take its numbers."""
    return linear_model(fit_pipeline(parameters, part), part.features)


def fit_pipeline(parameters: Mapping[str, Any], part: Part) -> Pipeline:
    """Fit a logistic regression as scikit-learn holds it.

    Args:
        parameters: those of scikit-learn, and `directions` of features (directions.py).
        part: the rows to learn from.
    """
    options = dict(parameters)
    directions = options.pop("directions", {})
    pipeline = logistic_pipeline(options)
    design = pipeline[:-1].fit_transform(part.matrix)
    regression = pipeline[-1].fit(design, part.truth, part.weights)
    hold_signs(regression, design, part.truth, part.weights, signs_of(directions, part.features))
    return pipeline


def linear_model(pipeline: Pipeline, features: list[str]) -> LinearModel:
    """Return the numbers of a fitted `logistic_pipeline` on these features."""
    imputer, scaler, regression = (step for _, step in pipeline.steps)
    count = len(features)
    # The indicators stand behind the features, one for each that was missing somewhere.
    indicators = {int(place): count + n for n, place in enumerate(imputer.indicator_.features_)}
    terms = []
    for place, feature in enumerate(features):
        numbers = {
            "median": imputer.statistics_[place],
            "centre": scaler.mean_[place],
            "scale": scaler.scale_[place],
            "coefficient": regression.coef_[0, place],
        }
        if (column := indicators.get(place)) is not None:
            numbers["missing_centre"] = scaler.mean_[column]
            numbers["missing_scale"] = scaler.scale_[column]
            numbers["missing_coefficient"] = regression.coef_[0, column]
        terms.append(Term(feature, **{name: float(number) for name, number in numbers.items()}))
    return LinearModel(float(regression.intercept_[0]), tuple(terms))
