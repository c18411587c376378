"""Churn in a shop that has seen every season: as near to the truth, and calibrated."""

import pytest

from tests.truth.estimates import OF_ALL_DECILES, aucs, calibration, judged
from tests.truth.shop import Shop


def test_the_shop_is_worth_a_test(mature_shop: Shop) -> None:
    """As many customers as the young shop has, and a year of cut-offs after the first one."""
    found = mature_shop.both(
        """
        select
            (select count(*) from truth.customers) as customers,
            (select count(*) from features.churn_cutoffs where split = 'train') as cut_offs,
            (select count(distinct year_sine) from features.customer_snapshots) as seasons
        """
    ).iloc[0]
    assert 18_000 <= found["customers"] <= 22_000
    assert found["cut_offs"] == 6
    assert found["seasons"] >= 6


def test_labels(mature_shop: Shop) -> None:
    customers = judged(mature_shop)
    assert len(customers) > 30_000
    assert (customers["has_churned"].astype(bool) == customers["churned"]).all()


def test_the_champion_comes_near_to_what_could_be_known(mature_shop: Shop) -> None:
    table = aucs(judged(mature_shop))
    assert (table["ratio"] < 1).all(), table.to_string()
    assert table[table["is_champion"]]["ratio"].min() >= 0.97, table.to_string()


@pytest.mark.parametrize("probability", ["p_observable", "churn_probability"])
def test_the_champion_is_calibrated(mature_shop: Shop, probability: str) -> None:
    """The yardstick and the champion, for the same customers."""
    customers = judged(mature_shop)
    table = calibration(customers[customers["is_champion"]], probability, OF_ALL_DECILES)
    assert not table["misses"].any(), table.to_string()
