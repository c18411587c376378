"""``make bench-daily``: what a day costs after a history of 1, 10 and 100 parts, in CPU seconds.

Landing and the state models must not cost more than 1.2 times as much after 100 parts as after 1;
what the rest of the build costs is printed beside it. Every figure is of processes of their own,
less what the same command costs when there is nothing to do.
"""

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.bench.history import PARTS, Cut, cut
from tests.bench.measuring import least, run_dbt, stayhouse
from tests.building import Run

MOST = 1.2
SCALES = (1, 10, PARTS)
STATE = (
    "stg_shop__events",
    "int_batches__numbered",
    "int_events__landed",
    "int_events__repeated",
    "int_events__checked",
    "int_sessions__merged",
    "int_visitor_days__merged",
)


@dataclass(frozen=True)
class Day:
    """CPU seconds of one day beyond start-up, and the size of what stood before it."""

    parts: int
    events: int
    new_events: int
    landing: float
    state: float
    rest: float
    slowest: list[tuple[str, float]]


def main() -> int:
    """Measure and print; return 1 if the bounded part grows more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.daily", description=__doc__)
    parser.add_argument("--customers-per-year", type=int, default=36_000, metavar="N")
    size = parser.parse_args().customers_per_year
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        folder = Path(name)
        print(f"Making a shop of {size:,} customers a year ...", flush=True)
        pieces = cut(folder, size)
        days = [measure(pieces, folder / str(parts), parts) for parts in SCALES]
    return report(days)


def measure(pieces: Cut, folder: Path, parts: int) -> Day:
    """Build a history, then land and build the day that follows it."""
    print(f"Building the history of {parts} part(s) ...", flush=True)
    folder.mkdir()
    run = Run(folder, landing=folder / "landing")
    pieces.history(run, parts)
    run.build("--resource-type", "model", "--resource-type", "seed", "--quiet")
    day = pieces.day()
    events = run.query("select count(*) from core.int_events__checked")[0][0]

    def land() -> float:
        shutil.rmtree(folder / "landing")
        shutil.copytree(folder / "landed_before", folder / "landing")
        return stayhouse(run, "land", "shop", str(day))

    shutil.copytree(folder / "landing", folder / "landed_before")
    landing = least(land) - least(lambda: stayhouse(run, "land", "--help"))
    nothing = least(lambda: run_dbt(run, "run", "--select", "stg_shop__content"))
    before = folder / "before.duckdb"
    shutil.copyfile(run.database, before)

    def state() -> float:
        shutil.copyfile(before, run.database)
        return run_dbt(run, "run", "--select", *STATE)

    state_cost = least(state)
    new_events = run.query("select count(*) from core.int_events__checked")[0][0]
    rest = run_dbt(run, "build", "--exclude", *STATE, "--exclude-resource-type", "unit_test")
    results = json.loads((run.target / "run_results.json").read_text())["results"]
    slowest = sorted(
        ((r["unique_id"].split(".")[2], r["execution_time"]) for r in results),
        key=lambda item: -item[1],
    )[:12]
    shutil.rmtree(folder)
    return Day(
        parts,
        int(str(events)),
        int(str(new_events)) - int(str(events)),
        landing,
        state_cost - nothing,
        rest - nothing,
        slowest,
    )


def report(days: list[Day]) -> int:
    """Print what was measured; return 1 if the bounded part grows more than it may."""
    print(f"\nOne day after its history, CPU seconds beyond start-up (DuckDB {duckdb.__version__})")
    print(f"{'history':>12} {'events before':>14} {'new':>8} {'landing':>8} {'state':>8} "
          f"{'bounded':>8} {'rest':>8}")  # fmt: skip
    for day in days:
        print(f"{day.parts:>11}x {day.events:>14,} {day.new_events:>8,} {day.landing:>8.2f} "
              f"{day.state:>8.2f} {day.landing + day.state:>8.2f} {day.rest:>8.1f}")  # fmt: skip
    print(f"bounded: landing and {', '.join(STATE)}")
    print("rest: everything else, tests included; its slowest nodes after the longest history:")
    for name, seconds in days[-1].slowest:
        print(f"  {seconds:>7.2f} s  {name}")
    first, last = days[0], days[-1]
    growth = (last.landing + last.state) / (first.landing + first.state)
    print(f"The bounded part grew {growth:.2f} times from 1x to {last.parts}x; at most {MOST}.")
    return 0 if growth <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
