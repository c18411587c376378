"""Whether a night fits anew what is learned from the data: churn, clusters, the way to recommend.

What was fitted last may serve for some nights, since nothing but scores then moves with the day. It
may not where it would be of other code, settings or another horizon than the night's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from stayhouse.base import project
from stayhouse.base.build_token import checksum_of, read_build_token
from stayhouse.base.warehouse import reading

# What a build leaves out that applies what was fitted.
TAG = "tag:train"
# The horizon that a short history allows grows by 30 days at once (features.churn_horizon), as the
# longest one gets there by a day in two. A fit of the shorter one cannot serve that night, so the
# nights before it fit: of 4 days of it, since the data of some days may come at once.
_LAST = """
    select
        (select max(fitted_as_of_date) from churn.churn_model_comparison),
        cast(c.as_of_at as date),
        (select bool_and(is_ready) from churn.churn_readiness),
        not h.is_from_var
        and h.horizon_days < coalesce(h.suggested_days, 90)
        and h.max_days - h.horizon_days between 26 and 29,
        (
            select max(d.psi)
            from churn.churn_drift as d
            inner join churn.churn_champion as b on d.subject = b.classifier and b.is_champion
            inner join churn.int_churn__drift_at_fit as f on d.subject = f.classifier
            where
                d.subject_kind = 'score' and d.compared_split = 'today' and d.drift_band = 'drift'
                and f.drift_band <> 'drift'
        )
    from core.clock as c
    cross join features.churn_horizon as h
"""


@dataclass(frozen=True)
class Fits:
    """Whether all is to be fitted anew, and a sentence that says why, or until when not."""

    are_due: bool
    sentence: str


def fits_of_night(root: Path, warehouse: Path, words: Sequence[str] = ()) -> Fits:
    """Return whether the next build is to fit anew, by what the last one left.

    The clock of the next build is not known before it: a day after the last is assumed, so that
    nights one after the other fit anew every `train_every_days`.

    Args:
        root: the project's folder.
        warehouse: the DuckDB file that the last build made; it may be missing.
        words: those of dbt's command line that are the user's.

    Raises:
        StayhouseError: the file cannot be read, or the var is no whole number of 1 or more.
    """
    every = project.positive_setting(root, "train_every_days")
    if not warehouse.exists():
        return Fits(True, "Nothing is fitted yet, so all is fitted.")
    with reading(warehouse) as con:
        token = read_build_token(con)
        try:
            rows = con.execute(_LAST).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            rows = []
    # A shop to which nothing has happened has no clock, and one without orders no horizon.
    if not rows or None in rows[0][:2]:
        return Fits(True, "Nothing is fitted yet, so all is fitted.")
    if token.refusal is not None:
        return Fits(True, "The tables are not of one build that went well: all is fitted anew.")
    if any(word.startswith("--vars") for word in words):
        return Fits(True, "Settings are given for this run, so all is fitted anew.")
    # Another day is no other setting: how old the fit is says more.
    if given := sorted(set(token.inputs.get("given", ())) - {"as_of"}):
        return Fits(
            True,
            f"The last build was given settings of its own ({', '.join(given)}): all is fitted "
            "anew.",
        )
    if token.inputs.get("project_checksum") != checksum_of(root):
        return Fits(True, "Code or settings have changed since the last build: all is fitted anew.")
    fitted, as_of, is_ready, is_growing, drift = rows[0]
    if not is_ready:
        return Fits(True, "No churn model stands yet, so all is fitted anew.")
    if is_growing:
        return Fits(True, "The churn horizon is about to grow by a month: all is fitted anew.")
    return _by_age(fitted, as_of, drift, every)


def _by_age(fitted: date, as_of: date, drift: float | None, every: int) -> Fits:
    age = (as_of - fitted).days + 1
    if age >= every or age < 1:
        return Fits(
            True,
            f"What is fitted is as of {fitted}, and train_every_days is {every}: all is fitted "
            "anew.",
        )
    if drift is not None:
        return Fits(
            True,
            f"Scores have drifted since all was fitted (psi {drift:.3f}, above .25): all is fitted "
            "anew.",
        )
    return Fits(
        False,
        f"What was fitted as of {fitted} is applied; it is fitted anew when it is {every} days old "
        "(var train_every_days).",
    )
