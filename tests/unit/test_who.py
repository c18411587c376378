"""A person is found by what people know of them, and nothing keeps what was typed."""

import hashlib
import io
import sys

import duckdb
import pytest

from stayhouse import cli
from tests.conftest import digest

# Written here as macros/email_person_id.sql writes it; tests/integration holds the two together.
MARTS = """
    create schema core;
    create table core.clock as select false as is_sample;
    create table core.orders as
    from (values
        ('shop', '1001', 'c:shop:7', null), ('shopify', '#1001', 'e:shopify:x', $1),
        ('shop', '1002', null, null), ('shop', 'O77', 'c:shop:7', null),
        ('shop', '#ab-8', 'c:shop:7', null)
    ) as t(source_name, order_id, person_id, email_person_id);
    create table core.customers as
    from (values ('shop', '7', 'c:shop:7', $2), ('tracker', $3, 'c:tracker:' || $3, null))
        as t(source_name, customer_id, person_id, email_person_id);
"""


def email_person_id(source, address):
    return f"e:{source}:{hashlib.md5(f'person|{source}|{digest(address)}'.encode()).hexdigest()}"


@pytest.fixture
def built(project):
    """A warehouse that knows one customer, who bought at another shop as a guest."""
    path = project.root / "warehouse" / "stayhouse.duckdb"
    path.parent.mkdir()
    values = (
        email_person_id("shopify", "ann@example.com"),
        email_person_id("shop", "ann@example.com"),
        digest("ann"),
    )
    with duckdb.connect(str(path)) as con:
        statements = MARTS
        for place, value in enumerate(values, 1):
            statements = statements.replace(f"${place}", f"'{value}'")
        con.execute(statements)
    return project


def who(capsys, value):
    """Return the exit code and the people that were printed, each with what it was found by."""
    code = cli.main(["who", value])
    out = capsys.readouterr().out
    return code, [line.split("  http")[0] for line in out.splitlines()]


@pytest.mark.parametrize("typed", ["ann@example.com", " ANN@example.com "])
def test_by_address_in_every_source(built, capsys, typed):
    assert who(capsys, typed) == (
        0,
        ["c:shop:7  (shop, e-mail address)", "e:shopify:x  (shopify, e-mail address)"],
    )


def test_by_order_and_by_customer(built, capsys):
    both = ["c:shop:7  (shop, order number)", "e:shopify:x  (shopify, order number)"]
    assert who(capsys, "1001") == who(capsys, "#1001") == who(capsys, "# 1001") == (0, both)
    assert who(capsys, "1002")[1] == ["nobody  (shop, order number): the order names no person"]
    assert who(capsys, "7") == who(capsys, "7.0") == (0, ["c:shop:7  (shop, customer id)"])
    # Nobody knows how the platform writes its letters.
    for typed in ("O77", "o77", "#o77", "ab-8", "AB-8", "#Ab-8"):
        assert who(capsys, typed) == (0, ["c:shop:7  (shop, order number)"]), typed
    # A source whose ids are hashed.
    assert who(capsys, "ann") == (0, [f"c:tracker:{digest('ann')}  (tracker, customer id)"])


def test_the_page_to_open_is_named(built, done):
    assert "  http://localhost:8501/customer?person=c%3Ashop%3A7\n" in done("who", "7")


@pytest.mark.parametrize("typed", ["bob@example.com", "1", "9999", "'; drop table core.orders; --"])
def test_nobody(built, capsys, typed):
    code, lines = who(capsys, typed)
    assert code == 1
    assert lines == [f"Nobody is known by that in {built.root}/warehouse/stayhouse.duckdb."]


def test_what_was_published_is_read_first_and_a_file_may_be_named(built, capsys):
    published = built.root / "published" / "stayhouse.duckdb"
    published.parent.mkdir()
    with duckdb.connect(str(published)) as con:
        con.execute(
            "create schema core; create table core.clock as select true as is_sample;"
            "create table core.orders(source_name text, order_id text, person_id text, "
            "email_person_id text); create table core.customers(source_name text, "
            "customer_id text, person_id text, email_person_id text)"
        )
    assert who(capsys, "7")[0] == 1
    warehouse = built.root / "warehouse" / "stayhouse.duckdb"
    assert cli.main(["who", "7", "--db", str(warehouse)]) == 0


def test_what_is_missing_is_said(built, refused, monkeypatch):
    assert "Nothing was given" in refused("who", " ")
    assert "There is no warehouse file" in refused("who", "7", "--db", built.root / "none")
    with duckdb.connect(str(built.root / "old")) as con:
        con.execute("create schema core; create table core.clock as select false as is_sample")
    assert "is not of this version of Stayhouse" in refused("who", "7", "--db", built.root / "old")
    monkeypatch.delenv("STAYHOUSE_PII_KEY")
    told = refused("who", "ann@example.com")
    assert "STAYHOUSE_PII_KEY is not set" in told
    assert "ann@" not in told


def test_what_was_typed_is_in_no_file_and_no_output(built, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("ann@example.com\n"))
    assert cli.main(["who", "-"]) == 0
    assert cli.main(["who", "nobody@example.com"]) == 1
    captured = capsys.readouterr()
    assert "e:shopify:x" in captured.out
    assert "@example.com" not in captured.out + captured.err
    for path in built.root.rglob("*"):
        assert path.is_dir() or b"@example.com" not in path.read_bytes()
