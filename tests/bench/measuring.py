"""CPU seconds of commands, each in a process of its own."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.history import KEY
from tests.building import CHECKOUT, Run

REPEATS = 3


def small_shop(folder: Path, days: int, *words: str) -> Run:
    """Build a planted shop as far as words of dbt select; it begins with 2024."""
    print("Making a shop of 3,000 customers a year ...", flush=True)
    run = Run(folder, landing=folder / "landing")
    size = ("--customers-per-year", "3000", "--days", str(days), "--seed", "7")
    stayhouse(run, "shop", *size, "--format", "parquet", "--out", str(folder / "shop"))
    until = (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=days)).isoformat()
    stayhouse(run, "land", "shop", str(folder / "shop" / "raw"), "--data-until", until)
    run_dbt(run, "build", "--resource-type", "model", "--resource-type", "seed", *words)
    return run


def stayhouse(run: Run, *words: str) -> float:
    """Return the CPU seconds of a command of ours in a process of its own."""
    return cpu([sys.executable, "-m", "stayhouse.cli", *words], run.environment())


def run_dbt(run: Run, *words: str) -> float:
    """Return the CPU seconds of a dbt command in a process of its own."""
    return cpu(run.command("--quiet", *words), run.environment())


def cpu(command: list[str], environment: dict[str, str], folder: Path = CHECKOUT) -> float:
    """Return the CPU seconds, user and system, of a command that must succeed in a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "STAYHOUSE_PII_KEY": KEY, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command}\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least(measured: Callable[[], float]) -> float:
    """Return the least of several measurements: what else runs on a machine only adds."""
    return min(measured() for _ in range(REPEATS))
