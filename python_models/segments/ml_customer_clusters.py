"""Finds clusters of customers, and says how sure they are. Its numbers stand in the YAML."""

from stayhouse.segments import fit_clusters


def model(dbt, session):
    dbt.config(materialized="table")
    measured = dbt.ref("int_clusters__measured").df()
    plan = dbt.config.meta_get("plan")
    return fit_clusters(measured, plan)
