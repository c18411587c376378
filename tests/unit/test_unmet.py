"""Ids that meet nothing, in a warehouse written by hand."""

import duckdb
import pytest

from stayhouse.reports.unmet import unmet_ids

RATE = 0.01
TABLES = {
    "events": "source_name varchar, batch_id varchar, event_type varchar, customer_id varchar, "
    "order_id varchar",
    "customers": "source_name varchar, customer_id varchar, has_profile boolean",
    "orders": "source_name varchar, order_id varchar, named_customer_id varchar",
    "exposures": "source_name varchar, experiment_id varchar, arm varchar, unit_id varchar, "
    "is_planned boolean, customer_id varchar",
    "experiments": "source_name varchar, experiment_id varchar",
    "contacts": "source_name varchar, campaign_id varchar, customer_id varchar",
    "campaigns": "source_name varchar, campaign_id varchar",
    "money_lines": "kind varchar, order_id varchar, amount decimal(38, 4)",
    "clock": "base_currency varchar",
}


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create schema core")
        for name, columns in TABLES.items():
            con.execute(f"create table core.{name} ({columns})")
        yield con


def put(con: duckdb.DuckDBPyConnection, table: str, *rows: tuple[object, ...]) -> None:
    places = ", ".join("?" * len(rows[0]))
    con.executemany(f"insert into core.{table} values ({places})", [list(row) for row in rows])


def told(con: duckdb.DuckDBPyConnection) -> list[str]:
    return list(unmet_ids(con, RATE))


def seen(con, batch, *customers):
    put(con, "events", *(("s", batch, "page_view", c, None) for c in customers))


@pytest.mark.parametrize(
    ("customers", "starts"),
    [
        (["a", "b", "x", "y"], []),
        (["a", "x", "y"], ["2 of 3 customers who were seen in the latest events of s ("]),
        # One alone is a night's first visit of somebody whose profile comes tomorrow.
        (["x"], []),
    ],
)
def test_most_of_the_customers_seen_last_are_known(con, customers, starts):
    """By a profile, or by an order that names them; whoever was only seen is known by neither."""
    put(con, "customers", ("s", "a", True), ("s", "x", False), ("s", "y", False))
    put(con, "orders", ("s", "o", "b"))
    seen(con, "1", "p", "q", "r", "t")
    seen(con, "2", *customers)
    assert [text[: len(start)] for text, start in zip(told(con), starts, strict=True)] == starts


def test_a_night_before_and_another_source_accuse_nobody(con):
    put(con, "customers", ("s", "a", True), ("t", "x", True))
    put(con, "events", ("tracker", "3", "page_view", "x", None))
    seen(con, "1", "x", "y")
    seen(con, "2", "a", "a", None)
    assert told(con) == []
    # The same id, but of a source that does not know it.
    seen(con, "3", "x", "y")
    (text,) = told(con)
    assert text.startswith("2 of 2 customers who were seen in the latest events of s (")


def test_without_profiles_whoever_did_not_buy_is_no_stranger(con):
    put(con, "orders", ("s", "o", "a"))
    put(con, "customers", ("s", "a", False), ("s", "x", False))
    seen(con, "1", "x", "y", "z")
    assert told(con) == []


@pytest.mark.parametrize(("orders", "is_loud"), [(["a", "x"], False), (["x", "y", "a"], True)])
def test_most_purchases_are_of_orders(con, orders, is_loud):
    put(con, "orders", ("s", "a", None))
    put(con, "events", *(("s", "1", "purchase", None, order) for order in orders))
    # A message about an order of long ago is no purchase.
    put(con, "events", ("s", "1", "support_message", None, "z"), ("s", "1", "purchase", None, None))
    start = f"{len(orders) - 1} of {len(orders)} orders that the latest events of s tell of"
    assert [text.startswith(start) for text in told(con)] == [True] * is_loud


def test_one_unit_in_an_arm_that_is_none_is_told_of(con):
    put(con, "experiments", ("s", "e"), ("s", "f"))
    arms = [("s", "e", "control", f"u{i}", True, None) for i in range(999)]
    put(con, "exposures", *arms, ("s", "e", "tretment", "u", False, None))
    put(con, "exposures", ("s", "f", "a", "u", True, None))
    (text,) = told(con)
    assert text.startswith("1 of 1,000 units of experiment e (")
    assert "(tretment)" in text


def test_an_experiment_and_a_campaign_without_a_plan_are_told_of(con):
    put(con, "experiments", ("s", "e"), ("t", "g"))
    put(con, "exposures", ("s", "g", "a", "u", False, None), ("s", "e", "a", "u", True, None))
    put(con, "campaigns", ("s", "k"))
    put(con, "contacts", *(("s", campaign, None) for campaign in ("k", "l", "l", None)))
    (first, second) = told(con)
    assert first.startswith("experiment g, which 1 units met, is in no plan")
    assert second.startswith("campaign l, which sent 2 messages, is in no plan")


@pytest.mark.parametrize(("strangers", "is_loud"), [("xy", False), ("xyz", True)])
def test_most_units_and_whom_campaigns_reach_are_known(con, strangers, is_loud):
    put(con, "customers", ("s", "a", True), ("s", "b", True))
    put(con, "experiments", ("s", "e"))
    put(con, "campaigns", ("s", "k"))
    for customer in ["a", "b", *strangers]:
        put(con, "exposures", ("s", "e", "a", customer, True, customer))
        # Two messages to one person are one person.
        put(con, "contacts", ("s", "k", customer), ("s", "k", customer))
    starts = ["3 of 5 units of experiment e (", "3 of 5 customers whom campaign k reached ("]
    found = told(con)
    assert len(found) == 2 * is_loud
    assert all(text.startswith(start) for text, start in zip(found, starts, strict=False))


@pytest.mark.parametrize(("count", "is_loud"), [(2, True), (1, False)])
def test_refunds_of_no_order_are_told_with_their_money(con, count, is_loud):
    put(con, "clock", ("SEK",))
    put(con, "money_lines", ("refund", "o", -5), ("item", "o", 5), ("item", None, 7))
    put(con, "money_lines", *[("refund", None, -1.5)] * count)
    found = told(con)
    assert [text.startswith("2 of 3 refunds (") for text in found] == [True] * is_loud
    assert all("worth 3.00 SEK, are of no order" in text for text in found)


@pytest.mark.parametrize(("others", "is_loud"), [(198, False), (197, True)])
def test_refunds_of_no_order_are_loud_above_the_rate(con, others, is_loud):
    """Of 200 refunds two are .01, of 199 more."""
    put(con, "clock", ("SEK",))
    put(con, "money_lines", *[("refund", "o", -5)] * others, *[("refund", None, -1)] * 2)
    assert len(told(con)) == is_loud
