"""Tells what is to be expected of buyers, history by history."""

from stayhouse.purchasing import foresee_orders


def model(dbt, session):
    dbt.config(materialized="table")
    histories = dbt.ref("int_value__histories").df()
    spends = dbt.ref("int_value__spends").df()
    fits = dbt.ref("ml_value_fits").df()
    terms = dbt.ref("int_value__terms").df()
    return foresee_orders(histories, spends, fits, terms)
