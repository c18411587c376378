"""Churn classifiers: fitted, stored, applied and judged, as DataFrames in and out."""

from stayhouse.churn.apply import apply_classifiers
from stayhouse.churn.backtest import backtest_classifiers
from stayhouse.churn.evaluate import evaluate_classifiers
from stayhouse.churn.fit import fit_classifiers

__all__ = [
    "apply_classifiers",
    "backtest_classifiers",
    "evaluate_classifiers",
    "fit_classifiers",
]
