"""``make bench-recommendations``: CPU seconds and memory of lists for 100,000 people.

People, orders and views are drawn by hash into a warehouse of nothing else: 5,000 products in 40
categories, the first far more often than the last, each person mostly in three categories of its
own; six orders of two products on average in two years, and ten views in the last nine months. The
figures are of a process of its own, less what the same command costs without any order.
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

MOST_SECONDS = 120.0
MOST_GIGABYTES = 4.0
PEOPLE = 100_000
MODELS = ("path:models/recommendations", "path:python_models/recommendations")
_SHOP = """
    create table core.clock as select timestamp '2025-01-01' as as_of_at;
    create table core.products as
    select 'shop' as source_name, 'p' || i as product_id, 'Product ' || i // 40 as name,
        'shelf ' || i % 40 as category, 'brand ' || i % 97 as brand,
        cast(5 + i % 300 as decimal(18, 4)) as price, i % 50 <> 0 as is_available,
        i % 20 = 0 as is_replenishable
    from range(5000) as r(i);
    create table core.customers as
    select 'c' || i as person_id, true as has_marketing_consent, false as is_held_out
    from range({people}) as r(i);
    -- The category is the person's own in two of three; of it the first products are bought most.
    create macro drawn(person, salt) as
        cast(125 * power(hash(person, salt) % 100000 / 100000, 1.7) as bigint) % 125 * 40
        + case when hash(person, salt, 'own') % 3 < 2
            then hash(person, hash(person, salt, 'which') % 3) % 40
            else hash(person, salt, 'any') % 40 end;
    create table core.orders as
    select 'shop' as source_name, i || '-' || j as order_id, 'c' || i as person_id,
        true as is_order,
        timestamp '2023-01-01' + to_seconds(hash(i, j, 'at') % (731 * 86400)) as ordered_at
    from range({people}) as r(i), range(12) as s(j)
    where hash(i, j, 'is') % 2 = 0;
    create table core.money_lines as
    select 'shop' as source_name, i || '-' || j as order_id, 'item' as kind,
        'p' || drawn(i, j * 4 + k) as product_id, 1::bigint as quantity, 'EUR' as currency,
        cast(9 as decimal(38, 4)) as native_amount, cast(9 as decimal(38, 4)) as amount,
        timestamp '2024-01-01' as effective_at
    from range({people}) as r(i), range(12) as s(j), range(3) as t(k)
    where hash(i, j, 'is') % 2 = 0 and hash(i, j, k, 'line') % 3 < 2;
    create table core.events as
    select 'shop' as source_name, 'c' || i as customer_id, 'v' || i as visitor_id,
        'product_view' as event_type, 'p' || drawn(i, 100 + j) as product_id,
        null::varchar as page_url, null::bigint as rating,
        timestamp '2024-04-05' + to_seconds(hash(i, j, 'seen') % (271 * 86400)) as occurred_at
    from range({people}) as r(i), range(10) as s(j);
    create table core.identity_map as
    select '' as source_name, '' as visitor_id, '' as customer_id, '' as person_id,
        timestamp '1970-01-01' as valid_from, timestamp '1970-01-01' as valid_to,
        timestamp '1970-01-01' as shared_from limit 0;
    create table core.visitor_days as
    select '' as source_name, '' as visitor_id, date '1970-01-01' as local_day, true as is_bot
    limit 0;
    create table core.reviews as
    select '' as source_name, '' as person_id, '' as product_id, 1::bigint as rating,
        timestamp '1970-01-01' as created_at limit 0;
    create table core.content as
    select '' as source_name, '' as content_id, '' as category limit 0;
"""


def main() -> int:
    """Measure and print; return 1 if lists cost more than they may."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.recommendations", description=__doc__
    )
    parser.add_argument("--people", type=int, default=PEOPLE, metavar="N")
    people = parser.parse_args().people
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        nothing = measure(Path(name) / "nothing", 0)
        seconds = measure(Path(name) / "people", people) - nothing
        gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    slow = min(slow, slowness())
    print(f"Lists of {people:,} people and 5,000 products cost {told(seconds, slow)}, at most "
          f"{MOST_SECONDS:.0f}, and {gigabytes:.1f} GB (at most {MOST_GIGABYTES:.0f}); "
          f"without an order the command costs {nothing:.1f} s.")  # fmt: skip
    return 0 if seconds <= slow * MOST_SECONDS and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, people: int) -> float:
    """Return the CPU seconds of the room for so many people."""
    folder.mkdir()
    run = Run(folder)
    with duckdb.connect(str(run.database)) as con:
        con.execute("set preserve_insertion_order = false; create schema core")
        con.execute(_SHOP.format(people=people))
    seconds = least(lambda: run_dbt(run, "run", "--select", *MODELS))
    for row in run.query(
        "select list_kind, model_name, people_count, round(recall, 4), is_served "
        "from recommendations.recommendation_evaluation "
        "where split = 'test' and people = 'all' order by all"
    ):
        print("{}: {} of {:,} people, recall {}, served {}".format(*row))
    print(f"{people:,} people: {seconds:.1f} s of CPU", flush=True)
    run.database.unlink()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
