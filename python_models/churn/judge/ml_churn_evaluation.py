"""Measures every classifier against what happened."""

from stayhouse.churn import evaluate_classifiers


def model(dbt, session):
    dbt.config(materialized="table")
    judged = dbt.ref("int_churn__judged").df()
    return evaluate_classifiers(judged)
