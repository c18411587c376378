"""What a list is worth beside what its person then bought, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from stayhouse.recommendations.known import Floats, Ints

SEED = 20_240_101
MEASURES = ("recall", "ndcg", "map", "hit", "novelty")


class Resampled:
    """Bootstraps of people: how often each is drawn, the same for all that is compared."""

    def __init__(self, people: int, resamples: int) -> None:
        draws = np.random.default_rng(SEED)
        shares = np.full(people, 1 / max(people, 1))
        drawn = draws.multinomial(people, shares, size=resamples) if people else None
        # As floats, or each product of matrices would convert all of them again.
        self._weights = np.zeros((resamples, 0)) if drawn is None else drawn.astype("float64")

    def intervals(self, values: Floats) -> Floats:
        """Return the 95 % intervals of means over people, shape (2, measures).

        Args:
            values: shape (people, measures); people without a value (NaN) are left out.
        """
        is_known = ~np.isnan(values)
        counts = self._weights @ is_known.astype("float64")
        sums = self._weights @ np.where(is_known, values, 0.0)
        means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        return np.asarray(np.quantile(means, (0.025, 0.975), axis=0))


@dataclass(frozen=True)
class Measured:
    """Of each person what a list was worth.

    Attributes:
        values: shape (people, measures), in the order of `MEASURES`; novelty is NaN where there
            is no list.
        listed: columns of the products in the lists, shape (people, places), -1 for none.
        is_available: of each product, shape (products,).
    """

    values: Floats
    listed: Ints
    is_available: np.ndarray

    def column(self, name: str) -> Floats:
        """Return a measure of each person."""
        return np.asarray(self.values[:, MEASURES.index(name)])

    def mean(self, name: str) -> float:
        """Return its mean over people."""
        return float(self.column(name).mean()) if len(self.values) else 0.0

    def of(self, chosen: Ints, resampled: Resampled) -> dict[str, float | None]:
        """Return the means and intervals of some people, and how many products their lists hold."""
        found: dict[str, float | None] = {}
        values = self.values[chosen]
        low, high = resampled.intervals(values)
        for place, name in enumerate(MEASURES):
            if np.isnan(values[:, place]).all():
                continue
            found[name] = float(np.nanmean(values[:, place]))
            found[f"{name}_low"], found[f"{name}_high"] = float(low[place]), float(high[place])
        items = self.listed[chosen]
        shown = self.is_available[np.unique(items[items >= 0])]
        found["coverage"] = float(shown.sum() / max(self.is_available.sum(), 1))
        return found


def measure(
    rows: Ints,
    listed: Ints,
    wanted: sparse.csr_matrix,
    buyers: Floats,
    people: int,
    is_available: np.ndarray,
) -> Measured:
    """Return what lists were worth.

    Recall at k = hits / min(products bought, k). Gain of a hit in place p is 1 / log2(1 + p), NDCG
    the sum of gains over that of a list whose first places are all hits. Average precision = the
    mean of the precision at each hit over min(products bought, k). Novelty = -mean(log2(people who
    bought the product / people)).

    Args:
        rows: of the people, shape (people,).
        listed: columns of the products in their places, shape (people, places), -1 for none.
        wanted: what they then bought, shape (people, products).
        buyers: how many people had bought each product by then, shape (products,).
        people: how many there were.
        is_available: whether each product can be bought, shape (products,).
    """
    length = listed.shape[1]
    if not len(rows):
        return Measured(np.empty((0, len(MEASURES))), listed, is_available)
    bought = np.diff(wanted.indptr)
    most = np.minimum(bought, length)
    is_listed = listed >= 0
    at = (np.repeat(np.arange(len(rows)), length), np.maximum(listed, 0).ravel())
    hits = (np.asarray(wanted[at]).reshape(listed.shape) > 0) & is_listed
    places = np.arange(1, length + 1)
    gains = 1 / np.log2(1 + places)
    precision = np.cumsum(hits, axis=1) / places
    shares = np.log2(np.maximum(buyers, 1) / max(people, 1))
    novelty = np.full(len(rows), np.nan)
    has_list = is_listed.any(axis=1)
    surprise = np.where(is_listed, -shares[np.maximum(listed, 0)], 0.0).sum(axis=1)
    novelty[has_list] = (surprise / np.maximum(is_listed.sum(axis=1), 1))[has_list]
    values = np.column_stack(
        [
            hits.sum(axis=1) / np.maximum(most, 1),
            (hits * gains).sum(axis=1) / np.maximum(np.cumsum(gains)[most - 1], 1e-9),
            (precision * hits).sum(axis=1) / np.maximum(most, 1),
            hits.any(axis=1),
            novelty,
        ]
    )
    return Measured(values, listed, is_available)
