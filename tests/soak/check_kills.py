"""Landings and builds that are killed at any point heal by running again."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from tests.building import mart_hashes
from tests.truth.nights import CORE, at_once, killable, run_models
from tests.truth.shop import KEY, land, make

TIMES = 20
CUSTOMERS_PER_YEAR = 30_000


def kill_within(command: list[str], seconds: float, cwd: Path, env: dict[str, str]) -> bool:
    """Start a command and kill it after so many seconds; return whether it was still running."""
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def test_builds_killed_at_random(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    shop, exports = make(
        tmp_path / "shop", CUSTOMERS_PER_YEAR, seed=9, days=TIMES + 5, batches="daily"
    )
    land(shop, *exports[:5])
    until = exports[-1][1]
    start = time.monotonic()
    run_models(shop, *CORE, until=until)
    longest = time.monotonic() - start
    chance = random.Random(5)
    kills = 0
    for night in range(5, 5 + TIMES):
        land(shop, exports[night])
        moment = chance.uniform(2.0, longest)
        words = shop.run.command(*killable(shop, until))
        kills += kill_within(words, moment, shop.run.project, shop.run.environment())
        run_models(shop, *CORE, until=until)
        other = at_once(shop, tmp_path / "at_once")
        run_models(other, *CORE, until=until)
        assert mart_hashes(shop.run.database) == mart_hashes(other.run.database), (night, moment)
        other.run.database.unlink()
        print(f"killed after {moment:.1f} s: healed", flush=True)
    assert kills >= TIMES * 3 // 4


def landed(folder: Path) -> dict[str, tuple[int, object]]:
    """Return the rows, and an order-free hash of them, of each table that has landed."""
    tables = {}
    with duckdb.connect() as con:
        for table in sorted(path.name for path in (folder / "shop").iterdir()):
            rows = con.execute(
                "select count(*), sum(hash(t)::hugeint) from "
                f"read_parquet('{folder}/shop/{table}/batch_id=*/*.parquet') as t"
            ).fetchall()
            tables[table] = (rows[0][0], rows[0][1])
    return tables


def test_landings_killed_at_random(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    shop, exports = make(tmp_path / "shop", 200_000, seed=9, days=TIMES, batches="daily")
    whole = at_once(shop, tmp_path / "whole")
    whole = type(whole)(
        type(whole.run)(whole.run.folder, tmp_path / "whole" / "landing"), shop.truth
    )
    land(whole, *exports)
    environment = {**shop.run.environment(), "STAYHOUSE_PII_KEY": KEY}
    chance = random.Random(6)
    kills = 0
    for folder, until in exports:
        command = [
            *(sys.executable, "-m", "stayhouse.cli", "land", "shop", str(folder)),
            *("--data-until", until.isoformat()),
        ]
        moment = chance.uniform(0.3, 2.5)
        kills += kill_within(command, moment, shop.run.project, environment)
        done = subprocess.run(
            command, cwd=shop.run.project, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        print(f"killed after {moment:.1f} s: landed", flush=True)
    assert whole.run.landing is not None
    assert shop.run.landing is not None
    assert landed(shop.run.landing) == landed(whole.run.landing)
    assert sorted(path.name for path in shop.run.landing.iterdir()) == ["shop"]
    assert kills >= TIMES // 2
