"""Whom a page means when it lists people: its SQL on rows made for its edges."""

from typing import Any

import duckdb

from app.parts import carts
from app.views import segments

CARTS = """
create schema behavior;
create schema core;
create table core.clock as select 'Asia/Tokyo' as time_zone;
create table core.customers as from (values
    ('stands'), ('at_once'), ('before'), ('test'), ('again'), ('empty'), ('bought')
) as t(person_id);
create table behavior.carts as from (values
    -- 23:59 and 00:01 in Tokyo.
    ('stands', 'c1', 'abandoned', 5.0, timestamp '2024-05-01 10:00', timestamp '2024-05-01 14:59'),
    ('at_once', 'c2', 'abandoned', 5.0, '2024-05-01 10:00', '2024-05-01 15:01'),
    ('before', 'c3', 'abandoned', 4.0, '2024-05-01 10:00', '2024-05-01 15:01'),
    ('test', 'c4', 'abandoned', 3.0, '2024-05-01 10:00', '2024-05-01 15:01'),
    ('again', 'c5', 'abandoned', 5.0, '2024-05-01 10:00', '2024-05-01 11:00'),
    ('again', 'c6', 'open', 5.0, '2024-05-20 10:00', '2024-05-20 11:00'),
    ('empty', 'c7', 'abandoned', 0.0, '2024-05-01 10:00', '2024-05-01 11:00'),
    ('bought', 'c8', 'bought', 5.0, '2024-05-01 10:00', '2024-05-01 11:00'),
    ('nobody', 'c9', 'abandoned', 5.0, '2024-05-01 10:00', '2024-05-01 11:00')
) as t(person_id, cart_id, state, cart_value, opened_at, last_changed_at);
create table core.orders as from (values
    ('at_once', timestamp '2024-05-01 15:01', true),
    ('before', '2024-05-01 15:00:59', true),
    ('test', '2024-05-02', false)
) as t(person_id, ordered_at, is_order);
"""

SEGMENTS = """
create schema segments;
create schema core;
create table segments.rfm_history as from (values
    ('p', 'champions', date '2024-01-01', date '2024-02-01'), ('p', 'loyal', '2024-03-01', null),
    ('q', 'champions', '2024-01-01', '2024-02-01'), ('q', 'loyal', '2024-03-01', null),
    ('still', 'champions', '2024-01-01', null)
) as t(person_id, segment, from_month, to_month);
create table core.orders as from (values
    ('p', date '2024-01-10', 10.0, true, true), ('p', '2024-03-31', 5.0, true, true),
    ('p', '2024-04-01', 100.0, true, true),
    ('q', '2024-02-10', 7.0, true, true), ('q', '2024-02-11', 50.0, false, false),
    -- Given back: no order since that was kept.
    ('q', '2024-05-01', 0.0, true, false)
) as t(person_id, local_day, net_sales, is_order, is_net_at_clock);
"""


def asked(made: str, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a page's query over tables made for it."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(made)
        return con.execute(sql, values or None).fetchall()


def test_a_cart_stands_until_its_owner_orders_and_days_are_the_shops() -> None:
    listed = {person: (str(day), value) for person, day, value in asked(CARTS, carts._LEFT)}
    assert listed == {
        "stands": ("2024-05-01", 5.0),
        "before": ("2024-05-02", 4.0),
        "test": ("2024-05-02", 3.0),
    }


def test_the_money_of_a_loss_is_that_of_the_end_of_its_month() -> None:
    month = {"month": "2024-03-01"}
    march = f"select * from ({segments._MOVED.replace('$month', '$month::date')})"
    moved = {person: rest for person, *rest in asked(SEGMENTS, march, **month)}
    assert moved == {
        "p": ["champions", "loyal", 15.0, True],
        "q": ["champions", "loyal", 7.0, False],
    }
