"""Trains every classifier. Its hyper-parameters stand in the YAML beside it."""

from stayhouse.churn import fit_on_few_people


def model(dbt, session):
    dbt.config(materialized="table")
    labelled = dbt.ref("int_churn__training")
    features = dbt.ref("int_churn__features").df()
    plan = dbt.config.meta_get("classifiers")
    windows = dbt.config.meta_get("calibration_windows")
    limits = dbt.config.meta_get("limits")
    # A relation: it is read where a network is fitted, and only there.
    sequences = dbt.ref("customer_sequences")
    without = dbt.config.meta_get("without")
    return fit_on_few_people(session, labelled, features, plan, windows, limits, sequences, without)
