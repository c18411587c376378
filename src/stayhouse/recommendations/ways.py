"""Ways to recommend. Each scores every product for some people; a score of 0 says nothing.

`Pairwise` ways add up over what a person bought or viewed: score of i = sum over j of the weight of
j times the pull of j on i, so that the product with the largest part is the reason.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import lapack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from stayhouse.recommendations.known import Floats, Ints, Known

SEED = 20_240_101
NOTHING = np.empty((0, 0))


class Way(Protocol):
    """Scores products for people."""

    def scores(self, rows: Ints) -> Floats:
        """Return a score for each person and product, shape (rows, products)."""


@dataclass(frozen=True)
class Popular:
    """The same for everybody, or within one category of each person.

    Attributes:
        counts: how many people, shape (products,).
        categories: that of each product, shape (products,).
        of_people: the category of each person, shape (people,), or None: of all categories.
    """

    counts: Floats
    categories: Ints
    of_people: Ints | None = None

    def scores(self, rows: Ints) -> Floats:
        """Return the counts, 0 outside of a person's category."""
        if self.of_people is None:
            return np.broadcast_to(self.counts, (len(rows), len(self.counts)))
        return np.where(
            self.categories[None, :] == self.of_people[rows][:, None], self.counts[None, :], 0.0
        )


@dataclass(frozen=True)
class Pairwise:
    """Pulls of products on each other, as a matrix or as factors whose products they are.

    Attributes:
        weights: of people and products, shape (people, products).
        pulls: shape (products, products), of the row on the column.
        factors: shape (products, factors); where they are given `pulls` is not read.
        columns: of the products that `pulls` has, in their order; without it all.
    """

    weights: sparse.csr_matrix
    pulls: sparse.csr_matrix | Floats
    factors: Floats | sparse.csr_matrix | None = None
    columns: Ints | None = None

    def scores(self, rows: Ints) -> Floats:
        """Return the sums over what people bought or viewed."""
        own = self.weights[rows]
        factors = self.factors
        made: Any
        if self.columns is not None:
            places = np.searchsorted(self.columns, own.indices)
            shape = (len(rows), len(self.columns))
            some = sparse.csr_matrix((own.data, places, own.indptr), shape)
            made = np.zeros(own.shape)
            made[:, self.columns] = some @ self.pulls
        elif factors is None:
            made = own @ self.pulls
        elif sparse.issparse(factors):
            # Dense in between: almost every person has a word of almost every product.
            made = np.ascontiguousarray((factors @ (own @ factors).toarray().T).T)
        else:
            made = (own @ factors) @ factors.T
        return made.toarray() if sparse.issparse(made) else np.asarray(made)

    def first(self, count: int) -> "Pairwise":
        """Return the same with its first factors only."""
        assert self.factors is not None
        return Pairwise(self.weights, NOTHING, self.factors[:, :count])

    def pull(self, of: Ints, on: Ints) -> Floats:
        """Return the pull of one product on another, pair by pair."""
        if self.factors is None:
            if self.columns is not None:
                of, on = (np.searchsorted(self.columns, places) for places in (of, on))
            return np.asarray(self.pulls[of, on]).ravel()
        first, second = self.factors[of], self.factors[on]
        parts = first.multiply(second) if sparse.issparse(first) else first * second
        return np.asarray(parts.sum(axis=1)).ravel()


def popular(known: Known) -> Popular:
    """Bought by most people of the last 30 days."""
    return Popular(known.recent, known.categories)


def popular_in_category(known: Known) -> Popular:
    """The same within the category in which a person bought most often."""
    count = int(known.categories.max(initial=-1)) + 1
    rows = np.arange(len(known.categories))
    of_category = sparse.csr_matrix(
        (np.ones(len(rows)), (rows, known.categories)), shape=(len(rows), count)
    )
    # A shop without products has no category that could be the most bought one.
    most = (
        np.asarray((known.bought @ of_category).argmax(axis=1)).ravel()
        if count
        else np.zeros(len(known.people), "int64")
    )
    return Popular(known.recent, known.categories, most)


def first_category(known: Known) -> Popular:
    """The same within the category of the first order."""
    numbers = known.category_numbers(known.people["first_category"])
    return Popular(known.recent, known.categories, numbers)


def item_to_item(known: Known) -> Pairwise:
    """The 20 neighbours of each product, by the cosine that SQL counts."""
    return Pairwise(
        known.weights, _square(known, known.neighbours, "neighbour_number", "similarity")
    )


def rules(known: Known) -> Pairwise:
    """What is in one order more often than by chance."""
    return Pairwise(known.bought.sign(), _square(known, known.rules, "other_number", "confidence"))


def ease(known: Known, penalty: float) -> Pairwise:
    """Return the linear model of each product by all others (Steck, 2019, closed form).

    With `P` the inverse of the Gram matrix plus the penalty, the pull of j on i is -P_ji / P_ii,
    and 0 of a product on itself. What nobody has to do with pulls nothing, and is left out.
    """
    columns = known.touched
    own = known.weights[:, columns]
    gram = (own.T @ own).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    # The Gram matrix is symmetric and positive, so that half the work of an inversion is enough.
    factor, _ = lapack.dpotrf(gram, lower=True, overwrite_a=True)
    inverse, _ = lapack.dpotri(factor, lower=True, overwrite_c=True)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    pulls = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(pulls, 0.0)
    return Pairwise(known.weights, pulls, columns=columns)


def svd(known: Known, factor_count: int) -> Pairwise:
    """Return the projection on the first factors of the weights (PureSVD: Cremonesi, 2010)."""
    fitted = TruncatedSVD(factor_count, algorithm="arpack", random_state=SEED).fit(known.weights)
    return Pairwise(known.weights, NOTHING, fitted.components_.T)


def content(known: Known) -> Pairwise:
    """Return how alike products are: words of name, category, brand and band of price.

    Words weigh the more the fewer products have them (TF-IDF); the measure is the cosine.
    """
    items = known.items
    bands = pd.qcut(items["price"], 5, labels=False, duplicates="drop")
    texts = [
        [f"category {category}"] * (category is not None)
        + [f"brand {brand}"] * (brand is not None)
        + [f"price {band}"] * (band == band)
        + (name or "").lower().split()
        for category, brand, band, name in zip(
            items["category"], items["brand"], bands, items["name"], strict=True
        )
    ]
    if not any(texts):
        return Pairwise(known.weights, sparse.csr_matrix((len(items), len(items))))
    words = TfidfVectorizer(analyzer=lambda tokens: tokens).fit_transform(texts)
    return Pairwise(known.weights, NOTHING, words.tocsr())


def _square(known: Known, pairs: pd.DataFrame, other: str, value: str) -> sparse.csr_matrix:
    rows, columns = (pairs[name].to_numpy() - 1 for name in ("item_number", other))
    size = len(known.items)
    return sparse.csr_matrix((pairs[value].to_numpy(), (rows, columns)), shape=(size, size))
