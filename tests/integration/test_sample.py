"""The committed sample is what `make sample` makes today."""

import re
import subprocess
from pathlib import Path

import duckdb
import pytest

from stayhouse import cli
from stayhouse.base.project import DEMO_PII_KEY
from tests.building import CHECKOUT
from tests.conftest import Project

SAMPLE = CHECKOUT / "seeds" / "sample" / "shop"


@pytest.fixture
def fresh(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample made anew, by the arguments that the Makefile gives."""
    makefile = (CHECKOUT / "Makefile").read_text()
    shop = re.search(r"^sample: SAMPLE = (.*)$", makefile, re.MULTILINE)
    times = re.search(r"land shop build/sample/raw (--data-until \S+ --landed-at \S+)", makefile)
    assert shop
    assert times
    made = project.root / "made"
    assert cli.main(["shop", *shop[1].split(), "--out", str(made)]) == 0
    monkeypatch.setenv("STAYHOUSE_LANDING", "seeds/sample")
    monkeypatch.setenv("STAYHOUSE_PII_KEY", DEMO_PII_KEY)
    assert cli.main(["land", "shop", str(made / "raw"), *times[1].split()]) == 0
    return project.root / "seeds" / "sample" / "shop"


def test_the_sample_is_not_stale(fresh: Path) -> None:
    tables = sorted(path.name for path in SAMPLE.iterdir())
    assert tables == sorted(path.name for path in fresh.iterdir() if path.is_dir())
    with duckdb.connect() as con:
        for table in tables:
            ours, theirs = (
                f"select * from read_parquet('{folder}/{table}/batch_id=*/*.parquet')"
                for folder in (SAMPLE, fresh)
            )
            different = con.execute(
                f"select count(*) from (({ours} except all {theirs}) "
                f"union all ({theirs} except all {ours}))"
            ).fetchall()
            assert different == [(0,)], f"{table} is stale: run `make sample` and commit it."
            held, made = (
                (folder / table / "batch_id=1" / "_batch.json").read_bytes()
                for folder in (SAMPLE, fresh)
            )
            assert held == made


def test_the_sample_is_small_enough_to_commit() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "seeds/sample"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    sizes = [(CHECKOUT / name).stat().st_size for name in listed.stdout.split("\0") if name]
    assert 0 < sum(sizes) <= 3_000_000
