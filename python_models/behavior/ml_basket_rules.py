"""Tells which sets of items are more than chance. Its numbers stand in the YAML."""

from stayhouse.behavior import find_rules


def model(dbt, session):
    dbt.config(materialized="table")
    sets = dbt.ref("int_baskets__sets").df()
    baskets = dbt.ref("int_baskets__long").df()
    rule = dbt.config.meta_get("rule")
    return find_rules(sets, baskets, rule)
