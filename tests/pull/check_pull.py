"""Tables of a PostgreSQL land, each row once whatever breaks off, and no password is told."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
from dlt.pipeline.pipeline import Pipeline

from stayhouse import cli
from stayhouse.base.disk import exclusive
from stayhouse.pulling import pull as pulling
from tests.conftest import Project, digest
from tests.pull.cluster import PASSWORD, Cluster, cluster

Run = Callable[..., str]
VARIABLE = "STAYHOUSE_DATABASE_SHOP"
ORDERS = """
create table orders (
    order_id bigint primary key, ordered_at timestamptz, status text, currency char(3),
    updated_at timestamptz
)"""
PLAN = """settle_seconds = 0
batch_rows = {rows}
[orders]
from = "orders"
cursor = "updated_at"
"""


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@pytest.fixture
def postgres(server: Cluster, project: Project, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The server without a table, and a project that pulls from it."""
    server.sql(
        "drop schema public cascade; create schema public; grant all on schema public to public"
    )
    monkeypatch.setenv(VARIABLE, server.url())
    return server


def plan(project: Project, text: str = PLAN.format(rows=100)) -> None:
    (project.root / "models" / "staging" / "shop" / "pull.toml").write_text(text)


def landed(project: Project, columns: str, table: str = "orders") -> list[tuple[Any, ...]]:
    """Return what has landed of a table, in the order of the columns."""
    files = f"{project.landing}/shop/{table}/batch_id=*/data.parquet"
    with duckdb.connect() as con:
        return con.execute(
            f"select {columns} from read_parquet('{files}', union_by_name = true) order by all"
        ).fetchall()


def fill(server: Cluster, count: int, updated_at: str, first: int = 1) -> None:
    server.sql(
        "insert into orders select n, '2024-03-01 10:00:00+01', 'placed', 'EUR', "
        f"{updated_at} from generate_series({first}, {first + count - 1}) as n"
    )


# ---- a million rows, and all that may come between


def started(project: Project) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "stayhouse.cli", "pull", "shop"], cwd=project.root, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


def seen(process: subprocess.Popen[str], words: str) -> None:
    """Wait until a pull has said so."""
    assert process.stdout is not None
    assert any(words in line for line in process.stdout), process.communicate()


