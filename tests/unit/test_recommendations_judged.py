"""Ways to recommend are judged by what people then bought, and the best of them serves."""

from typing import Any

import pandas as pd
import pytest

from stayhouse.recommendations import evaluate
from stayhouse.recommendations.known import Tables
from stayhouse.recommendations.measures import MEASURES
from tests.building import CLOCK
from tests.recommending import PLAN, joined, made_tables

PRODUCTS = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y"), ("e", "z"), ("f", "z")]
SPLITS = ("validation", "test")


def judged(
    weights: dict[tuple[str, str], float], later: dict[tuple[str, str], int], **others: Any
) -> pd.DataFrame:
    """Evaluate at two cut-offs at which the same is known; `later` holds 1 for what was bought."""
    plan, products = PLAN | others.pop("plan", {}), others.pop("products", PRODUCTS)
    tables: Tables = joined(
        *(made_tables(products, weights, cutoff=split, **others) for split in SPLITS)
    )
    number = {name: place for place, (name, _) in enumerate(products, start=1)}
    bought = pd.DataFrame(
        [
            (split, ord(person), number[item])
            for split in SPLITS
            for person, item in later
        ],
        columns=["cutoff", "person_number", "item_number"],
    ).astype({"person_number": "int64", "item_number": "int64"})  # fmt: skip
    return evaluate(*vars(tables).values(), bought, plan, CLOCK)


def row(
    found: pd.DataFrame, model: str, people: str = "all", split: str = "test",
    kind: str = "discovery",
) -> Any:  # fmt: skip
    chosen = found[
        (found["list"] == kind) & (found["model"] == model) & (found["people"] == people)
        & (found["split"] == split)
    ]  # fmt: skip
    assert len(chosen) == 1
    return chosen.iloc[0]


# u and v bought a, which pulls on d; f is the most popular.
WEIGHTS = {(person, "a"): 1.0 for person in "uvwxyz"} | {("u", "b"): 1.0}
LATER = {(person, "d"): 1 for person in "uvwxyz"} | {("u", "a"): 1, ("v", "c"): 1}
PULL = [("a", "d", 0.5)]


def test_only_what_was_new_to_a_person_counts_as_discovered() -> None:
    found = judged(WEIGHTS, LATER, neighbours=PULL, recent=[0, 0, 1, 0, 0, 2])
    # v bought two new products, of which one was listed; u bought a before.
    assert row(found, "item_to_item")["recall"] == pytest.approx((5 * 1 + 1 / 2) / 6)
    assert row(found, "item_to_item")["people_count"] == 6
    # c is in the second place of the popular: half of what v bought.
    assert row(found, "popular_30d")["recall"] == pytest.approx(1 / 2 / 6)
    assert row(found, "popular_30d")["coverage"] == pytest.approx(2 / 6)


def test_what_was_bought_before_is_judged_beside_the_popular_of_it() -> None:
    """u had a and b, of which a is the popular; with one place only a is told, and b was bought."""
    found = judged(
        WEIGHTS, {("u", "b"): 1, ("v", "a"): 1}, recent=[1, 0, 0, 0, 0, 2],
        plan={"list_length": 1},
    )  # fmt: skip
    recalls = [
        row(found, name, kind="buy_again")["recall"] for name in ("own_popular", "popular_30d")
    ]
    assert recalls == [1 / 2, 0]
    found = judged(WEIGHTS, {("u", "b"): 1, ("v", "a"): 1}, recent=[1, 0, 0, 0, 0, 2])
    # What nobody bought of late comes last, and is in the list.
    assert row(found, "own_popular", kind="buy_again")["recall"] == 1


def test_people_with_one_order_are_judged_apart() -> None:
    found = judged(
        WEIGHTS, LATER, neighbours=PULL, order_counts=dict.fromkeys("vw", 1), recent=[0] * 6
    )
    assert row(found, "item_to_item", "new")["people_count"] == 2
    assert row(found, "item_to_item", "new")["recall"] == pytest.approx((1 + 1 / 2) / 2)
    assert row(found, "item_to_item", "known")["recall"] == 1


def test_what_beats_the_popular_beyond_chance_serves() -> None:
    found = judged(WEIGHTS, LATER, neighbours=PULL, recent=[0, 0, 1, 0, 0, 2])
    served = found[found["is_served"]]
    assert set(served.loc[served["list"] == "discovery", "model"]) == {"item_to_item"}
    assert set(served.loc[served["list"] == "buy_again", "model"]) == {"buy_again"}


