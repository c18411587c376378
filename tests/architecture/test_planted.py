"""Every rule finds its planted offence, and lets the lawful neighbour of one pass."""

import pytest

from tests.architecture import (
    planted_code,
    planted_features,
    planted_metrics,
    planted_relations,
    planted_settings,
    planted_sources,
    planted_structure,
)
from tests.architecture.house import House
from tests.architecture.planting import Plant, Rule
from tests.architecture.test_house import RULES

PLANTED = (
    planted_structure, planted_sources, planted_code, planted_features, planted_metrics,
    planted_relations, planted_settings,
)  # fmt: skip
OFFENCES = [offence for module in PLANTED for offence in module.OFFENCES]
LAWFUL = [neighbour for module in PLANTED for neighbour in module.LAWFUL]


@pytest.fixture(scope="session")
def standing(house: House) -> dict[Rule, set[str]]:
    """What each rule finds before anything is planted: nothing, or what test_house reports."""
    return {rule: set(rule(house)) for rule in RULES}


@pytest.mark.parametrize(("rule", "plant", "words"), OFFENCES)
def test_a_rule_finds(
    rule: Rule, plant: Plant, words: list[str], house: House, standing: dict[Rule, set[str]]
) -> None:
    found = [sentence for sentence in rule(plant(house)) if sentence not in standing[rule]]
    assert found
    for word in words:
        assert word in found[0]
    assert found[0].endswith(".")


@pytest.mark.parametrize(("rule", "plant"), LAWFUL)
def test_a_rule_lets_pass(
    rule: Rule, plant: Plant, house: House, standing: dict[Rule, set[str]]
) -> None:
    assert set(rule(plant(house))) <= standing[rule]


def test_every_rule_has_a_planted_offence() -> None:
    planted = {rule for rule, _, _ in OFFENCES}
    assert [rule.__name__ for rule in RULES if rule not in planted] == []
