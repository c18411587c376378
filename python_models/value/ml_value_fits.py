"""Fits how often people buy and for how much at every cut-off, where that is not known yet."""

from stayhouse.purchasing import fit_values_by_cutoff


def model(dbt, session):
    dbt.config(materialized="table")
    histories = dbt.ref("int_value__histories").df()
    spends = dbt.ref("int_value__spends").df()
    known = dbt.ref("bg_nbd_fits").df()
    return fit_values_by_cutoff(histories, spends, known)
