"""The generic test ``relations``: what it finds on rows made by hand."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.building import Run


@pytest.fixture
def con(warehouse: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of the warehouse's name with two sources, two customers and four orders."""
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as stayhouse")
        con.execute("create schema stayhouse.core")
        con.execute(
            "create table stayhouse.core.customers as "
            "from (values ('shop', 'ann'), ('shop', 'bob'), ('retail', 'ann')) "
            "as t(source_name, customer_id)"
        )
        con.execute(
            "create table stayhouse.core.orders as "
            "from (values ('shop', 'ann'), ('shop', 'ann'), ('retail', 'ann'), ('shop', null)) "
            "as t(source_name, customer_id)"
        )
        yield con


def sql_of(warehouse: Run, model: str) -> str:
    """The test on a model as dbt runs it."""
    path = next((warehouse.target / "compiled").rglob(f"relations_of_{model}.sql"))
    return path.read_text(encoding="utf-8")


def test_each_row_finds_its_partner_and_null_asks_for_none(
    con: duckdb.DuckDBPyConnection, warehouse: Run
) -> None:
    assert con.execute(sql_of(warehouse, "orders")).fetchall() == []


def test_a_partner_of_another_source_is_none(
    con: duckdb.DuckDBPyConnection, warehouse: Run
) -> None:
    con.execute("insert into stayhouse.core.orders values ('retail', 'bob'), ('retail', 'bob')")
    assert con.execute(sql_of(warehouse, "orders")).fetchall() == [
        ("source_name, customer_id", "no partner in customers", 2)
    ]


def test_two_partners_are_one_too_many(con: duckdb.DuckDBPyConnection, warehouse: Run) -> None:
    """Whom a send time is of: a person is not the key of a customer, so nothing else asks."""
    con.execute("create schema stayhouse.behavior")
    con.execute("create table stayhouse.behavior.send_time as select 'p' as person_id")
    con.execute("alter table stayhouse.core.customers add column person_id varchar")
    con.execute("update stayhouse.core.customers set person_id = 'p' where customer_id = 'bob'")
    sql = sql_of(warehouse, "send_time")
    assert con.execute(sql).fetchall() == []
    con.execute("update stayhouse.core.customers set person_id = 'p' where source_name = 'retail'")
    assert con.execute(sql).fetchall() == [("person_id", "several partners in customers", 1)]


def test_a_partner_that_repeats_its_key_is_found_by_its_own_grain(
    con: duckdb.DuckDBPyConnection, warehouse: Run
) -> None:
    con.execute("insert into stayhouse.core.customers values ('shop', 'bob')")
    assert con.execute(sql_of(warehouse, "orders")).fetchall() == []
    path = next((warehouse.target / "compiled").rglob("grain_customers_*.sql"))
    assert con.execute(path.read_text(encoding="utf-8")).fetchall() == [("shop", "bob", 2)]


def test_where_a_partner_may_lack_none_is_no_failure(
    con: duckdb.DuckDBPyConnection, warehouse: Run
) -> None:
    con.execute("create table stayhouse.core.contacts as from stayhouse.core.orders")
    con.execute("insert into stayhouse.core.contacts values ('shop', 'nobody')")
    con.execute("alter table stayhouse.core.contacts add column campaign_id varchar")
    con.execute(
        "create table stayhouse.core.campaigns as select 'shop' as source_name, 'k' as campaign_id"
    )
    assert con.execute(sql_of(warehouse, "contacts")).fetchall() == []
