"""Expected value of the planted shop against what its customers go on to buy."""

import pandas as pd
import pytest

from tests.truth.shop import Shop
from tests.truth.value import LEAST_INSIDE, MOST_BIAS, MOST_INSIDE, Value, deciles, tiers, value


def test_expected_value_foresees_what_is_bought(shop: Shop) -> None:
    found = value(shop)
    assert found["people"] > 10_000
    assert found["correlation"] >= found["own"], found.to_string()
    assert abs(found["orders"]) <= MOST_BIAS, found.to_string()
    assert abs(found["net_sales"]) <= MOST_BIAS, found.to_string()
    assert LEAST_INSIDE <= found["inside"] <= MOST_INSIDE, found.to_string()


def test_who_is_expected_to_bring_more_brings_more(shop: Shop) -> None:
    brought = deciles(shop)
    assert len(brought) == 10
    assert brought.is_monotonic_increasing, brought.to_string()


def test_who_has_potential_goes_on_to_bring_what_the_high_do(shop: Shop) -> None:
    """Measured: 103 a head of the high, 108 of those with potential and 29 of the low, who had
    brought 392, 109 and 60 in the year before.
    """
    found = tiers(shop)
    assert found["people_count"].sum() > 15_000
    brought = found["net_sales"]
    assert brought["potential_high"] > 0.8 * brought["high"], found.to_string()
    assert brought["potential_high"] > 2.5 * brought["low"], found.to_string()
    assert found.loc["potential_high", "past"] < 0.6 * found.loc["high", "past"]


HELD = {"correlation": 0.58, "own": 0.45, "orders": 0.05, "net_sales": 0.12, "inside": 0.84}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, None),
        ({"correlation": 0.44}, "correlate by 0.440"),
        ({"net_sales": -0.31}, "off by -31%"),
        ({"inside": 0.73}, "hold 73.0%"),
        ({"inside": 0.89}, "hold 89.0%"),
    ],
)
def test_the_page_says_which_limit_does_not_hold(
    changed: dict[str, float], words: str | None
) -> None:
    page = Value()
    page._found = [pd.Series({**HELD, **changed})]
    assert len(page.failures()) == (words is not None)
    assert all(str(words) in said for said in page.failures())
    assert "| people inside their interval | " in page.text()
