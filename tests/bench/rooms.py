"""``make bench-rooms``: what each room costs, in a first build and in the night after it.

A planted shop of 400 days lands but for its last day, and everything is built, with its fits and
its tests. Then the last day lands, and everything is built but the fits, which the night applies.
Landing, dbt's start and publishing are not counted.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from stayhouse import landing
from stayhouse.base.sources import without_idle_sources
from stayhouse.reports.costs import Build, note_costs
from stayhouse.reports.fits import TAG
from tests.bench.history import KEY, cut
from tests.bench.measuring import cpu, run_dbt
from tests.bench.page import write
from tests.building import Run

CUSTOMERS = 10_000


def build(run: Run, *words: str) -> Build:
    """Build all that has rows, but unit tests; return the CPU seconds of each step."""
    idle = without_idle_sources(run.project, run.landing, run.database)
    words = ("build", "--exclude-resource-type", "unit_test", *words, *idle)
    dbt = run.command("--quiet", *words)
    cpu([*dbt[:2], "tests.bench.step_cost", *dbt[3:]], run.environment())
    return note_costs(run.target, run.database)


def section(customers: int, first: Build, night: Build, copies: int = 1) -> str:
    """Return the section of a size: rooms, the dearest first, and all together."""
    made = f" The shop is {copies} copies of a smaller one." if copies > 1 else ""
    seconds = [by_room(build) for build in (first, night)]
    rows, size = dict.fromkeys(seconds[0], 0), dict.fromkeys(seconds[0], 0)
    for step in first.steps:
        rows[step.room] += step.rows or 0
        size[step.room] += step.size or 0
    lines = [
        f"## What rooms cost at {customers:,} customers a year",
        "",
        "By `make bench-rooms`: CPU seconds of the steps of a room, its tests among them. The "
        f"night applies what the first build fitted.{made}",
        "",
        "| room | first build, s | night, s | rows | MB |",
        "|---|---|---|---|---|",
    ]
    for room in sorted(seconds[0], key=lambda room: -seconds[0][room]):
        costs = " | ".join(f"{each.get(room, 0):.1f}" for each in seconds)
        lines.append(f"| {room} | {costs} | {rows[room]:,} | {size[room] / 1e6:,.0f} |")
    costs = " | ".join(f"{sum(each.values()):.1f}" for each in seconds)
    lines.append(f"| all | {costs} | {sum(rows.values()):,} | {sum(size.values()) / 1e6:,.0f} |")
    return "\n".join([*lines, ""])


def by_room(build: Build) -> dict[str, float]:
    """Return the seconds of each room's steps together."""
    found: dict[str, float] = {}
    for step in build.steps:
        found[step.room] = found.get(step.room, 0.0) + step.seconds
    return found


def main() -> int:
    """Measure, print, and write the section of that size into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rooms", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N")
    parser.add_argument("--copies", type=int, default=1, metavar="N")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        folder = Path(name)
        print(f"Making a shop of {args.customers:,} customers a year ...", flush=True)
        shop = cut(folder, args.customers, args.copies)
        run = Run(folder, landing=folder / "landing", parsed=folder / "parsed")
        assert run.landing is not None
        assert run.parsed is not None
        run_dbt(Run(folder), "parse")
        run.target.rename(run.parsed)
        before = shop.part("before", shop.edges[0], shop.edges[-1], whole=True)
        landing.land(run.project, run.landing, "shop", before, key=KEY)
        print("Building everything ...", flush=True)
        first = build(run)
        # Of the few rows of a day the share that is broken may be above what a file may have.
        day = shop.part("day", shop.edges[-1], None)
        landing.land(run.project, run.landing, "shop", day, key=KEY, accepts_rejected=True)
        print("Building the night ...", flush=True)
        night = build(run, "--exclude", TAG)
        text = section(args.customers, first, night, args.copies)
    print(text)
    write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
