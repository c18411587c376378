"""How often people buy, whether they still do, and what they will spend: models without labels."""

from stayhouse.purchasing.fits import fit_bg_nbd_by_cutoff
from stayhouse.purchasing.outlook import foresee_orders
from stayhouse.purchasing.seasons import find_seasons
from stayhouse.purchasing.values import fit_values_by_cutoff

__all__ = ["find_seasons", "fit_bg_nbd_by_cutoff", "fit_values_by_cutoff", "foresee_orders"]
