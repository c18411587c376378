"""One manifest for every rule."""

import json

import pytest

from tests.architecture.house import House, read_files
from tests.building import CHECKOUT, Run


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The project as it stands. dbt only parses: nothing is built."""
    run = Run(tmp_path_factory.mktemp("architecture"))
    done = run.dbt("parse")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    manifest = json.loads((run.target / "manifest.json").read_text(encoding="utf-8"))
    return House(manifest, read_files(CHECKOUT))
