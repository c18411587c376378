"""What is known at a cut-off, as matrices of people and products."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

Ints = np.ndarray
Floats = np.ndarray


@dataclass(frozen=True)
class Tables:
    """The tables that a door reads; `cutoff` tells which rows belong together.

    Attributes:
        items: `item_number` from 1 without holes, `source_number`, `category`, `brand`, `name`
            (text or None), `price` (may be NaN), `is_available`.
        people: `cutoff`, `person_number`, `order_count`, `first_category`, `is_listed`.
        interactions: `cutoff`, `person_number`, `item_number`, `order_count`, `is_disliked`,
            `is_returned`, `weight`.
        popularity: `cutoff`, `item_number`, `people_count`, `recent_people_count`.
        neighbours: `cutoff`, `item_number`, `neighbour_number`, `similarity`.
        rules: `cutoff`, `item_number`, `other_number`, `confidence`.
        repeats: `cutoff`, `person_number`, `item_number`, `order_count`, `gap_days`,
            `is_own_gap`, `is_wanted`, `score`.
    """

    items: pd.DataFrame
    people: pd.DataFrame
    interactions: pd.DataFrame
    popularity: pd.DataFrame
    neighbours: pd.DataFrame
    rules: pd.DataFrame
    repeats: pd.DataFrame


@dataclass(frozen=True)
class Known(Tables):
    """The rows of one cut-off. As matrices, rows are `people` and columns `items`, both from 0."""

    @classmethod
    def at(cls, tables: Tables, cutoff: str) -> "Known":
        """Return what is known at a cut-off."""

        def then(table: pd.DataFrame) -> pd.DataFrame:
            return table[table["cutoff"] == cutoff].reset_index(drop=True)

        items = tables.items.sort_values("item_number", ignore_index=True)
        people = then(tables.people).sort_values("person_number", ignore_index=True)
        return cls(
            _without_nan(items, ["category", "brand", "name"]),
            _without_nan(people, ["first_category"]),
            then(tables.interactions),
            then(tables.popularity),
            then(tables.neighbours),
            then(tables.rules),
            then(tables.repeats),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """People and products."""
        return len(self.people), len(self.items)

    def rows_of(self, person_numbers: pd.Series) -> Ints:
        """Return the rows of people who are known."""
        return np.searchsorted(self.people["person_number"].to_numpy(), person_numbers.to_numpy())

    def matrix(self, values: Floats) -> sparse.csr_matrix:
        """Return a value an interaction as a matrix, shape (people, products), without zeros."""
        rows = self.rows_of(self.interactions["person_number"])
        columns = self.interactions["item_number"].to_numpy() - 1
        made = sparse.csr_matrix((values.astype("float64"), (rows, columns)), shape=self.shape)
        made.eliminate_zeros()
        return made

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """Return what each person's products weigh."""
        return self.matrix(self.interactions["weight"].to_numpy())

    @cached_property
    def touched(self) -> Ints:
        """Return the columns of products that somebody bought or viewed."""
        return np.unique(self.weights.indices)

    @cached_property
    def bought(self) -> sparse.csr_matrix:
        """Return in how many orders each person bought each product."""
        return self.matrix(self.interactions["order_count"].to_numpy())

    @cached_property
    def excluded(self) -> sparse.csr_matrix:
        """Return 1 where a person bought, gave back or disliked a product."""
        own = self.interactions
        is_out = (own["order_count"] > 0) | own["is_returned"] | own["is_disliked"]
        return self.matrix(is_out.to_numpy())

    @cached_property
    def _sources(self) -> tuple[Floats, Ints]:
        """Return whether each person bought or viewed something of each source, and of products."""
        codes = self.items["source_number"].to_numpy() - 1
        shape = (len(codes), int(codes.max(initial=0)) + 1)
        of_source = sparse.csr_matrix((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape)
        own = self.matrix(np.ones(len(self.interactions)))
        return (own @ of_source).toarray() > 0, codes

    def without_excluded(self, rows: Ints, scores: Floats) -> Floats:
        """Return scores with -inf at what is in nobody's list: `excluded`, and of other sources.

        Args:
            rows: of the people, shape (people,).
            scores: shape (people, products); written into where that is allowed.
        """
        masked = np.require(scores, "float64", "W")
        masked[self.excluded[rows].nonzero()] = -np.inf
        within = self.within_sources(rows)
        if not within.all():
            masked[np.broadcast_to(~within, masked.shape)] = -np.inf
        return masked

    def within_sources(self, rows: Ints) -> np.ndarray:
        """Return whether people had to do with the source of each product.

        Shape (rows, products), or (rows, 1) where there is one source.
        """
        has, codes = self._sources
        # Whoever bought or viewed anything did so in the only source.
        return has[rows] if has.shape[1] == 1 else np.asarray(has[rows][:, codes])

    @cached_property
    def recent(self) -> Floats:
        """Return how many people bought each product in the 30 days before, shape (products,)."""
        return self._of_items("recent_people_count")

    @cached_property
    def buyers(self) -> Floats:
        """Return how many people ever bought each product, shape (products,)."""
        return self._of_items("people_count")

    def _of_items(self, column: str) -> Floats:
        counts = np.zeros(len(self.items))
        counts[self.popularity["item_number"].to_numpy() - 1] = self.popularity[column]
        return counts

    @cached_property
    def categories(self) -> Ints:
        """Return the category of each product as a number; without one each is its own."""
        codes = pd.factorize(self.items["category"])[0]
        alone = np.arange(len(codes)) + codes.max(initial=-1) + 1
        return np.where(codes < 0, alone, codes)

    def category_numbers(self, names: pd.Series) -> Ints:
        """Return names of categories as the numbers of `categories`; -1 for one that none has."""
        known = dict(zip(self.items["category"], self.categories, strict=True))
        known.pop(None, None)
        return np.array([known.get(name, -1) for name in names], dtype="int64")


def _without_nan(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return texts with None where there is none: pandas writes NaN, of which every one is true."""
    texts = table[columns].astype("object")
    return table.assign(**texts.where(texts.notna(), None))
