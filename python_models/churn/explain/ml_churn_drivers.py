"""Measures each feature's part in the scores of validation, test and today."""

from stayhouse.churn import measure_drivers_of_few


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("int_churn__to_score")
    stored = dbt.ref("ml_churn_classifiers").df()
    return measure_drivers_of_few(session, snapshots, stored)
