"""Finds the steps of the funnel that lost people, on one device or all; numbers are in the YAML."""

from stayhouse.behavior import find_alarms


def model(dbt, session):
    dbt.config(materialized="table")
    daily = dbt.ref("funnel_daily").df()
    plan = dbt.ref("int_funnel__plan").df()
    rule = dbt.config.meta_get("rule")
    return find_alarms(daily, plan, rule)
