"""Reasons name what was planted to drive customers away."""

import pandas as pd
import pytest

from tests.truth.causes import FAMILIES, LEAST_RATIO, Causes, causes, ratios
from tests.truth.shop import Shop


def test_a_planted_cause_is_told_of_those_who_have_it(shop: Shop) -> None:
    found = causes(shop)
    assert (found["customers"] > 500).all(), found.to_string()
    assert (ratios(found) >= LEAST_RATIO).all(), found.to_string()
    assert (found["praised"] == 0).all(), found.to_string()


@pytest.mark.parametrize(
    ("told", "praised", "words"),
    [(40, 0, None), (39, 0, "told it 1.9 times"), (40, 1, "and 1 that it lowers")],
)
def test_the_page_says_which_cause_is_not_told(told: int, praised: int, words: str | None) -> None:
    """Of 100 with a cause 40 are told it, and 200 of 1,000 others: twice as often."""
    page = Causes()
    one = {"customers": 100, "told": told, "praised": praised, "others": 1000, "told_others": 200}
    rows = [{"cause": cause, "family": family, **one} for cause, family in FAMILIES.items()]
    page._found = [pd.DataFrame(rows)]
    assert len(page.failures()) == (len(FAMILIES) if words else 0)
    assert all(str(words) in said for said in page.failures())
    assert "| late | `delivery` | 100 |" in page.text()
