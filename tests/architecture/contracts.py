"""The contracts of all public marts in one file, for the version after them to be compared with.

A version begins with ``python -m tests.architecture.contracts``, which writes down those of the
version before it, as dbt last parsed them. Then its number goes into pyproject.toml and
src/stayhouse/__init__.py, and its part into CHANGELOG.md.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stayhouse import __version__
from stayhouse.documents.dictionary.marts import read
from tests.building import CHECKOUT

BEFORE = Path(__file__).with_name("contracts.json")
# Under this name, beside the columns and their types, stand the columns that tell rows apart.
KEY = "key"
Contracts = Mapping[str, Mapping[str, str]]


def contracts(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the types of the columns, and the key, of each public mart as ``room.name``."""
    return {
        mart.full_name: {KEY: ", ".join(mart.key)} | {c.name: c.data_type for c in mart.columns}
        for mart in read(manifest).entities
    }


if __name__ == "__main__":
    manifest = json.loads((CHECKOUT / "target" / "manifest.json").read_text(encoding="utf-8"))
    # A line a mart: a change of one is read in one line.
    lines = [
        f"  {json.dumps(mart)}: {json.dumps(columns)}"
        for mart, columns in contracts(manifest).items()
    ]
    BEFORE.write_text(
        f'{{"version": "{__version__}", "marts": {{\n' + ",\n".join(lines) + "\n}}\n",
        encoding="utf-8",
    )
