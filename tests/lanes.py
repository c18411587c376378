"""Lanes: of all tests those that a room's files, or what changed since a commit, can move.

What a file moves is known from dbt's manifest (models below it, macros they use) and from imports.
A test is moved by what it imports, by a command of Stayhouse that it names, by a model whose name
stands in it or in what it imports, and by a page that it opens, itself or by its helpers: one whose
path, or a pattern that matches it, is a text of its code by itself. A sentence that sends somebody
to a page opens none. A changed file that none of these rules knows moves every test.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from tests.building import CHECKOUT, Run

TESTS = Path(__file__).resolve().parent
ROOT = "tests/conftest.py"
# What every test rests on. The root's conftest imports the command line, and so everything: tests
# name the commands that they run.
EVERYTHING = (
    *(ROOT, "tests/building.py", "tests/forked.py", "tests/parsed_dbt.py", "tests/lanes.py"),
)
NOT_FOLLOWED = (ROOT, "src/stayhouse/cli.py")
# Rules over the whole house, in half a minute.
ALWAYS = ("tests/architecture/",)
# Builds the sample, so its laws run, and runs the unit tests of models; tells of all marts.
LAWS = ("tests/integration/test_unit_tests_of_models.py", "tests/unit/test_tour.py")
# Where SQL stands that sqlfluff judges, and what else decides what it says of it.
SQL = ("models", "analyses", "tests")
RENDERS_SQL = ("macros/", ".sqlfluff", "tests/sqlfluff_library/", "requirements.lock")
_BUILDS = re.compile(r"\b(Run|Shop|Site)\b")
_WITH_ROOM = re.compile(r"""(?:\w\.|"\."|\+|ref\(['"])(\w+)""")
_PAGE = re.compile(r"[\w./*-]*\.(md|ipynb|txt|png|svg)")
_COMMAND = re.compile(r'add_parser\(\s*"([a-z-]+)"')


@dataclass(frozen=True)
class Lane:
    """Files that changed, the models that they move, and why all tests run (None = not all)."""

    changed: frozenset[str]
    models: frozenset[str] = frozenset()
    everything: str | None = None

    def has(self, test: str) -> bool:
        """Whether a test file, by its path from the checkout, can be moved."""
        if self.everything is not None or test.startswith(ALWAYS):
            return True
        if test in LAWS and (self.models or any(path.endswith(".sql") for path in self.changed)):
            return True
        files = read_by(test)
        # Pages by their name, models and macros by theirs where it is no common word.
        pages = {PurePosixPath(path).name for path in self.changed if _is_page(path)}
        stems = {stem for path in self.changed if "_" in (stem := PurePosixPath(path).stem)}
        return (
            not self.changed.isdisjoint(files)
            or any(fnmatch(page, name) for path in files for name in _opens(path) for page in pages)
            or any(not stems.isdisjoint(_named(path)) for path in files)
            or (_builds(test) and any(not self.models.isdisjoint(_named(path)) for path in files))
        )


def lane(changed: Iterable[str], manifest: dict[str, Any]) -> Lane:
    """Return the lane of changed files, by their paths from the checkout."""
    paths = frozenset(changed)
    nodes = {
        key: node for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }  # fmt: skip
    moved = {key for key, node in nodes.items() if not paths.isdisjoint(_files_of(node, manifest))}
    below = list(moved)
    while below:
        children = set(manifest["child_map"].get(below.pop(), ())) & nodes.keys() - moved
        moved |= children
        below += children
    known = {path for node in nodes.values() for path in _files_of(node, manifest)}
    strange = sorted(path for path in paths if not _is_known(path) and path not in known)
    return Lane(
        paths,
        frozenset(nodes[key]["name"] for key in moved),
        f"{strange[0]} can move any test" if strange else None,
    )


def room_lane(room: str, manifest: dict[str, Any]) -> Lane:
    """Return the lane of a room: all its models as if they had changed.

    Raises:
        ValueError: there is no such room.
    """
    paths = {
        node["original_file_path"] for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == room
    }  # fmt: skip
    if not paths:
        rooms = {n["fqn"][1] for n in manifest["nodes"].values() if n["resource_type"] == "model"}
        raise ValueError(f"There is no room {room}: there are {', '.join(sorted(rooms))}.")
    return lane(paths, manifest)


def plan(room: str | None, commit: str | None) -> dict[str, Any]:
    """Return what a run leaves out and says of it, and the models whose unit tests it runs.

    Raises:
        ValueError: there is no such room or commit, or dbt cannot parse the project.
    """
    with TemporaryDirectory() as folder:
        run = Run(Path(folder))
        done = run.dbt("parse")
        if done.returncode != 0:
            raise ValueError(f"dbt cannot parse the project: {done.stdout[-3000:]}")
        manifest = json.loads((run.target / "manifest.json").read_text(encoding="utf-8"))
    taken = room_lane(room, manifest) if room else lane(changed_since(commit or ""), manifest)
    tests = sorted(p.relative_to(CHECKOUT).as_posix() for p in TESTS.rglob("test_*.py"))
    left_out = [test for test in tests if not taken.has(test)]
    what = f"the models of {room}" if room else f"what changed since {commit}"
    if taken.everything is not None:
        return {"left_out": [], "models": None, "header": [f"all tests: {taken.everything}"]}
    return {
        "left_out": left_out,
        "models": sorted(taken.models),
        "header": [
            f"{len(tests) - len(left_out)} of {len(tests)} test files can be moved by {what}",
            f"run: {_names([test for test in tests if test not in left_out])}",
            f"unit tests of models: {', '.join(sorted(taken.models)) or 'none'}",
            f"left out: {_names(left_out)}",
        ],
    }


def _names(tests: Iterable[str]) -> str:
    """Return the names of test files, a folder of rules that always run as one."""
    names = {
        next((folder for folder in ALWAYS if test.startswith(folder)), PurePosixPath(test).stem)
        for test in tests
    }
    return ", ".join(sorted(names)) or "none"


def changed_since(commit: str) -> list[str]:
    """Return the paths that differ from a commit, those not committed or added yet too.

    Raises:
        ValueError: git knows no such commit.
    """
    found: list[str] = []
    for words in (
        ("diff", "--name-only", "--no-renames", "-z", commit),
        ("ls-files", "--others", "--exclude-standard", "-z"),
    ):
        done = subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError(f"git cannot compare with {commit}: {done.stderr.strip()}")
        found += filter(None, done.stdout.split("\0"))
    return found


def sql_to_lint(changed: Iterable[str]) -> list[str]:
    """Return the paths whose style a change can move: its SQL, or all where what renders it did."""
    paths = sorted(changed)
    if any(path.startswith(RENDERS_SQL) for path in paths):
        return list(SQL)
    return [
        path for path in paths
        if path.startswith(SQL) and path.endswith(".sql") and (CHECKOUT / path).is_file()
    ]  # fmt: skip


@cache
def read_by(path: str) -> frozenset[str]:
    """Return the Python files that a file imports, it, and the conftests beside it, all the way."""
    found, waiting = {path}, [path, *_conftests(path), *_commands(path)]
    while waiting:
        found.add(one := waiting.pop())
        if one not in NOT_FOLLOWED:
            waiting += [imported for imported in _imports(one) if imported not in found]
    return frozenset(found)


def _conftests(path: str) -> Iterator[str]:
    for folder in PurePosixPath(path).parents:
        if (CHECKOUT / folder / "conftest.py").is_file():
            yield (folder / "conftest.py").as_posix()


def _commands(path: str) -> Iterator[str]:
    """The modules of the commands that a test names."""
    text = _text(path)
    return (module for word, module in _modules_of_commands().items() if f'"{word}"' in text)


@cache
def _modules_of_commands() -> dict[str, str]:
    paths = [p.relative_to(CHECKOUT).as_posix() for p in (CHECKOUT / "src").rglob("*.py")]
    return {word: path for path in paths for word in _COMMAND.findall(_text(path))}


@cache
def _imports(path: str) -> tuple[str, ...]:
    """The files of this project that a Python file imports; a name may be a module or in one."""
    names: list[str] = []
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(file for name in names for file in _files_of_module(name))


def _files_of_module(name: str) -> Iterator[str]:
    place = PurePosixPath("src" if name.split(".")[0] == "stayhouse" else "", *name.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if (CHECKOUT / file).is_file():
            yield file.as_posix()


@cache
def _opens(path: str) -> frozenset[str]:
    """Return the names of the pages that a file of tests opens; a * for what it puts together."""
    if not path.startswith("tests/"):
        return frozenset()
    values = (getattr(node, "value", None) for node in ast.walk(ast.parse(_text(path))))
    texts = (value for value in values if isinstance(value, str))
    names = {PurePosixPath(text).name for text in texts if _is_page(text)}
    return frozenset(f"*{name}" if name.startswith(".") else name for name in names)


@cache
def _text(path: str) -> str:
    return (CHECKOUT / path).read_text(encoding="utf-8")


def _files_of(node: dict[str, Any], manifest: dict[str, Any]) -> frozenset[str]:
    """The files that make a model's rows: its own, its YAML, its macros, what it imports."""
    paths = {node["original_file_path"], (node.get("patch_path") or "").split("://")[-1]}
    if node["original_file_path"].endswith(".py"):
        paths |= read_by(node["original_file_path"])
    return frozenset(paths) | _files_of_macros(
        tuple(node.get("depends_on", {}).get("macros", ())), _Macros(manifest)
    )


class _Macros:
    """The macros of a manifest; hashed by identity, so that what a macro calls is found once."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.all = manifest["macros"]


@cache
def _files_of_macros(calls: tuple[str, ...], macros: _Macros) -> frozenset[str]:
    found, waiting = set(), list(calls)
    while waiting:
        macro = macros.all.get(waiting.pop())
        if macro and macro["package_name"] == "stayhouse" and macro["unique_id"] not in found:
            found.add(macro["unique_id"])
            waiting += macro["depends_on"]["macros"]
    return frozenset(macros.all[key]["original_file_path"] for key in found)


@cache
def _named(path: str) -> frozenset[str]:
    """What a file may mean as names of models: a common word only with its room or a plus."""
    text = _text(path)
    return frozenset(re.findall(r"\w+_\w+", text)) | frozenset(_WITH_ROOM.findall(text))


def _builds(test: str) -> bool:
    """Whether a test reads tables that dbt made."""
    return any(_BUILDS.search(_text(path)) for path in (test, *_conftests(test)) if path != ROOT)


def _is_page(path: str) -> bool:
    return _PAGE.fullmatch(path) is not None


def _is_known(path: str) -> bool:
    """Whether a rule says what a file moves, were it no model's."""
    python = path.endswith(".py") and path.startswith(("src/", "app/", "tests/", "python_models/"))
    sql = path.endswith((".sql", ".yml")) and path.startswith(("models/", "macros/", "analyses/"))
    law = path.endswith(".sql") and path.startswith("tests/")
    return path not in EVERYTHING and (python or sql or law or _is_page(path))


if __name__ == "__main__":
    try:
        print(*sql_to_lint(changed_since(sys.argv[1])))
    except ValueError as wrong:
        sys.exit(str(wrong))
