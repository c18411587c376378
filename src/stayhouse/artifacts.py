"""What dbt wrote about its last run: whether it went well, and which models are public marts."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stayhouse.errors import StayhouseError

# "warn" is a test that speaks up and passes; every other status stopped something.
_GOOD = {"success", "pass", "warn", "no-op", "reused"}


@dataclass(frozen=True)
class Mart:
    """A public mart: its room (the schema), its name, its key columns (empty if none is tested)."""

    room: str
    name: str
    key: tuple[str, ...]


def read_manifest(target: Path) -> dict[str, Any]:
    """Return what dbt read in the project.

    Args:
        target: the folder that dbt wrote ``manifest.json`` to.

    Raises:
        StayhouseError: there is none, or it is not whole.
    """
    return _read(target / "manifest.json")


def public_marts(target: Path) -> list[Mart]:
    """Return the public marts of the last build, by room and name.

    A mart is public when its access is ``public``, its contract is enforced and it stands above
    staging.

    Args:
        target: the folder that dbt wrote ``manifest.json`` and ``run_results.json`` to.

    Raises:
        StayhouseError: there was no build, it did not go well, or it left out a public mart.
    """
    built = _check_build(_read(target / "run_results.json"))
    manifest = read_manifest(target)
    keys = _keys(manifest)
    marts = {
        unique_id: Mart(node["schema"], node["alias"], keys.get(unique_id, ()))
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["config"].get("access") == "public"
        and node["config"].get("contract", {}).get("enforced")
        and node["fqn"][1] != "staging"
    }
    if not marts:
        raise StayhouseError(
            f"{target / 'manifest.json'} names no public mart: run 'dbt build' in this project."
        )
    # A mart that was left out may stand as a build that failed left it.
    if left_out := [mart for unique_id, mart in marts.items() if unique_id not in built]:
        more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        raise StayhouseError(
            f"The last build left out {left_out[0].room}.{left_out[0].name}{more}, so nothing was "
            "published: run 'dbt build' with every public mart and publish again."
        )
    return sorted(marts.values(), key=lambda mart: (mart.room, mart.name))


def _check_build(results: dict[str, Any]) -> set[str]:
    """Check that the last run was a build and went well; return what it built and tested."""
    command = results["args"].get("which")
    if command != "build":
        raise StayhouseError(
            f"The last dbt command was '{command}' and not 'build', so its tables are not tested: "
            "run 'dbt build' and publish again."
        )
    bad = [r for r in results["results"] if r["status"] not in _GOOD]
    # What was skipped follows from a failure: name the failure.
    bad.sort(key=lambda result: result["status"] == "skipped")
    if bad:
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        name = bad[0]["unique_id"].split(".", 2)[-1]
        raise StayhouseError(
            f"The last build did not go well ({name}: {bad[0]['status']}{more}), so nothing was "
            "published: mend it, run 'dbt build' and publish again."
        )
    return {result["unique_id"] for result in results["results"]}


def _keys(manifest: dict[str, Any]) -> dict[str, tuple[str, ...]]:
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


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StayhouseError(
            f"There is no {path}: run 'dbt build' first, or name dbt's folder by --target-path."
        ) from error
    except ValueError as error:
        raise StayhouseError(
            f"{path} is not whole, so dbt was interrupted: run 'dbt build' again."
        ) from error
    return content
