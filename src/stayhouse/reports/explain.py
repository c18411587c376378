"""What failed in the last build, what that means, and what to do about it.

dbt says which check failed. What the check holds and where to look stands with the check: in the
comment that opens a law, the description of a unit test, the grain of a model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import duckdb

from stayhouse.base import project
from stayhouse.base.artifacts import read_artifact
from stayhouse.base.build_token import read_build_token
from stayhouse.base.errors import StayhouseError
from stayhouse.base.seed_files import wrong_in
from stayhouse.base.tables import cell, table
from stayhouse.base.warehouse import reading
from stayhouse.reports.causes import (
    BAD,
    DATA_LAWS,
    OF_LOSSES,
    VALUE,
    causes_first,
    is_of_data,
    name_of,
    plain,
    sentence_of,
    sentence_of_seed,
)
from stayhouse.reports.losses import read_losses, rows_of, what_is_lost, why
from stayhouse.reports.remedies import of_build, of_unit_test
from stayhouse.reports.stopped import error_of_last_command, lines_of
from stayhouse.reports.unit_tests import forget_removed

# A law's comment says what holds; after these words, what to do where it does not.
REMEDY = "If it breaks:"
_ROWS_SHOWN = 3
_REASONS_SHOWN = 5
_LINES_SHOWN = 25
_WIDTH = 96


@dataclass(frozen=True)
class Failure:
    """A check or a model that did not go well: what it is, what that means, what to do."""

    title: str
    meaning: str
    remedy: str
    evidence: list[str]


def report(root: Path, target: Path) -> int:
    """Print what failed in the last run of dbt, causes first; return 1 if something did.

    Args:
        root: the project's folder.
        target: the folder that dbt wrote about its run to.

    Raises:
        StayhouseError: there was no run, or what dbt wrote is not whole.
    """
    removed = forget_removed(root, target)
    if removed:
        names = ", ".join(unique_id.split(".", 2)[2] for unique_id in removed)
        said = (
            f"dbt's cache held unit tests that no YAML has any more ({names}): it is removed, so "
            "run the same command again."
        )
        print("\n".join(wrap(said, _WIDTH)), end="\n\n")
    if error := error_of_last_command(root, target):
        told, *remedy = lines_of(error, root)
        print(f"dbt's last command ended early:\n{told}")
        for line in remedy:
            print("\n".join(wrap(line, _WIDTH)))
        return 1
    results = read_artifact(target / "run_results.json")
    bad = [
        result
        for result in results["results"]
        if result["status"] in BAD and result["unique_id"] not in removed
    ]
    warned = [result for result in results["results"] if result["status"] == "warn"]
    skipped = sum(result["status"] == "skipped" for result in results["results"])
    if not bad and not warned:
        if removed:
            return 1
        if refusal := _broken_off(project.warehouse_path(root)):
            print("\n".join(wrap(refusal, _WIDTH)))
            return 1
        print(f"Nothing failed in the last run of dbt ({results['args'].get('which')}).")
        return 0
    manifest = read_artifact(target / "manifest.json")
    database = project.warehouse_path(root)
    bad = causes_first(bad, manifest)
    # Where the data are at fault, a law that fails beside may only say so once more.
    of_data = [result for result in bad if is_of_data(result)]
    if any(name_of(result).startswith(OF_LOSSES) for result in bad):
        # What stops a build for its losses says all that what warns of them would.
        warned = [result for result in warned if not name_of(result).startswith(OF_LOSSES)]
    for result in [*(of_data or bad), *warned]:
        print("\n".join(_lines(failure(result, manifest, root, database))))
    if of_data and (others := [result for result in bad if result not in of_data]):
        names = ", ".join(name_of(result) for result in others)
        told = f"What else failed may follow from it: {names}."
        print("\n".join(wrap(f"{told} What still fails when that is mended does not.", _WIDTH)))
    if skipped:
        print(f"{skipped} more were skipped, since they come after what failed.")
    if of_data:
        print("Mend the data, then `make build`.")
    elif bad:
        print("Mend the first one, then `make build`, or `make build MODEL=<model>` for it alone.")
    return int(bool(bad))


def _broken_off(database: Path) -> str | None:
    """Why a warehouse is of a build that was killed, of which dbt wrote no result."""
    if not database.is_file():
        return None
    with reading(database) as con:
        token = read_build_token(con)
    return token.refusal if token.state == "unfinished" else None


def warnings_of(target: Path) -> list[str]:
    """Return what the last run of dbt warned of, a sentence for each test that did."""
    results = read_artifact(target / "run_results.json")["results"]
    warned = [result for result in results if result["status"] == "warn"]
    if not warned:
        return []
    nodes = read_artifact(target / "manifest.json")["nodes"]
    sentences = []
    for result in warned:
        node = nodes.get(result["unique_id"]) or {}
        meaning, _ = law_text(node.get("raw_code") or "")
        holds = f": {meaning}" if meaning and not node.get("test_metadata") else ""
        count = rows_of(result.get("failures") or 0)
        # What was lost is told by itself, with its money.
        if not name_of(result).startswith(OF_LOSSES):
            sentences.append(f"{name_of(result)} warns of {count}{holds}")
    return sentences


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
    message = plain(result.get("message"))
    kind = unique_id.split(".")[0]
    if kind == "unit_test":
        return _unit_test(node, manifest, message)
    if kind == "seed":
        name = node["original_file_path"]
        if (root / name).is_file() and (wrong := wrong_in(root / name, name)):
            return Failure(f"the build stopped: {wrong}", "", "", [])
    if is_of_data(result) and result["status"] != "fail":
        return _value(kind, node, message)
    if kind == "test" and result["status"] in ("fail", "warn"):
        if node.get("name", "").startswith(OF_LOSSES):
            return _losses(node, root, database)
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
        of_build(kind, name, path, node, message),
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


def _value(kind: str, node: dict[str, Any], message: str) -> Failure:
    """Tell of a run that a sentence of ours or a value stopped; of no file with SQL."""
    if sentence := sentence_of(message):
        return Failure(f"the build stopped: {sentence}", "", "", [])
    if sentence := sentence_of_seed(message):
        remedy = "mend the seed's row and build again; what landed is as it should be."
        return Failure(f"the build stopped: {sentence}", "", remedy, [])
    name = node.get("name", "")
    remedy = (
        "look for the value below in what landed, mend it in the export and land that again; if "
        f"you have just changed {name}, mend what it does with such a value."
    )
    if kind == "seed":
        remedy = f"mend the value below in {node['original_file_path']}."
    told = [line.strip() for line in message.splitlines() if VALUE.search(line)]
    return Failure(
        f"a value does not fit: {node.get('schema', 'the build of')} {name} could not be built",
        node.get("description", ""),
        remedy,
        told,
    )


# What is set wrong, and is no fault of what landed.
_OF_SETTINGS = {
    "prices_include_tax": "say so in that var of dbt_project.yml",
    "unknown_currency": "correct var base_currency in dbt_project.yml, or bring rates in it with "
    "`stayhouse rates` (docs/data.md),",
}


def _losses(node: dict[str, Any], root: Path, database: Path) -> Failure:
    """Tell what was rejected, by table and reason: the law's own rows are only counts."""
    stops = node["name"] == "rejection_rate_stops_the_build"
    var = "rejection_stop_rate" if stops else "rejection_warn_rate"
    reasons = _reasons(node, root, database)
    of_setting = "".join(
        f"where the reason is {reason}, {remedy} and leave what landed as it is; else "
        for reason, remedy in _OF_SETTINGS.items()
        if any(reason in line for line in reasons)
    )
    return Failure(
        "the data: so much was rejected that nothing is published"
        if stops
        else "the data: much was rejected",
        "",
        f"{of_setting}mend the export by the reasons below, take the wrong batch back "
        "(`stayhouse unland <source> --table <table> --batch <n>`) and land it again, then "
        f"`make build`; if it is meant, raise var {var}.",
        reasons,
    )


