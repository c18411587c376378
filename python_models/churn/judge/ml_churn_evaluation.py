"""Measures every classifier against what happened."""

from stayhouse.churn import evaluate_by_number


def model(dbt, session):
    dbt.config(materialized="table")
    judged = dbt.ref("int_churn__judged")
    return evaluate_by_number(judged)
