"""One BG/NBD fit a cut-off, as DataFrames."""

from typing import Any

import numpy as np
import pandas as pd

from stayhouse.base.threads import one_thread
from stayhouse.purchasing.bg_nbd import Histories, fit, log_likelihood

DAYS_OF_WEEK = 7
COLUMNS = {
    "cut_off_at": "datetime64[us]",
    "customer_count": "int64",
    "r": "float64",
    "alpha": "float64",
    "a": "float64",
    "b": "float64",
    "log_likelihood": "float64",
    "is_converged": "bool",
}
_HISTORY = ("repeat_count", "last_repeat_days", "age_days")


def fit_bg_nbd_by_cutoff(histories: pd.DataFrame, max_groups: int | None = None) -> pd.DataFrame:
    """Fit one BG/NBD model on the buyers of each cut-off.

    Args:
        histories: one row per cut-off and purchase history: `cut_off_at`, `repeat_count` (x),
            `last_repeat_days` (t_x) and `age_days` (T) in days, `customer_count`. May be empty.
        max_groups: of more histories, one in so many is fitted on, in their order.

    Returns:
        One row per cut-off with the columns of `COLUMNS`; rates are per week. Without
        `is_converged` the parameters are a shrunken mean in which nobody leaves (`a` = 0).
    """
    rows: list[dict[str, Any]] = []
    for cut_off_at, rows_of_it in histories.groupby("cut_off_at"):
        part = in_order(rows_of_it)
        x, t_x, age, weight = (
            part[name].to_numpy(dtype="float64") for name in (*_HISTORY, "customer_count")
        )
        step = -(-len(part) // max_groups) if max_groups else 1
        whole = Histories(x, t_x / DAYS_OF_WEEK, age / DAYS_OF_WEEK, weight)
        # A search of four numbers is done before other threads have woken up.
        with one_thread():
            fitted = fit(whole.every(step))
        likelihood = fitted.log_likelihood if step == 1 else log_likelihood(whole, fitted.model)
        rows.append(
            {
                "cut_off_at": cut_off_at,
                "customer_count": int(np.sum(weight)),
                "r": fitted.model.r,
                "alpha": fitted.model.alpha,
                "a": fitted.model.a,
                "b": fitted.model.b,
                "log_likelihood": round(likelihood, 3),
                "is_converged": fitted.converged,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def in_order(histories: pd.DataFrame) -> pd.DataFrame:
    """Return the histories of one cut-off in one order: floats are summed."""
    x, t_x, age = (histories[name].to_numpy(dtype="int64") for name in _HISTORY)
    # One number a history is sorted in a third of the time.
    days = max(t_x.max(initial=0), age.max(initial=0)) + 1
    return histories.iloc[np.argsort((x * days + t_x) * days + age, kind="stable")]