def _reasons(node: dict[str, Any], root: Path, database: Path) -> list[str]:
    try:
        # The law names the file's own catalog, which has another name where it is read.
        with duckdb.connect(str(database), read_only=True) as con:
            broken = con.execute(
                f"select distinct source_name, table_name from (\n{_compiled(node, root)}\n)"
            ).fetchall()
        with reading(database) as con:
            losses = read_losses(con)
    except (duckdb.Error, OSError, StayhouseError):
        return _without_path(_rows(node, root, database))
    lines = []
    for loss in losses:
        if (loss.source, loss.table) in broken:
            lines += wrap(what_is_lost(loss), _WIDTH - 4, subsequent_indent="  ")
            lines += [f"  {why(loss, reason)}" for reason in loss.largest()[:_REASONS_SHOWN]]
    return lines


def _without_path(evidence: list[str]) -> list[str]:
    """Return rows without where the SQL of them stands: none is to be mended."""
    return [line.split(" (all: ")[0] for line in evidence]


def _law(node: dict[str, Any], count: int, status: str, evidence: list[str]) -> Failure:
    meaning, remedy = law_text(node["raw_code"])
    path = node["original_file_path"]
    verb = "is broken by" if status == "fail" else "warns of"
    if node["name"] in DATA_LAWS:
        return Failure(
            f"the data: {node['name']} {verb} {rows_of(count)}",
            meaning,
            remedy,
            _without_path(evidence),
        )
    return Failure(
        f"law {node['name']} {verb} {rows_of(count)} ({path})",
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
            f"test {test['name']} of {name} finds {rows_of(count)} ({path})",
            node.get("description", ""),
            f"mend {model.get('original_file_path', path)}, or the test in {path} if it asks for "
            "what is not meant.",
            evidence,
        )
    key = ", ".join(test["kwargs"]["columns"])
    file = model.get("original_file_path", path)
    remedy = (
        f"look in {file} for a join that multiplies rows or a row without a key; if the grain is "
        f"another one now, say so in {path}: the description's first sentence and the columns of "
        "the grain test."
    )
    if model.get("resource_type") == "seed":
        remedy = f"mend {file}: of the lines with the key below leave one, and give each line one."
    return Failure(
        f"grain of {name}: {rows_of(count)} repeat a key or hold none ({path})",
        f"{model.get('description', '').strip()} Its key is {key}.",
        remedy,
        evidence,
    )


