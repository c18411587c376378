"""Settings: a unit test states every var that its model's SQL depends on."""

import re
from collections.abc import Container, Iterator

from tests.architecture.house import House, without_comments

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\((.*?)\{%-?\s*endmacro", re.DOTALL)
# Not `reads`: which tables are read where they stand is asked where a build runs; a unit test gives
# its rows.
_READ = re.compile(r"\b(?:setting|var)\('(?!reads')(\w+)'")
# An engine's side of a macro is called by its plain name.
_SIDE = re.compile(r"^(?:duckdb|spark|default)__")


def unit_tests_state_the_vars_they_need(house: House) -> list[str]:
    """A test that takes a value from dbt_project.yml fails for everybody who changes it."""
    needed = vars_by_model(house)
    return [
        f"{test['original_file_path']}: unit test {test['name']} does not state "
        f"{' and '.join(lacking)}, which {test['model']} reads: whoever sets another value would "
        "see it fail; add `overrides: {vars: {…}}`."
        for test in house.manifest["unit_tests"].values()
        for stated in [((test.get("overrides") or {}).get("vars") or {}).keys()]
        for lacking in [sorted(needed.get(test.get("model"), set()) - stated)]
        if lacking
    ]


def vars_by_model(house: House) -> dict[str, set[str]]:
    """The vars that each SQL model reads, itself or by the macros that it calls, where it does."""
    reads = _reads_of_macros(house)
    found = {}
    for model in house.models():
        sql = without_comments(house.files.get(str(model["original_file_path"]), ""))
        names = set(_READ.findall(sql)).union(*(reads[name] for name in _called(sql, reads)))
        if names:
            found[model["name"]] = names
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


def _called(text: str, macros: Container[str]) -> Iterator[str]:
    return (name for name in re.findall(r"\b(\w+)\s*\(", text) if name in macros)


RULES = (unit_tests_state_the_vars_they_need,)
