"""Other lives of customers, held to lives that everybody lives again: arms and messages."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from stayhouse.shop.build import make_shop
from stayhouse.shop.population.experiments import EXPERIMENTS, WORKING
from stayhouse.shop.population.lives import live
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.truth.effects import HORIZONS, units_of
from stayhouse.shop.truth.twins import Case
from tests.counting import truth
from tests.living import case_of, orders_of

SETTINGS = Settings(2500, 400, 11, without=frozenset({"dirt"}))


@pytest.fixture(scope="module")
def case() -> Case:
    return case_of(SETTINGS)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted") / "shop"
    make_shop(SETTINGS, out, workers=0)
    return out


def counted(orders: dict[int, list[int]], person: int, from_ms: int, days: int) -> int:
    return sum(from_ms <= at_ms < from_ms + days * DAY_MS for at_ms in orders[person])


def told(shop: Path, experiment: str) -> dict[tuple[str, int], tuple[int, int]]:
    return {
        (row["customer_id"], row["horizon_days"]): (row["orders_treated"], row["orders_untreated"])
        for row in truth(shop, "experiment_effects")
        if row["experiment_id"] == experiment
    }


def units(case: Case, number: int) -> list[tuple[int, int]]:
    everyone = units_of(case, case.people.arrived_ms)
    rows = everyone.number == number
    return list(zip(everyone.person[rows].tolist(), everyone.at_ms[rows].tolist(), strict=True))


def test_the_arm_that_works_is_that_of_two_whole_populations(shop: Path, case: Case) -> None:
    """Everybody treated, everybody not: two runs of all, and not only of those who may differ."""
    arguments = (SETTINGS, case.seasons, case.catalogue, case.people, case.plan)
    treated, untreated = (
        orders_of(live(*arguments, arms=np.full(len(case.people), arm))) for arm in (1, 0)
    )
    found = told(shop, "delivery_promise")
    expected = {
        (f"c{case.people.number[person]}", days): (
            counted(treated, person, at_ms, days),
            counted(untreated, person, at_ms, days),
        )
        for person, at_ms in units(case, WORKING)
        for days in HORIZONS
    }
    assert found == expected
    assert len(found) > 3 * 1000
    means = {
        days: np.mean([one - none for (_, d), (one, none) in found.items() if d == days])
        for days in HORIZONS
    }
    # Fewer leave: orders that would not have come, ever more of them.
    assert 0 < means[30] < means[90] < means[180]
    assert means[180] > 0.2


def test_a_message_is_that_of_two_whole_populations(shop: Path, case: Case) -> None:
    for campaign in (2, 9):
        lives = []
        for arm in (0, 1):
            plan = replace(case.plan, arm=case.plan.arm.copy())
            of_campaign = plan.arm[:, campaign]
            plan.arm[:, campaign] = np.where(of_campaign >= 2, of_campaign, arm)
            plan.arm[of_campaign < 0, campaign] = -1
            lives.append(orders_of(live(SETTINGS, case.seasons, case.catalogue, case.people, plan)))
        expected = {
            (f"c{case.people.number[person]}", days): (
                counted(lives[0], person, at_ms, days),
                counted(lives[1], person, at_ms, days),
            )
            for person, at_ms in units(case, len(EXPERIMENTS) + campaign)
            for days in HORIZONS
        }
        found = told(shop, f"campaign_k{campaign}")
        assert found == expected
        assert sum(one != none for one, none in found.values()) > 10


def test_what_has_no_effect_has_none_and_the_lost_are_told(shop: Path) -> None:
    lost = Counter()
    rows = (shop / "raw" / "exposures.csv").read_text().splitlines()[1:]
    exposed = {tuple(row.replace('"', "").split(",")[:3]) for row in rows}
    for row in truth(shop, "experiment_effects"):
        has_effect = (
            row["experiment_id"] == "delivery_promise" or "campaign" in row["experiment_id"]
        )
        assert has_effect or row["orders_treated"] == row["orders_untreated"]
        key = (row["experiment_id"], row["arm"], row["customer_id"])
        assert (key in exposed) == row["is_recorded"]
        lost[row["experiment_id"]] += not row["is_recorded"]
    assert {name for name, count in lost.items() if count} == {"new_checkout"}
    # Each exposure is told but the second ones of `loyalty_badge`, who meet both arms.
    units = {
        (row["experiment_id"], row["customer_id"]) for row in truth(shop, "experiment_effects")
    }
    assert {(experiment, customer) for experiment, _, customer in exposed} <= units


def test_orders_in_the_own_arm_are_those_of_the_life_that_was_lived(shop: Path) -> None:
    ordered = defaultdict(list)
    for row in truth(shop, "orders"):
        ordered[row["customer_id"]].append(row["ordered_at"])
    at = {}
    for line in (shop / "raw" / "exposures.csv").read_text().splitlines()[1:]:
        experiment, arm, customer, instant = line.replace('"', "").split(",")
        at[experiment, arm, customer] = datetime.fromisoformat(instant).replace(tzinfo=None)
    checked = 0
    for row in truth(shop, "experiment_effects"):
        key = (row["experiment_id"], row["arm"], row["customer_id"])
        if key not in at:
            continue
        end = at[key] + timedelta(days=row["horizon_days"])
        if end > datetime(2025, 2, 4):
            continue
        count = sum(at[key] <= ordered_at < end for ordered_at in ordered[row["customer_id"]])
        is_treated = row["arm"] in ("treatment", "contacted")
        assert row["orders_treated" if is_treated else "orders_untreated"] == count, row
        checked += 1
    assert checked > 10_000