def test_a_million_rows_land_once_whatever_breaks_off(
    postgres: Cluster, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 1_000_000
    postgres.sql(ORDERS)
    # Seven rows of each instant, so that hardly a chunk ends between two of them by itself.
    fill(postgres, count, "timestamptz '2024-03-01' + (n / 7) * interval '1 second'")
    postgres.sql("create index on orders (updated_at)")
    plan(project, PLAN.format(rows=125_000))
    began = time.monotonic()

    killed = started(project)
    seen(killed, "orders: 250,0")
    time.sleep(0.3)  # in the middle of the third chunk
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    after_kill = landed(project, "count(*)")[0][0]
    assert 250_000 <= after_kill < count

    interrupted = started(project)
    seen(interrupted, "orders: 125,0")
    interrupted.send_signal(signal.SIGINT)
    _, said = interrupted.communicate()
    assert (interrupted.returncode, said) == (
        2,
        "stayhouse: Interrupted: what has landed stays; run the command again, and it goes on from "
        "there.\n",
    )

    dropped = started(project)
    seen(dropped, "orders: 125,0")
    reading = "from pg_stat_activity where usename = 'reader' and query like '%FETCH%' or "
    reading += "usename = 'reader' and state = 'active'"
    while not postgres.sql(f"select 1 {reading}"):
        assert dropped.poll() is None
    postgres.sql(f"select pg_terminate_backend(pid) {reading}")
    _, said = dropped.communicate()
    assert dropped.returncode == 2
    assert said.startswith("stayhouse: The connection to the database broke off (")
    assert said.endswith("run the command again, and it goes on from there.\n")
    assert said.count("\n") == 1
    assert landed(project, "count(*)")[0][0] < count

    last = started(project)
    out, said = last.communicate()
    assert (last.returncode, said) == (0, "")
    assert "rows landed, 0 lines rejected" in out
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n{count:,} rows in {seconds:.1f} s, {after_kill:,} of them before the kill: "
            f"{count / seconds:,.0f} rows a second with three breaks"
        )
    same = "count(*), count(distinct order_id), sum(order_id::bigint), max(updated_at), "
    same += "min(ordered_at), count(distinct updated_at)"
    there = postgres.sql(
        "select count(*), count(distinct order_id), sum(order_id), "
        "max(updated_at)::text, min(ordered_at)::text, count(distinct updated_at) from orders"
    )
    assert there[0][:3] == (count, count, count * (count + 1) // 2)
    assert [tuple(map(str, row)) for row in landed(project, same)] == [
        tuple(map(str, row)) for row in there
    ]

    # And the next night: a thousand orders have changed.
    postgres.sql(
        "update orders set status = 'shipped', updated_at = now() where order_id % 1000 = 0"
    )
    out, said = started(project).communicate()
    assert "1,000 rows landed" in out
    changed = "count(*) filter (status = 'shipped'), count(*)"
    assert landed(project, changed) == [(1000, count + 1000)]
    # By the rule of staging, the version with the latest updated_at.
    latest = "arg_max(status, updated_at), count(*)"
    assert landed(project, f"{latest} filter (order_id = '5000')") == [("shipped", 2)]


# ---- where a chunk ends


def test_more_rows_of_one_instant_than_a_chunk_holds(
    postgres: Cluster, project: Project, done: Run
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 350, "timestamptz '2024-03-02'")
    fill(postgres, 120, "timestamptz '2024-03-01'", first=1001)
    fill(postgres, 50, "timestamptz '2024-03-03'", first=2001)
    plan(project)
    out = done("pull", "shop")
    assert "shop.orders: 520 of 520 rows" in out
    assert landed(project, "count(*), count(distinct order_id)") == [(520, 520)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    # The very last instant again: a row that came late, and one that was changed within it.
    fill(postgres, 1, "timestamptz '2024-03-03'", first=3000)
    postgres.sql("update orders set status = 'cancelled' where order_id = 2007")
    assert "2 rows landed" in done("pull", "shop")
    assert landed(project, "count(*) filter (order_id = '3000')") == [(1,)]
    versions = "string_agg(status, ' ' order by status desc) filter (order_id = '2007'), count(*)"
    assert landed(project, versions) == [("placed cancelled", 522)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("date", ("2024-03-01", "2024-03-02", "2024-03-03")),
        ("timestamp", ("2024-03-01 23:00:00.000001", "2024-03-02 01:00:00", "2024-04-01 00:00:00")),
        ("smallint", ("-5", "7", "8")),
    ],
)
def test_a_cursor_of_each_kind_goes_on(
    postgres: Cluster, project: Project, done: Run, kind: str, values: tuple[str, str, str]
) -> None:
    first, last, later = values
    # A view is a table too. The server's own time zone is New York's.
    postgres.sql(
        f"create table raw (order_id int, moved {kind}); "
        "create view orders as select *, '2024-01-01' as ordered_at, 'paid' as status, 'EUR' as "
        f"currency from raw; insert into raw values (1, '{first}'), (2, '{last}'), (3, '{last}')"
    )
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    sheet.write_text(sheet.read_text() + "orders,moved,coupon_code,no,\n")
    plan(project, PLAN.format(rows=2).replace("updated_at", "moved"))
    assert "3 of 3 rows" in done("pull", "shop")
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    postgres.sql(f"insert into raw values (4, '{last}'), (5, '{later}')")
    done("pull", "shop")
    assert landed(project, "order_id, coupon_code") == [
        ("1", first), ("2", last), ("3", last), ("4", last), ("5", later),
    ]  # fmt: skip


def test_a_kill_between_the_package_and_the_state_repeats_nothing(
    postgres: Cluster, project: Project, done: Run, refused: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 30, "timestamptz '2024-03-02'")
    plan(project)
    done("pull", "shop")
    state = project.landing / ".pull-shop" / "pipeline" / "shop" / "state.json"
    before = state.read_bytes()
    fill(postgres, 20, "timestamptz '2024-03-03'", first=101)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "normalize", killed)
        assert refused("pull", "shop").startswith("stayhouse: Interrupted")
    assert state.read_bytes() != before
    state.write_bytes(before)
    left = project.landing / ".pull-shop" / "pipeline" / "shop" / "load" / "loaded" / "raw.parquet"
    left.touch()
    assert "20 rows landed" in done("pull", "shop")
    assert not left.exists()
    assert landed(project, "count(*)") == [(50,)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"


def test_a_kill_between_landing_and_forgetting_repeats_nothing(
    postgres: Cluster, project: Project, done: Run, refused: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 30, "timestamptz '2024-03-02'")
    plan(project)

    def killed(*args: Any, **more: Any) -> Any:
        land(*args, **more)
        raise KeyboardInterrupt

    land = pulling.land
    monkeypatch.setattr(pulling, "land", killed)
    assert refused("pull", "shop").startswith("stayhouse: Interrupted")
    monkeypatch.setattr(pulling, "land", land)
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    assert landed(project, "count(*)") == [(30,)]


# ---- rows that come late, or never


def test_fresh_rows_wait_and_rows_of_the_future_lead_nobody_astray(
    postgres: Cluster, project: Project, done: Run
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 3, "now() - interval '2 minutes'")
    fill(postgres, 1, "timestamptz '2099-01-01'", first=10)
    fill(postgres, 2, "now() - interval '20 seconds'", first=20)
    plan(project, PLAN.format(rows=100).replace("settle_seconds = 0", "settle_seconds = 60"))
    out = done("pull", "shop")
    assert "3 rows landed" in out
    assert (
        "shop.orders: 3 rows are not older than 60 s, or lie ahead, by updated_at: they wait for a "
        "later pull\n"
    ) in out
    # What an open transaction had dated before those that waited.
    fill(postgres, 1, "now() - interval '30 seconds'", first=30)
    plan(project)
    done("pull", "shop")
    assert [row[0] for row in landed(project, "order_id")] == ["1", "2", "20", "21", "3", "30"]
    until = project.batch("shop", "orders", 2)["data_until"]
    with duckdb.connect() as con:
        age = "epoch(now()::timestamp - ?::timestamp) between 0 and 60"
        con.execute("set timezone = 'UTC'")
        assert con.execute(f"select {age}", [until]).fetchall() == [(True,)]


def test_numbers_of_open_transactions_are_waited_for(
    postgres: Cluster, project: Project, done: Run
) -> None:
    postgres.sql("create table order_items (id int, order_id int, product_id int, quantity int)")
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    sheet.write_text(sheet.read_text() + "order_lines,id,line_number,no,\n")
    plan(project, "settle_seconds = 2\n[order_lines]\nfrom = 'public.order_items'\ncursor = 'id'")
    insert = "insert into order_items values"
    with postgres.connect() as slow:
        slow.execute("begin")
        slow.execute(f"{insert} (5, 1, 1, 1)")
        postgres.sql(f"{insert} (6, 1, 2, 1)")
        threading.Timer(0.7, lambda: slow.execute("commit")).start()
        out = done("pull", "shop")
    assert "shop.order_lines: waiting 2 s for open transactions\n" in out
    assert landed(project, "line_number", "order_lines") == [("5",), ("6",)]


def test_rows_without_a_cursor_are_told(postgres: Cluster, project: Project, done: Run) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 5, "case when n > 2 then timestamptz '2024-03-02' end")
    plan(project)
    out = done("pull", "shop")
    assert "3 rows landed" in out
    assert (
        "shop.orders: WARNING: 2 rows have no updated_at and were not read: give them one, or "
        "choose another cursor\n"
    ) in out