def test_what_is_only_as_good_as_the_popular_does_not_serve() -> None:
    """d is what is popular, too: the difference is 0 for everybody."""
    found = judged(WEIGHTS, LATER, neighbours=PULL, recent=[0, 0, 0, 3, 0, 0])
    served = found[found["is_served"] & (found["list"] == "discovery")]
    assert row(found, "item_to_item")["recall"] == row(found, "popular_30d")["recall"]
    assert set(served["model"]) == {"popular_30d"}


@pytest.mark.parametrize(("least", "model"), [(6, "item_to_item"), (7, "popular_30d")])
def test_with_too_few_people_nothing_is_chosen(least: int, model: str) -> None:
    found = judged(
        WEIGHTS, LATER, neighbours=PULL, recent=[0, 0, 1, 0, 0, 2], plan={"min_people": least}
    )
    served = found[found["is_served"] & (found["list"] == "discovery")]
    assert set(served["model"]) == {model}


@pytest.mark.parametrize(("most", "reason"), [(2, None), (1, "too_many_products")])
def test_ease_of_too_many_products_is_not_fitted_and_says_so(most: int, reason: str | None) -> None:
    found = row(judged(WEIGHTS, LATER, plan={"ease_max_items": most}), "ease")
    assert (None if pd.isna(found["reason_code"]) else found["reason_code"]) == reason
    assert pd.isna(found["recall"]) == (reason is not None)


def test_the_factors_of_svd_are_told() -> None:
    found = judged(WEIGHTS, LATER)
    assert set(found.loc[found["model"] == "svd", "factor_count"]) <= {1, 2}
    assert found.loc[found["model"] != "svd", "factor_count"].isna().all()


def test_intervals_hold_the_means() -> None:
    found = judged(WEIGHTS, LATER, neighbours=PULL, recent=[1] * 6)
    known = found[found["recall"].notna()]
    for name in MEASURES:
        at = known[known[name].notna()]
        assert (at[f"{name}_low"] <= at[name] + 1e-12).all()
        assert (at[name] <= at[f"{name}_high"] + 1e-12).all()
    assert row(found, "item_to_item")["recall_low"] < row(found, "item_to_item")["recall"]


def test_nobody_bought_later() -> None:
    found = judged(WEIGHTS, {})
    assert (found["people_count"] == 0).all()
    assert found["recall"].isna().all()
    assert (found["reason_code"].notna()).all()
    served = found[found["is_served"] & (found["list"] == "discovery")]
    assert set(served["model"]) == {"popular_30d"}


def test_nothing_at_all() -> None:
    found = judged({}, {})
    assert (found["people_count"] == 0).all()


@pytest.mark.parametrize("people", ["", "uv"])
def test_a_shop_without_products_is_judged_on_nobody(people: str) -> None:
    """A shop of visits alone: no product is known, whether people are or not."""
    found = judged({}, {}, products=[], people=people)
    assert (found["people_count"] == 0).all()
    served = found[found["is_served"] & (found["list"] == "discovery")]
    assert set(served["model"]) == {"popular_30d"}


def test_one_row_each_and_the_same_again() -> None:
    once, twice = (judged(WEIGHTS, LATER, neighbours=PULL) for _ in range(2))
    pd.testing.assert_frame_equal(once, twice)
    assert not once.duplicated(["list", "model", "split", "people"]).any()


def test_products_of_another_source_are_judged_as_they_are_listed() -> None:
    """d lies in a shop of which nobody bought anything, so that it could not have been shown."""
    found = judged(WEIGHTS, LATER, neighbours=PULL, source_number=[1, 1, 1, 2, 1, 1])
    assert row(found, "item_to_item")["recall"] == 0


def test_a_shop_that_is_too_young_to_choose_factors_is_judged_all_the_same() -> None:
    """Nobody had bought by the first cut-off."""
    nobody = made_tables(PRODUCTS, {}, cutoff="validation")
    tables = joined(nobody, made_tables(PRODUCTS, WEIGHTS, cutoff="test"))
    later = pd.DataFrame(
        [("test", ord(person), 4) for person in "uvwxyz"],
        columns=["cutoff", "person_number", "item_number"],
    )
    found = evaluate(*vars(tables).values(), later, PLAN, CLOCK)
    told = found[(found["split"] == "test") & (found["people"] == "all")].set_index("model")
    assert told.loc["svd", "reason_code"] == "too_few_people"
    assert told.loc["content", "people_count"] == 6
