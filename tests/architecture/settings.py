"""Settings: a unit test states every var that its model's SQL depends on."""

import re
from collections.abc import Container, Iterator

from tests.architecture.house import House, without_comments

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\((.*?)\{%-?\s*endmacro", re.DOTALL)
_READ = re.compile(r"\b(?:setting|var)\('(\w+)'")
# An engine's side of a macro is called by its plain name.
_SIDE = re.compile(r"^(?:duckdb|spark|default)__")


def unit_tests_state_the_vars_they_need(house: House) -> list[str]:
    """A test that takes a value from dbt_project.yml fails for everybody who changes it."""
    reads = _reads_of_macros(house)
    models = {model["name"]: model for model in house.models()}
    found = []
    for test in house.manifest["unit_tests"].values():
        model = models.get(test.get("model"))
        if model is None:
            continue
        sql = without_comments(house.files.get(str(model["original_file_path"]), ""))
        stated = ((test.get("overrides") or {}).get("vars") or {}).keys()
        lacking = sorted(_settings(sql, reads) - stated)
        if lacking:
            found.append(
                f"{test['original_file_path']}: unit test {test['name']} does not state "
                f"{' and '.join(lacking)}, which {model['name']} reads: whoever sets another value "
                "would see it fail; add `overrides: {vars: {…}}`."
            )
    return found


def _reads_of_macros(house: House) -> dict[str, set[str]]:
    """The vars that each macro reads, itself or by the macros that it calls."""
    bodies: dict[str, str] = {}
    for _, text in house.paths("macros/", suffix=".sql"):
        for name, body in _MACRO.findall(without_comments(text)):
            plain = _SIDE.sub("", name)
            bodies[plain] = bodies.get(plain, "") + body
    reads = {name: set(_READ.findall(body)) for name, body in bodies.items()}
    calls = {name: set(_called(body, bodies)) for name, body in bodies.items()}
    while True:
        more = {name: reads[name].union(*(reads[c] for c in calls[name])) for name in reads}
        if more == reads:
            return reads
        reads = more


def _settings(sql: str, reads: dict[str, set[str]]) -> set[str]:
    return set(_READ.findall(sql)).union(*(reads[name] for name in _called(sql, reads)))


def _called(text: str, macros: Container[str]) -> Iterator[str]:
    return (name for name in re.findall(r"\b(\w+)\s*\(", text) if name in macros)


RULES = (unit_tests_state_the_vars_they_need,)
