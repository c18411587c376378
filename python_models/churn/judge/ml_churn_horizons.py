"""Judges a small regression, recency and BG/NBD within each horizon."""

from stayhouse.churn import measure_horizons_of_few


def model(dbt, session):
    dbt.config(materialized="table")
    labelled = dbt.ref("int_churn_horizons__labelled")
    parameters = dbt.config.meta_get("logistic_regression")
    plan = dbt.ref("int_churn__plan").df()
    return measure_horizons_of_few(session, labelled, parameters, plan)
