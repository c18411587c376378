"""What to do about what could not be parsed or built, and about a unit test that failed."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from stayhouse.base.disk import FULL, is_full

_NOT_RUN = ("Runtime Error", "Compilation Error", "Database Error")
_NOT_GIVEN = re.compile(r"depends on a node named '(\w+)' which was not found")
_NOT_TOLD = re.compile(r"Invalid column name: '(\w+)' in unit test fixture for expected output")
_NOT_THERE = re.compile(r"Invalid column name: '(\w+)' in unit test fixture for '(\w+)'")
_NO_NODE = re.compile(
    r"'[\w.]+' \((\S+)\) depends on a node named '(\w+)' (?:in package '\w*' )?which was not found"
)
_NO_MODEL = re.compile(
    r"(?:matching node for patch with name|Unable to find model) '(?:\w+\.)?(\w+)' .*? "
    r"(?:file '|in )([\w./-]+\.yml)"
)
_PRIVATE = re.compile(
    r"Node \w+\.\w+\.(\w+) attempted to reference node \w+\.\w+\.(\w+), which is not allowed "
    r"because the referenced node is private to the '(\w+)' group"
)
_NOT_BUILT = re.compile(r"columns for unit test '(\w+)' from relation")


def of_parse(message: str, names: Collection[str]) -> str | None:
    """Return what to do about a project that dbt cannot parse; None where its words say it.

    Args:
        message: dbt's words.
        names: the names of all models and seeds, to find the one that was meant.
    """
    words = " ".join(message.split())
    if found := _NO_NODE.search(words):
        path, name = found.groups()
        return (
            f"no model or seed is named {name}{_meant(name, names)}: correct the ref in {path}, "
            "which is the name of a file without its folder and ending. Where you renamed a model, "
            f"its YAML and whatever reads it take the new name too: git grep -w {name}."
        )
    if found := _NO_MODEL.search(words):
        name, path = found.groups()
        return (
            f"{path} tells of a model {name}, and no file has that name{_meant(name, names)}: "
            "write there what the file is called, under `models` and `unit_tests`."
        )
    if found := _PRIVATE.search(words):
        reader, read, room = found.groups()
        return (
            f"{read} is for the models of {room} alone, as each whose name begins with int_ or ml_ "
            f"is for those of its room: let {reader} read a public mart (docs/questions.md has "
            f"them by room), or put it into models/{room} if it answers that room's question."
        )
    return None


def _meant(name: str, names: Collection[str]) -> str:
    near = get_close_matches(name, names, n=3)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def of_unit_test(node: dict[str, Any], model: str, message: str) -> str:
    """Return what to do about a unit test that failed.

    Args:
        node: the unit test in the manifest.
        model: the path of its model's SQL.
        message: dbt's words.
    """
    path, name = node["original_file_path"], node["name"]
    if found := _NOT_GIVEN.search(message):
        return (
            f"{model} reads {found[1]} now, of which the test gives no rows: add `- input: "
            f"ref('{found[1]}')` with rows (none: `rows: []`) under `given` of {name} in {path}."
        )
    if found := _NOT_BUILT.search(message):
        return (
            f"the test takes the columns of {found[1]} from the warehouse, which has none yet: dbt "
            f"build -s +{node['model']}."
        )
    if found := _NOT_TOLD.search(message):
        return (
            f"the rows under `expect` of {name} tell of a column {found[1]}, which {model} does "
            f"not give: name there what it gives, in {path}."
        )
    if found := _NOT_THERE.search(message):
        return (
            f"the rows of {found[2]} under `given` of {name} have a column {found[1]}, which "
            f"{found[2]} has not: name there one that it has, in {path}."
        )
    if message.startswith(_NOT_RUN):
        return (
            f"it could not be run: mend {model} where it names a column that its inputs lack, or, "
            f"if it is right, give the test's rows the columns that it reads now, in {path}."
        )
    return (
        f"the model gives other rows than were worked out by hand: mend {model}, or, if the rule "
        f"has changed on purpose, the rows under unit_tests in {path}."
    )


def of_build(kind: str, name: str, path: str, node: dict[str, Any], message: str) -> str:
    """Return what to do about a model, seed or test that could not be built.

    Args:
        kind: what it is, by the first word of its id.
        name: its name.
        path: the file that it stands in.
        node: it in the manifest.
        message: dbt's words.
    """
    if kind == "seed":
        return f"if {path} has other columns than before: dbt build --full-refresh -s {name}"
    if is_full(message):
        return FULL
    if "contract" in message:
        spec = (node.get("patch_path") or path).split("://")[-1]
        return (
            f"bring the columns of {path} and the types in {spec} in line with each other (a sum() "
            "of bigint is a hugeint, one of decimals a decimal(38, ...): cast it in the SQL)."
        )
    ran = node.get("compiled_path")
    where = f" (what ran is {ran})" if ran else ""
    return f"read dbt's words below, mend {path}{where}, and build it again: dbt build -s {name}"
