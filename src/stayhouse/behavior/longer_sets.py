"""Sets of items that stand together in enough baskets; four and more are found by mlxtend."""

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pandas as pd

# At most 500 items are numbered, and sets have at most seven.
_BITS = 9


@dataclass(frozen=True)
class Sets:
    """Sets of as many items each.

    Attributes:
        members: numbers of the items, rising, shape (sets, items).
        counts: baskets that hold all of them, shape (sets,).
    """

    members: np.ndarray
    counts: np.ndarray

    def counts_of(self, members: np.ndarray) -> np.ndarray:
        """Return the counts of sets that are all among these, shape (asked,)."""
        own = codes(self.members)
        order = np.argsort(own)
        return np.asarray(self.counts[order][np.searchsorted(own[order], codes(members))])


def has_longer_sets() -> bool:
    """Return whether the extra `rules` is installed."""
    return find_spec("mlxtend") is not None


def longer_sets(
    baskets: pd.DataFrame, triples: Sets, least: int, most_sets: int, most_items: int
) -> tuple[dict[int, Sets], int]:
    """Return sets of four items and more by their number of items, and in how many baskets each is.

    Without the extra there are none. Where items stand together by the dozen their sets are without
    number, so the least count rises until no more than `most_sets` sets of four have it, and half
    as many of three.

    Args:
        baskets: one row per `basket_number` and `item_number`: the baskets of four items and more.
        triples: all sets of three that are in `least` baskets, and maybe others.
        least: so many baskets make a set.
        most_sets: so many sets of four are not too many, nor half as many of three.
        most_items: sets of more items are not looked for.
    """
    if not has_longer_sets():
        return {}, least
    # Of sets of three, which are counted already, so few that fours can be.
    least = _least(triples.counts, least, most_sets // 2)
    # Four are together no more often than three of them.
    items = np.unique(triples.members[triples.counts >= least])
    held = baskets[baskets["item_number"].isin(items)]
    place, _ = pd.factorize(held["basket_number"])
    table = np.zeros((place.max(initial=-1) + 1, len(items)), dtype=bool)
    table[place, np.searchsorted(items, held["item_number"])] = True
    table = table[table.sum(axis=1) >= 4]
    fours = _found(items, table, least, 4).get(4)
    if fours is None:
        return {}, least
    least = _least(fours.counts, least, most_sets)
    is_enough = fours.counts >= least
    found = {4: Sets(fours.members[is_enough], fours.counts[is_enough])} if is_enough.any() else {}
    # And five no more often than four of them.
    is_held = np.isin(items, found[4].members) if found else np.zeros(len(items), dtype=bool)
    table = table[:, is_held]
    table = table[table.sum(axis=1) >= 5]
    return _found(items[is_held], table, least, most_items) | found, least


def _least(counts: np.ndarray, least: int, most: int) -> int:
    """The least count that at most so many of these sets have, from `least` on."""
    enough = np.sort(counts[counts >= least])[::-1]
    return int(enough[most]) + 1 if len(enough) > most else least


def _found(items: np.ndarray, table: np.ndarray, least: int, most_items: int) -> dict[int, Sets]:
    """Sets of four items and more in so many baskets, a row each, shape (baskets, items).

    Baskets are those that could hold any: no set is counted in others.
    """
    from mlxtend.frequent_patterns import fpgrowth

    if len(table) < least:
        return {}
    # Half a basket less, so that no share of a whole number of baskets is rounded past it.
    found = fpgrowth(
        pd.DataFrame(table), min_support=(least - 0.5) / len(table), max_len=most_items
    )
    sizes = found["itemsets"].map(len)
    result = {}
    for size, own in found[sizes >= 4].groupby(sizes[sizes >= 4]):
        members = np.array([sorted(items[list(one)]) for one in own["itemsets"]])
        counts = np.rint(own["support"].to_numpy() * len(table)).astype("int64")
        result[int(size)] = Sets(members, counts)
    return result


def codes(members: np.ndarray) -> np.ndarray:
    """Return a whole number for each set of as many items, shape (sets,)."""
    places = np.arange(members.shape[1]) * _BITS
    return np.asarray((members << places).sum(axis=1), dtype="int64")
