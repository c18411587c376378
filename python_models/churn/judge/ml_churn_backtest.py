"""Predicts every past cut-off anew by what was known at it."""

from stayhouse.churn import backtest_classifiers


def model(dbt, session):
    dbt.config(materialized="table")
    labelled = dbt.ref("int_churn__labelled")
    stored = dbt.ref("ml_churn_classifiers").df()
    classifiers = dbt.config.meta_get("classifiers")
    plan = dbt.ref("int_churn__plan").df()
    clock = dbt.ref("clock").df()
    return backtest_classifiers(session, labelled, stored, classifiers, plan, clock)
