"""Small shops for tests of recommendations: products by letter, people by letter."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from stayhouse.recommendations import Tables
from stayhouse.recommendations.known import Known

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
    disliked_since: Sequence[tuple[str, str]] = (),
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
        returned, disliked, disliked_since: pairs of `weights`.
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
            "price": float("nan"), "is_available": True, "is_replenishable": False,
        }
    )  # fmt: skip
    interactions = [
        {
            "cutoff": cutoff, "person_number": ord(person), "item_number": number[item],
            "order_count": bought.get((person, item), 0), "weight": float(weight),
            "is_returned": (person, item) in returned, "is_disliked": (person, item) in disliked,
            "is_disliked_since": (person, item) in disliked_since,
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
                "is_disliked", "is_disliked_since",
            ],
        ).astype(
            {
                "is_returned": "bool", "is_disliked": "bool", "is_disliked_since": "bool",
                "weight": "float64",
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
                    "score": row["score"],
                }
                for row in repeats
            ],
            columns=[
                "cutoff", "person_number", "item_number", "order_count", "gap_days", "is_own_gap",
                "score",
            ],
        ).astype(
            {
                "is_own_gap": "bool", "score": "float64", "gap_days": "float64",
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
