"""Everybody's lists: what may stand there, what fills them up, and why each product does."""

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from stayhouse.recommendations import recommend
from stayhouse.recommendations.known import Tables
from tests.recommending import PLAN, made_tables


def served(model: str, factor_count: int | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "list": ["discovery", "buy_again"], "model": [model, "buy_again"], "is_served": True,
            "factor_count": pd.array([factor_count, None], dtype="Int64"),
        }
    )  # fmt: skip


def lists(tables: Tables, model: str = "item_to_item", kind: str = "discovery", **plan: Any) -> Any:
    """By person the products in their places, with the reason and the product it names."""
    made = recommend(*vars(tables).values(), served(model), PLAN | plan)
    made = made[(made["list"] == kind) & ~made["is_left_out"]]
    letters = dict(enumerate("abcdefghijklmnop", start=1)) | {pd.NA: None}
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for row in made.sort_values(["person_number", "rank"]).itertuples():
        named = None if pd.isna(row.reason_item_number) else letters[int(row.reason_item_number)]
        places = found.setdefault(chr(row.person_number), [])
        assert row.rank == len(places) + 1
        places.append((letters[row.item_number], row.reason_code, named))
    return found


PRODUCTS = [("a", None), ("b", None), ("c", None), ("d", None), ("e", None)]


def test_the_reason_is_the_own_product_with_the_largest_part() -> None:
    """A purchase pulls .3 on c; a view, at half the weight, .4 on c and .35 on d."""
    tables = made_tables(
        PRODUCTS, {("u", "a"): 1.0, ("u", "b"): 0.5},
        neighbours=[("a", "c", 0.3), ("b", "c", 0.8), ("a", "d", 0.4), ("b", "d", 0.7)],
        recent=[0, 0, 0, 0, 1],
    )  # fmt: skip
    # d: .4 of what was bought, .35 of what was viewed.
    found = lists(tables)
    assert found["u"] == [
        ("d", "bought_with", "a"), ("c", "viewed_with", "b"), ("e", "popular", None),
    ]  # fmt: skip


def test_what_speaks_for_itself_was_viewed() -> None:
    """b pulls on itself most, as in a projection; of what was bought nothing is told of itself."""
    tables = made_tables(
        PRODUCTS, {("u", "a"): 1.0, ("u", "b"): 0.5},
        neighbours=[("a", "b", 0.2), ("b", "b", 0.9), ("a", "c", 0.2), ("b", "c", 0.3)],
        recent=[0] * 5,
    )  # fmt: skip
    assert lists(tables)["u"] == [("b", "viewed", None), ("c", "bought_with", "a")]


def test_of_equal_parts_the_first_own_product_is_the_reason() -> None:
    tables = made_tables(
        PRODUCTS, {("u", "b"): 1.0, ("u", "a"): 1.0, ("u", "c"): 1.0, ("v", "a"): 1.0},
        neighbours=[("a", "d", 0.1), ("b", "d", 0.5), ("c", "d", 0.5), ("a", "e", 0.2)],
    )  # fmt: skip
    found = lists(tables)
    assert found["u"][:2] == [("d", "bought_with", "b"), ("e", "bought_with", "a")]


def test_nobody_is_shown_what_was_bought_returned_disliked_or_is_not_to_be_had() -> None:
    tables = made_tables(
        [(name, None) for name in "abcdefg"],
        {("u", "a"): 1.0, ("u", "b"): 0.5, ("u", "c"): 0.5, ("u", "d"): 0.5, ("v", "e"): 1.0},
        returned=[("u", "b")], disliked=[("u", "c")], recent=[9, 8, 7, 6, 5, 4, 3],
        is_available=[True] * 5 + [False, True],
    )  # fmt: skip
    found = lists(tables, "popular_30d")
    # Viewed only: d may be shown.
    assert [item for item, *_ in found["u"]] == ["d", "e", "g"]
    assert [item for item, *_ in found["v"]] == ["a", "b", "c", "d", "g"]


def test_where_nothing_is_to_be_had_there_is_no_list() -> None:
    tables = made_tables(PRODUCTS, {("u", "a"): 1.0}, recent=[5, 4, 3, 2, 1], is_available=False)
    assert lists(tables) == {}


def test_a_shop_of_one_product_recommends_nothing_new() -> None:
    tables = made_tables([("a", "x")], {("u", "a"): 1.0})
    assert lists(tables) == {}
    assert lists(tables, "ease") == {}


def test_people_who_may_not_be_listed_get_no_list() -> None:
    tables = made_tables(PRODUCTS, {("u", "a"): 1.0, ("v", "b"): 1.0})
    tables.people.loc[tables.people["person_number"] == ord("u"), "is_listed"] = False
    assert list(lists(tables, "popular_30d")) == ["v"]


def test_only_products_of_sources_in_which_a_person_bought_or_looked() -> None:
    tables = made_tables(
        PRODUCTS, {("u", "a"): 1.0, ("v", "d"): 1.0}, recent=[5, 4, 3, 2, 1],
        source_number=[1, 1, 2, 2, 2],
    )  # fmt: skip
    found = lists(tables, "popular_30d")
    assert [item for item, *_ in found["u"]] == ["b"]
    assert [item for item, *_ in found["v"]] == ["c", "e"]


