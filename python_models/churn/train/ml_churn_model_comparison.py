"""Lists which classifiers were fitted, and why the others were not."""

from stayhouse.churn import list_classifiers


def model(dbt, session):
    dbt.config(materialized="table")
    classifiers = dbt.ref("churn_classifiers").df()
    stored = dbt.ref("ml_churn_classifiers").df()
    clock = dbt.ref("clock").df()
    return list_classifiers(classifiers, stored, clock)
