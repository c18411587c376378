"""How often people buy, and whether they still do: models of purchases without labels."""

from stayhouse.purchasing.fits import fit_bg_nbd_by_cutoff

__all__ = ["fit_bg_nbd_by_cutoff"]
