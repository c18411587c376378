"""A planted shop with a warehouse built from its raw files, and its truth to hold it against."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from stayhouse import landing
from tests.building import CHECKOUT, PUBLIC_ROOMS, Run

KEY = "a secret of the truth tests, and of no shop at all"
START = date(2024, 1, 1)
# Cut-offs of truth lie every 30 days: 90 and 180 days before the end of this run are two of them.
DAYS = 510
# Customers a year, so few that twenty shops end within half an hour; the tests have one of 20,000.
SMALL = 2_500
# A table as the SQL of tests names it: by its room.
_TABLE = re.compile(rf"\b(?:staging|{'|'.join(PUBLIC_ROOMS)})\.(\w+)")


@dataclass(frozen=True)
class Shop:
    """A warehouse and the folder of the truth that it could not read."""

    run: Run
    truth: Path
    customers_per_year: int
    seed: int

    def both(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query that may read the warehouse and, as ``truth.<name>``, truth.

        Warehouse tables are named by room: ``core.sessions``.
        """
        with duckdb.connect() as con:
            con.execute(f"attach '{self.run.database}' as warehouse (read_only)")
            con.execute("attach ':memory:' as truth")
            for path in sorted(self.truth.glob("*.parquet")):
                con.execute(f"create view truth.main.{path.stem} as from '{path}'")
            con.execute("use warehouse")
            return con.execute(sql).df()

    def landed(self, table: str) -> Path:
        """Return the folder of a landed table's batches."""
        assert self.run.landing is not None
        return self.run.landing / "shop" / table


def stayhouse(run: Run, *words: str) -> None:
    """Run the command line as a user would, and fail with its own words where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "stayhouse.cli", *words],
        cwd=run.project,
        env={**run.environment(), "STAYHOUSE_PII_KEY": KEY},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def make(
    folder: Path,
    customers_per_year: int,
    seed: int,
    days: int = DAYS,
    batches: str = "once",
    project: Path = CHECKOUT,
    parsed: Path | None = None,
    without: str = "",
) -> tuple[Shop, list[tuple[Path, date]]]:
    """Make a planted shop in an empty folder; return it and its exports, not landed yet.

    An export is a folder of raw files and the midnight at which it was taken. `without` names a
    part of the planted model that is left out.
    """
    run = Run(folder, landing=folder / "landing", project=project, parsed=parsed)
    size = ("--customers-per-year", str(customers_per_year), "--days", str(days))
    where = ("--seed", str(seed), "--start", START.isoformat(), "--out", str(folder / "shop"))
    less = ("--without", without) if without else ()
    stayhouse(run, "shop", *size, *where, *less, "--batches", batches)
    raw = folder / "shop" / "raw"
    exports = [(raw, START + timedelta(days=days))]
    if batches == "daily":
        names = sorted(path.name for path in raw.iterdir())
        exports = [(raw / name, date.fromisoformat(name) + timedelta(days=1)) for name in names]
    return Shop(run, folder / "shop" / "truth", customers_per_year, seed), exports


def land(shop: Shop, *exports: tuple[Path, date]) -> None:
    """Land exports, each as a batch a table."""
    assert shop.run.landing is not None
    for export, until in exports:
        landing.land(
            shop.run.project,
            shop.run.landing,
            "shop",
            export,
            data_until=datetime.combine(until, time()),
            # A shop may be planted in years that have not come: its files land when they are whole.
            landed_at=datetime.combine(until, time(3)),
            key=KEY,
        )


def plant(
    folder: Path,
    customers_per_year: int,
    seed: int,
    *,
    days: int = DAYS,
    project: Path = CHECKOUT,
    parsed: Path | None = None,
) -> Shop:
    """Make a planted shop in an empty folder and land its raw files; nothing is built yet."""
    shop, exports = make(folder, customers_per_year, seed, days, project=project, parsed=parsed)
    land(shop, *exports)
    return shop


def clock(days: int = DAYS, **settings: int) -> str:
    """Return the vars that set the clock to the end of a run, and further ones.

    Truth speaks of orders, whatever happened to them later, and of certain horizons: so does churn
    here.
    """
    until = START + timedelta(days=days)
    fixed = {"churn_order_kind": "order", "churn_horizon_days": 90}
    return json.dumps({"as_of": until.isoformat(), **fixed, **settings})


def build(shop: Shop, *words: str, days: int = DAYS, **settings: int) -> None:
    """Build the models of a shop (no unit tests: they do not depend on data).

    Args:
        shop: planted and landed.
        words: further words of `dbt build`.
        days: those of the run.
        settings: vars by name.
    """
    variables = clock(days, **settings)
    shop.run.build("--vars", variables, *words)


def read_in(parsed: Path, files: Iterable[Path]) -> list[str]:
    """Return the models whose tables the SQL of these files reads.

    One that it puts together of parts is not found: DuckDB then says that there is no such table.
    """
    manifest = json.loads((parsed / "manifest.json").read_text(encoding="utf-8"))
    models = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    named = {name for file in files for name in _TABLE.findall(file.read_text(encoding="utf-8"))}
    return sorted(models & named)
