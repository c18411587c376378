"""The numbers by which lists are made and judged: `meta` of the doors says why each is so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    """How lists are made and judged.

    Attributes:
        list_length: places of a list.
        per_category: of so many places at most a list holds products of one category.
        factor_counts: the numbers of factors of `svd` that are tried on validation.
        ease_penalty: of the squared weights of `ease`.
        ease_max_items: with more products `ease` is not fitted, since it inverts their square.
        min_people: with fewer people on validation nothing is chosen.
        resamples: bootstraps of people for each interval.
        block_people: so many people are scored at once, which bounds memory.
    """

    list_length: int
    per_category: int
    factor_counts: Sequence[int]
    ease_penalty: float
    ease_max_items: int
    min_people: int
    resamples: int
    block_people: int

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> "Plan":
        """Return the plan of a door's `meta`."""
        return cls(**numbers)
