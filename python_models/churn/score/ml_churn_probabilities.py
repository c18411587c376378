"""Applies every stored classifier to the snapshots of validation, test and today."""

from stayhouse.churn import score_in_portions


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("int_churn__to_score")
    stored = dbt.ref("ml_churn_classifiers").df()
    # A relation: it is read where a network is stored, and only there.
    sequences = dbt.ref("customer_sequences")
    return score_in_portions(snapshots, stored, sequences)
