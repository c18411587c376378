"""Sessions, cohorts by month and RFM as somebody writes them in an afternoon, in SQL of DuckDB.

Customers are who orders name, money is of all currencies, a month is UTC's, a cancelled order is
none, and nothing is said of rows that cannot be read: ``pandas_script`` gives the same rows.
"""

from pathlib import Path

import duckdb

TABLES = ("sessions", "cohorts", "rfm")
_TABLES = """
create table sessions as
with events as (
    select
        event_id,
        arg_min(visitor_id, landed_row) as visitor_id,
        arg_min_null(customer_id, landed_row) as customer_id,
        arg_min(event_type, landed_row) as event_type,
        arg_min(try_cast(occurred_at as timestamptz) at time zone 'UTC', landed_row) as occurred_at
    from read_parquet('{events}')
    where event_id is not null and visitor_id is not null
    group by event_id
    having occurred_at between timestamp '2000-01-01' and timestamp '2100-01-01'
),

numbered as (
    select
        *,
        sum(case when gap <= interval 30 minutes then 0 else 1 end) over (
            partition by visitor_id order by occurred_at, event_id rows unbounded preceding
        ) as number
    from (
        select *, occurred_at - lag(occurred_at) over (
            partition by visitor_id order by occurred_at, event_id
        ) as gap
        from events
    )
)

select
    visitor_id,
    cast(number as bigint) as number,
    min(customer_id) as customer_id,
    count(*) as event_count,
    count(*) filter (event_type = 'product_view') as product_view_count,
    count(*) filter (event_type = 'add_to_cart') as cart_add_count,
    count(*) filter (event_type = 'purchase') as purchase_count,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at
from numbered
group by visitor_id, number;

create temp table orders as
with versions as (
    select
        order_id,
        customer_id,
        status,
        try_cast(ordered_at as timestamptz) at time zone 'UTC' as ordered_at
    from read_parquet('{orders}')
    where order_id is not null
    qualify row_number() over (partition by order_id order by updated_at desc, landed_row desc) = 1
),

amounts as (
    select
        order_id,
        sum(
            try_cast(quantity as bigint) * try_cast(unit_price as decimal(18, 2))
            - coalesce(try_cast(discount as decimal(18, 2)), 0)
        ) as amount
    from read_parquet('{order_lines}')
    group by order_id
)

select v.customer_id, v.ordered_at, cast(a.amount as decimal(18, 2)) as amount
from versions as v
inner join amounts as a on v.order_id = a.order_id
where v.customer_id is not null and v.status <> 'cancelled' and isfinite(v.ordered_at)
    and a.amount is not null;

create table cohorts as
with months as (
    select
        customer_id,
        year(ordered_at) * 12 + month(ordered_at) as number,
        min(year(ordered_at) * 12 + month(ordered_at)) over (
            partition by customer_id
        ) as start_number
    from orders
)

select start_number, number - start_number as period_index,
    count(distinct customer_id) as customer_count
from months
group by start_number, period_index;

create table rfm as
with customers as (
    select
        customer_id,
        datediff('day', max(ordered_at), (select max(ordered_at) from orders)) as recency_days,
        count(*) as order_count,
        cast(sum(amount) as decimal(18, 2)) as amount
    from orders
    group by customer_id
)

select
    *,
    (5 * count(*) over (order by recency_days desc) + count(*) over () - 1) // count(*) over ()
        as recency_score,
    (5 * count(*) over (order by order_count) + count(*) over () - 1) // count(*) over ()
        as frequency_score,
    (5 * count(*) over (order by amount) + count(*) over () - 1) // count(*) over ()
        as monetary_score
from customers;
"""


def build(landing: Path, database: Path) -> None:
    """Write the tables of a landed shop into a new file."""
    files = {
        name: f"{landing}/shop/{name}/batch_id=*/*.parquet"
        for name in ("events", "orders", "order_lines")
    }
    with duckdb.connect(str(database)) as con:
        con.execute(
            "set timezone = 'UTC'; set threads = 2; set preserve_insertion_order = false; "
            "set memory_limit = '4GB'"
        )
        con.execute(_TABLES.format(**files))
