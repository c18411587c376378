"""Files with data are their owner's alone, and in no repository."""

import os
import subprocess
from pathlib import Path

import pytest

from stayhouse import cli
from stayhouse.base.private import exposed
from stayhouse.commands.doctor import check_privacy

CHARGES = "order_id,kind,amount\n"


@pytest.fixture(autouse=True)
def usual():
    """The mask that most machines have."""
    before = os.umask(0o022)
    yield
    assert os.umask(before) == 0o022, "a command has left its mask behind"


def modes(folder: Path) -> dict[str, set[str]]:
    """Return the modes of the folders and of the files below one, links left out."""
    paths = [path for path in [folder, *folder.rglob("*")] if not path.is_symlink()]
    return {
        kind: {oct(path.stat().st_mode & 0o7777) for path in paths if path.is_dir() == is_folder}
        for kind, is_folder in (("folders", True), ("files", False))
    }


PRIVATE = {"folders": {"0o700"}, "files": {"0o600"}}


def test_what_lands_is_the_owners(project, done):
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o1,tax,1\no2\n"))
    assert "shop/order_charges/batch_id=1/rejected_lines.csv" in project.left()
    assert modes(project.landing) == PRIVATE


@pytest.mark.parametrize("command", ["land", "unland", "build", "publish", "erase"])
def test_whatever_a_command_writes_is_the_owners(project, monkeypatch, command):
    """What it starts, as dbt, writes like it."""

    def run(args):
        (project.root / "deep" / "er").mkdir(parents=True)
        subprocess.run(["touch", "deep/er/file"], check=True)
        return 0

    monkeypatch.setattr(f"stayhouse.commands.{command}._run", run)
    words = {"land": ["shop", "x.csv"], "unland": ["shop"]}.get(command, [])
    assert cli.main([command, *words]) == 0
    assert modes(project.root / "deep") == PRIVATE


def test_folders_that_stand_open_in_the_project_are_closed(project, done, monkeypatch):
    for name in ("landing", "warehouse", "published", "target", "logs", "notes"):
        (project.root / name).mkdir()
    before = project.root.stat().st_mode
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o1,tax,1\n"))
    for name in ("landing", "warehouse", "published", "target", "logs"):
        assert (project.root / name).stat().st_mode & 0o777 == 0o700, name
    assert (project.root / "notes").stat().st_mode & 0o777 == 0o755
    # Not even where data lies in it is the project itself closed.
    monkeypatch.setenv("STAYHOUSE_DB", "mine.duckdb")
    monkeypatch.setenv("STAYHOUSE_LANDING", ".")
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o2,tax,1\n"))
    assert project.root.stat().st_mode == before
    assert not (project.root / ".gitignore").exists()


def test_folders_elsewhere_are_told(project, done, monkeypatch, tmp_path_factory):
    """They may hold more than ours, as /tmp does."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    elsewhere.chmod(0o755)
    monkeypatch.setenv("STAYHOUSE_LANDING", str(elsewhere))
    monkeypatch.setenv("STAYHOUSE_DB", str(elsewhere / "mine.duckdb"))
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o1,tax,1\n"))
    assert elsewhere.stat().st_mode & 0o777 == 0o755
    # What has landed in it is closed, so nobody reads anything.
    assert exposed(project.root) == []
    (elsewhere / "shop").chmod(0o750)
    (elsewhere / "mine.duckdb").touch()
    assert [finding.text for finding in check_privacy(project.root)] == [
        f"others on this machine can read {path}: run 'chmod -R go= {path}'."
        for path in (elsewhere, elsewhere / "mine.duckdb")
    ]
    elsewhere.chmod(0o700)
    assert exposed(project.root) == []
    assert not (elsewhere / ".gitignore").exists()


@pytest.mark.parametrize("folder", ["landing", "data/of/mine"])
def test_git_sees_no_landing_folder_of_the_project(project, done, monkeypatch, folder):
    monkeypatch.setenv("STAYHOUSE_LANDING", folder)
    subprocess.run(["git", "init", "--quiet", str(project.root)], check=True)
    (project.root / folder).mkdir(parents=True)
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o1,tax,1\n"))
    assert (project.root / folder / "shop").is_dir()
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=project.root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "dbt_project.yml" in listed
    assert f" {folder}" not in listed


def test_the_sample_stays_in_git(project, done, monkeypatch):
    monkeypatch.setenv("STAYHOUSE_LANDING", "seeds/sample")
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o1,tax,1\n"))
    assert not (project.root / "seeds" / "sample" / ".gitignore").exists()
