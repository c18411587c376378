"""The command line: help, version, and how failures are told."""

import os
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


def test_a_landing_that_is_stopped_leaves_no_half(project, monkeypatch, capsys):
    """Ctrl-C between the first batch's rename and the second's."""
    project.file("orders.csv", "order_id,customer_id,status,currency,ordered_at\no,c,paid,GBP,\n")
    path = project.file("order_lines.csv", "order_id,product_id,quantity,unit_price\no,p,1,2\n")
    rename, places = os.rename, []

    def stopped(old, new):
        if len(places) == 1:
            places.append(new)
            raise KeyboardInterrupt
        places.append(new)
        rename(old, new)

    monkeypatch.setattr("stayhouse.landing.batch.os.rename", stopped)
    assert cli.main(["land", "shop", str(path.parent)]) == 130
    told = capsys.readouterr()
    sentence = "stayhouse: stopped before it was done; nothing is half-written.\n"
    assert (told.out, told.err) == ("", sentence)
    assert len(places) == 3  # and the first was taken back
    assert not [p for p in project.landing.rglob("*") if p.name.startswith("batch_id=")]
    assert [p.name for p in project.landing.glob(".landing-*") if p.is_dir()] == []


@pytest.mark.parametrize(
    # DuckDB makes the second of a Ctrl-C that comes within a query.
    "stopped",
    [KeyboardInterrupt(), RuntimeError("Query interrupted")],
)
def test_a_command_that_is_stopped_says_so(project, monkeypatch, capsys, stopped):
    """Only landing promises what it leaves."""

    def interrupted():
        raise stopped

    monkeypatch.setattr("stayhouse.commands.doctor.examine", interrupted)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == "stayhouse: stopped before it was done.\n"


def test_another_runtime_error_is_a_fault_of_ours(project, monkeypatch):
    def broken():
        raise RuntimeError("Query")

    monkeypatch.setattr("stayhouse.commands.doctor.examine", broken)
    with pytest.raises(RuntimeError, match="Query"):
        cli.main(["doctor"])
