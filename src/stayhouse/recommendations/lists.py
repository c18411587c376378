"""The best products of each person, without what is left out, and not too many of a category."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stayhouse.recommendations.known import Floats, Ints

# Scores that differ by less are the same on another machine; of equals the first product counts.
DIGITS = 9
# So many of the best are looked at first; more only where three of a category crowd the others out.
LOOKED_AT = 100


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
    rounded = np.round(scores, DIGITS)
    width = rounded.shape[1]
    lists = _best(rounded, min(LOOKED_AT, width), length, categories, cap)
    if width > LOOKED_AT and categories is not None:
        short = np.flatnonzero((lists.items[:, -1] < 0) & ((rounded > 0).sum(axis=1) > LOOKED_AT))
        if len(short):
            whole = _best(rounded[short], width, length, categories, cap)
            lists.items[short], lists.crowded[short] = whole.items, whole.crowded
    return lists


def _best(scores: Floats, looked_at: int, length: int, categories: Ints | None, cap: int) -> Lists:
    people, width = scores.shape
    if looked_at < width:
        some = np.sort(np.argpartition(-scores, looked_at - 1, axis=1)[:, :looked_at], axis=1)
    else:
        some = np.broadcast_to(np.arange(width), scores.shape)
    values = np.take_along_axis(scores, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    some, values = (np.take_along_axis(x, order, axis=1) for x in (some, values))
    lists = Lists(np.full((people, length), -1), np.full((people, length), -1))
    filled = np.zeros(people, dtype="int64")
    if categories is None:
        kept = min(length, looked_at)
        lists.items[:, :kept] = np.where(values[:, :kept] > 0, some[:, :kept], -1)
        return lists
    counts = np.zeros((people, int(categories.max(initial=-1)) + 1), dtype="int64")
    every = np.arange(people)
    for place in range(looked_at):
        item = some[:, place]
        category = categories[item]
        is_wanted = (values[:, place] > 0) & (filled < length)
        if not is_wanted.any():
            break
        has_room = counts[every, category] < cap
        taken = np.flatnonzero(is_wanted & has_room)
        lists.items[taken, filled[taken]] = item[taken]
        counts[taken, category[taken]] += 1
        filled[taken] += 1
        if place < length:
            out = np.flatnonzero(is_wanted & ~has_room)
            lists.crowded[out, place] = item[out]
    return lists
