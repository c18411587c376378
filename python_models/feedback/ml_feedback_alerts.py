"""Finds the themes that customers speak of more than they used to; numbers are in the YAML."""

from stayhouse.feedback import find_alerts


def model(dbt, session):
    dbt.config(materialized="table")
    periods = dbt.ref("int_feedback__periods").df()
    rule = dbt.config.meta_get("rule")
    return find_alerts(periods, rule)