def test_who_has_one_order_is_shown_its_category_before_what_is_popular() -> None:
    tables = made_tables(
        [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")], {("u", "a"): 1.0, ("v", "a"): 1.0},
        order_counts={"u": 1, "v": 2}, recent=[9, 1, 7, 8],
    )  # fmt: skip
    tables.people["first_category"] = pd.Series(["x", "x"], dtype="object")
    found = lists(tables)
    assert found["u"] == [("b", "new_here", None), ("d", "popular", None), ("c", "popular", None)]
    assert found["v"] == [("d", "popular", None), ("c", "popular", None), ("b", "popular", None)]


def test_what_is_personal_comes_before_what_fills_up() -> None:
    """However weak: .001 of a neighbour before the most popular product."""
    tables = made_tables(
        PRODUCTS, {("u", "a"): 1.0}, neighbours=[("a", "e", 0.001)], recent=[0, 900, 800, 0, 1],
    )  # fmt: skip
    assert lists(tables)["u"] == [
        ("e", "bought_with", "a"), ("b", "popular", None), ("c", "popular", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("order_count", "wanted"),
    [
        (1, [("b", "new_here", None), ("d", "popular", None), ("c", "popular", None)]),
        (2, [("d", "popular", None), ("c", "popular", None), ("b", "popular", None)]),
    ],
)
def test_where_nothing_beats_the_popular_who_is_new_sees_what_they_began_with(
    order_count: int, wanted: list[tuple[str, str, None]]
) -> None:
    products = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "z")]
    tables = made_tables(
        products, {("u", "a"): 1.0}, order_counts={"u": order_count}, recent=[9, 1, 2, 3]
    )
    tables.people.loc[:, "first_category"] = "x"
    assert lists(tables, "popular_30d")["u"] == wanted


def test_a_fourth_of_a_category_is_left_out_and_told() -> None:
    tables = made_tables(
        [("a", "x"), ("b", "x"), ("c", "x"), ("d", "x"), ("e", "y")], {("v", "e"): 1.0},
        recent=[5, 4, 3, 2, 1], people="u",
    )  # fmt: skip
    tables.interactions.loc[len(tables.interactions)] = [
        "now", ord("u"), 5, 0, 0.5, False, False,
    ]  # fmt: skip
    made = recommend(*vars(tables).values(), served("popular_30d"), PLAN)
    own = made[made["person_number"] == ord("u")]
    assert own.loc[~own["is_left_out"], "item_number"].tolist() == [1, 2, 3, 5]
    out = own[own["is_left_out"]]
    assert out["item_number"].tolist() == [4]
    assert out["rank"].isna().all()
    assert out["reason_code"].tolist() == ["category_full"]


def test_again_only_what_is_wanted_by_score() -> None:
    def repeat(item: str, count: int, score: float, **others: Any) -> dict[str, Any]:
        return {"person": "u", "item": item, "order_count": count, "score": score, **others}

    bought = dict.fromkeys([("u", name) for name in "abcde"], 1.0)
    tables = made_tables(
        PRODUCTS, bought,
        repeats=[
            repeat("a", 1, 9.0, is_wanted=False), repeat("b", 1, 1.0, gap_days=30.0),
            repeat("c", 2, 2.0, gap_days=14.0, is_own_gap=True), repeat("d", 2, 2.0),
            repeat("e", 5, 9.0, is_wanted=False),
        ],
    )  # fmt: skip
    assert lists(tables, kind="buy_again")["u"] == [
        ("c", "buys_every", None), ("d", "bought_before", None), ("b", "others_buy_every", None),
    ]  # fmt: skip


def test_a_person_with_2000_products_is_scored_like_any_other() -> None:
    products = [(f"p{place}", None) for place in range(2001)]
    weights = {("u", name): 1.0 for name, _ in products[:2000]} | {("v", "p2000"): 1.0}
    tables = made_tables(products, weights, neighbours=[("p7", "p2000", 0.5), ("p9", "p2000", 0.6)])
    made = recommend(*vars(tables).values(), served("item_to_item"), PLAN)
    own = made[made["person_number"] == ord("u")]
    assert own[["item_number", "reason_item_number"]].values.tolist() == [[2001, 10]]
    assert own["score"].tolist() == pytest.approx([1.1])


@pytest.mark.parametrize("block", [1, 2, 100])
@pytest.mark.parametrize("model", ["ease", "item_to_item", "svd", "content", "rules"])
def test_lists_are_the_same_whatever_the_block(model: str, block: int) -> None:
    names = "abcdefgh"
    weights = {
        (person, name): 1.0
        for place, person in enumerate("uvwxy")
        for name in names[place : place + 4]
    }
    pairs = [(a, b, 0.5) for a, b in pairwise(names)]
    tables = made_tables([(n, None) for n in names], weights, neighbours=pairs, rules=pairs)
    made = [
        recommend(*vars(tables).values(), served(model, 2), PLAN | {"block_people": size})
        for size in (block, 3)
    ]
    pd.testing.assert_frame_equal(*made)
    assert len(made[0])


def test_nobody_at_all() -> None:
    tables = made_tables(PRODUCTS, {})
    assert len(recommend(*vars(tables).values(), served("popular_30d"), PLAN)) == 0
    nothing = made_tables([], {})
    assert len(recommend(*vars(nothing).values(), served("popular_30d"), PLAN)) == 0
