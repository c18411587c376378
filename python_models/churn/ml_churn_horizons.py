"""Judges a small regression, recency and BG/NBD within each horizon."""

from stayhouse.churn import measure_horizons


def model(dbt, session):
    dbt.config(materialized="table")
    labelled = dbt.ref("int_churn_horizons__labelled").df()
    features = dbt.config.meta_get("features")
    parameters = dbt.config.meta_get("logistic_regression")
    return measure_horizons(labelled, features, parameters)