# ---- what comes


def test_values_come_to_the_last_digit(postgres: Cluster, project: Project, done: Run) -> None:
    postgres.sql(
        """create table "Waren 1.0" (
            "Art.-Nr. (SKU)" text, "Größe %" text, price numeric, cost numeric(12, 3),
            description uuid, is_available bool, brand jsonb, "Geändert am" timestamp
        );
        insert into "Waren 1.0" values
            (
                '9007199254740993', 'Tee, grün', 0.00000000000000000001, 1249.000,
                '0191d5b8-0000-7000-8000-000000000001', true, '{"a": 5.10}',
                '2024-03-02 10:00:00.123456'
            ),
            (
                '007', 'Kanne', 12345678901234567890.5, 125.000, null, false, null,
                '2024-03-02 10:00:00'
            )"""
    )
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    names = "products,Art.-Nr. (SKU),product_id,yes,\nproducts,Größe %,name,yes,\n"
    names += "products,Geändert am,updated_at,no,\n"
    sheet.write_text(sheet.read_text() + names)
    # A sheet that was made for exports: typed columns are none of its matter.
    (sheet.parent / "format.toml").write_text(
        "decimal = 'comma'\nzone = 'Europe/Berlin'\n[products.columns]\ncost = 'number'\n"
    )
    text = "settle_seconds = 0\n[products]\nfrom = 'public.Waren 1.0'\ncursor = 'Geändert am'"
    plan(project, text)
    done("pull", "shop")
    columns = "product_id, name, price, cost, description, is_available, brand, updated_at"
    assert landed(project, columns, "products") == [
        (
            "007", "Kanne", "12345678901234567890.5", "125.000", None, "false", None,
            "2024-03-02 09:00:00",
        ),
        (
            "9007199254740993", "Tee, grün", "0.00000000000000000001", "1249.000",
            "0191d5b8-0000-7000-8000-000000000001", "true", '{"a": 5.10}',
            "2024-03-02 09:00:00.123456",
        ),
    ]  # fmt: skip


