"""Tests every arm against its control; the numbers stand in the package."""

from stayhouse.experiments import experiment_results


def model(dbt, session):
    dbt.config(materialized="table")
    sums = dbt.ref("int_experiment__sums").df()
    arms = dbt.ref("int_experiment__arms").df()
    return experiment_results(sums, arms)
