"""Unit tests of models that dbt's cache holds although they were removed."""

from pathlib import Path

import yaml

from stayhouse.base.artifacts import read_artifact
from stayhouse.base.errors import StayhouseError

_PATH = "original_file_path"


def forget_removed(root: Path, target: Path) -> list[str]:
    """Remove dbt's cache where it holds unit tests that no YAML has; return their ids.

    Where a model's YAML changed, the partial parse of dbt 1.11.16 reads its unit tests again as
    they were (it takes the group that dbt_project.yml gives a room for a change of group), and so
    keeps for ever one that was renamed or removed in the same edit: the test fails, or dbt stops at
    "two unit_tests with the name" once the name comes back. Without its cache dbt reads all files.

    Args:
        root: the project's folder.
        target: the folder that dbt wrote about its last run to.
    """
    try:
        known = read_artifact(target / "manifest.json")["unit_tests"]
    except StayhouseError:
        return []  # no run yet, or none that ended: dbt says what there is to say
    names = {path: _names(root / path) for path in {test[_PATH] for test in known.values()}}
    removed = [
        unique_id
        for unique_id, test in known.items()
        if (stand := names[test[_PATH]]) is not None and test["name"] not in stand
    ]
    if removed:
        (target / "partial_parse.msgpack").unlink(missing_ok=True)
    return removed


def _names(path: Path) -> set[str] | None:
    """Return the unit tests of a YAML file by name; None where it cannot be read as one."""
    if not path.is_file():
        return set()
    try:
        # By the C library: a hundred files in the seventh part of a second.
        spec = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return {test["name"] for test in spec.get("unit_tests") or []}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError):
        return None
