"""The project as its files and dbt's manifest tell it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Node = dict[str, Any]

_PATTERNS = (
    "dbt_project.yml",
    "models/**/*",
    "python_models/**/*",
    "macros/**/*.sql",
    "tests/**/*.sql",
    "analyses/**/*.sql",
    "seeds/*.yml",
    "src/**/*.py",
    "app/**/*.py",
)
_TEXT = {".sql", ".py", ".yml", ".csv"}
_COMMENTS = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)
# Jinja is kept whole: a text inside of it may be SQL that a macro pastes.
_LITERALS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})|'(?:[^']|'')*'", re.DOTALL)


@dataclass(frozen=True)
class House:
    """Everything a rule looks at: dbt's manifest, and the texts by path from the project's root."""

    manifest: dict[str, Any]
    files: dict[str, str]

    def models(self) -> Iterator[Node]:
        """Every model, SQL and Python."""
        return (n for n in self.manifest["nodes"].values() if n["resource_type"] == "model")

    def seeds(self) -> Iterator[Node]:
        """Every seed."""
        return (n for n in self.manifest["nodes"].values() if n["resource_type"] == "seed")

    def paths(self, *starts: str, suffix: str) -> Iterator[tuple[str, str]]:
        """(path, text) of the files under any of the folders with that suffix."""
        return (
            (p, t) for p, t in self.files.items() if p.startswith(starts) and p.endswith(suffix)
        )

    def with_file(self, path: str, text: str) -> "House":
        """The same house with one file added or replaced."""
        return replace(self, files={**self.files, path: text})

    def with_node(self, node_id: str, **changes: Any) -> "House":
        """The same house with one node added or changed."""
        nodes = self.manifest["nodes"]
        node = {**nodes.get(node_id, {}), **changes}
        return replace(self, manifest={**self.manifest, "nodes": {**nodes, node_id: node}})


def read_files(root: Path) -> dict[str, str]:
    """Return the texts of the project's files by their path from the root."""
    found = {path for pattern in _PATTERNS for path in root.glob(pattern)}
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(found)
        if path.suffix in _TEXT
    }


def without_comments(sql: str) -> str:
    """Return SQL without SQL and Jinja comments; line numbers stay."""
    return _COMMENTS.sub(lambda m: "\n" * m[0].count("\n"), sql)


def without_literals(sql: str) -> str:
    """Return SQL with every text outside of Jinja emptied: what is quoted is no operator."""
    return _LITERALS.sub(lambda m: m[1] or "''", sql)


def line_of(text: str, position: int) -> int:
    """The 1-based line of a position."""
    return text.count("\n", 0, position) + 1


def schema_name(node: Node) -> str:
    """A model as a reader of the warehouse names it, such as ``core.orders``."""
    return f"{room(node)}.{node['name']}"


def room(node: Node) -> str:
    """The folder under models/ or python_models/ that a model lies in."""
    return str(node["original_file_path"]).split("/")[1]


def is_private_name(name: str) -> bool:
    """Whether a model's name says that it is private to its room."""
    return name.startswith(("int_", "ml_"))


CTE = re.compile(r"(?m)^(?:with\s+)?(\w+) as \($")


def ctes(sql: str) -> Iterator[tuple[int, str]]:
    """Where each CTE of a model begins, and its body."""
    for match in CTE.finditer(sql):
        end = sql.find("\n)", match.end())
        yield match.start(), sql[match.end() : end if end >= 0 else None]


def last_cte(sql: str) -> tuple[str, str]:
    """Return the name and the body of a model's last CTE; two empty texts where there is none."""
    matches = list(CTE.finditer(sql))
    if not matches:
        return "", ""
    start = matches[-1].end()
    end = sql.find("\n)", start)
    return matches[-1][1], sql[start : end if end >= 0 else None]
