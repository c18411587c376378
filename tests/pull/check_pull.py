"""What is pulled lands as the database has it, late rows too; what is refused is one sentence."""

import sqlite3
import threading
from collections.abc import Callable

import duckdb
import pytest

from stayhouse import cli
from stayhouse.base.disk import exclusive
from tests.conftest import Project, digest
from tests.pull.cluster import PASSWORD, Cluster
from tests.pull.shop import ORDERS, PLAN, VARIABLE, fill, landed, plan

Run = Callable[..., str]


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
    assert (
        "shop.order_lines: waiting 2 s for open transactions (settle_seconds of pull.toml)\n" in out
    )
    assert landed(project, "line_number", "order_lines") == [("5",), ("6",)]
    # Where no number has come since, nothing is waited for; where one has, it is.
    assert "waiting" not in done("pull", "shop")
    postgres.sql(f"{insert} (7, 1, 2, 1)")
    assert "waiting 2 s" in done("pull", "shop")
    assert landed(project, "line_number", "order_lines") == [("5",), ("6",), ("7",)]


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
    # And where it has only an @, the host is what seems to begin with the rest of it.
    for url in ("postgresql://u:hun@ter2@127.0.0.1/x", "postgresql://u:a@b/ter2@127.0.0.1/x"):
        monkeypatch.setenv(VARIABLE, url)
        told = refused("pull", "shop")
        assert "it is part of the user or of the password, write it %40" in told
        assert "ter2" not in told
    for url in ("hunter2", "postgresql://u:hunter2@host:hunter2/x", "oracle://u:hunter2@h/x"):
        monkeypatch.setenv(VARIABLE, url)
        assert "hunter2" not in refused("pull", "shop")


def test_what_is_not_there_is_named(postgres: Cluster, project: Project, refused: Run) -> None:
    plan(project)
    assert refused("pull", "shop") == (
        "stayhouse: The database has no table 'orders', or its user may not see it: correct "
        "its name, in pull.toml or where --pull says it."
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
