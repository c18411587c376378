"""``make bench-value``: CPU seconds and memory of the room value, a million customers.

Its marts are built for customers drawn by hash into a warehouse of nothing else: five years of a
shop, and a refund in twenty orders, most of them in a later month. All of them are valued at 16
cut-offs: the clock, twelve ends of months, and three that are judged. DuckDB is held to 2 GB (var
`STAYHOUSE_MEMORY` of the environment), and Python takes the rest. Every figure is of a process of
its own, less what the same command costs where there is nothing to value; memory is the most that
any of them held.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.bench.measuring import run_dbt
from tests.bench.yardstick import slowness, told
from tests.building import Run

MOST_SECONDS = 60
MOST_GIGABYTES = 3.0
CUSTOMERS = 1_000_000
# Each a step that is told.
STEPS = {
    "order days": ("int_value__cutoffs", "int_value__persons", "int_value__order_days"),
    "histories": (
        *("int_value__people", "int_value__histories", "int_value__spends", "int_value__terms"),
    ),
    "fits": ("ml_value_fits",),
    "outlook": ("ml_value_outlook",),
    "marts": (
        *("int_value__expected", "int_value__horizons", "int_value__actuals"),
        *("int_value__season_days", "ml_value_seasons", "int_value__judged", "int_value__served"),
        *("value_fits", "value_evaluation", "customer_ltv", "value_history"),
    ),
}
_SHOP = """
    create table core.clock as select
        timestamp '2025-01-11' as as_of_at, date '2025-01-11' as open_day,
        timestamp '2020-01-01' as first_at;
    create table core.orders as
    with buyers as (
        select i, hash(i, 1) % 1800 as first_day,
            case when hash(i, 2) % 100 < 55 then 1 else 2 + hash(i, 3) % 8 end as order_count
        from range({customers}) as r(i)
    ),
    ordered as (
        select
            'shop' as source_name, 'o' || i || '-' || j as order_id,
            'c:shop:c' || i as person_id, false as is_test, true as is_order,
            hash(i, j) % 100 >= 5 as is_net_at_clock,
            cast(first_day + case when j = 0 then 0 else hash(i, j, 5) % (1837 - first_day) end
                as bigint) as day_number,
            hash(i, j, 4) % 86400 as second_number
        from buyers, range(10) as s(j)
        where j < order_count
    )
    select
        source_name, order_id, person_id, is_test, is_order, is_net_at_clock,
        true as is_settled, date '2020-01-01' + cast(day_number as integer) as local_day,
        timestamp '2020-01-01' + to_days(cast(day_number as integer))
            + to_seconds(cast(second_number as bigint)) as ordered_at,
        cast(case when is_net_at_clock then 2 + hash(order_id) % 9999 / 100 else 0 end
            as decimal(38, 4)) as net_sales
    from ordered;
    create table core.money_lines as
    select source_name, order_id, person_id, 'item' as kind, 'p1' as product_id, 'GBP' as currency,
        1 as quantity, net_sales + 5 as native_amount, net_sales + 5 as amount,
        ordered_at as effective_at
    from core.orders
    union all
    select source_name, order_id, person_id, 'refund', null, 'GBP', 0, -5 - net_sales,
        -5 - net_sales, ordered_at + to_days(20)
    from core.orders
    where not is_net_at_clock;
    create table core.product_versions as
    select 'shop' as source_name, 'p1' as product_id, cast(30 as decimal(18, 4)) as cost,
        cast(1 as bigint) as version_number, timestamp '2020-01-01' as valid_from,
        timestamp '9999-12-31' as valid_to;
    create table features.bg_nbd_fits as
    select cast(null as timestamp) as cut_off_at, 0::bigint as customer_count, 0.0::double as r,
        0.0::double as alpha, 0.0::double as a, 0.0::double as b, 0.0::double as log_likelihood,
        true as is_converged
    limit 0;
"""


class Held(Run):
    """A warehouse whose engine may take as much memory as leaves Python room."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "STAYHOUSE_MEMORY": "2GB"}


def main() -> int:
    """Measure and print; return 1 if the room costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.value", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N")
    customers = parser.parse_args().customers
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        quarter, whole = (measure(Path(name) / str(part), customers // part) for part in (4, 1))
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    slow = min(slow, slowness())
    print(f"{customers:,} customers cost {told(whole, slow)}, at most {MOST_SECONDS}, "
          f"{whole / (4 * quarter):.2f} times four times a quarter of them, and "
          f"{gigabytes:.1f} GB (at most {MOST_GIGABYTES:.0f}).")  # fmt: skip
    return 0 if whole <= slow * MOST_SECONDS and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, customers: int) -> float:
    """Return the CPU seconds of the room for so many customers, and tell those of its steps."""
    folder.mkdir()
    run = Held(folder)
    with duckdb.connect(str(run.database)) as con:
        con.execute("set preserve_insertion_order = false; create schema core")
        con.execute("create schema features")
        con.execute(_SHOP.format(customers=customers))
    # The first command reads the whole project, later ones what is kept of it.
    run_dbt(run, "run", "--select", "int_value__cutoffs")
    nothing = run_dbt(run, "run", "--select", "int_value__cutoffs")
    spent = {
        step: run_dbt(run, "run", "--select", *models) - nothing for step, models in STEPS.items()
    }
    groups, rows = run.query(
        "select count(*), (select count(*) from value.int_value__people) "
        "from value.int_value__histories"
    )[0]
    told = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in spent.items())
    print(f"{customers:,} customers, {rows:,} rows of persons, {groups:,} histories: {told}",
          flush=True)  # fmt: skip
    run.database.unlink()
    return sum(spent.values())


if __name__ == "__main__":
    sys.exit(main())
