"""Fits of how often people buy and for how much, one a cut-off, as DataFrames."""

from typing import Any

import pandas as pd

from stayhouse.base.threads import one_thread
from stayhouse.purchasing.fits import COLUMNS as BG_NBD_COLUMNS
from stayhouse.purchasing.fits import fit_bg_nbd_by_cutoff
from stayhouse.purchasing.gamma_gamma import Spends, fit_spends

SPEND_COLUMNS = {
    "cut_off_at": "datetime64[us]",
    "repeat_customer_count": "int64",
    "p": "float64",
    "q": "float64",
    "v": "float64",
    "spend_log_likelihood": "float64",
    "correlation": "float64",
    "fallback_reason": "str",
}
COLUMNS = BG_NBD_COLUMNS | SPEND_COLUMNS
# So many histories tell parameters to a hundredth, and a million buyers have ten times as many.
_MAX_GROUPS = 20_000


def fit_values_by_cutoff(
    histories: pd.DataFrame, spends: pd.DataFrame, known: pd.DataFrame
) -> pd.DataFrame:
    """Fit a BG/NBD and a Gamma-Gamma model at each cut-off.

    Args:
        histories: one row per `cut_off_at` and purchase history: `repeat_count`,
            `last_repeat_days`, `age_days` and `customer_count`. May be empty.
        spends: one row per `cut_off_at`, `repeat_count` and `value_bin` of customers whose repeat
            purchases brought about the same: `customer_count`, `net_sales` of all their purchases,
            `repeat_net_sales` of those after the first.
        known: BG/NBD fits that stand, as `fit_bg_nbd_by_cutoff` returns them: their cut-offs are
            not fitted again.

    Returns:
        One row per cut-off of `histories` with the columns of `COLUMNS`. `fallback_reason` is empty
        where the Gamma-Gamma model was fitted.
    """
    wanted = histories["cut_off_at"].unique()
    standing = known.loc[known["cut_off_at"].isin(wanted), list(BG_NBD_COLUMNS)]
    missing = histories[~histories["cut_off_at"].isin(standing["cut_off_at"])]
    parts = [part for part in (standing, fit_bg_nbd_by_cutoff(missing, _MAX_GROUPS)) if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    rhythm = pd.concat(parts).astype(BG_NBD_COLUMNS)
    fits = rhythm.merge(_fit_spends_by_cutoff(spends), on="cut_off_at", how="inner")
    return fits.sort_values("cut_off_at")[list(COLUMNS)].reset_index(drop=True)


def _fit_spends_by_cutoff(spends: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    ordered = spends.sort_values(["cut_off_at", "repeat_count", "value_bin"], kind="stable")
    for cut_off_at, part in ordered.groupby("cut_off_at"):
        purchases = (part["customer_count"] * (part["repeat_count"] + 1)).sum()
        with one_thread():
            fitted = fit_spends(spends_of(part), float(part["net_sales"].sum()) / float(purchases))
        rows.append(
            {
                "cut_off_at": cut_off_at,
                "repeat_customer_count": part.loc[part["repeat_count"] > 0, "customer_count"].sum(),
                "p": fitted.model.p,
                "q": fitted.model.q,
                "v": fitted.model.v,
                "spend_log_likelihood": fitted.log_likelihood and round(fitted.log_likelihood, 3),
                "correlation": fitted.correlation,
                "fallback_reason": fitted.reason,
            }
        )
    return pd.DataFrame(rows, columns=list(SPEND_COLUMNS)).astype(SPEND_COLUMNS)


def spends_of(part: pd.DataFrame) -> Spends:
    """Return the groups of one cut-off that have repeat purchases which brought something."""
    repeats = part[(part["repeat_count"] > 0) & (part["repeat_net_sales"] > 0)]
    frequency, weight, total = (
        repeats[name].to_numpy(dtype="float64")
        for name in ("repeat_count", "customer_count", "repeat_net_sales")
    )
    return Spends(frequency, total / (weight * frequency), weight)
