"""Churn for the doors of the warehouse, whose tables are too large for Python's memory at once.

What is said of a person by itself is made in portions while dbt writes it; what is learned or
measured is read of few people.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from stayhouse.base.portions import in_portions, streamed
from stayhouse.churn.apply import apply_classifiers
from stayhouse.churn.evaluate import evaluate_classifiers
from stayhouse.churn.explain.contributions import explain_today
from stayhouse.churn.explain.drivers import MEASURED_ROWS, measure_drivers
from stayhouse.churn.explain.reasons import write_reasons
from stayhouse.churn.fit import fit_classifiers
from stayhouse.churn.horizons import measure_horizons
from stayhouse.churn.plan import Limits, Plan
from stayhouse.churn.sampling import few_people

Table = duckdb.DuckDBPyRelation
TODAY = "split = 'today'"


def fit_on_few_people(
    session: duckdb.DuckDBPyConnection,
    labelled: Table,
    features: pd.DataFrame,
    plan: Mapping[str, Mapping[str, Any]],
    windows: int,
    limits: Mapping[str, Any],
    sequences: Table,
    without: Sequence[str],
) -> pd.DataFrame:
    """Fit every classifier as `fit_classifiers` does, on `Limits.read_rows` labelled snapshots.

    Args:
        session: the connection that reads them.
        labelled: the labelled snapshots.
        features, plan, windows, limits, sequences, without: as there.
    """
    training = few_people(session, labelled, Limits.of(limits).read_rows)
    available = dict(labelled.aggregate("split, count(*)", "split").fetchall())
    return fit_classifiers(training, features, plan, windows, limits, sequences, without, available)


def score_in_portions(
    snapshots: Table, stored: pd.DataFrame, sequences: Table
) -> pa.RecordBatchReader:
    """Return the rows of `apply_classifiers`."""
    return in_portions(
        snapshots, sequences, lambda portion, days: apply_classifiers(portion, stored, days)
    )


def explain_in_portions(
    snapshots: Table, stored: pd.DataFrame, champion: pd.DataFrame, features: pd.DataFrame
) -> pa.RecordBatchReader:
    """Return the rows of `explain_today` of those snapshots that are of today."""
    today = snapshots.filter(TODAY).df()
    return streamed(explain_today(today, stored, champion, features))


def write_in_portions(
    reasons: Table, snapshots: Table, templates: pd.DataFrame, features: pd.DataFrame
) -> pa.RecordBatchReader:
    """Return the rows of `write_reasons`, of those snapshots that are of today."""
    return in_portions(
        reasons,
        snapshots.filter(TODAY),
        lambda portion, today: write_reasons(portion, today.df(), templates, features),
    )


def measure_drivers_of_few(
    session: duckdb.DuckDBPyConnection, snapshots: Table, stored: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of `measure_drivers`, which looks at `MEASURED_ROWS` of a split."""
    splits = [split for (split,) in snapshots.aggregate("split", "split").fetchall()]
    few = [
        few_people(session, snapshots.filter(f"split = '{split}'"), MEASURED_ROWS)
        for split in splits
    ]
    return measure_drivers(pd.concat(few) if few else snapshots.df(), stored)


def measure_horizons_of_few(
    session: duckdb.DuckDBPyConnection,
    labelled: Table,
    parameters: Mapping[str, Any],
    plan: pd.DataFrame,
) -> pd.DataFrame:
    """Return the rows of `measure_horizons`, of `Limits.read_rows` labelled snapshots."""
    few = few_people(session, labelled, Plan.of(plan).limits.read_rows)
    return measure_horizons(few, parameters, plan)


def evaluate_by_number(judged: Table) -> pd.DataFrame:
    """Return the rows of `evaluate_classifiers`, to which a person is a place in their order.

    A number is a fifth of a name.
    """
    numbered = "* replace (dense_rank() over (order by person_id) as person_id)"
    return evaluate_classifiers(judged.select(numbered).df())
