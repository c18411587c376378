"""The best products of each person, without what is left out, and not too many of a category."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stayhouse.recommendations.known import Floats, Ints

# Scores that differ by less are the same on another machine; of equals the first product counts.
DIGITS = 9
# So many of the best are looked at first; more only where three of a category crowd the others out.
LOOKED_AT = 50


@dataclass(frozen=True)
class Lists:
    """Lists of some people.

    Attributes:
        items: columns of the products in their places, shape (people, places), -1 for none.
        crowded: columns of products that would have stood there, had three of their category not
            stood before them, by the place that they would have had, -1 for none.
    """

    items: Ints
    crowded: Ints


def blocks(rows: Ints, size: int) -> Iterator[Ints]:
    """Yield the rows in blocks."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def best(scores: Floats, length: int, categories: Ints | None = None, cap: int = 0) -> Lists:
    """Return the best products by score; a score of 0 or less, or -inf, is in no list.

    Args:
        scores: shape (people, products).
        length: places of a list.
        categories: of each product, from 0; None: as many of one as come.
        cap: at most so many of a category.
    """
    looked_at = length if categories is None else LOOKED_AT
    lists, is_whole = _best(scores, looked_at, length, categories, cap)
    short = np.flatnonzero((lists.items[:, -1] < 0) & ~is_whole)
    if len(short):
        whole, _ = _best(scores[short], scores.shape[1], length, categories, cap)
        lists.items[short], lists.crowded[short] = whole.items, whole.crowded
    return lists


def _ranked(scores: Floats, looked_at: int) -> tuple[Ints, Ints]:
    """Return the products that come first, shape (people, places), -1 for none, and how many could.

    The best of each of some groups is cheap to find; whoever is among the first is no worse than
    the best of the group that stands there. So few are left to sort, and all ties are among them:
    which of equals `numpy.argpartition` keeps differs between machines.
    """
    people, width = scores.shape
    if not width:
        return np.full((people, 0), -1), np.zeros(people, dtype="int64")
    floor = np.zeros(people)
    if width > looked_at:
        size = max(width // (4 * looked_at), 1)
        groups = width // size
        # Products of one group stand `groups` columns apart, which makes the maximum cheap.
        heads = scores[:, : groups * size].reshape(people, size, groups).max(axis=1)
        floor = np.partition(heads, groups - looked_at, axis=1)[:, groups - looked_at]
    # Rounded scores are compared, so whoever is worse by less than that may be equal.
    floor = np.maximum(floor - 2 * 10.0**-DIGITS, 0.0)
    at = np.flatnonzero(scores > floor[:, None])
    row, item = np.divmod(at, width)
    values = np.round(scores[row, item], DIGITS)
    row, item, values = (x[values > 0] for x in (row, item, values))
    order = np.lexsort((item, -values, row))
    row, item = row[order], item[order]
    counts = np.bincount(row, minlength=people)
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = place < looked_at
    ranked = np.full((people, min(looked_at, width)), -1)
    ranked[row[kept], place[kept]] = item[kept]
    return ranked, counts


def _best(
    scores: Floats, looked_at: int, length: int, categories: Ints | None, cap: int
) -> tuple[Lists, Ints]:
    """Return lists of the products that come first, and whether no others could be in one."""
    people = len(scores)
    ranked, counts = _ranked(scores, looked_at)
    lists = Lists(np.full((people, length), -1), np.full((people, length), -1))
    if categories is None:
        lists.items[:, : ranked.shape[1]] = ranked[:, :length]
        return lists, np.ones(people, dtype=bool)
    filled = np.zeros(people, dtype="int64")
    taken = np.zeros((people, int(categories.max(initial=-1)) + 1), dtype="int16")
    every = np.arange(people)
    for place in range(ranked.shape[1]):
        item = ranked[:, place]
        category = categories[item]
        is_wanted = (item >= 0) & (filled < length)
        if not is_wanted.any():
            break
        has_room = taken[every, category] < cap
        listed = np.flatnonzero(is_wanted & has_room)
        lists.items[listed, filled[listed]] = item[listed]
        taken[listed, category[listed]] += 1
        filled[listed] += 1
        if place < length:
            out = np.flatnonzero(is_wanted & ~has_room)
            lists.crowded[out, place] = item[out]
    return lists, counts < looked_at
