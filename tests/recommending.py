"""Small shops for tests of recommendations: products by letter, people by letter."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from stayhouse.recommendations.known import Known, Tables

Pairs = Mapping[tuple[str, str], float]
PLAN = {
    "list_length": 10,
    "per_category": 3,
    "factor_counts": [1, 2],
    "ease_penalty": 2.0,
    "ease_max_items": 5000,
    "min_people": 3,
    "resamples": 100,
    "block_people": 2,
}


def made_tables(
    products: Sequence[tuple[str, str | None]],
    weights: Pairs,
    *,
    cutoff: str = "now",
    orders: Mapping[tuple[str, str], int] | None = None,
    order_counts: Mapping[str, int] | None = None,
    recent: Sequence[int] | None = None,
    neighbours: Sequence[tuple[str, str, float]] = (),
    rules: Sequence[tuple[str, str, float]] = (),
    repeats: Sequence[Mapping[str, Any]] = (),
    returned: Sequence[tuple[str, str]] = (),
    disliked: Sequence[tuple[str, str]] = (),
    people: str = "",
    **of_items: Any,
) -> Tables:
    """Tables of one cut-off.

    Args:
        products: name and category of each.
        weights: of person and product; a person of none stands in `people`.
        cutoff: of all rows.
        orders: of person and product; without it each weight of 1 or more is one order.
        order_counts: of people, 2 where nothing is said.
        recent: how many people bought each product of late; by default, and ever, those of
            `orders`.
        neighbours, rules: product, other product and value.
        repeats: rows, with the letters of `person` and `item`.
        returned, disliked: pairs of `weights`.
        people: letters of more people.
        of_items: other columns of items.
    """
    number = {name: place + 1 for place, (name, _) in enumerate(products)}
    bought = {pair: int(w >= 1) for pair, w in weights.items()} if orders is None else orders
    everybody = sorted({person for person, _ in weights} | set(people))
    count = len(products)
    items = pd.DataFrame(
        {
            "item_number": range(1, count + 1), "source_number": 1,
            "category": [category for _, category in products], "brand": None, "name": None,
            "price": float("nan"), "is_available": True,
        }
    )  # fmt: skip
    interactions = [
        {
            "cutoff": cutoff, "person_number": ord(person), "item_number": number[item],
            "order_count": bought.get((person, item), 0), "weight": float(weight),
            "is_returned": (person, item) in returned, "is_disliked": (person, item) in disliked,
        }
        for (person, item), weight in weights.items()
    ]  # fmt: skip
    buyers = [sum(n > 0 for (_, other), n in bought.items() if other == name) for name in number]
    pairs = ["cutoff", "item_number"]
    return Tables(
        items=items.assign(**of_items),
        people=pd.DataFrame(
            {
                "cutoff": cutoff,
                "person_number": [ord(person) for person in everybody],
                "order_count": [(order_counts or {}).get(person, 2) for person in everybody],
                "first_category": pd.Series([None] * len(everybody), dtype="object"),
                "is_listed": True,
            }
        ),
        interactions=pd.DataFrame(
            interactions,
            columns=[
                "cutoff", "person_number", "item_number", "order_count", "weight", "is_returned",
                "is_disliked",
            ],
        ).astype(
            {
                "is_returned": "bool", "is_disliked": "bool", "weight": "float64",
                **dict.fromkeys(("person_number", "item_number", "order_count"), "int64"),
            }
        ),
        popularity=pd.DataFrame(
            {
                "cutoff": cutoff,
                "item_number": range(1, count + 1),
                "people_count": buyers,
                "recent_people_count": buyers if recent is None else list(recent),
            }
        ),
        neighbours=pd.DataFrame(
            [(cutoff, number[a], number[b], value) for a, b, value in neighbours],
            columns=[*pairs, "neighbour_number", "similarity"],
        ).astype({"item_number": "int64", "neighbour_number": "int64", "similarity": "float64"}),
        rules=pd.DataFrame(
            [(cutoff, number[a], number[b], value) for a, b, value in rules],
            columns=[*pairs, "other_number", "confidence"],
        ).astype({"item_number": "int64", "other_number": "int64", "confidence": "float64"}),
        repeats=pd.DataFrame(
            [
                {
                    "cutoff": cutoff, "person_number": ord(row["person"]),
                    "item_number": number[row["item"]], "order_count": row["order_count"],
                    "gap_days": row.get("gap_days"), "is_own_gap": row.get("is_own_gap", False),
                    "score": row["score"], "is_wanted": row.get("is_wanted", True),
                }
                for row in repeats
            ],
            columns=[
                "cutoff", "person_number", "item_number", "order_count", "gap_days", "is_own_gap",
                "score", "is_wanted",
            ],
        ).astype(
            {
                **dict.fromkeys(("is_own_gap", "is_wanted"), "bool"),
                **dict.fromkeys(("score", "gap_days"), "float64"),
                **dict.fromkeys(("person_number", "item_number", "order_count"), "int64"),
            }
        ),
    )  # fmt: skip


def made_known(products: Sequence[tuple[str, str | None]], weights: Pairs, **others: Any) -> Known:
    """Return what is known of such a shop."""
    return Known.at(made_tables(products, weights, **others), "now")


def joined(*tables: Tables) -> Tables:
    """Return the tables of several cut-offs as one; the products are those of the first."""
    names = ("people", "interactions", "popularity", "neighbours", "rules", "repeats")
    return Tables(
        items=tables[0].items,
        **{
            name: pd.concat([getattr(table, name) for table in tables], ignore_index=True)
            for name in names
        },
    )


def weights_of(bought: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Return what purchases before a cut-off weigh: half for each 90 days since the last one.

    Args:
        bought: `person_number`, `item_number`, `basket_number`, `at`.
        cutoff: midnight.
    """
    then = bought[bought["at"] < cutoff]
    made = then.groupby(["person_number", "item_number"], as_index=False).agg(
        order_count=("basket_number", "nunique"), last_at=("at", "max")
    )
    days = (cutoff - made["last_at"].dt.normalize()).dt.days
    return made.assign(weight=(0.5 ** (days / 90)).round(6).clip(lower=1e-6))


def nearest(weights: pd.DataFrame, count: int = 20) -> pd.DataFrame:
    """Return the nearest products of each, by the formula of `int_recommendations__neighbours`."""
    rows = pd.factorize(weights["person_number"])[0]
    columns = weights["item_number"].to_numpy() - 1
    own = sparse.csr_matrix((weights["weight"].to_numpy(dtype="float64"), (rows, columns)))
    shares = sparse.diags(1 / np.sqrt(np.asarray(own.sum(axis=1)).ravel())) @ own
    gram = (shares.T @ shares).toarray()
    lengths = np.sqrt(np.diag(gram))
    lengths[lengths == 0] = 1.0
    cosines = np.round(gram / lengths[:, None] / lengths[None, :], 9)
    np.fill_diagonal(cosines, 0.0)
    places = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    found = pd.DataFrame(
        {
            "item_number": np.repeat(np.arange(len(cosines)), places.shape[1]) + 1,
            "neighbour_number": places.ravel() + 1,
            "similarity": np.take_along_axis(cosines, places, axis=1).ravel(),
        }
    )
    return found[found["similarity"] > 0].reset_index(drop=True)
