"""What the warehouse says of the build that made it, after dbt runs of every kind and a kill."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from stayhouse.base.artifacts import public_marts
from stayhouse.base.build_token import BuildToken, read_build_token
from stayhouse.base.errors import StayhouseError
from stayhouse.publishing.publish import publish
from tests.building import Run

# A run of one small table, which says the same as a run of many.
ONE_SEED = ("seed", "--select", "event_types")


@pytest.fixture
def copy(tmp_path: Path, warehouse: Run, parsed: Path) -> Run:
    """A copy of a warehouse after a whole build of the sample, and of dbt's files about it."""
    run = Run(tmp_path, parsed=parsed)
    shutil.copyfile(warehouse.database, run.database)
    run.target.mkdir()
    for name in ("manifest.json", "run_results.json"):
        shutil.copyfile(warehouse.target / name, run.target / name)
    return run


def token(run: Run) -> BuildToken:
    with duckdb.connect(str(run.database), read_only=True) as con:
        return read_build_token(con)


def state(run: Run) -> str:
    return token(run).state


def published(run: Run) -> Path:
    return publish(run.database, public_marts(run.target), run.folder / "published").folder


def test_a_whole_build_is_published_with_what_it_was_given(copy: Run) -> None:
    assert state(copy) == "finished"
    told = json.loads((published(copy) / "contents.json").read_text())["build"]
    assert told["batches"]["shop.orders"] == {"batches": 1, "last_batch_id": 1}
    assert told["is_sample"] is True
    assert told["vars"]["base_currency"] == "GBP"
    assert told["vars"]["sources"]["snowplow"] == ["events"]
    assert "landed_checksum" not in told


def test_a_part_of_the_same_leaves_one_build(copy: Run) -> None:
    assert copy.dbt(*ONE_SEED).returncode == 0
    assert state(copy) == "finished"


def test_a_part_of_something_else_does_not_and_stays_so(copy: Run) -> None:
    """Made again from what the rest was made from, it is not known to be all that differed."""
    assert token(copy).inputs["given"] == []
    words = ("--vars", "{session_gap_seconds: 900, as_of: 2025-05-01}")
    assert copy.dbt(*ONE_SEED, *words).returncode == 0
    assert state(copy) == "part"
    assert token(copy).inputs["given"] == ["as_of", "session_gap_seconds"]
    assert copy.dbt(*ONE_SEED).returncode == 0
    assert state(copy) == "part"
    with pytest.raises(StayhouseError, match="made a part of the tables"):
        published(copy)


def test_a_model_without_rows_is_no_part_of_the_same(copy: Run) -> None:
    assert copy.dbt("run", "--select", "days", "--empty").returncode == 0
    assert state(copy) == "part"


def test_a_killed_build_is_not_published(copy: Run) -> None:
    """Also where dbt's files still tell of the good build before it."""
    process = subprocess.Popen(
        copy.command("build", "--select", "core", "--exclude-resource-type", "unit_test"),
        cwd=copy.project, env=copy.environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    log = copy.folder / "logs" / "dbt.log"
    until = time.monotonic() + 300
    try:
        while not (log.exists() and "OK created sql table model" in log.read_text()):
            assert process.poll() is None, "the build ended before it was killed"
            assert time.monotonic() < until, "the build did not begin"
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert json.loads((copy.target / "run_results.json").read_text())["args"]["which"] == "build"
    with pytest.raises(StayhouseError, match="broken off before its end"):
        published(copy)
    assert not (copy.folder / "published" / "current").exists()
