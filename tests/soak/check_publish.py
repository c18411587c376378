"""Publications killed before each of their steps and inside their writes; 2,000 reads meanwhile."""

import hashlib
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.publishing import TinyShop, killed, read_while_building

# So many that most of a publication is spent writing the rows, as DuckDB and as Parquet.
PEOPLE = 300_000
FILES = ("stayhouse.duckdb", "parquet/sales/orders.parquet")
KILLS, SEED = 4, 1
# Called when a process has started: says from then on whether it is time to kill it.
Moment = Callable[[], Callable[[], bool]]


@pytest.mark.parametrize("versions_before", [0, 3])
def test_killed_at_every_step(tmp_path: Path, versions_before: int) -> None:
    assert killed(tmp_path, versions_before, stride=1)["kills"] > 100


def test_two_thousand_reads(tmp_path: Path) -> None:
    counts = read_while_building(tmp_path, reads=2000, builds=6)
    assert counts["reads"] >= 2000
    assert counts["torn"] == 0
    assert counts["publications"] == 12
    assert counts["builds_seen"] >= 5


def test_killed_inside_a_write(tmp_path: Path) -> None:
    """Kills at any moment of a process, not before calls of ours: half of a file lies there then.

    Some are spread over the whole of a publication; some wait until the DuckDB file, or the larger
    Parquet file, has grown to a part of what it will be.
    """
    shop = TinyShop(tmp_path)
    shop.build(0, people=PEOPLE)
    durations = []
    for _ in range(3):
        change(shop)
        began = time.monotonic()
        shop.publish()
        durations.append(time.monotonic() - began)
    draw = random.Random(SEED)
    # The shortest: on a machine that others use too, the kills then still come before the end.
    moments = [after(min(durations) * (part + draw.random()) / KILLS) for part in range(KILLS)]
    for name in FILES:
        moments += [grown(shop, name, (part + draw.random()) / KILLS) for part in range(KILLS)]
    whole = (shop.published / "current" / FILES[0]).stat().st_size
    counts: Counter[str] = Counter()
    for moment in moments:
        old = (shop.published / "current").readlink()
        before = hashes(shop.published / "versions")
        change(shop)
        process = shop.publishing()
        reached = moment()
        while process.poll() is None and not reached():
            time.sleep(0.001)
        process.kill()
        process.communicate()
        if process.returncode == 0:
            counts["not in time"] += 1
            continue
        assert process.returncode == -signal.SIGKILL
        counts[interrupted(shop, whole)] += 1
        if (shop.published / "current").readlink() == old:
            after_kill = hashes(shop.published / "versions")
            assert {name: after_kill.get(name) for name in before} == before
        check_rows(shop)
        shop.publish()
        check_rows(shop)
        check_tidy(shop)
    print(f"killed inside a publication of {min(durations):.1f} s: {dict(counts)}")
    assert counts["in DuckDB"] > 0
    assert counts["in Parquet"] > 0


def change(shop: TinyShop) -> None:
    """Let every row be another one: of a mart that did not change no Parquet file is written."""
    with duckdb.connect(str(shop.folder / "warehouse" / "stayhouse.duckdb")) as con:
        for mart in ("core.people", "sales.orders"):
            con.execute(f"update {mart} set build = build + 1")


def after(delay: float) -> Moment:
    """So many seconds after the process has started."""

    def started() -> Callable[[], bool]:
        end = time.monotonic() + delay
        return lambda: time.monotonic() >= end

    return started


def grown(shop: TinyShop, name: str, part: float) -> Moment:
    """When a file of the version that is being written has this part of its size."""

    def started() -> Callable[[], bool]:
        size = part * (shop.published / "current" / name).stat().st_size
        path = shop.published / "versions" / ".work" / name
        return lambda: path.exists() and path.stat().st_size >= size

    return started


def database(shop: TinyShop) -> Path:
    return shop.published / "current" / "stayhouse.duckdb"


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file of every version that has its number."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for version in folder.iterdir()
        if version.name.isdecimal()
        for path in version.rglob("*")
        if path.is_file()
    }


def interrupted(shop: TinyShop, whole: int) -> str:
    """Where a kill fell, by what lies on the disk; ``whole`` is the size of a whole DuckDB file."""
    work = shop.published / "versions" / ".work"
    parquet = list(work.rglob("*.parquet"))
    # A Parquet file ends with these four bytes.
    if any(path.read_bytes()[-4:] != b"PAR1" for path in parquet):
        return "in Parquet"
    written = work / "stayhouse.duckdb"
    if not written.exists() or not written.stat().st_size:
        return "elsewhere"
    # Its log holds what was committed. Opened as a copy, since opening may change it.
    copy = shop.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(work, copy)
    try:
        with duckdb.connect(str(copy / "stayhouse.duckdb")) as con:
            tables = con.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
            ).fetchall()
    except duckdb.Error:
        return "in DuckDB"
    # People are a quarter of all rows. More of them on the disk than in tables: cut in a write.
    told = sum({"core.people": 0.25, "sales.orders": 0.75}[name] for (name,) in tables)
    return "in DuckDB" if written.stat().st_size > (told + 0.05) * whole else "elsewhere"


def sums(con: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[int, int]]:
    """How many rows, and the sum of their hashes."""
    return con.execute(f"select count(*), sum(seal) from {relation}").fetchall()


def check_rows(shop: TinyShop) -> None:
    """Readers are led to all rows of the build."""
    with (
        duckdb.connect(
            str(shop.folder / "warehouse" / "stayhouse.duckdb"), read_only=True
        ) as built,
        duckdb.connect(str(database(shop).resolve()), read_only=True) as con,
    ):
        for mart, row_count in (("core.people", PEOPLE), ("sales.orders", 3 * PEOPLE)):
            parquet = shop.published / "parquet" / f"{mart.replace('.', '/')}.parquet"
            expected = sums(built, mart)
            assert expected[0][0] == row_count
            assert sums(con, mart) == sums(con, f"'{parquet}'") == expected, mart


def check_tidy(shop: TinyShop) -> None:
    """Nothing is left of what was killed."""
    kept = sorted(int(path.name) for path in (shop.published / "versions").iterdir())
    current = int((shop.published / "current").readlink().name)
    assert kept == [current - 2, current - 1, current]
    assert sorted(path.name for path in shop.published.iterdir()) == [
        "current", "parquet", "stayhouse.duckdb", "versions",
    ]  # fmt: skip
