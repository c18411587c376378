"""``make bench-peers``: a first load beside other ways to the same answers, and the night after it.

A planted shop of 400 days lands but for its last day. Then each builds from nothing, in turn, in
processes of their own: our models of ``SELECTED``, with all that they read, and the scripts of
``tests/bench/peers``. Then the last day lands, and our models move by it, while the hand-written
script goes over everything once more. What it makes and ours must be equal, row by row.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

from stayhouse import landing
from stayhouse.base.sources import without_idle_sources
from stayhouse.base.warehouse import literal
from tests.bench.history import KEY, Cut, cut
from tests.bench.page import write
from tests.bench.peers import handwritten
from tests.building import CHECKOUT, Run

SELECTED = ("+sessions", "+cohort_retention", "+rfm_segments")
ROOMS = {"sessions": "core", "cohort_retention": "retention", "rfm_segments": "segments"}
PEERS = ("handwritten", "keeping", "simple", "pandas_script")
# The planted shop has about so many events for each of its customers a year.
EVENTS_OF_A_CUSTOMER = 49


@dataclass(frozen=True)
class Cost:
    """What a process cost: CPU seconds, user and system, and the most memory it held."""

    seconds: float
    megabytes: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds - other.seconds, self.megabytes)


def spent(command: list[str], environment: dict[str, str]) -> Cost:
    """Return what a command costs that must succeed, with all that it waits for."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**environment, "STAYHOUSE_PII_KEY": KEY, "PATH": os.environ["PATH"]},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        # Not what the kernel tells of it in the end: that counts this process too, before it began.
        most, ended = 0.0, 0
        while not ended:
            most = max(most, megabytes(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            time.sleep(0 if ended else 0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{command}\n{said.read()[-6000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, most)


def megabytes(process: int) -> float:
    """Return the most memory that a process has held so far; 0 where it is gone."""
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s*(\d+) kB", told)
    return int(found[1]) / 1024 if found else 0.0


def together(
    measured: dict[str, Callable[[], Cost]],
    repeats: int,
    pick: Callable[[Iterable[float]], float] = median,
) -> dict[str, Cost]:
    """Measure each in turn, so often; return the median, or what is picked, of each."""
    costs: dict[str, list[Cost]] = {name: [] for name in measured}
    for _ in range(repeats):
        for name, measure in measured.items():
            costs[name].append(measure())
    return {
        name: Cost(pick([c.seconds for c in each]), pick([c.megabytes for c in each]))
        for name, each in costs.items()
    }


class Shop:
    """A planted shop in a folder, landed but for its last day; what is built of it, and how.

    ``start`` is what the same command costs of the first hundredth of the shop: dbt's start, and
    what it does for each model whatever that has to read. It is taken off all that ours cost.
    """

    def __init__(self, folder: Path, events: int, copies: int = 1) -> None:
        self.folder = folder
        self.cut: Cut = cut(folder, round(events / EVENTS_OF_A_CUSTOMER), copies)
        plain = Run(folder)
        # To parse takes longer than all else, and depends on no shop: once is enough.
        spent(plain.command("--quiet", "parse"), plain.environment())
        self.run = self._landed("whole", self.cut.edges[-1])
        self.least = self._landed("least", self.cut.edges[1])
        self._before = folder / "before.duckdb"

    def _landed(self, name: str, until: str) -> Run:
        """Land what came before an instant into a folder of its own."""
        folder = self.folder / name
        folder.mkdir()
        run = Run(folder, landing=folder / "landing", parsed=self.folder / "target")
        part = self.cut.part(f"until_{name}", self.cut.edges[0], until, whole=True)
        landing.land(run.project, folder / "landing", "shop", part, key=KEY)
        return run

    def land_last_day(self) -> None:
        """Land what came on the last day; what was built before it is kept for each night."""
        assert self.run.landing is not None
        shutil.copyfile(self.run.database, self._before)
        day = self.cut.part("day", self.cut.edges[-1], None)
        # Of the few rows of a day the share that is broken may be above what a file may have.
        place = (self.run.project, self.run.landing, "shop", day)
        landing.land(*place, key=KEY, accepts_rejected=True)

    def start(self) -> Cost:
        """Return what our models cost of next to nothing."""
        self.least.database.unlink(missing_ok=True)
        return build(self.least)

    def forget(self) -> None:
        """Have no warehouse."""
        self.run.database.unlink(missing_ok=True)

    def go_back(self) -> None:
        """Have the warehouse of before the last day."""
        shutil.copyfile(self._before, self.run.database)

    def first_load(self) -> Cost:
        """Return what our models cost from nothing, and their start."""
        self.forget()
        return build(self.run)

    def night(self) -> Cost:
        """Return what our models cost with the last day, after all before it, and their start."""
        self.go_back()
        return build(self.run)

    def sql_seconds(self) -> float:
        """Return the CPU seconds of our models' SQL alone, as the warehouse stands."""
        told = self.folder / "sql_seconds"
        dbt = self.run.command(*words_of_build(self.run))
        words = dbt[dbt.index("tests.parsed_dbt") + 1 :]
        spent(
            [sys.executable, "-m", "tests.bench.sql_cost", str(told), *words],
            self.run.environment(),
        )
        return float(told.read_text(encoding="utf-8"))

    def script(self, name: str) -> Cost:
        """Return what a peer costs from nothing."""
        words = [sys.executable, "-m", "tests.bench.peers", name, str(self.run.landing)]
        return spent([*words, str(self.folder / f"{name}.duckdb")], self.run.environment())

    def events(self) -> int:
        """Return how many events have landed."""
        files = f"{self.run.landing}/shop/events/*/*.parquet"
        with duckdb.connect() as con:
            found = con.execute("select count(*) from read_parquet(?)", [files]).fetchall()
        return int(found[0][0])

    def differences(self) -> dict[str, int]:
        """Return of each table how many rows only one of ours and the hand-written script has."""
        return differences(self.run.database, self.folder / "handwritten.duckdb")


def build(run: Run) -> Cost:
    """Return what our models cost, as a warehouse stands."""
    return spent(run.command(*words_of_build(run)), run.environment())


def words_of_build(run: Run) -> list[str]:
    """Return the words by which dbt builds our models, as a warehouse stands."""
    idle = without_idle_sources(run.project, run.landing, run.database)
    words = ("--quiet", "build", "--exclude-resource-type", "test", "unit_test")
    return [*words, "--select", *SELECTED, *idle]


def differences(ours: Path, theirs: Path) -> dict[str, int]:
    """Return of each table how many rows stand in one of two files only."""
    found = {}
    with duckdb.connect() as con:
        con.execute(f"attach {literal(str(ours))} as ours (read_only)")
        con.execute(f"attach {literal(str(theirs))} as theirs (read_only)")
        for name in handwritten.TABLES:
            one, other = f"ours.{ROOMS[name]}.{name}", f"theirs.main.{name}"
            rows = con.execute(
                f"select count(*) from ((from {one} except all from {other}) union all "
                f"(from {other} except all from {one}))"
            ).fetchall()
            found[name] = int(rows[0][0])
    return found


def equal(shop: Shop) -> None:
    """Stop where ours and the hand-written script differ."""
    if any(found := shop.differences().values()):
        raise SystemExit(f"Ours and the hand-written script differ, in rows: {found}")


def main() -> int:
    """Measure, print, and write the section of that size into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.first_load", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--repeats", type=int, metavar="N", help="3; of copies 1")
    parser.add_argument("--copies", type=int, default=1, metavar="N")
    args = parser.parse_args()
    # Of a shop that has to be copied together the others are out of memory.
    is_large = args.copies > 1
    peers = ("simple",) if is_large else PEERS
    repeats = args.repeats or (1 if is_large else 3)
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        print(f"Making a shop of about {args.events:,} events ...", flush=True)
        shop = Shop(Path(name), args.events, args.copies)
        landed = shop.events()
        scripts = {peer: partial(shop.script, peer) for peer in peers}
        print("Building from nothing ...", flush=True)
        first = together({"start": shop.start, "Stayhouse": shop.first_load, **scripts}, repeats)
        if not is_large:
            equal(shop)
        shop.land_last_day()
        print("Building the night ...", flush=True)
        night = together({"Stayhouse": shop.night, peers[0]: scripts[peers[0]]}, repeats)
        if not is_large:
            equal(shop)
        start = first.pop("start")
        for costs in (first, night):
            costs["Stayhouse"] -= start
        text = section(args.events, landed, shop.events() - landed, first, night, args.copies)
    print(text)
    write(text)
    return 0


NAMES = {
    "Stayhouse": "Stayhouse",
    "handwritten": "hand-written, the same rows",
    "keeping": "hand-written, and the events it reads are kept",
    "simple": "simple SQL",
    "pandas_script": "pandas, the same as simple SQL",
}
_BASES = {"handwritten": "the hand-written script", "simple": "simple SQL"}


def section(
    events: int,
    landed: int,
    new: int,
    first: dict[str, Cost],
    night: dict[str, Cost],
    copies: int = 1,
) -> str:
    """Return the section of a size: a table of costs, each beside those of one of the peers."""
    beside = next(peer for peer in PEERS if peer in first)
    base = first[beside].seconds
    made = f" The shop is {copies} copies of a smaller one." if copies > 1 else ""
    lines = [
        f"## {events:,} events",
        "",
        f"First load of {landed:,} events; then a night of {new:,} more.{made}",
        "",
        f"| | CPU seconds | times {_BASES[beside]} | peak MB |",
        "|---|---|---|---|",
    ]
    for who, cost in first.items():
        lines.append(
            f"| {NAMES[who]} | {cost.seconds:.1f} | {cost.seconds / base:.2f} "
            f"| {cost.megabytes:,.0f} |"
        )
    ours, all_again = night["Stayhouse"], night[beside]
    lines.append(
        f"| Stayhouse, the night | {ours.seconds:.1f} | {ours.seconds / all_again.seconds:.2f} "
        f"| {ours.megabytes:,.0f} |"
    )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
