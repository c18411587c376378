"""Who was drawn for what: as planted, also where the plan of an experiment is broken."""

import pandas as pd
import pytest
from scipy.stats import binom, chi2

from tests.truth.shop import Shop

_ARMS = """
    select unit_id, count(distinct arm) as arms, min(arm) as arm
    from staging.stg_shop__exposures
    where reason_code is null and experiment_id = '{experiment}'
    group by unit_id
"""


def chance_of(arms: pd.DataFrame) -> float:
    """How probably two equal arms differ by as much, of units in one arm only."""
    counts = arms[arms["arms"] == 1]["arm"].value_counts()
    one, other = counts["control"], counts["treatment"]
    return float(chi2.sf((one - other) ** 2 / (one + other), 1))


def test_contacted_are_those_with_a_message(shop: Shop) -> None:
    """A message is exported two days later than its assignment: those of the last days are open."""
    differences = shop.both(
        """
        with contacted as (
            select replace(experiment_id, 'campaign_', '') as campaign_id, unit_id as customer_id,
                exposed_at as sent_at
            from staging.stg_shop__exposures
            where reason_code is null and arm = 'contacted'
                and exposed_at < (select as_of_at - interval 2 day from core.clock)
        ),
        sent as (select campaign_id, customer_id, sent_at from core.contacts)
        (from contacted except all from sent) union all (from sent except all from contacted)
        """
    )
    assert differences.empty, differences.head(20).to_string()


@pytest.mark.parametrize("experiment", ["aa_check", "delivery_promise", "new_colours"])
def test_a_sound_plan_has_equal_arms(shop: Shop, experiment: str) -> None:
    arms = shop.both(_ARMS.format(experiment=experiment))
    assert (arms["arms"] == 1).all()
    assert chance_of(arms) > 0.001


def test_the_broken_plan_has_lost_treated_units(shop: Shop) -> None:
    """Lost are those whom the truth says so of: no more, no fewer, none of the control."""
    assert chance_of(shop.both(_ARMS.format(experiment="new_checkout"))) < 1e-12
    units = shop.both(
        """
        select e.arm, e.is_recorded, c.main_device, count(*) as units, count(s.unit_id) as exposed
        from truth.experiment_effects as e
        inner join truth.customers as c on e.customer_id = c.customer_id
        left join staging.stg_shop__exposures as s
            on e.experiment_id = s.experiment_id and e.customer_id = s.unit_id
            and s.reason_code is null
        where e.experiment_id = 'new_checkout' and e.horizon_days = 30
        group by all
        """
    )
    assert (units["exposed"] == units["units"].where(units["is_recorded"], 0)).all(), units
    lost = units[~units["is_recorded"]]
    assert set(lost["arm"]) == {"treatment"}
    treated = units[units["arm"] == "treatment"]
    assert not treated[treated["main_device"] == "tablet"]["is_recorded"].any()
    others = treated[treated["main_device"] != "tablet"]
    share = lost["units"][lost["main_device"] != "tablet"].sum() / others["units"].sum()
    assert 0.13 < share < 0.17


def test_three_units_of_a_hundred_meet_both_arms(shop: Shop) -> None:
    arms = shop.both(_ARMS.format(experiment="loyalty_badge"))
    both, units = int((arms["arms"] == 2).sum()), len(arms)
    assert binom.ppf(0.001, units, 0.03) <= both <= binom.ppf(0.999, units, 0.03)
    assert chance_of(arms) > 0.001


def test_the_arm_that_works_keeps_customers_and_the_others_do_nothing(shop: Shop) -> None:
    """The true effect of each experiment on its own units, of lives lived twice."""
    effects = shop.both(
        """
        select experiment_id, horizon_days, avg(orders_treated - orders_untreated) as effect
        from truth.experiment_effects where is_recorded group by all
        """
    ).set_index(["experiment_id", "horizon_days"])["effect"]
    working = [effects["delivery_promise", days] for days in (30, 90, 180)]
    assert 0 < working[0] < working[1] < working[2]
    for experiment in ("aa_check", "new_colours", "new_checkout", "loyalty_badge"):
        assert (effects[experiment] == 0).all()
