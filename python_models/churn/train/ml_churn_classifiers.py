"""Trains every classifier. Its hyper-parameters stand in the YAML beside it."""

from stayhouse.churn import fit_classifiers


def model(dbt, session):
    dbt.config(materialized="table")
    training = dbt.ref("int_churn__training").df()
    plan = dbt.config.meta_get("classifiers")
    features = dbt.ref("int_churn__features").df()
    without = dbt.config.meta_get("without")
    windows = dbt.config.meta_get("calibration_windows")
    limits = dbt.config.meta_get("limits")
    # A relation: it is read where a network is fitted, and only there.
    sequences = dbt.ref("customer_sequences")
    return fit_classifiers(training, features, plan, windows, limits, sequences, without)
