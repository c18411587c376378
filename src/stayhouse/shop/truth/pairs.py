"""How often the two products of a planted pair meet in an order, and how often they should.

What was ordered is counted. What should be is exact for each order, given who ordered in which
category; so a chunk only counts its orders by choice, and all sums are of whole numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Floats, Ints
from stayhouse.shop.orders.orders import EXTRA_LINE_SHARE, Orders
from stayhouse.shop.parameters import CATEGORIES, PRODUCTS_PER_CATEGORY
from stayhouse.shop.population.catalogue import Catalogue, choice_row
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import Settings
from stayhouse.shop.writing import columns as text

# An expected number of orders sums a few thousand products of floats: more places would be noise.
_PLACES = 6


@dataclass
class PairCounts:
    """Orders of some customers.

    Attributes:
        by_choice: by row of ``Catalogue.choice``, that is by tastes, spend and category.
        met: shape (3, pairs): orders with the first product, with the second, with both.
    """

    by_choice: Ints
    met: Ints

    @classmethod
    def none(cls, catalogue: Catalogue) -> "PairCounts":
        """Return the counts of nobody."""
        pairs = int((catalogue.partner >= 0).sum())
        return cls(np.zeros(len(catalogue.choice), np.int64), np.zeros((3, pairs), np.int64))

    def add(self, other: "PairCounts") -> None:
        """Add the orders of other customers."""
        self.by_choice += other.by_choice
        self.met += other.met


def count_pairs(
    settings: Settings, catalogue: Catalogue, people: People, orders: Orders
) -> PairCounts:
    """Count the orders of the run, cancelled ones too."""
    rows = np.flatnonzero(orders.at_ms < settings.end_ms)
    who, product = orders.person[rows], orders.product[rows]
    category = product[:, 0] // PRODUCTS_PER_CATEGORY
    choice = choice_row(people.taste_1[who], people.taste_2[who], people.spend[who], category)
    first = np.flatnonzero(catalogue.partner >= 0)
    met = np.zeros((3, len(first)), dtype=np.int64)
    for place, (one, other) in enumerate(zip(first, catalogue.partner[first], strict=True)):
        has_one, has_other = (product == one).any(axis=1), (product == other).any(axis=1)
        met[:, place] = has_one.sum(), has_other.sum(), (has_one & has_other).sum()
    return PairCounts(np.bincount(choice, minlength=len(catalogue.choice)), met)


def expected_meetings(catalogue: Catalogue, by_choice: Ints) -> Floats:
    """Return what the model expects of ``PairCounts.met``, given the orders by choice.

    A product is in an order of its category as the main line or, behind another one, as the extra
    line; a second product of a pair also in orders of the first one's category, where that is the
    main line and the pair is added. Refills know neither, for the pairs lie in other categories.
    """
    first = np.flatnonzero(catalogue.partner >= 0)
    second = catalogue.partner[first]
    count = by_choice.reshape(-1, len(CATEGORIES))
    share = np.diff(catalogue.choice, axis=1, prepend=0.0)
    share = share.reshape(-1, len(CATEGORIES), PRODUCTS_PER_CATEGORY)

    def category_and_share(product: Ints) -> tuple[Ints, Floats]:
        category = product // PRODUCTS_PER_CATEGORY
        return count[:, category], share[:, category, product % PRODUCTS_PER_CATEGORY]

    def in_own_category(product: Ints) -> Floats:
        orders, main = category_and_share(product)
        expected: Floats = (orders * main * (1 + EXTRA_LINE_SHARE * (1 - main))).sum(axis=0)
        return expected

    orders, main = category_and_share(first)
    both = catalogue.attach * (orders * main).sum(axis=0)
    return np.stack([in_own_category(first), in_own_category(second) + both, both])


def pairs_truth(catalogue: Catalogue, counts: PairCounts) -> Any:
    """Return one row for each planted pair; a lift is null where it divides by 0."""
    first = np.flatnonzero(catalogue.partner >= 0)
    total = int(counts.by_choice.sum())
    expected = expected_meetings(catalogue, counts.by_choice)
    names = ("orders_with_product", "orders_with_paired", "orders_with_both")
    return pa.table(
        {
            "product_id": text.number(first, "p"),
            "paired_product_id": text.number(catalogue.partner[first], "p"),
            "attach_probability": np.full(len(first), catalogue.attach),
            "order_count": np.full(len(first), total, dtype=np.int64),
            **dict(zip(names, counts.met, strict=True)),
            "realised_lift": _lift(counts.met, total),
            **{
                f"expected_{name}": np.round(values, _PLACES)
                for name, values in zip(names, expected, strict=True)
            },
            "implied_lift": _lift(expected, total),
        }
    )


def _lift(met: Any, total: int) -> Any:
    """Return P(both) / (P(first) P(second))."""
    one, other, both = met
    is_known = (one > 0) & (other > 0)
    lift = np.divide(both * total, one * other, out=np.zeros(len(one)), where=is_known)
    return pa.array(np.round(lift, _PLACES), mask=~is_known)
