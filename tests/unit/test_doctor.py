"""The doctor: each check on both sides of its edge, and the exit code."""

import os
import subprocess
import sys

import duckdb
import pytest

from stayhouse import cli, doctor
from stayhouse.project import DEMO_PII_KEY

GIGABYTE = 1_000_000_000


def states(project):
    return {finding.subject: finding.state for finding in doctor.examine()}


@pytest.fixture
def warehouse(project):
    path = project.root / "warehouse" / "stayhouse.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute("create schema churn")
        con.execute(
            "create table churn.churn_readiness as select true as is_ready, "
            "cast(null as varchar) as reason, 1500 as history_days, 1234 as buyer_count"
        )
    return path


def test_a_sound_set_up_exits_with_0(project, warehouse, capsys):
    orders = project.file(
        "orders.csv", "order_id,ordered_at,status,currency\no1,2024-01-01,paid,GBP\n"
    )
    assert cli.main(["land", "shop", str(orders)]) == 0
    capsys.readouterr()
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "problem" not in out
    assert "landed     shop.orders: 1 batch, 1 rows" in out
    assert "1,500 days of history, 1,234 buyers: enough for churn scores." in out
    assert os.environ["STAYHOUSE_PII_KEY"] not in out


def test_outside_a_project(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("stayhouse.project.__file__", str(tmp_path / "a" / "b" / "c.py"))
    assert cli.main(["doctor"]) == 1
    assert "problem  project" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 10), "problem"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "problem")],
)
def test_python(version, state):
    assert doctor.check_python(version).state == state


def test_packages(monkeypatch):
    versions = {"dbt-core": "1.12.0", "duckdb": "2.0.1"}

    def version(name: str) -> str:
        if name not in versions:
            raise doctor.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor.metadata, "version", version)
    found = {finding.subject: finding for finding in doctor.check_packages()}
    assert found["duckdb"].state == "ok"
    assert found["dbt-core"].text == "1.12.0 is not 1.11.x: run 'make setup'."
    assert found["dbt-duckdb"].text == "is not installed: run 'make setup'."


@pytest.mark.parametrize(
    ("landing", "key", "state"),
    [
        (None, None, "ok"),
        (None, DEMO_PII_KEY, "ok"),
        ("landing", None, "warning"),
        ("landing", "k" * 31, "problem"),
        ("landing", "k" * 32, "ok"),
        ("landing", DEMO_PII_KEY, "problem"),
        ("seeds/sample", DEMO_PII_KEY, "ok"),
    ],
)
def test_key(
    project,
    monkeypatch,
    landing,
    key,
    state,
):
    for name, value in {"STAYHOUSE_LANDING": landing, "STAYHOUSE_PII_KEY": key}.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    assert states(project)["key"] == state


def test_landing_folder(project, monkeypatch):
    assert states(project)["landing"] == "warning"  # does not exist yet
    project.landing.write_text("a file")
    assert states(project)["landing"] == "problem"
    project.landing.unlink()
    project.landing.mkdir()
    assert states(project)["landed"] == "warning"  # nothing in it
    monkeypatch.delenv("STAYHOUSE_LANDING")
    assert states(project)["landing"] == "ok"


def test_requests_for_erasure_that_wait(project, done):
    def erasure():
        return [f for f in doctor.check_landing(project.root) if f.subject == "erasure"]

    path = project.file("erasure_requests.csv", "customer_id,requested_at\nc1,2024-01-01\n")
    project.landing.mkdir()
    assert erasure() == []
    done("land", "shop", path)
    (waiting,) = erasure()
    assert waiting.state == "warning"
    assert waiting.text == "1 request waits to be carried out: run 'stayhouse erase'."
    done("erase", "--no-build")
    assert erasure() == []
    erased = project.landing / "_erased.json"
    erased.write_text(erased.read_text().replace('"is_finished": true', '"is_finished": false'))
    assert [f.state for f in erasure()] == ["problem"]
    erased.write_text("{")
    assert [f.state for f in erasure()] == ["problem"]


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (5 * GIGABYTE, "ok"),
        (5 * GIGABYTE - 1, "warning"),
        (GIGABYTE, "warning"),
        (GIGABYTE - 1, "problem"),
    ],
)
def test_disk(free, state):
    assert doctor.check_disk(free).state == state


def test_warehouse_that_is_not_there(project):
    path = project.root / "warehouse" / "stayhouse.duckdb"
    assert [f.state for f in doctor.check_warehouse(path)] == ["problem"]  # its folder is missing
    path.parent.mkdir()
    assert [f.state for f in doctor.check_warehouse(path)] == ["warning"]
    path.write_bytes(b"no DuckDB file" * 1000)
    assert [f.state for f in doctor.check_warehouse(path)] == ["problem"]


def test_a_holder_of_the_file_is_named(project, warehouse):
    code = "import duckdb, os; c = duckdb.connect(os.environ['DB']); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "DB": str(warehouse)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        (finding,) = doctor.check_warehouse(warehouse)
        holder.communicate("\n")
    assert finding.state == "problem"
    assert f"(process {holder.pid})" in finding.text


def test_data_that_supports_no_scores(project, warehouse):
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update churn.churn_readiness set is_ready = false, reason = 'Too few buyers.'")
    last = list(doctor.check_warehouse(warehouse))[-1]
    assert (last.state, last.text.endswith("no churn scores. Too few buyers.")) == ("warning", True)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("drop table churn.churn_readiness")
    last = list(doctor.check_warehouse(warehouse))[-1]
    assert "run 'dbt build'" in last.text
