"""The command line: help, version, and how failures are told."""

import subprocess
import sys

import pytest

from stayhouse import cli


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["land", "--help"]])
def test_help_and_version_succeed(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main(argv)
    assert exit_.value.code == 0
    assert "stayhouse" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [[], ["lend"], ["land", "shop"]])
def test_a_usage_error_exits_with_2(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main(argv)
    assert exit_.value.code == 2
    assert "usage: stayhouse" in capsys.readouterr().err


def test_outside_a_project_the_remedy_is_named(tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("stayhouse.base.project.__file__", str(tmp_path / "a/b/c/d.py"))
    assert "change into the folder that holds dbt_project.yml" in refused("land", "shop", "x.csv")


def test_a_fault_of_ours_keeps_its_traceback(project, monkeypatch):
    def broken(*args, **options):
        raise ZeroDivisionError

    monkeypatch.setattr("stayhouse.commands.land.land", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["land", "shop", "x.csv"])


def test_a_reader_that_has_read_enough_is_no_fault(project):
    """As `stayhouse summary | head -1` does: the pipe is closed before the last line."""
    long = (
        "from stayhouse import cli; from stayhouse.commands import summary; "
        "summary.summary_lines = lambda *a, **k: ['line'] * 100_000; "
        "raise SystemExit(cli.main(['summary']))"
    )
    done = subprocess.run(
        f'{sys.executable} -c "{long}" | head -1',
        shell=True, cwd=project.root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("line\n", "")
