"""``make bench-land``: what landing costs against the landing of another commit, in CPU seconds.

A file in UTF-8 and plain notation must not cost more than 1.3 times as much for all that landing
finds out of files, and Parquet with types no more than
measuring can tell. Both codes land the same files in
turn, in processes of their own, less what they cost to start.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import duckdb

from tests.bench.measuring import cpu
from tests.building import CHECKOUT

ROWS = 400_000
REPEATS = 9
# Of a file by its format: the largest ratio. Two runs of one code differ by a few hundredths.
MOST = {"csv": 1.3, "csv.gz": 1.3, "jsonl": 1.3, "text.parquet": 1.3, "parquet": 1.05}
_EVENTS = """
    select
        'e' || i as event_id,
        case when i % 9 = 0 then 'product_view' else 'page_view' end as event_type,
        strftime(timestamp '2024-01-01' + interval (i) second, '%Y-%m-%dT%H:%M:%S') || '+00:00'
            as occurred_at,
        strftime(timestamp '2024-01-01' + interval (i + 3) second, '%Y-%m-%dT%H:%M:%S') || '+00:00'
            as received_at,
        'v' || i % 5000 as visitor_id,
        case when i % 3 = 0 then 'c' || i % 4000 end as customer_id,
        case when i % 9 = 0 then 'p' || i % 300 end as product_id,
        case when i % 9 = 0 then format('{{:.2f}}', i % 9000 / 100) end as price,
        'GBP' as currency,
        'https://shop.example/café/' || i % 700 as page_url,
        'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/120.0' as user_agent
    from range({rows}) as r(i)
"""


def main() -> int:
    """Measure and print; return 1 if landing costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.land", description=__doc__)
    parser.add_argument("--base", required=True, metavar="COMMIT")
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        folder = Path(name)
        base = folder / "base"
        base.mkdir()
        archive = subprocess.run(
            ["git", "archive", args.base], cwd=CHECKOUT, check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", str(base)], input=archive.stdout, check=True)
        files = exports(folder / "exports", args.rows)
        costs = {file: measure(file, (base, CHECKOUT), folder / "landing") for file in files}
    return report(costs, args.rows, args.base)


def exports(folder: Path, rows: int) -> list[Path]:
    """Write the same events in every format; return the files."""
    folder.mkdir()
    text = _EVENTS.format(rows=rows)
    typed = (
        f"select * replace (cast(occurred_at as timestamptz) as occurred_at, "
        "cast(received_at as timestamptz) as received_at, cast(price as decimal(9, 2)) as price) "
        f"from ({text})"
    )
    forms = {
        "csv": (text, "format csv, header"),
        "csv.gz": (text, "format csv, header, compression gzip"),
        "jsonl": (text, "format json"),
        "text.parquet": (text, "format parquet"),
        "parquet": (typed, "format parquet"),
    }
    files = []
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for suffix, (query, form) in forms.items():
            files.append(folder / f"events.{suffix}")
            con.execute(f"copy ({query}) to '{files[-1]}' ({form})")
    return files


def measure(file: Path, codes: tuple[Path, Path], landing: Path) -> list[list[float]]:
    """Return the CPU seconds of landing a file by each of two codes, in turn."""
    measured: list[list[float]] = [[], []]
    for _ in range(REPEATS):
        # In turn, so that what else the machine does hits both.
        for code, seconds in zip(codes, measured, strict=True):
            shutil.rmtree(landing, ignore_errors=True)
            start = land(code, landing, "--help")
            seconds.append(land(code, landing, "shop", str(file), "--table", "events") - start)
    return measured


def land(code: Path, landing: Path, *words: str) -> float:
    """Return the CPU seconds of a landing by the code of a checkout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
    environment |= {"PYTHONPATH": str(code / "src"), "STAYHOUSE_LANDING": str(landing)}
    return cpu([sys.executable, "-m", "stayhouse.cli", "land", *words], environment, folder=code)


def report(costs: dict[Path, list[list[float]]], rows: int, base: str) -> int:
    """Print a line a format; return 1 if one costs more than it may."""
    failed = False
    for file, seconds in costs.items():
        suffix = file.name.removeprefix("events.")
        before, now = map(median, seconds)
        # Of what ran side by side: a busy minute of the machine makes both slower.
        ratio = median(mine / theirs for theirs, mine in zip(*seconds, strict=True))
        failed |= ratio > MOST[suffix]
        print(f"{suffix}: {rows:,} events cost {now:.2f} s of CPU, {before:.2f} s at {base}: "
              f"{ratio:.2f} times (at most {MOST[suffix]})")  # fmt: skip
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
