"""Finds how busy the days after each cut-off are, where whole years agree on it."""

from stayhouse.purchasing import find_seasons


def model(dbt, session):
    dbt.config(materialized="table")
    days = dbt.ref("int_value__season_days").df()
    horizons = dbt.ref("int_value__horizons").df()
    return find_seasons(days, horizons)
