"""``make bench-segments``: CPU seconds and memory of segments, a million buyers, 36 month ends.

The buyers are drawn by hash into a warehouse of nothing else: five years of a shop that began with
half of its orders before history does, and a refund in twenty orders, most of them in a later
month. Every figure is of a process of its own, less what the same command costs where there is
nothing to count; memory is the most that any of them held.
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
MOST_GIGABYTES = 4.0
BUYERS = 1_000_000
RFM = (
    *("int_rfm__states", "rfm_cut_points", "int_rfm__scored", "rfm_segments", "rfm_history"),
    "rfm_movement",
)
PROFILES = (
    *("int_profile__rules", "int_profile_facts", "int_profile__judged", "profile_segments"),
    "profile_segment_sizes",
)
SEEDS = ("rfm_segment_map", "rfm_frequency_edges", "profile_rules", "churn_segment_bands")
_SHOP = """
    create table core.clock as select
        timestamp '2025-01-11' as as_of_at, date '2025-01-11' as open_day,
        timestamp '2020-01-01' as first_at;
    create table core.orders as
    with buyers as (
        select i, hash(i, 1) % 1800 as first_day,
            case when hash(i, 2) % 100 < 55 then 1 else 2 + hash(i, 3) % 8 end as order_count
        from range({buyers}) as r(i)
    )
    select
        'shop' as source_name, 'o' || i || '-' || j as order_id, 'c:shop:c' || i as person_id,
        false as is_test, true as is_order, hash(i, j) % 100 >= 5 as is_net_at_clock,
        case when hash(i, j, 5) % 4 = 0 then 'SPRING' end as coupon_code,
        timestamp '2020-01-01' + to_seconds(cast(
            (first_day + (1836 - first_day) * j / order_count * 0.9) * 86400
            + hash(i, j, 4) % 86400 as bigint
        )) as ordered_at
    from buyers, range(10) as s(j)
    where j < order_count;
    create table core.money_lines as
    with lines as (
        select *, cast(1 + hash(order_id, line) % 9999 as decimal(38, 4)) / 100 as price
        from core.orders, range(2) as r(line)
    )
    select source_name, order_id, person_id, 'item' as kind,
        'p' || hash(order_id, line) % 100 as product_id, 'GBP' as currency,
        cast(price as decimal(38, 4)) as native_amount, cast(price as decimal(38, 4)) as amount,
        ordered_at as effective_at
    from lines
    union all
    select source_name, order_id, person_id, 'refund', null, 'GBP',
        cast(-price as decimal(38, 4)), cast(-price as decimal(38, 4)), ordered_at + to_days(20)
    from lines
    where not is_net_at_clock;
    create table core.customers as
    select 'c:shop:c' || i as person_id, case i % 2 when 0 then 'female' else 'male' end as gender,
        'middle' as income_band, 'GB' as country, 'Leeds' as city, 1950 + i % 55 as birth_year,
        i % 3 > 0 as has_marketing_consent, timestamp '2020-01-01' as signed_up_at
    from range({buyers}) as r(i);
    create table core.sessions as
    select person_id, false as is_bot,
        case hash(order_id) % 3 when 0 then 'mobile' else 'desktop' end as device_type,
        ordered_at as started_at, ordered_at + to_minutes(9) as ended_at
    from core.orders, range(3);
    create table core.products as
    select 'shop' as source_name, 'p' || i as product_id, 'shelf ' || i % 12 as category
    from range(100) as r(i);
"""


def main() -> int:
    """Measure and print; return 1 if the history costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.segments", description=__doc__)
    parser.add_argument("--buyers", type=int, default=BUYERS, metavar="N")
    buyers = parser.parse_args().buyers
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        quarter, whole = (measure(Path(name) / str(part), buyers // part) for part in (4, 1))
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    slow = min(slow, slowness())
    print(f"{buyers:,} buyers cost {told(whole, slow)}, at most {MOST_SECONDS}, "
          f"{whole / (4 * quarter):.2f} times four times a quarter of them, and "
          f"{gigabytes:.1f} GB (at most {MOST_GIGABYTES:.0f}).")  # fmt: skip
    return 0 if whole <= slow * MOST_SECONDS and gigabytes <= MOST_GIGABYTES else 1


def measure(folder: Path, buyers: int) -> float:
    """Return the CPU seconds of RFM's history for so many buyers, and tell those of profiles."""
    folder.mkdir()
    run = Run(folder)
    with duckdb.connect(str(run.database)) as con:
        con.execute("set preserve_insertion_order = false; create schema core")
        con.execute(_SHOP.format(buyers=buyers))
    # The first command reads the whole project, later ones what is kept of it.
    run_dbt(run, "seed", "--select", *SEEDS)
    run_dbt(run, "run", "--select", "int_rfm__months")
    nothing = run_dbt(run, "run", "--select", "int_rfm__months")
    history = run_dbt(run, "run", "--select", *RFM) - nothing
    profiles = run_dbt(run, "run", "--select", *PROFILES) - nothing
    months, rows, intervals = run.query(
        "select count(distinct month), count(*), (select count(*) from segments.rfm_history) "
        "from segments.int_rfm__scored"
    )[0]
    print(f"{buyers:,} buyers, {months} months, {rows:,} of persons, {intervals:,} intervals: "
          f"{history:.1f} s of CPU; rules of profiles {profiles:.1f} s", flush=True)  # fmt: skip
    run.database.unlink()
    return history


if __name__ == "__main__":
    sys.exit(main())