def test_a_column_that_appears_is_refused_and_nothing_is_lost(
    postgres: Cluster, project: Project, done: Run, refused: Run
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 3, "timestamptz '2024-03-02'")
    plan(project)
    done("pull", "shop")
    postgres.sql("alter table orders add gift_note text")
    fill(postgres, 2, "timestamptz '2024-03-03'", first=11)
    postgres.sql("update orders set gift_note = 'for ' || order_id where order_id > 10")
    assert refused("pull", "shop") == (
        "stayhouse: orders has a column 'gift_note' that models/staging/shop/aliases.csv does not "
        "name for orders: add a row for it there (our_column ignore leaves it out), or take it out "
        "of the file."
    )
    assert landed(project, "count(*)") == [(3,)]
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    before = sheet.read_text()
    sheet.write_text(before + "orders,gift_note,ignore,no,\n")
    assert "2 rows landed" in done("pull", "shop")
    # Now it shall land: for the rows to come, and those of the last instant.
    sheet.write_text(before + "orders,gift_note,coupon_code,no,\n")
    fill(postgres, 1, "timestamptz '2024-03-04'", first=21)
    done("pull", "shop")
    assert landed(project, "order_id, coupon_code") == [
        ("1", None), ("11", "for 11"), ("11", None), ("12", "for 12"), ("12", None), ("2", None),
        ("21", None), ("3", None),
    ]  # fmt: skip


