"""``stayhouse show``: one model on a page: what a row is, columns, neighbours, first rows."""

import argparse
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap
from typing import Any

import duckdb

from stayhouse import project
from stayhouse.artifacts import grain_keys, is_personal, read_artifact
from stayhouse.errors import StayhouseError
from stayhouse.publication import DATABASE
from stayhouse.tables import cell, table
from stayhouse.warehouse import identifier, reading

_ROWS_SHOWN = 5
_ROWS_UPRIGHT = 3
_WIDTH = 100
_HIDDEN = "(personal)"


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``show``."""
    parser = subparsers.add_parser(
        "show",
        help="print what a model is: grain, columns, neighbours, first rows",
        description="Print a model's description, grain, columns with their meaning, what it reads "
        "and who reads it, and its first rows: from the warehouse file, or from what was published "
        "while a build holds that file.",
    )
    parser.add_argument("model", metavar="MODEL", help="its name, such as orders or core.orders")
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder that dbt wrote manifest.json to (default: target)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    manifest = read_artifact(root / args.target_path / "manifest.json")
    node = find(manifest, args.model)
    key = grain_keys(manifest).get(node["unique_id"], ())
    print("\n".join([*described(node, key, manifest), "", *first_rows(node, key, root)]))
    return 0


def find(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the node of a model or seed by its name, with or without its room.

    Raises:
        StayhouseError: there is none of that name; the message gives names that are near.
    """
    nodes = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    if not name:
        raise StayhouseError("make show needs the name of a model: make show MODEL=orders.")
    room, _, bare = name.rpartition(".")
    node = nodes.get(bare)
    if node is not None and room in ("", node["schema"]):
        return dict(node)
    near = get_close_matches(bare, nodes, n=4, cutoff=0.5)
    near += [other for other in sorted(nodes) if bare and bare in other and other not in near][:4]
    said = ", ".join(f"{nodes[other]['schema']}.{other}" for other in near)
    raise StayhouseError(
        f"No model is named {name}{f', but there is {said}' if said else ''}: give a name "
        "of models/*/*.sql, and run `dbt parse` first if it is new."
    )


def described(node: dict[str, Any], key: tuple[str, ...], manifest: dict[str, Any]) -> list[str]:
    """Return what the project says of a model, as lines."""
    unique_id = node["unique_id"]
    access = node["config"].get("access") or ""
    kind = " ".join(filter(None, (access, node["config"]["materialized"])))
    columns = [
        [name, column["data_type"] or "", "key" if name in key else "", column["description"]]
        for name, column in node["columns"].items()
    ]
    return [
        f"{node['schema']}.{node['name']}   {kind}   {node['original_file_path']}",
        *wrap(" ".join(node["description"].split()), _WIDTH),
        "",
        f"grain     {', '.join(key) or 'not tested'}",
        *_names("reads", manifest["parent_map"].get(unique_id, []), manifest),
        *_names("read by", manifest["child_map"].get(unique_id, []), manifest),
        *_names("held by", _laws(unique_id, manifest), manifest),
        "",
        *(_columns(columns) if columns else ["its columns are not described"]),
    ]


def first_rows(node: dict[str, Any], key: tuple[str, ...], root: Path) -> list[str]:
    """Return how many rows a model has and the first of them, as lines.

    They come from the warehouse file, or from what was published where that cannot be opened.
    Columns that are tagged personal are not shown.
    """
    warehouse = project.warehouse_path(root)
    try:
        return _rows_in(warehouse, node, key)
    except StayhouseError as error:
        said = str(error)
    published = root / "published" / DATABASE
    if not published.exists():
        return [f"no rows to show: {said}"]
    return [f"not from the warehouse: {said}", *_rows_in(published, node, key)]


def _rows_in(path: Path, node: dict[str, Any], key: tuple[str, ...]) -> list[str]:
    relation = f"{identifier(node['schema'])}.{identifier(node['alias'])}"
    order = ", ".join(map(identifier, key)) or "all"
    with reading(path) as con:
        try:
            count = con.execute(f"select count(*) from {relation}").fetchall()[0][0]
            rows = con.execute(f"select * from {relation} order by {order} limit {_ROWS_SHOWN}")
            names = [column[0] for column in rows.description or []]
            found = rows.fetchall()
        except duckdb.CatalogException:
            return [f"{path} has no {node['schema']}.{node['name']}: dbt build -s +{node['name']}"]
        except duckdb.Error as error:
            # A view over landed files that are gone, or that lie elsewhere from where one stands.
            why = str(error).splitlines()[0]
            return [
                f"{node['schema']}.{node['name']} cannot be read ({why}): run this from the "
                f"project's folder, or dbt build -s +{node['name']}"
            ]
    hidden = {name for name, column in node["columns"].items() if is_personal(column)}
    shown = [
        [_HIDDEN if name in hidden else cell(value) for name, value in zip(names, row, strict=True)]
        for row in found
    ]
    head = f"{count:,} row{'' if count == 1 else 's'} in {path}"
    if not shown:
        return [head]
    if len(names) > 8 or sum(map(len, names)) > _WIDTH:
        # Too wide for a screen: a row a column.
        some = shown[:_ROWS_UPRIGHT]
        upright = [list(line) for line in zip(names, *some, strict=True)]
        return [head, *table(["column", *(f"row {n + 1}" for n in range(len(some)))], upright)]
    return [head, *table(names, shown)]


def _columns(columns: list[list[str]]) -> list[str]:
    lines = []
    widths = [max(len(line[place]) for line in columns) for place in range(3)]
    for name, data_type, key, meaning in columns:
        left = f"{name:<{widths[0]}}  {data_type:<{widths[1]}}  {key:<{widths[2]}}  "
        text = " ".join(meaning.split())
        room = max(_WIDTH - len(left), 40)
        first, *rest = wrap(text, room) or [""]
        lines += [f"{left}{first}".rstrip(), *(" " * len(left) + more for more in rest)]
    return lines


def _names(label: str, unique_ids: list[str], manifest: dict[str, Any]) -> list[str]:
    """Return models, seeds, landed tables and laws by name, as lines under a label."""
    names = []
    for unique_id in sorted(set(unique_ids)):
        kind = unique_id.split(".")[0]
        node = manifest["nodes"].get(unique_id) or manifest["sources"].get(unique_id) or {}
        if kind in ("model", "seed"):
            names.append(f"{node['schema']}.{node['name']}")
        elif kind == "source":
            names.append(f"{node['source_name']}.{node['name']} (landed)")
        elif kind == "test" and label == "held by":
            names.append(node["name"])
    text = ", ".join(names)
    return wrap(f"{label:<9} {text}", _WIDTH, subsequent_indent=" " * 10) if names else []


def _laws(unique_id: str, manifest: dict[str, Any]) -> list[str]:
    return [
        child
        for child in manifest["child_map"].get(unique_id, [])
        if child.startswith("test.") and not manifest["nodes"][child].get("test_metadata")
    ]
