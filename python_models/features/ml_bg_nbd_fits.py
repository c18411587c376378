"""Fits the BG/NBD model at every cut-off, on what was known then."""

from stayhouse.purchasing import fit_bg_nbd_by_cutoff


def model(dbt, session):
    dbt.config(materialized="table")
    histories = dbt.ref("int_bg_nbd__histories").df()
    return fit_bg_nbd_by_cutoff(histories)
