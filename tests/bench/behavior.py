"""``make bench-behavior``: CPU seconds and memory of behavior for a million events of its window.

The visits are drawn by hash into a warehouse of nothing else: six events each, three visits a
visitor, 5,000 products, a tenth of the visits with an order, thirty thousand search terms. Every
figure is of a process of its own, less what the same command costs without any event; memory is the
most that any of them held. Once more with three times as many events before the window: they cost
next to nothing.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.bench.measuring import least, run_dbt
from tests.bench.yardstick import slowness, told
from tests.building import Run

MOST_SECONDS = 4.0
MOST_GIGABYTES = 1.5
EVENTS = 1_000_000
# Whatever reads the window; what reads sessions of all history is no part of this.
MODELS = "int_sessions__recent+"
_SHOP = """
    create table core.clock as select timestamp '2025-01-11' as as_of_at;
    create table core.visits as
    select i, 'v' || i // 3 as visitor_id,
        timestamp '2025-01-10' - to_seconds(cast(
            hash(i, 1) % (88 * 86400) + case when i < {recent} then 0 else 90 * 86400 end as bigint
        )) as started_at,
        hash(i, 2) % 10 as fate
    from range({visits}) as r(i);
    create table core.events as
    with steps as (
        select
            *,
            case
                when j = 0 then 'page_view'
                when j = 1 and fate < 5 then 'search'
                when j = 3 and fate < 4 then 'add_to_cart'
                when j = 4 and fate < 2 then 'checkout_start'
                when j = 5 and fate = 0 then 'purchase'
                else 'product_view'
            end as event_type,
            'p' || hash(i, j) % 5000 as product
        from core.visits, range(6) as s(j)
    ),
    filled as (
        select *, event_type in ('product_view', 'add_to_cart') as is_of_product from steps
    )
    select
        'shop' as source_name, 'e' || i || '-' || j as event_id, visitor_id, event_type,
        case when is_of_product then product end as product_id,
        case when event_type = 'purchase' then 'o' || i end as order_id,
        case when is_of_product then 'GBP' end as currency,
        case event_type
            when 'page_view' then '/c/shelf' || i % 12
            when 'search' then '/search?q=' || hash(i) % 30000
            when 'add_to_cart' then '/cart'
            when 'product_view' then '/p/' || product || '?from=mail'
            else '/checkout'
        end as page_url,
        case when event_type = 'search' then 'term ' || hash(i, 3) % 30000 end as search_term,
        case when event_type = 'add_to_cart' then cast(1 as bigint) end as quantity,
        case when event_type = 'search' then cast(hash(i) % 9 as bigint) end as result_count,
        case
            when event_type in ('page_view', 'product_view')
                then cast(hash(i, j) % 4000 as bigint)
        end as load_ms,
        cast(null as varchar) as properties,
        case when is_of_product then cast(hash(i, j) % 100 as decimal(18, 4)) end as price,
        started_at + to_seconds(j * 30) as occurred_at
    from filled;
    create table core.sessions as
    select
        'shop' as source_name, md5('s' || i) as session_id, visitor_id,
        'v:shop:' || visitor_id as person_id, cast(null as varchar) as customer_id,
        case i % 3 when 0 then 'mobile' when 1 then 'desktop' else 'tablet' end as device_type,
        'message' as utm_medium, cast(null as varchar) as utm_source,
        cast(null as varchar) as referrer, '/' as landing_page_url, false as is_bot,
        cast(6 as bigint) as event_count,
        cast(started_at as date) as local_day, started_at,
        started_at + to_seconds(150) as ended_at
    from core.visits;
    create table core.orders as
    select
        'shop' as source_name, 'o' || i as order_id, 'v:shop:' || visitor_id as person_id,
        started_at + to_seconds(150) as ordered_at, true as is_order
    from core.visits where fate = 0;
    create table core.customers as
    select cast(null as varchar) as person_id, cast(null as varchar) as country where false;
"""


def main() -> int:
    """Measure and print; return 1 if the window costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.behavior", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N")
    events = parser.parse_args().events
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        nothing = measure(Path(name) / "nothing", 0, 0)
        window = measure(Path(name) / "window", events, events) - nothing
        gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        history = measure(Path(name) / "history", events, 4 * events) - nothing
    slow = min(slow, slowness())
    print(f"{events:,} events of the window cost {told(window, slow)}, at most "
          f"{MOST_SECONDS:.0f} a million, and {gigabytes:.1f} GB (at most {MOST_GIGABYTES}); "
          f"with {3 * events:,} before it {told(history, slow)}.")  # fmt: skip
    return 0 if window <= slow * MOST_SECONDS * events / 1e6 and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, recent: int, events: int) -> float:
    """Return the CPU seconds of the room for so many events, of which so many are recent."""
    folder.mkdir()
    run = Run(folder)
    with duckdb.connect(str(run.database)) as con:
        con.execute("set preserve_insertion_order = false; create schema core")
        con.execute(_SHOP.format(recent=recent // 6, visits=events // 6))
    run_dbt(
        run, "seed", "--select", "page_kinds", "channel_rules", "exchange_rates", "funnels",
        "event_types",
    )  # fmt: skip
    run_dbt(run, "run", "--select", "int_page_kinds__checked", "int_funnels__checked")
    seconds = least(lambda: run_dbt(run, "run", "--select", MODELS))
    rows = run.query("select count(*) from behavior.int_events__recent")[0][0]
    print(f"{events:,} events, {rows:,} in the window: {seconds:.1f} s of CPU", flush=True)
    run.database.unlink()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
