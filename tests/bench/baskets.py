"""``make bench-baskets``: CPU seconds and memory of rules for a million orders of 500 products.

The orders are drawn by hash into a warehouse of nothing else: one to twelve products each, four on
average, the first products far more often than the last, twelve categories. Each product pulls the
next one with it once in ten times, so that there is something to find. The figures are of a process
of its own, less what the same command costs without any order.
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

MOST_SECONDS = 40.0
MOST_GIGABYTES = 4.0
ORDERS = 1_000_000
MODELS = "int_baskets__lines+"
_SHOP = """
    create table core.clock as select timestamp '2025-01-11' as as_of_at;
    create table core.products as
    select 'shop' as source_name, 'p' || i as product_id, 'Product ' || i as name,
        'shelf ' || i % 12 as category
    from range(500) as r(i);
    create table core.orders as
    select 'shop' as source_name, 'o' || i as order_id, true as is_order,
        timestamp '2025-01-10' as ordered_at
    from range({orders}) as r(i);
    create table core.money_lines as
    with sized as (
        select i, 1 + cast(ln(1 - hash(i, 'size') % 1000 / 1000) / ln(.75) as bigint) as size
        from range({orders}) as r(i)
    ),
    drawn as (
        select i, j, cast(500 * power(hash(i, j) % 100000 / 100000, 1.7) as bigint) % 500 as product
        from sized, range(12) as s(j)
        where j < size
    ),
    pulled as (
        select i, product from drawn
        union all
        select i, (product + 1) % 500 from drawn where hash(i, j, 'pull') % 10 = 0
    )
    select 'shop' as source_name, 'o' || i as order_id, 'p' || product as product_id,
        'item' as kind
    from pulled;
"""


def main() -> int:
    """Measure and print; return 1 if rules cost more than they may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.baskets", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, metavar="N")
    orders = parser.parse_args().orders
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        nothing = measure(Path(name) / "nothing", 0)
        seconds = measure(Path(name) / "orders", orders) - nothing
        gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    slow = min(slow, slowness())
    print(f"Rules of {orders:,} orders and 500 products cost {told(seconds, slow)}, at most "
          f"{MOST_SECONDS:.0f} a million, and {gigabytes:.1f} GB (at most {MOST_GIGABYTES:.0f}); "
          f"without an order the command costs {nothing:.1f} s.")  # fmt: skip
    return 0 if seconds <= slow * MOST_SECONDS and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, orders: int) -> float:
    """Return the CPU seconds of the rules of so many orders."""
    folder.mkdir()
    run = Run(folder)
    with duckdb.connect(str(run.database)) as con:
        con.execute("set preserve_insertion_order = false; create schema core")
        con.execute(_SHOP.format(orders=orders))
    seconds = least(lambda: run_dbt(run, "run", "--select", MODELS))
    for row in run.query(
        "select level, item_count, rule_count, significant_rule_count, least_count "
        "from behavior.rule_settings order by all"
    ):
        print("{}: {} items, {:,} rules, {:,} significant, from {} baskets on".format(*row))
    print(f"{orders:,} orders: {seconds:.1f} s of CPU", flush=True)
    run.database.unlink()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
