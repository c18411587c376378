"""Writes the sentence of each reason in both languages."""

from stayhouse.churn import write_in_portions


def model(dbt, session):
    dbt.config(materialized="table")
    reasons = dbt.ref("int_churn__reasons")
    snapshots = dbt.ref("int_churn__to_score")
    templates = dbt.ref("int_churn__reason_templates").df()
    features = dbt.ref("int_churn__features").df()
    return write_in_portions(reasons, snapshots, templates, features)
