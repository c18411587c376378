"""The doctor: each check on both sides of its edge, and the exit code."""

import json
import os
import shutil
import subprocess
import sys

import duckdb
import pytest

from stayhouse import cli
from stayhouse.base.build_token import read_build_token
from stayhouse.base.project import DEMO_PII_KEY
from stayhouse.base.warehouse import reading
from stayhouse.commands import doctor
from tests.building import FINISHED

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
    assert "1,500 days of history, 1,234 buyers by the test cut-off: enough for churn" in out
    assert os.environ["STAYHOUSE_PII_KEY"] not in out


def test_outside_a_project(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("stayhouse.base.project.__file__", str(tmp_path / "a/b/c/d.py"))
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
def test_key(project, monkeypatch, landing, key, state):
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
    assert [f.state for f in doctor.check_warehouse(path, project.root)] == [
        "problem"
    ]  # its folder is missing
    path.parent.mkdir()
    assert [f.state for f in doctor.check_warehouse(path, project.root)] == ["warning"]
    path.write_bytes(b"no DuckDB file" * 1000)
    assert [f.state for f in doctor.check_warehouse(path, project.root)] == ["problem"]


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
        (finding,) = doctor.check_warehouse(warehouse, project.root)
        holder.communicate("\n")
    assert finding.state == "problem"
    assert f"(process {holder.pid})" in finding.text


def test_data_that_supports_no_scores(project, warehouse):
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update churn.churn_readiness set is_ready = false, reason = 'Too few buyers.'")
    last = list(doctor.check_warehouse(warehouse, project.root))[-1]
    assert (last.state, last.text.endswith("no churn scores. Too few buyers.")) == ("warning", True)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("drop table churn.churn_readiness")
    last = list(doctor.check_warehouse(warehouse, project.root))[-1]
    assert "run 'stayhouse build'" in last.text


def test_tables_of_two_builds_are_told(project, warehouse):
    def build_finding():
        found = doctor.check_warehouse(warehouse, project.root)
        return next((f.state, f.text) for f in found if f.subject == "build")

    with duckdb.connect(str(warehouse)) as con:
        con.execute(FINISHED)
    assert build_finding()[0] == "ok"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update build_token set state = 'unfinished'")
    state, text = build_finding()
    assert state == "warning"
    assert "broken off" in text
    assert "run 'stayhouse build'" in text


def test_a_build_that_readers_do_not_have_is_told(project, warehouse):
    def said():
        found = doctor.check_warehouse(warehouse, project.root)
        return [(f.state, f.text) for f in found if f.subject == "published"]

    with duckdb.connect(str(warehouse)) as con:
        con.execute(FINISHED)
    assert not said()  # nothing was ever published
    with reading(warehouse) as con:
        build = read_build_token(con).as_record()
    current = project.root / "published" / "current"
    current.mkdir(parents=True)
    (current / "contents.json").write_text(json.dumps({"build": build}))
    assert not said()
    (current / "contents.json").write_text(json.dumps({"build": {**build, "commit": "before"}}))
    ((state, text),) = said()
    assert state == "warning"
    assert "of another build than this warehouse" in text
    # A batch that was taken back and landed again may leave as many batches, and other rows.
    for rows, is_told in ((1, False), (2, True)):
        told = {"build": build, "churn.churn_readiness": {"row_count": rows}}
        (current / "contents.json").write_text(json.dumps(told))
        assert bool(said()) == is_told
    # Of a build that did not end well that is said, and it is not to be published.
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update build_token set state = 'unfinished'")
    assert not said()


DATA_QUALITY = """
create schema core;
create table core.data_quality as from (values
    ('orders', 1::bigint, 'accepted', 'accepted', null, null, 1::bigint, null::decimal(38, 4)),
    ('order_lines', 1, 'accepted', 'accepted', 'GBP', null, 95, 50),
    ('order_lines', 1, 'rejected', 'invalid_price', 'GBP', '1,249.00', 5, 50)
) as t(table_name, batch_id, disposition, reason_code, currency, example, row_count, amount);
alter table core.data_quality add column source_name varchar default 'shop';
create table core.clock as select false as is_sample;
"""


def batch(project, table, number, rows=1, **more):
    folder = project.landing / "shop" / table / f"batch_id={number}"
    folder.mkdir(parents=True)
    said = {"source": "shop", "table": table, "batch_id": number, "rows_landed": rows,
            "lines_in": rows, "lines_rejected": 0, **more}  # fmt: skip
    (folder / "_batch.json").write_text(json.dumps(said))
    return folder


def told(project, subject):
    return [f"{f.state} {f.text}" for f in doctor.examine() if f.subject == subject]


@pytest.fixture
def built(project, warehouse):
    """A warehouse that took one batch of two tables, which stand in the landing folder."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(DATA_QUALITY)
    batch(project, "orders", 1)
    batch(project, "order_lines", 1)
    return warehouse


def test_a_loss_is_told_by_rows_and_money(project, built):
    (project.root / "dbt_project.yml").write_text("vars: {rejection_warn_rate: 0.49}")
    text = (
        "5.0% of the rows of shop.order_lines (5 of 100), 50.0% of its money (50.00 of 100.00 GBP) "
        "are in no figure: rejected, invalid_price: 5 rows, 50.00 GBP, such as 1,249.00 (write a "
        "plain number in its bounds, money with at most four decimals)."
    )
    assert told(project, "rejected") == [f"warning {text}"]
    (project.root / "dbt_project.yml").write_text("vars: {rejection_warn_rate: 0.5}")
    assert told(project, "rejected") == [f"ok {text}"]


def test_a_warehouse_that_is_not_of_what_has_landed_speaks_for_nobody(project, built, monkeypatch):
    assert [line for line in told(project, "warehouse") if "warning" in line] == []
    batch(project, "orders", 2)
    # A batch of which nothing landed leaves no trace.
    batch(project, "orders", 3, rows=0)
    # But for the lines of it that landing rejected.
    batch(project, "orders", 4, rows=0)
    with duckdb.connect(str(built)) as con:
        con.execute(
            "insert into core.data_quality (source_name, table_name, batch_id, disposition, "
            "reason_code, row_count) values ('shop', 'orders', 4, 'rejected', 'line_not_utf8', 3)"
        )
    assert told(project, "warehouse")[1:] == [
        "warning lacks 1 of the 3 batches that have landed: run 'make build'."
    ]
    assert told(project, "data") == told(project, "rejected") == []
    shutil.rmtree(project.landing / "shop" / "orders" / "batch_id=1")
    assert told(project, "warehouse")[1:] == [
        "warning lacks 1 of the 2 batches that have landed and holds 1 batch that is gone: "
        "run 'make build'."
    ]


@pytest.mark.parametrize("is_own", [True, False])
def test_a_warehouse_of_the_sample_is_not_of_your_data(project, built, monkeypatch, is_own):
    with duckdb.connect(str(built)) as con:
        con.execute("update core.clock set is_sample = ?", [is_own])
    if not is_own:
        (project.root / "seeds").mkdir(exist_ok=True)
        project.landing.rename(project.root / "seeds" / "sample")
        monkeypatch.delenv("STAYHOUSE_LANDING")
    was = "the sample, while STAYHOUSE_LANDING is set"
    if not is_own:
        was = "landed data, while STAYHOUSE_LANDING is not set"
    assert told(project, "warehouse")[1:] == [f"warning was built from {was}: run 'make build'."]
    assert told(project, "data") == []


def test_lines_that_landing_rejected_are_told_with_their_reasons(project):
    batch(project, "customers", 1, 54, lines_in=90, lines_rejected=36,
          rejected_by_reason={"line_not_utf8": 35, "wrong_field_count": 1})  # fmt: skip
    batch(project, "orders", 1, 9, lines_in=10, lines_rejected=1)  # of before: no reasons
    batch(project, "refunds", 1, 91, lines_in=100, lines_rejected=9)
    (project.root / "dbt_project.yml").write_text("vars: {rejection_warn_rate: 0.09}")
    assert told(project, "landed") == [
        "warning shop.customers: 1 batch, 54 rows; 36 of 90 lines could not be read "
        "(line_not_utf8 35, wrong_field_count 1): see rejected_lines.csv beside the batch.",
        "warning shop.orders: 1 batch, 9 rows; 1 of 10 lines could not be read: see "
        "rejected_lines.csv beside the batch.",
        "ok shop.refunds: 1 batch, 91 rows; 9 of 100 lines could not be read: see "
        "rejected_lines.csv beside the batch.",
    ]


def missing(project):
    return [line.split(":")[0] for line in told(project, "missing")]


def test_what_is_missing_is_named_with_what_it_costs(project):
    assert missing(project) == []  # nothing has landed at all
    batch(project, "events", 1)
    assert missing(project) == ["warning orders", "warning customers", "warning products"]
    batch(project, "orders", 1)
    assert missing(project) == [
        "warning order_lines", "warning customers", "warning products", "warning refunds",
        "warning order_charges",
    ]  # fmt: skip
    assert "warning refunds: nothing was given back: net sales are gross sales less discounts." in (
        told(project, "missing")
    )
    # Events may tell who signed up, as a funnel reads them.
    assert any(
        line.startswith("warning customers: nobody's date of sign-up, country or referrer is known")
        for line in told(project, "missing")
    )
    # A file with a name of its own is every table of its source that no other file brings.
    shutil.rmtree(project.landing / "shop" / "events")
    shutil.move(project.landing / "shop" / "orders", project.landing / "shop" / "invoice_lines")
    path = project.landing / "shop" / "invoice_lines" / "batch_id=1" / "_batch.json"
    path.write_text(path.read_text().replace("orders", "invoice_lines"))
    aliases = project.root / "models" / "staging" / "shop" / "aliases.csv"
    kept = [line for line in aliases.read_text().splitlines() if not line.startswith("order")]
    aliases.write_text("\n".join(line for line in kept if not line.startswith("customers")))
    (project.root / "dbt_project.yml").write_text(
        "vars: {sources: {shop: [orders, order_lines, customers, products]}}"
    )
    assert missing(project) == [
        "warning events", "warning products", "warning refunds", "warning order_charges",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("time_zone: Europe/London", "time_zone: America/New_York", None),
        ("time_zone: Europe/London", "time_zone: Asia/Jakrata", "time_zone in dbt_project.yml is"),
        ("base_currency: GBP", "base_currency: IDR", None),
        ("base_currency: GBP", "base_currency: Rp", "base_currency in dbt_project.yml is 'Rp'"),
        ("base_currency: GBP", "base_currency: CAD", None),
        (
            "base_currency: GBP",
            "base_currency: CDN",
            "base_currency in dbt_project.yml is 'CDN', which is no code of ISO 4217 that is known",
        ),
    ],
)
def test_a_zone_or_currency_that_nobody_knows_is_a_problem(project, was, now, told):
    file = project.root / "dbt_project.yml"
    assert was in file.read_text()
    file.write_text(file.read_text().replace(was, now))
    found = [f.text for f in doctor.examine() if f.subject == "settings"]
    assert [text[: len(told or "")] for text in found] == ([told] if told else [])
