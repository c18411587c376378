"""``make bench-experiments``: CPU seconds and memory of a million exposures by nine metrics.

Ten plans of 100,000 units each are drawn by hash into a warehouse of nothing else: half of the
people of each were exposed to either arm on a day of the half-year before the clock's last 90 days,
and a million orders, two million visits and 300,000 reviews lie around them. The figures are of a
process of its own, less what the same command costs without any exposure.
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

MOST_SECONDS = 20.0
MOST_GIGABYTES = 2.0
EXPOSURES = 1_000_000
PLANS = 10
# By folder: `experiments` alone is core's model of the plans too.
_ROOM = ("path:models/experiments", "ml_experiment_results")
_SHOP = """
    create table core.clock as select timestamp '2025-01-01' as as_of_at,
        date '2025-01-01' as open_day, timestamp '2023-01-01' as first_at;
    create table core.experiments as
    select 'shop' as source_name, 'plan ' || i as experiment_id, arm, 'customer' as unit_kind,
        'order_rate_90' as primary_metric, cast(.5 as decimal(38, 18)) as weight, .5 as share,
        arm = 'control' as is_control, true as is_complete, timestamp '2024-03-01' as starts_at,
        timestamp '2024-10-01' as ends_at
    from range({plans}) as r(i), (values ('control'), ('new')) as a(arm);
    create table core.exposures as
    select 'shop' as source_name, 'plan ' || i % {plans} as experiment_id,
        case when hash(i, 'arm') % 2 = 0 then 'control' else 'new' end as arm,
        'c' || i // {plans} as unit_id, 'c:shop:c' || i // {plans} as person_id,
        'c' || i // {plans} as customer_id, true as is_planned,
        timestamp '2024-04-01' + to_seconds(hash(i, 'at') % 15552000) as exposed_at
    from range({exposures}) as r(i);
    create table core.orders as
    select 'shop' as source_name, 'o' || i as order_id, 'c:shop:c' || hash(i) % {people}
        as person_id, true as is_order, true as is_net_at_clock,
        cast(20 as decimal(38, 4)) as net_sales,
        timestamp '2023-01-01' + to_seconds(hash(i, 'at') % 63072000) as ordered_at
    from range({orders}) as r(i);
    create table core.money_lines as
    select source_name, order_id, 'item' as kind, net_sales as amount, ordered_at as effective_at
    from core.orders;
    create table core.sessions as
    select 'shop' as source_name, 'c:shop:c' || hash(i, 's') % {people} as person_id,
        false as is_bot, 'mobile' as device_type, started_at,
        started_at + to_seconds(hash(i, 'long') % 1800) as ended_at
    from (
        select i, timestamp '2023-01-01' + to_seconds(hash(i, 'at') % 63072000) as started_at
        from range(2 * {orders}) as r(i)
    );
    create table core.customer_days as
    select distinct source_name, person_id, cast(started_at as date) as local_day, 1 as event_count
    from core.sessions;
    create table core.reviews as
    select 'shop' as source_name, 'c:shop:c' || hash(i, 'r') % {people} as person_id,
        cast(1 + hash(i, 'rating') % 5 as bigint) as rating,
        timestamp '2023-01-01' + to_seconds(hash(i, 'at') % 63072000) as created_at
    from range(3 * {orders} // 10) as r(i);
    create table core.customers as
    select 'c:shop:c' || i as person_id from range({people}) as r(i);
    create table retention.customer_lifecycle as
    select 'c:shop:c' || i as person_id, 'GB' as country, 'shelf ' || i % 12 as first_category
    from range({people}) as r(i);
"""


def main() -> int:
    """Measure and print; return 1 if the room costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.experiments", description=__doc__)
    parser.add_argument("--exposures", type=int, default=EXPOSURES, metavar="N")
    exposures = parser.parse_args().exposures
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        nothing = measure(Path(name) / "nothing", 0)
        seconds = measure(Path(name) / "exposures", exposures) - nothing
        gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    slow = min(slow, slowness())
    print(f"Experiments of {exposures:,} exposures and nine metrics cost {told(seconds, slow)}, "
          f"at most {MOST_SECONDS:.0f} a million, and {gigabytes:.1f} GB (at most "
          f"{MOST_GIGABYTES:.0f}); without one the command costs {nothing:.1f} s.")  # fmt: skip
    return 0 if seconds <= slow * MOST_SECONDS and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, exposures: int) -> float:
    """Return the CPU seconds of the room with so many exposures."""
    folder.mkdir()
    run = Run(folder)
    size = {"plans": PLANS, "exposures": exposures, "orders": exposures,
            "people": max(exposures // PLANS, 1)}  # fmt: skip
    with duckdb.connect(str(run.database)) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute("create schema core; create schema retention")
        con.execute(_SHOP.format(**size))
    run_dbt(run, "seed", "--select", "experiment_metrics", "experiment_proposals")
    seconds = least(lambda: run_dbt(run, "run", "--select", *_ROOM))
    ((units, outcomes, results),) = run.query(
        "select (select count(*) from experiments.experiment_units), "
        "(select count(*) from experiments.experiment_outcomes), "
        "(select count(*) from experiments.experiment_results)"
    )
    print(f"{units:,} units, {outcomes:,} outcomes, {results:,} results: {seconds:.1f} s of CPU",
          flush=True)  # fmt: skip
    run.database.unlink()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
