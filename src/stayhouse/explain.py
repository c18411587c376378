"""``stayhouse explain``: what failed in the last build, what that means, and what to do about it.

dbt says which check failed. What the check holds and where to look stands with the check: in the
comment that opens a law, the description of a unit test, the grain of a model.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import duckdb

from stayhouse import project
from stayhouse.artifacts import read_artifact
from stayhouse.tables import cell, table

# A law's comment says what holds; after these words, what to do where it does not.
REMEDY = "If it breaks:"
_ROWS_SHOWN = 3
_LINES_SHOWN = 25
_WIDTH = 96
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """A check or a model that did not go well: what it is, what that means, what to do."""

    title: str
    meaning: str
    remedy: str
    evidence: list[str]


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``explain``."""
    parser = subparsers.add_parser(
        "explain",
        help="say what failed in the last build, and what to do",
        description="Read what dbt wrote about its last run, and say of each failure and warning "
        "what it means, which rows broke it and what to do. Exits with 1 when something failed.",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder that dbt wrote manifest.json and run_results.json to (default: target)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    target = root / args.target_path
    results = read_artifact(target / "run_results.json")
    by_status: dict[str, list[dict[str, Any]]] = {}
    for result in results["results"]:
        by_status.setdefault(result["status"], []).append(result)
    bad = [r for status in ("error", "runtime error", "fail") for r in by_status.get(status, [])]
    warned = by_status.get("warn", [])
    skipped = len(by_status.get("skipped", []))
    if not bad and not warned:
        print(f"Nothing failed in the last run of dbt ({results['args'].get('which')}).")
        return 0
    manifest = read_artifact(target / "manifest.json")
    database = project.warehouse_path(root)
    for result in [*bad, *warned]:
        print("\n".join(_lines(failure(result, manifest, root, database))))
    if skipped:
        print(f"{skipped} more were skipped, since they come after what failed.")
    if bad:
        print("Mend the first one, then `make build`; `dbt build -s <model>+` builds a part.")
    return int(bool(bad))


def failure(
    result: dict[str, Any], manifest: dict[str, Any], root: Path, database: Path
) -> Failure:
    """Return what one result of a run means and what to do about it.

    Args:
        result: one of ``results`` of run_results.json.
        manifest: manifest.json of the same run.
        root: the project's folder.
        database: the warehouse file, in which the rows that broke a test are looked for.
    """
    unique_id = result["unique_id"]
    node = manifest["nodes"].get(unique_id) or manifest["unit_tests"].get(unique_id) or {}
    message = _COLOURS.sub("", result.get("message") or "").strip()
    kind = unique_id.split(".")[0]
    if kind == "unit_test":
        return _unit_test(node, manifest, message)
    if kind == "test" and result["status"] in ("fail", "warn"):
        evidence = _rows(node, root, database)
        count = result.get("failures") or 0
        if node.get("test_metadata"):
            return _generic_test(node, manifest, count, evidence)
        return _law(node, count, result["status"], evidence)
    path = node.get("original_file_path", "dbt_project.yml")
    name = unique_id.split(".")[2]
    return Failure(
        f"{kind.replace('_', ' ')} {name} could not be built ({path})",
        node.get("description", ""),
        _build_remedy(kind, name, path, node, message),
        _told(message),
    )


def law_text(sql: str) -> tuple[str, str]:
    """Return what a law holds and what to do where it does not, from the comment that opens it."""
    lines = []
    for line in sql.splitlines():
        if line.startswith("--"):
            lines.append(line.removeprefix("--").strip())
        elif lines:
            break
    meaning, _, remedy = " ".join(lines).partition(REMEDY)
    return meaning.strip(), remedy.strip()


def _law(node: dict[str, Any], count: int, status: str, evidence: list[str]) -> Failure:
    meaning, remedy = law_text(node["raw_code"])
    path = node["original_file_path"]
    verb = "is broken by" if status == "fail" else "warns of"
    return Failure(
        f"law {node['name']} {verb} {_rows_of(count)} ({path})",
        meaning,
        remedy or f"read {path}, which says which models it compares, and mend the one that errs.",
        evidence,
    )


def _generic_test(
    node: dict[str, Any], manifest: dict[str, Any], count: int, evidence: list[str]
) -> Failure:
    model = manifest["nodes"].get(node.get("attached_node")) or {}
    name, path = model.get("name", "?"), node["original_file_path"]
    test = node["test_metadata"]
    if test["name"] != "grain":
        return Failure(
            f"test {test['name']} of {name} finds {_rows_of(count)} ({path})",
            node.get("description", ""),
            f"mend {model.get('original_file_path', path)}, or the test in {path} if it asks for "
            "what is not meant.",
            evidence,
        )
    key = ", ".join(test["kwargs"]["columns"])
    return Failure(
        f"grain of {name}: {_rows_of(count)} repeat a key or hold none ({path})",
        f"{model.get('description', '').strip()} Its key is {key}.",
        f"look in {model.get('original_file_path', path)} for a join that multiplies rows or a row "
        f"without a key; if the grain is another one now, say so in {path}: the description's "
        "first sentence and the columns of the grain test.",
        evidence,
    )


def _unit_test(node: dict[str, Any], manifest: dict[str, Any], message: str) -> Failure:
    model = manifest["nodes"].get(f"model.stayhouse.{node['model']}") or {}
    title = f"unit test {node['name']} of {node['model']} ({node['original_file_path']})"
    if message.startswith(("Runtime Error", "Compilation Error", "Database Error")):
        remedy = (
            f"it could not be run: give its rows the columns that the model reads now, in "
            f"{node['original_file_path']}, or mend {model.get('original_file_path')}."
        )
        return Failure(title, node.get("description", ""), remedy, _told(message))
    return Failure(
        title,
        node.get("description", ""),
        f"the model gives other rows than were worked out by hand: mend "
        f"{model.get('original_file_path', node['model'])}, or, if the rule has changed on "
        f"purpose, the rows under unit_tests in {node['original_file_path']}.",
        _told(message),
    )


def _build_remedy(kind: str, name: str, path: str, node: dict[str, Any], message: str) -> str:
    if kind == "seed":
        return f"if {path} has other columns than before: dbt build --full-refresh -s {name}"
    if "contract" in message:
        spec = (node.get("patch_path") or path).split("://")[-1]
        return f"bring the columns of {path} and the types in {spec} in line with each other."
    ran = node.get("compiled_path")
    where = f" (what ran is {ran})" if ran else ""
    return f"read dbt's words below, mend {path}{where}, and build it again: dbt build -s {name}"


def _rows(node: dict[str, Any], root: Path, database: Path) -> list[str]:
    """Return the first rows that broke a test, as lines; none where they cannot be read."""
    compiled = node.get("compiled_path")
    if not compiled or not (root / compiled).is_file() or not database.is_file():
        return []
    sql = (root / compiled).read_text(encoding="utf-8").strip()
    try:
        with duckdb.connect(str(database), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            rows = con.execute(f"select * from (\n{sql}\n) limit {_ROWS_SHOWN}")
            names = [column[0] for column in rows.description or []]
            found = [[cell(value) for value in row] for row in rows.fetchall()]
    except duckdb.Error:
        return [f"its rows: {compiled}"]
    return [f"its first rows (all: {compiled})", *(f"  {line}" for line in table(names, found))]


def _told(message: str) -> list[str]:
    """Return dbt's words, without the macros that they passed through."""
    lines = [line for line in message.splitlines() if not line.strip().startswith("> ")]
    return lines[:_LINES_SHOWN]


def _rows_of(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")


def _lines(found: Failure) -> Iterator[str]:
    yield found.title
    meaning = " ".join(found.meaning.split())
    for label, text in (("holds", meaning), ("to do", found.remedy)):
        if text:
            yield from wrap(
                f"  {label}   {text}", _WIDTH, subsequent_indent=" " * 10, break_long_words=False
            )
    yield from (f"    {line}" for line in found.evidence)
    yield ""
