"""The project keeps every rule of the house."""

import pytest

from tests.architecture import (
    features,
    macros,
    metrics,
    personal,
    python,
    relations,
    remedies,
    rooms,
    settings,
    sources,
    specs,
    sql,
)
from tests.architecture.house import House
from tests.architecture.planting import Rule

MODULES = (
    rooms, sql, specs, relations, sources, personal, macros, python, features, metrics, remedies,
    settings,
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule, house: House) -> None:
    offences = rule(house)
    if offences:
        # The sentences alone: whoever reads them did not write the rule.
        pytest.fail("\n".join(offences), pytrace=False)
