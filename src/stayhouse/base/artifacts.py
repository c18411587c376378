"""What dbt wrote about its last run: which models are public marts, and what it was given."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stayhouse.base.errors import StayhouseError


@dataclass(frozen=True)
class Mart:
    """A public mart: its room (the schema), name, key (empty if none is tested), its columns."""

    room: str
    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


def public_marts(target: Path) -> list[Mart]:
    """Return the public marts of the project as dbt last read it, by room and name.

    A mart is public when its access is ``public``, its contract is enforced and it stands above
    staging.

    Args:
        target: the folder that dbt wrote ``manifest.json`` to.

    Raises:
        StayhouseError: dbt wrote no manifest, or it names no public mart or one that is not fit to
            be seen (a private name, no column, a column that is tagged personal).
    """
    marts = manifest_marts(read_artifact(target / "manifest.json"))
    if not marts:
        raise StayhouseError(
            f"{target / 'manifest.json'} names no public mart: run 'stayhouse build' in this "
            "project."
        )
    return marts


def manifest_marts(manifest: dict[str, Any]) -> list[Mart]:
    """Return the public marts that a manifest names, by room and name.

    Raises:
        StayhouseError: one of them is not fit to be seen.
    """
    keys = grain_keys(manifest)
    marts = [
        _mart(node, keys.get(unique_id, ()))
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["config"].get("access") == "public"
        and node["config"].get("contract", {}).get("enforced")
        and node["fqn"][1] != "staging"
    ]
    return sorted(marts, key=lambda mart: (mart.room, mart.name))


def _mart(node: dict[str, Any], key: tuple[str, ...]) -> Mart:
    """Return a mart of the manifest, if everybody may see it."""
    room, name, columns = node["schema"], node["alias"], node["columns"]
    if name.startswith(("int_", "ml_")):
        raise StayhouseError(
            f"{room}.{name} is public and its name says that it is private, so nothing was "
            "published: take 'access: public' out of its YAML, or give it a plain noun."
        )
    if not columns:
        raise StayhouseError(
            f"{room}.{name} names no column, so nothing was published: list its columns in its "
            "YAML, run 'stayhouse build' and publish again."
        )
    for column in columns.values():
        if is_personal(column):
            raise StayhouseError(
                f"{room}.{name} holds {column['name']}, which is tagged personal, so nothing was "
                "published: leave it out of the mart, run 'stayhouse build' and publish again."
            )
    return Mart(room, name, key, tuple(columns))


def is_personal(column: dict[str, Any]) -> bool:
    """Return whether a column of the manifest is tagged personal (``meta: {pii: ...}``)."""
    metas = (column.get("meta"), (column.get("config") or {}).get("meta"))
    return any("pii" in (meta or {}) for meta in metas)


def grain_keys(manifest: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the key columns of models by unique id: those that a grain or unique test holds."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata")
        if not test or test["name"] not in ("grain", "unique"):
            continue
        columns = test["kwargs"].get("columns") or [test["kwargs"]["column_name"]]
        # The grain is the whole key; a unique column beside it is not needed.
        if test["name"] == "grain" or node["attached_node"] not in keys:
            keys[node["attached_node"]] = tuple(columns)
    return keys


def var(root: Path, target: Path, name: str) -> Any:
    """Return a var as the last run had it: from its command line, else from dbt_project.yml.

    Args:
        root: the project's folder.
        target: the folder that dbt wrote ``run_results.json`` to; there need be none.
        name: the var; None is returned where nobody names it.
    """
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8")) or {}
    named = project.get("vars") or {}
    try:
        given = read_artifact(target / "run_results.json")["args"].get("vars") or {}
    except StayhouseError:
        given = {}
    return {**named, **given}.get(name)


def warn_rate(root: Path, target: Path) -> float:
    """Return the share of rows or money above which a loss is said first; 0 where none is named."""
    return float(var(root, target, "rejection_warn_rate") or 0)


def read_artifact(path: Path) -> dict[str, Any]:
    """Return a file that dbt wrote.

    Raises:
        StayhouseError: there is none, or it is not whole.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StayhouseError(
            f"There is no {path}: run 'stayhouse build' first, or name dbt's folder by "
            "--target-path."
        ) from error
    except ValueError as error:
        raise StayhouseError(
            f"{path} is not whole, so dbt was interrupted: run 'stayhouse build' again."
        ) from error
    return content
