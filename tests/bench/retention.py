"""``make bench``: what the default cuts of retention cost at a million customers, in CPU seconds.

A small planted shop is built and its people are repeated under other names until there are enough:
the cost of counting people is asked for, not that of making them. Every figure is of a process of
its own, less what the same command costs where there is nothing to count.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.bench.measuring import run_dbt, small_shop
from tests.bench.yardstick import slowness, told
from tests.building import Run

MOST_SECONDS = 60
CUSTOMERS = 1_000_000
# Its own models, with what they read of their room.
MODELS = (
    "int_retention__cuts",
    "int_retention__people",
    "int_retention__activities",
    "int_retention__membership_kinds",
    "int_retention__memberships",
    "int_retention__occurrences",
    "int_retention__slices",
    "int_retention__returned",
    "int_retention__cells",
    "retention_cube",
    "retention_curves",
    "cohort_retention",
    "revenue_retention",
)
# The ids that are made another person's, and the rows that retention reads at all.
_REPEATED = {
    "core.orders": (("person_id", "order_id", "visitor_id"), "true"),
    "core.sessions": (("person_id", "session_id", "visitor_id"), "true"),
    "core.events": (("visitor_id", "event_id", "customer_id"), "event_type = 'login'"),
    "core.visitor_days": (("visitor_id",), "is_bot"),
    "core.identity_map": (("visitor_id", "customer_id"), "true"),
    "core.customers": (("person_id", "customer_id"), "true"),
    "retention.int_acquisition__channels": (("person_id",), "true"),
    "retention.int_retention__first_categories": (("person_id",), "true"),
}


def main() -> int:
    """Measure and print; return 1 if the cuts cost more than they may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.retention", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N")
    customers = parser.parse_args().customers
    slow = slowness()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        small = small_shop(Path(name), 510, "--select", *(f"+{model}" for model in MODELS))
        costs = [measure(small, Path(name) / str(part), customers // part) for part in (4, 1)]
    growth = costs[1] / (4 * costs[0])
    slow = min(slow, slowness())
    print(f"{customers:,} customers cost {told(costs[1], slow)}, at most {MOST_SECONDS}, "
          f"{growth:.2f} times four times a quarter of them.")  # fmt: skip
    return 0 if costs[1] <= slow * MOST_SECONDS else 1


def measure(small: Run, folder: Path, customers: int) -> float:
    """Return the CPU seconds of the default cuts for so many customers."""
    folder.mkdir()
    run = Run(folder, landing=small.landing)
    with duckdb.connect(str(run.database)) as con:
        con.execute(f"attach '{small.database}' as small (read_only)")
        found = con.execute("select count(*) from small.core.customers").fetchall()
        times = -(-customers // int(found[0][0]))
        for room in ("core", "retention", "seeds"):
            con.execute(f"create schema {room}")
        for table, (ids, rows) in _REPEATED.items():
            named = ", ".join(f"{column} || '#' || copy as {column}" for column in ids)
            con.execute(
                f"create table {table} as select t.* replace ({named}) "
                f"from small.{table} as t, range({times}) as r(copy) where {rows}"
            )
        for table in ("core.clock", "seeds.retention_cuts", "seeds.event_types"):
            con.execute(f"create table {table} as from small.{table}")
    # The first command reads the whole project, later ones what is kept of it: it would be taken
    # off as a cost of nothing, four seconds of it, and make a small shop look cheap.
    run_dbt(run, "parse")
    nothing = run_dbt(run, "run", "--select", "int_retention__cuts")
    cost = run_dbt(run, "run", "--select", *MODELS) - nothing
    sizes = run.query(
        "select (select count(*) from core.customers), "
        "(select count(*) from retention.int_retention__people), "
        "(select count(*) from retention.int_retention__activities), "
        "(select count(*) from retention.retention_cube)"
    )[0]
    print("{:,} customers, {:,} persons, {:,} activities, {:,} cells: ".format(*sizes)
          + f"{cost:.1f} s of CPU", flush=True)  # fmt: skip
    run.database.unlink()
    return cost


if __name__ == "__main__":
    sys.exit(main())
