"""What tests of new-source share: a project, and the command in it."""

import shutil

import pytest

from tests.building import CHECKOUT
from tests.exports import NAME


@pytest.fixture
def house(project):
    """A project with the models of the checkout."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    return project


@pytest.fixture
def made(house, done):
    """Run new-source on files by their names; return what it printed."""

    def run(files, *options):
        paths = [house.file(name, content) for name, content in files.items()]
        return done("new-source", NAME, *paths, *options)

    return run
