"""Measures each feature's part in the scores of validation, test and today."""

from stayhouse.churn import measure_drivers


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("int_churn__to_score").df()
    stored = dbt.ref("ml_churn_classifiers").df()
    return measure_drivers(snapshots, stored)
