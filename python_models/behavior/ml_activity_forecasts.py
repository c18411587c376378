"""Foresees orders, active people and sales by four models. Their numbers stand in the YAML."""

from stayhouse.behavior import forecast_activity


def model(dbt, session):
    dbt.config(materialized="table")
    daily = dbt.ref("int_rhythm__days").df()
    holidays = dbt.ref("int_rhythm__holidays").df()
    rule = dbt.config.meta_get("rule")
    return forecast_activity(daily, holidays, rule)
