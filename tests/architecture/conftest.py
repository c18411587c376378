"""One manifest for every rule."""

import json
from pathlib import Path

import pytest

from tests.architecture.house import House, read_files
from tests.building import CHECKOUT


@pytest.fixture(scope="session")
def house(parsed: Path) -> House:
    """The project as it stands."""
    manifest = json.loads((parsed / "manifest.json").read_text(encoding="utf-8"))
    return House(manifest, read_files(CHECKOUT))
