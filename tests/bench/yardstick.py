"""``python -m tests.bench.yardstick [WHAT SECONDS LIMIT] ...``: how fast this machine is today.

Limits of CPU seconds were set on one machine on ordinary days, and the same code has taken 2.3
times as long on others. A fixed piece of work, of the kinds that the warehouse does, is therefore
measured beside each limit: DuckDB's joins and sums, sorting in numpy, and plain Python.
"""

import resource
import subprocess
import sys

# What the work took where limits were set: inferred, see the decision building/yardstick.
ORDINARY_SECONDS = 2.6
REPEATS = 3
_WORK = """
import duckdb
import numpy as np

con = duckdb.connect(config={"threads": 2})
con.execute("set enable_progress_bar = false")
con.execute(
    "create table acts as select hash(i) % 200000 as person, hash(i, 2) % 1000 as day, "
    "cast(hash(i, 3) % 10000 / 100 as decimal(18, 4)) as money, 'o' || i as name "
    "from range(1500000) as r(i)"
)
con.execute(
    "create table sums as select a.person, b.day - a.day as days, count(*) as pairs, "
    "sum(b.money) as money from acts as a inner join acts as b using (person) "
    "where a.day < b.day group by all"
)
con.execute(
    "create table ranks as select name, row_number() over (partition by person order by day, name) "
    "as number from acts"
)
values = np.random.default_rng(7).random(3_000_000)
for _ in range(2):
    np.sort(np.log1p(values))
total = 0
for number in range(4_000_000):
    total += number * number
"""


def seconds() -> float:
    """Return the least CPU seconds of the work, each time in a process of its own."""
    found = []
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", _WORK], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def slowness() -> float:
    """Return how many times as long this machine takes as the one on which limits were set."""
    return seconds() / ORDINARY_SECONDS


def told(measured: float, slow: float) -> str:
    """Return CPU seconds in words: here, and where limits were set."""
    return f"{measured / slow:.1f} s of CPU where limits were set ({measured:.1f} s here)"


def main() -> None:
    """Print how fast this machine is, and of each duration what it would be where limits were set.

    Of what keeps its cores busy, minutes grow as CPU seconds do.
    """
    slow = slowness()
    print(f"This machine takes {slow:.2f} times the CPU of the one on which limits were set.")
    words = iter(sys.argv[1:])
    for what, taken, limit in zip(words, words, words, strict=True):
        print(f"{what}: {float(taken) / slow:.0f} s there ({taken} s here), of at most {limit} s")


if __name__ == "__main__":
    main()
