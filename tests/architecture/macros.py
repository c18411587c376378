"""Macros: one a file, and both engines wherever they differ."""

import re

from tests.architecture.house import House, without_comments

_MACRO = re.compile(r"\{%-?\s*(?:macro|materialization)\s+(\w+)")
_SIDES = ("duckdb__", "spark__")


def a_macro_has_its_file(house: House) -> list[str]:
    """A macro that others use lies in the file of its name."""
    texts = {
        path: without_comments(text)
        for folder in ("models/", "macros/", "tests/", "analyses/")
        for suffix in (".sql", ".yml")
        for path, text in house.paths(folder, suffix=suffix)
    }
    found = []
    for path, text in house.paths("macros/", suffix=".sql"):
        names = _MACRO.findall(without_comments(text))
        stem = path.rsplit("/", 1)[-1].removesuffix(".sql")
        if stem not in names:
            found.append(f"{path} has no macro {stem}: name the file as the macro it holds.")
        for name in names:
            call = re.compile(rf"\b{name}\s*\(")
            if name == stem or name.startswith(_SIDES):
                continue
            users = sorted(p for p, used in texts.items() if p != path and call.search(used))
            if users:
                found.append(
                    f"{path} holds {name}, which {users[0]} uses too: move it to a file of its "
                    "name."
                )
    return found


def engines_are_twins(house: House) -> list[str]:
    """A macro with a DuckDB side has a Spark side, and the reverse, in macros/engine."""
    found = []
    for path, text in house.paths("macros/", suffix=".sql"):
        names = set(_MACRO.findall(without_comments(text)))
        sides = {name for name in names if name.startswith(_SIDES)}
        if sides and not path.startswith("macros/engine/"):
            found.append(f"{path} differs between engines: move it to macros/engine.")
        for name in sorted(sides):
            side, plain = name.split("__", 1)
            twin = f"{'spark' if side == 'duckdb' else 'duckdb'}__{plain}"
            if twin not in names:
                found.append(f"{path} has {name} without {twin}: add it in the same file.")
    return found


RULES = (a_macro_has_its_file, engines_are_twins)