def _unit_test(node: dict[str, Any], manifest: dict[str, Any], message: str) -> Failure:
    model = manifest["nodes"].get(f"model.stayhouse.{node['model']}") or {}
    title = f"unit test {node['name']} of {node['model']} ({node['original_file_path']})"
    path = model.get("original_file_path", node["model"])
    return Failure(
        title, node.get("description", ""), of_unit_test(node, path, message), _told(message)
    )


def _rows(node: dict[str, Any], root: Path, database: Path) -> list[str]:
    """Return the first rows that broke a test, as lines; none where they cannot be read."""
    compiled = node.get("compiled_path")
    if not compiled or not (root / compiled).is_file() or not database.is_file():
        return []
    sql = _compiled(node, root)
    try:
        with duckdb.connect(str(database), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            rows = con.execute(f"select * from (\n{sql}\n) limit {_ROWS_SHOWN}")
            names = [column[0] for column in rows.description or []]
            found = [[cell(value) for value in row] for row in rows.fetchall()]
    except duckdb.Error:
        return [f"its rows: {compiled}"]
    return [f"its first rows (all: {compiled})", *(f"  {line}" for line in table(names, found))]


def _compiled(node: dict[str, Any], root: Path) -> str:
    path = root / str(node["compiled_path"])
    return path.read_text(encoding="utf-8").strip()


def _told(message: str) -> list[str]:
    """Return dbt's words, without the macros that they passed through."""
    lines = [line for line in message.splitlines() if not line.strip().startswith("> ")]
    return lines[:_LINES_SHOWN]


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
