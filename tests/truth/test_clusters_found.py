"""Clusters find planted kinds of customer, and none where none were planted."""

import pandas as pd
import pytest

from tests.truth.clusters import LEAST_OF_COUPONS, LEAST_P, LEAST_RAND, Clusters, clusters
from tests.truth.shop import Shop


def test_clusters_are_of_the_planted_archetypes(shop: Shop) -> None:
    found = clusters(shop)
    assert found["people"] > 15_000
    assert found["rand"] >= LEAST_RAND, found.to_string()
    assert found["rand"] > found["rand_of_rfm"], found.to_string()
    assert found["coupons"] >= LEAST_OF_COUPONS, found.to_string()
    assert found["gender"] > LEAST_P, found.to_string()
    assert found["city"] > LEAST_P, found.to_string()


HELD = {"rand": 0.08, "rand_of_rfm": 0.03, "coupons": 2.0, "gender": 0.2, "city": 0.2}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, None),
        ({"rand": 0.03}, "0.030 alike to archetypes, and RFM alone 0.030"),
        ({"coupons": 1.99}, "1.99 times as much"),
        ({"gender": 0.0099}, "differ in gender"),
        ({"city": 0.0099}, "differ in city"),
    ],
)
def test_the_page_says_which_limit_does_not_hold(
    changed: dict[str, float], words: str | None
) -> None:
    page = Clusters()
    page._found = [pd.Series({**HELD, **changed})]
    assert len(page.failures()) == (words is not None)
    assert all(str(words) in said for said in page.failures())
    assert "| adjusted Rand index with archetypes | " in page.text()
