"""What is recommended on the planted shop, beside somebody who knows the hidden tastes."""

import pytest

from tests.truth.recommendations import (
    LEAST_DUE,
    LEAST_GUIDES,
    LEAST_SHARE,
    guides,
    oracle_recall,
    recalls,
    refills_due,
)
from tests.truth.shop import Shop


def test_the_best_list_is_near_the_oracles(shop: Shop) -> None:
    found = recalls(shop)
    oracle, people = oracle_recall(shop)
    assert set(found["people_count"]) == {people}
    served = found[found["is_served"]]["recall"].item()
    print(f"served {served:.3f}, oracle {oracle:.3f}, of {people:,} people\n{found}")
    assert oracle == pytest.approx(0.498, abs=0.02)
    assert served >= LEAST_SHARE * oracle
    assert found.loc["popular_30d", "recall_high"] < found.loc["item_to_item", "recall_low"]


def test_whose_refill_is_due_finds_it_first(shop: Shop) -> None:
    due = refills_due(shop)
    assert len(due) > 200
    print(f"{due['is_first'].mean():.3f} of {len(due)} due")
    assert due["is_first"].mean() >= LEAST_DUE


def test_guides_follow_the_category_looked_at_last(shop: Shop) -> None:
    told = guides(shop)
    at_the_clock = told[told["next_id"].isna()]
    assert len(at_the_clock) > 1000
    assert (at_the_clock["told_id"] == at_the_clock["mart_id"]).all()
    read = told[told["next_id"].notna()]
    share = (read["told_id"] == read["next_id"]).mean()
    print(f"{share:.3f} of {len(read):,} guides read")
    assert len(read) > 1000
    assert share >= LEAST_GUIDES
