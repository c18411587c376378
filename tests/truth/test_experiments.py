"""What experiments did is found within its interval, and nothing is told of those that did none."""

import pytest

from tests.truth.experiments import effects
from tests.truth.shop import Shop


@pytest.mark.parametrize("metric", ["order_rate_90", "orders_90"])
def test_what_the_delivery_promise_did_lies_in_the_interval(shop: Shop, metric: str) -> None:
    """Each unit's other life is known: the truth is a mean over units, not an estimate."""
    held = effects(shop).set_index(["experiment_id", "metric"]).loc["delivery_promise", metric]
    print(held.to_string())
    assert held["effect_low"] < held["truth"] < held["effect_high"]
    assert held["is_held_by_cuped"]
    assert held["effect_low"] > 0
    found = shop.both(
        "select is_primary, verdict_code from experiments.experiment_results "
        f"where experiment_id = 'delivery_promise' and metric = '{metric}' and segment_kind = 'all'"
    ).loc[0]
    assert found["is_primary"] == (metric == "order_rate_90")
    assert found["verdict_code"] == "works" or metric != "order_rate_90"


def test_experiments_without_an_effect_show_none(shop: Shop) -> None:
    found = shop.both(
        "select experiment_id, verdict_code from experiments.experiment_results "
        "where is_primary and segment_kind = 'all' "
        "and experiment_id in ('aa_check', 'new_colours', 'loyalty_badge', 'new_checkout')"
    )
    assert dict(found.itertuples(index=False, name=None)) == {
        "aa_check": "not_shown",
        "new_colours": "not_shown",
        "loyalty_badge": "not_shown",
        "new_checkout": "withheld",
    }


def test_the_broken_one_is_the_only_one_whose_arms_are_uneven(shop: Shop) -> None:
    found = shop.both(
        "select experiment_id, check_code, p_value from experiments.experiment_health "
        "where is_withholding and check_code = 'sample_ratio'"
    )
    assert list(found["experiment_id"]) == ["new_checkout"]
    assert found["p_value"][0] < 1e-6


def test_units_in_both_arms_are_those_planted(shop: Shop) -> None:
    """Units of the badge that met both arms: 3 %, and they are in no result."""
    found = shop.both(
        "select check_value, is_passed from experiments.experiment_health "
        "where experiment_id = 'loyalty_badge' and check_code = 'two_arms'"
    ).loc[0]
    assert 0.02 < found["check_value"] < 0.04
    assert not found["is_passed"]
