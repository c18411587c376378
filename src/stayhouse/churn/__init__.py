"""Churn classifiers: fitted, stored, applied, judged and explained, as DataFrames in and out.

The doors of the warehouse import from here and not from a module below: two of them may be opened
at the same moment by two threads, and only the import of one package makes one wait for the other.
"""

from threadpoolctl import threadpool_limits

from stayhouse.churn.apply import apply_classifiers
from stayhouse.churn.backtest import backtest_classifiers
from stayhouse.churn.evaluate import evaluate_classifiers
from stayhouse.churn.explain.contributions import explain_today
from stayhouse.churn.explain.drivers import measure_drivers
from stayhouse.churn.explain.reasons import write_reasons
from stayhouse.churn.extras import list_classifiers
from stayhouse.churn.fit import fit_classifiers
from stayhouse.churn.horizons import measure_horizons
from stayhouse.churn.warehouse import (
    evaluate_by_number,
    explain_in_portions,
    fit_on_few_people,
    measure_drivers_of_few,
    measure_horizons_of_few,
    score_in_portions,
    write_in_portions,
)

# Linear algebra runs on one thread for the whole process. A limit around one call is put back when
# that call ends, which frees a call that dbt runs beside it: its sums then end in another digit.
threadpool_limits(limits=1, user_api="blas")

__all__ = [
    "apply_classifiers",
    "backtest_classifiers",
    "evaluate_by_number",
    "evaluate_classifiers",
    "explain_in_portions",
    "explain_today",
    "fit_classifiers",
    "fit_on_few_people",
    "list_classifiers",
    "measure_drivers",
    "measure_drivers_of_few",
    "measure_horizons",
    "measure_horizons_of_few",
    "score_in_portions",
    "write_in_portions",
    "write_reasons",
]
