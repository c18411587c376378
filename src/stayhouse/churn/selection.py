"""Which features a fit reads, and why the others are left out: decided on its own rows only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from stayhouse.churn.design import design_matrix
from stayhouse.churn.sampling import at_most, person_hashes

# The place of a cut-off in the year is read where training cut-offs lie all around it.
SEASON = ("year_sine", "year_cosine")
LONGEST_GAP_DAYS = 92
DAYS_OF_YEAR = 365.25

# Ranks are compared on so many rows at most: enough to tell .995 from .99.
COMPARED_ROWS = 20_000
COPY_CORRELATION = 0.995
LEAST_CORRELATION = 0.01

# `purchase_count_365d` counts over 365 days.
_WINDOW = re.compile(r"_\d+d(?![a-z])")

NO_VALUE = "no value"
CONSTANT = "constant"
PARTIAL_YEAR = "the cut-offs leave a gap in the year"
ADDS_NOTHING = "says nothing of the outcome that both halves of the customers agree on"


@dataclass(frozen=True)
class Choice:
    """Whether a feature is read; `reason` says why not, and is None where it is."""

    feature: str
    is_kept: bool
    reason: str | None = None


def choose_features(
    rows: pd.DataFrame, features: Sequence[str], is_wanted: bool = False
) -> list[Choice]:
    """Decide about every feature by the labelled rows of one fit, in the order of the list.

    Left out is what has no value or only one, the season where the cut-offs do not go round the
    year, what ranks people as an earlier feature of the same window does (rank correlation above
    .995, missing in the same rows), and what says nothing: its rank correlation with the outcome,
    and that of its absence, is not at least .01 with one sign in both halves of the customers.
    Where nothing would be left by the last rule, it is not applied.

    Args:
        rows: labelled snapshots with `person_id`, `has_churned` and the features.
        features: the columns to decide about.
        is_wanted: whether somebody chose these features for this classifier: then only those that
            cannot be read at all are left out.

    Raises:
        StayhouseError: a feature is not a column.
    """
    matrix = design_matrix(rows, features)
    reasons: dict[str, str] = {}
    for place, name in enumerate(features):
        if reason := _unreadable(matrix[:, place]):
            reasons[name] = reason
    if not knows_the_year(rows):
        reasons |= {name: PARTIAL_YEAR for name in SEASON if name in features} | reasons
    if not is_wanted:
        compared = at_most(rows, COMPARED_ROWS)
        left = [name for name in features if name not in reasons]
        ranks = _ranks(design_matrix(compared, left))
        reasons |= _copies(left, ranks)
        left = [name for name in left if name not in reasons]
        silent = _silent(compared, left)
        if len(silent) < len(left):
            reasons |= dict.fromkeys(silent, ADDS_NOTHING)
    return [Choice(name, name not in reasons, reasons.get(name)) for name in features]


def kept(choices: Sequence[Choice]) -> list[str]:
    """Return the features that are read, in order."""
    return [choice.feature for choice in choices if choice.is_kept]


def knows_the_year(rows: pd.DataFrame) -> bool:
    """Return whether the cut-offs that tell the season leave no gap in the year.

    A regression follows a season that it has seen half of into the other half, and far off.
    """
    if not set(SEASON) <= set(rows.columns):
        return False
    seen = rows.dropna(subset=list(SEASON))[list(SEASON)].drop_duplicates().astype("float64")
    if seen.empty:
        return False
    places = np.sort(np.arctan2(seen[SEASON[0]], seen[SEASON[1]])) * DAYS_OF_YEAR / (2 * np.pi)
    gaps = np.diff(np.append(places, places[0] + DAYS_OF_YEAR))
    return bool(gaps.max() <= LONGEST_GAP_DAYS)


def _unreadable(column: np.ndarray) -> str | None:
    is_missing = np.isnan(column)
    if is_missing.all():
        return NO_VALUE
    # A single value that some lack is no constant: who lacks it says something.
    if not is_missing.any() and column.min() == column.max():
        return CONSTANT
    return None


def _ranks(matrix: np.ndarray) -> np.ndarray:
    """Return ranks by column, NaN where there is no value."""
    ranks = np.full(matrix.shape, np.nan)
    for place in range(matrix.shape[1]):
        is_known = ~np.isnan(matrix[:, place])
        ranks[is_known, place] = rankdata(matrix[is_known, place])
    return ranks


def _copies(names: Sequence[str], ranks: np.ndarray) -> dict[str, str]:
    """Return by name of a copy which earlier feature it copies."""
    # Another window is another feature: in its first year a shop has no more than that, then more.
    alike: dict[tuple[bytes, str], list[int]] = {}
    for place, name in enumerate(names):
        window = "".join(_WINDOW.findall(name))
        alike.setdefault((np.isnan(ranks[:, place]).tobytes(), window), []).append(place)
    found: dict[str, str] = {}
    for places in alike.values():
        is_known = ~np.isnan(ranks[:, places[0]])
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = np.abs(np.corrcoef(ranks[np.ix_(is_known, places)].T, rowvar=True))
        correlation = np.atleast_2d(correlation)
        originals: list[int] = []
        for number, place in enumerate(places):
            same = [o for o in originals if correlation[number, o] > COPY_CORRELATION]
            if same:
                found[names[place]] = f"nearly a copy of {names[places[same[0]]]}"
            else:
                originals.append(number)
    return found


def _silent(rows: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the features that say nothing of the outcome on which both halves agree."""
    truth = rows["has_churned"].astype(bool).to_numpy()
    is_first_half = person_hashes(rows["person_id"]) % 2 == 0
    halves = [
        (_ranks(design_matrix(rows[half], names)), truth[half])
        for half in (is_first_half, ~is_first_half)
    ]
    silent = []
    for place, name in enumerate(names):
        told = [_correlations(ranks[:, place], outcome) for ranks, outcome in halves]
        if name not in SEASON and not any(map(_agree, *told)):
            silent.append(name)
    return silent


def _correlations(ranks: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return the correlation of the outcome with the ranks, and with having no value."""
    is_missing = np.isnan(ranks)
    return _correlation(ranks[~is_missing], truth[~is_missing]), _correlation(is_missing, truth)


def _correlation(values: np.ndarray, truth: np.ndarray) -> float:
    if len(values) < 2 or values.min() == values.max() or truth.min() == truth.max():
        return 0.0
    return float(np.corrcoef(values, truth)[0, 1])


def _agree(one: float, other: float) -> bool:
    return one * other > 0 and min(abs(one), abs(other)) >= LEAST_CORRELATION
