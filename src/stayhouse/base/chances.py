"""How likely so many baskets would hold two sides by chance, and that among many such questions.

scipy's hypergeometric tail takes seconds for a few of the tails of a shop with large baskets (Boost
multiplies prime by prime up to 100,000 baskets); summed here, all of them take a second.
"""

import numpy as np
from scipy.special import betaln

# Further terms do not change the sum.
_ENOUGH = 1e-17
# Those that are done are dropped after so many terms, since dropping costs as much as two.
_STEPS = 8


def chances(
    baskets: int | np.ndarray, both: np.ndarray, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Return how likely so many baskets, or more, would hold both sides by chance, shape (rules,).

    The upper tail of the hypergeometric distribution (Fisher's exact test, one-sided); the same for
    either side on the left, to the last digit.

    Args:
        baskets: how many there are, of all rules or of each.
        both, left, right: how many hold both sides, the left one and the right one.
    """
    more, fewer = np.maximum(left, right), np.minimum(left, right)
    baskets = np.broadcast_to(baskets, more.shape)
    # Summed from the middle outwards, on the side where the terms fall.
    is_upper = both * baskets > more * fewer
    start = np.where(is_upper, both, both - 1)
    first = np.exp(
        _log_ways(fewer, start) + _log_ways(baskets - fewer, more - start)
        - _log_ways(baskets, more)
    )  # fmt: skip
    # Fewer with both than can be, when the others are too few to hold one side without the other.
    first[(start < 0) | (start < more + fewer - baskets)] = 0.0
    total = first.copy()
    going = np.flatnonzero(first > 0)
    sums, term, up = first[going], first[going], is_upper[going]
    # Of the four cells of baskets, with or without either side, two fall with each step and two
    # rise.
    at = start[going].astype("float64")
    rest = baskets[going] - more[going] - fewer[going] + at
    a, b = more[going] - at, fewer[going] - at
    falling = np.where(up, (a, b), (at, rest))
    rising = np.where(up, (at, rest), (a, b)) + 1
    while len(going):
        for _ in range(_STEPS):
            term *= falling[0] * falling[1] / (rising[0] * rising[1])
            sums += term
            # Nothing follows where a cell is empty.
            np.maximum(falling - 1, 0, out=falling)
            rising += 1
        total[going] = sums
        more_to_come = term > _ENOUGH * sums
        going, sums, term = going[more_to_come], sums[more_to_come], term[more_to_come]
        falling, rising = falling[:, more_to_come], rising[:, more_to_come]
    return np.asarray(np.clip(np.where(is_upper, total, 1 - total), 0.0, 1.0))


def adjusted(p_values: np.ndarray, tests: int) -> np.ndarray:
    """Return Benjamini and Hochberg's p of some of so many tests, the others having 1."""
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * (tests / np.arange(1, len(p_values) + 1))
    result = np.empty(len(p_values))
    result[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return result


def _log_ways(count: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The logarithm of how many ways there are to choose so many of a count."""
    inside = np.clip(chosen, 0, count).astype("float64")
    return np.asarray(-np.log1p(count) - betaln(count - inside + 1, inside + 1))
