"""What is estimated is as near to the planted truth as its interval says."""

import pandas as pd
import pytest

from tests.truth.estimates import (
    OF_ALL_DECILES,
    activity_cells,
    allowed_misses,
    aucs,
    bots,
    calibration,
    judged,
    most_misses,
    next_orders,
    pooled_deviation,
    retention_cells,
    visitor_pairs,
)
from tests.truth.shop import Shop


def test_bots(shop: Shop) -> None:
    sessions = bots(shop)
    assert sessions["rightly"] / sessions["flagged"] >= 0.95
    assert sessions["rightly"] / sessions["planted"] >= 0.95


def test_visitors_are_the_customers_they_were(shop: Shop) -> None:
    """A device on which nobody ever logged in or ordered tells nothing: of all planted pairs those
    can be found of which the landed files tell.
    """
    pairs = visitor_pairs(shop)
    assert pairs["rightly"] / pairs["found"] >= 0.99, pairs
    assert pairs["rightly"] / pairs["named"] >= 0.99, pairs
    assert pairs["named"] / pairs["planted"] >= 0.95, pairs
    assert pairs["rightly_events"] / pairs["named_events"] >= 0.99, pairs
    assert pairs["named_events"] / pairs["planted_events"] >= 0.98, pairs


@pytest.mark.parametrize("grain", ["month", "week"])
@pytest.mark.parametrize("kind", ["order", "net_order"])
@pytest.mark.parametrize("definition", ["on", "on_or_after"])
def test_cohort_retention(shop: Shop, grain: str, kind: str, definition: str) -> None:
    """The limit takes cells for independent; those of a cohort are not, so a lawful shop of another
    seed may pass it in `on_or_after`: docs/truth.md pools twenty shops for that.
    """
    cells = retention_cells(shop)
    cells = cells[
        (cells["cohort_grain"] == grain)
        & (cells["start_kind"] == kind)
        & (cells["definition"] == definition)
    ]
    assert len(cells) >= {"month": 100, "week": 2000}[grain]
    assert cells["misses"].sum() <= most_misses(len(cells))


@pytest.mark.parametrize("kind", ["visit", "login"])
def test_retention_of_visits_and_logins(shop: Shop, kind: str) -> None:
    """No more cells miss than chance lets in 99 of 100 shops, and the people of all cohorts
    together are as many as the true rates say, at each index (in 98 of 100 shops).
    """
    cells = activity_cells(shop)
    cells = cells[cells["return_kind"] == kind]
    assert len(cells) >= {"visit": 1_400, "login": 100}[kind]
    assert cells["misses"].sum() <= allowed_misses(cells), cells[cells["misses"]].to_string()
    deviations = cells.groupby("period_index")[list(cells)].apply(pooled_deviation)
    assert (deviations.abs() <= 3.3).all(), deviations.to_string()


def test_rhythm(shop: Shop) -> None:
    """The interval says eight of ten. Of those who came back before the end of the run it holds a
    few more, since the longest gaps are not seen.
    """
    orders = next_orders(shop)
    assert len(orders) > 4_000
    assert 0.78 <= orders["is_inside"].mean() <= 0.88, orders["is_inside"].mean()
    by_gaps = orders.groupby(orders["gap_count"].clip(upper=5))["is_inside"].mean()
    assert by_gaps.between(0.74, 0.93).all(), by_gaps.to_string()


def test_pairs_meet_as_often_as_the_model_expects(shop: Shop) -> None:
    """Over all pairs, so that a tenth too many would show; `test_exact` has the counts."""
    pairs = shop.both("from truth.product_pairs")
    for name in ("orders_with_product", "orders_with_paired", "orders_with_both"):
        expected = pairs[f"expected_{name}"].sum()
        # Given who orders what, the variance of a count lies below its expectation.
        assert abs(pairs[name].sum() - expected) <= 3 * expected**0.5, pairs.to_string()
    assert (abs(pairs["realised_lift"] / pairs["implied_lift"] - 1) < 0.3).all(), pairs.to_string()


def test_labels(shop: Shop) -> None:
    """Who ordered within the horizon has one right answer."""
    customers = judged(shop)
    assert len(customers) > 30_000
    assert (customers["has_churned"].astype(bool) == customers["churned"]).all()


def test_what_could_be_known_is_calibrated(shop: Shop) -> None:
    """The yardstick itself: `p_observable` against what happened to the same customers."""
    customers = judged(shop)
    one_each = customers[customers["is_champion"]]
    table = calibration(one_each, "p_observable", OF_ALL_DECILES)
    assert not table["misses"].any(), table.to_string()


def test_nobody_knows_more_than_could_be_known(shop: Shop) -> None:
    """A classifier that beats `p_observable` has seen the future."""
    table = aucs(judged(shop))
    assert (table["ratio"] < 1).all(), table.to_string()
    assert (table["auc"] > 0.7).all(), table.to_string()


def test_classifiers_come_near_to_what_could_be_known(shop: Shop) -> None:
    table = aucs(judged(shop))
    assert table[table["is_champion"]]["ratio"].min() >= 0.97, table.to_string()
    assert table["ratio"].max() >= 0.97, table.to_string()


@pytest.mark.xfail(
    strict=True,
    reason="2 of the champion's 10 deciles miss in a shop of 17 months: they predict less churn "
    "than came, since no shop knows its first spring, and an experiment that kept customers has "
    "just ended; in `mature_shop` all hold (docs/decisions/churn/calibration-of-a-young-shop.md)",
)
def test_the_champion_is_calibrated_in_a_young_shop(shop: Shop) -> None:
    table = of_champion(shop, "churn_probability")
    assert not table["misses"].any(), table.to_string()


def of_champion(shop: Shop, probability: str) -> pd.DataFrame:
    """Return the deciles of a probability for the customers that the champion is judged on."""
    customers = judged(shop)
    return calibration(customers[customers["is_champion"]], probability, OF_ALL_DECILES)
