"""Offences against what unit tests say about settings."""

from dataclasses import replace
from typing import Any

from tests.architecture import settings
from tests.architecture.house import House
from tests.architecture.planting import Neighbour, Offence, Plant, both, file, model, model_sql

X = "models/retention/x.sql"
WHY = "models/retention/x.yml: unit test t does not state "


def unit_test(**stated: Any) -> Plant:
    """A unit test of model x that states these vars."""

    def plant(house: House) -> House:
        test = {
            "name": "t",
            "model": "x",
            "original_file_path": "models/retention/x.yml",
            "description": "What holds.",
            "overrides": {"vars": stated, "macros": {}} if stated else None,
        }
        tests = {**house.manifest["unit_tests"], "unit_test.stayhouse.x.t": test}
        return replace(house, manifest={**house.manifest, "unit_tests": tests})

    return plant


def tested(sql: str, **stated: Any) -> Plant:
    """A model of this SQL with a unit test."""
    return both(model(X), model_sql(X, sql), unit_test(**stated))


OUTER = file(
    "macros/outer_words.sql", "{% macro outer_words() %}{{ local_day('a') }}{% endmacro %}"
)

# Rule, offence, what its sentence must say.
OFFENCES: list[Offence] = [
    (
        settings.unit_tests_state_the_vars_they_need,
        tested(sql, **stated),
        [WHY + named, "overrides"],
    )
    for sql, stated, named in [
        ("select {{ setting('base_currency') }} as a", {}, "base_currency"),
        # Through a macro, and through a macro's macro that differs between engines.
        ("select {{ local_day('a') }} as a", {"base_currency": "GBP"}, "time_zone"),
        ("select {{ union_sources('orders') }}", {}, "sources"),
        (
            "select {{ setting('as_of') }}, {{ setting('time_zone') }}",
            {"base_currency": "GBP"},
            "as_of and time_zone",
        ),
    ]
] + [
    (
        settings.unit_tests_state_the_vars_they_need,
        both(OUTER, tested("select {{ outer_words() }} as a")),
        [WHY + "time_zone"],
    )
]

# Rule, the lawful neighbour of an offence.
LAWFUL: list[Neighbour] = [
    (settings.unit_tests_state_the_vars_they_need, tested(sql, **stated))
    for sql, stated in [
        ("select {{ setting('as_of') }} as a", {"as_of": None}),
        ("select {{ local_day('a') }} as a", {"time_zone": "Asia/Tokyo"}),
        ("select 1 as a -- never setting('as_of')", {}),
    ]
]
