"""What experiments did is found within its interval, and nothing is told of those that did none."""

import pytest

from tests.truth.shop import Shop


@pytest.mark.parametrize(
    ("metric", "measured"),
    [("order_rate_90", "cast({orders} > 0 as integer)"), ("orders_90", "{orders}")],
)
def test_what_the_delivery_promise_did_lies_in_the_interval(
    shop: Shop, metric: str, measured: str
) -> None:
    """Each unit's other life is known: the truth is a mean over units, not an estimate."""
    # Of a visit in which somebody both meets the arm and orders, the order is of the same instant,
    # in either life: it is in no window.
    treated, untreated = (
        measured.format(orders=f"(orders_{arm} - coalesce(at_once, 0))")
        for arm in ("treated", "untreated")
    )
    truth = shop.both(
        f"""
        with at_once as (
            select u.unit_id, count(*) as at_once
            from experiments.experiment_units as u
            inner join core.orders as o
                on u.person_id = o.person_id and u.exposed_at = o.ordered_at
            where u.experiment_id = 'delivery_promise'
            group by u.unit_id
        )
        select avg({treated}) - avg({untreated}) as effect
        from truth.experiment_effects as e
        left join at_once as a on e.customer_id = a.unit_id
        where e.experiment_id = 'delivery_promise' and e.is_recorded and e.horizon_days = 90
        """
    )["effect"][0]
    found = shop.both(
        "select * from experiments.experiment_results where experiment_id = 'delivery_promise' "
        f"and metric = '{metric}' and segment_kind = 'all'"
    ).loc[0]
    print(f"{metric}: {truth:.4f} in {found['effect_low']:.4f} to {found['effect_high']:.4f}")
    assert found["effect_low"] < truth < found["effect_high"]
    assert found["cuped_low"] < truth < found["cuped_high"]
    assert found["effect_low"] > 0
    if metric == "order_rate_90":
        assert found["is_primary"]
        assert found["verdict_code"] == "works"


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
