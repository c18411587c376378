"""The planted pairs of products are found as rules, and nothing else across categories."""

import pandas as pd
import pytest

from tests.truth.baskets import Pairs, planted, unplanted
from tests.truth.shop import Shop


def test_every_planted_pair_is_a_rule_with_its_lift(shop: Shop) -> None:
    pairs = planted(shop)
    assert len(pairs) == 7
    assert pairs["is_significant"].all(), pairs.to_string()
    # The truth is written with six digits.
    assert list(pairs["lift"]) == pytest.approx(list(pairs["realised_lift"]), abs=6e-7)


def test_nothing_else_goes_together_across_categories(shop: Shop) -> None:
    found = unplanted(shop)
    assert found.empty, found.to_string()


@pytest.mark.parametrize(
    ("lift", "is_significant", "unplanted", "words"),
    [
        (3.0, True, 0, None),
        (3.1, True, 0, "another lift"),
        (3.0, False, 0, "not significant"),
        (3.0, True, 1, "across categories"),
        (None, False, 0, "another lift"),
    ],
)
def test_the_page_says_which_limit_does_not_hold(
    lift: float | None, is_significant: bool, unplanted: int, words: str | None
) -> None:
    pairs = Pairs()
    row = {"realised_lift": 3.0, "lift": lift, "is_significant": is_significant, "p_adjusted": 0.01}
    pairs._planted.append(pd.DataFrame([row]).astype({"lift": "float64"}))
    pairs._unplanted.append(unplanted)
    assert any(str(words) in said for said in pairs.failures()) == (words is not None)
    assert "| planted pairs | 1 |" in pairs.text()