def test_what_landing_refuses_waits(
    postgres: Cluster, project: Project, done: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    postgres.sql("create table people (id int, birth_year text, updated_at timestamptz)")
    postgres.sql(
        "insert into people select n, 'born', '2024-03-02' from generate_series(1, 9) as n"
    )
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    sheet.write_text(sheet.read_text() + "customers,id,customer_id,yes,\n")
    plan(project, "settle_seconds = 0\n[customers]\nfrom = 'people'\ncursor = 'updated_at'")
    assert cli.main(["pull", "shop"]) == 2
    said = capsys.readouterr().err
    assert "would reject more than rejection_warn_rate" in said
    assert "9 rows landed" in done("pull", "shop", "--accept")
    assert landed(project, "count(*)", "customers") == [(9,)]


def test_no_address_stays_behind(postgres: Cluster, project: Project, done: Run) -> None:
    postgres.sql(
        "create table people (customer_id text, email text, phone text, updated_at timestamptz)"
    )
    address, phone = "ann.planted@example.com", "+49 30 5550199"
    postgres.sql(f"insert into people values ('c1', '{address}', '{phone}', '2024-03-02')")
    plan(project, "settle_seconds = 0\n[customers]\nfrom = 'people'\ncursor = 'updated_at'")
    done("pull", "shop")
    assert landed(project, "email_hash", "customers") == [(digest(address),)]
    kept = [path for path in (project.landing / ".pull-shop").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert path.suffix != ".parquet"
        assert address.encode() not in path.read_bytes()
        assert PASSWORD.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


# ---- what is refused


def test_a_wrong_password_is_one_sentence_without_it(
    postgres: Cluster, project: Project, refused: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(project)
    monkeypatch.setenv(VARIABLE, postgres.url("wr@ng"))
    assert refused("pull", "shop") == (
        f"stayhouse: The database refuses the user or the password that {VARIABLE} holds: correct "
        "the URL (in a password, @ is written %40, : %3A, / %2F and % %25)."
    )
    monkeypatch.setenv(VARIABLE, postgres.url(port=1))
    told = refused("pull", "shop")
    assert told.startswith(f"stayhouse: The database that {VARIABLE} names cannot be reached (")
    assert "pa:ss" not in told
    # As somebody writes it who escapes nothing: what is read as the port is a part of it.
    monkeypatch.setenv(VARIABLE, "postgresql://reader:pa:ss@w/ord@127.0.0.1/x")
    told = refused("pull", "shop")
    assert "ss" not in told.replace("password", "").replace("refuses", "").replace("escaped", "")
    for url in ("hunter2", "postgresql://u:hunter2@host:hunter2/x", "oracle://u:hunter2@h/x"):
        monkeypatch.setenv(VARIABLE, url)
        assert "hunter2" not in refused("pull", "shop")


def test_what_is_not_there_is_named(postgres: Cluster, project: Project, refused: Run) -> None:
    plan(project)
    assert refused("pull", "shop") == (
        "stayhouse: The database has no table 'orders', or its user may not see it: correct "
        "models/staging/shop/pull.toml."
    )
    postgres.sql("create table orders (order_id int, ordered_at text, status text, currency text)")
    assert refused("pull", "shop") == (
        "stayhouse: orders has no column 'updated_at' to be its cursor: choose one of order_id, "
        "ordered_at, status, currency in models/staging/shop/pull.toml."
    )
    plan(project, PLAN.format(rows=9).replace("updated_at", "ordered_at"))
    assert refused("pull", "shop") == (
        "stayhouse: The column 'ordered_at' of orders is of type TEXT, which is no cursor: choose "
        "in models/staging/shop/pull.toml one of instants, of days or of whole numbers."
    )
    postgres.sql("revoke select on orders from reader; alter table orders add updated_at date")
    plan(project)
    assert refused("pull", "shop") == (
        "stayhouse: The database refuses the query (permission denied for table orders): correct "
        "it there."
    )
    postgres.sql("create schema hidden; create table hidden.orders (order_id int)")
    plan(project, PLAN.format(rows=9).replace('"orders"', '"hidden.orders"'))
    assert "hidden.orders lacks the column 'ordered_at'" in refused("pull", "shop")


def test_one_pulls_at_a_time(postgres: Cluster, project: Project, refused: Run) -> None:
    plan(project)
    project.landing.mkdir()
    with exclusive(project.landing / ".pull-shop.lock", ""):
        assert refused("pull", "shop") == (
            "stayhouse: Another process is pulling shop: wait until it has ended and run the "
            "command again."
        )


def test_sqlite(project: Project, done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project.root / "shop.db"
    with sqlite3.connect(path) as con:
        con.execute(
            "create table orders (order_id integer primary key, ordered_at datetime, status text, "
            "currency text, discount numeric, updated_at datetime)"
        )
        rows = [
            (n, f"2024-03-{n:02} 10:00:00", "placed", "EUR", 12.5, f"2024-03-{n:02} 11:00:00")
            for n in range(1, 10)
        ]
        con.executemany("insert into orders values (?, ?, ?, ?, ?, ?)", rows)
    monkeypatch.setenv(VARIABLE, f"sqlite:///{path}")
    plan(project, PLAN.format(rows=4))
    assert "shop.orders: 9 of 9 rows" in done("pull", "shop")
    assert landed(project, "order_id, discount, updated_at")[0] == (
        "1",
        "12.5",
        "2024-03-01 11:00:00",
    )
    con = sqlite3.connect(path)
    con.execute(
        "update orders set status = 'paid', updated_at = '2024-04-01 00:00:00' where order_id = 3"
    )
    con.commit()
    con.close()
    assert "1 rows landed" in done("pull", "shop")
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    assert landed(project, "count(*)") == [(10,)]
