"""The same arguments give the same bytes, in any chunks; a longer run extends a shorter one."""

import filecmp
from pathlib import Path

import pytest

from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import EXTRA_PARTS, Settings


def files(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def assert_same(one: Path, other: Path) -> None:
    assert files(one) == files(other)
    _, different, unread = filecmp.cmpfiles(
        one, other, [str(path) for path in files(one)], shallow=False
    )
    assert (different, unread) == ([], [])


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_chunks_and_processes_change_no_byte(tmp_path: Path, file_format: str) -> None:
    # In one of the two formats with the parts that can be added: the programme begins on day 330.
    added = frozenset(EXTRA_PARTS if file_format == "parquet" else ())
    settings = Settings(500, 340, 7, file_format=file_format, added=added)
    make_shop(settings, tmp_path / "whole", workers=0)
    make_shop(settings, tmp_path / "chunks", chunk_roots=64, workers=0)
    assert_same(tmp_path / "whole", tmp_path / "chunks")
    if file_format == "csv":
        make_shop(settings, tmp_path / "processes", chunk_roots=320, workers=2)
        assert_same(tmp_path / "whole", tmp_path / "processes")


def test_without_its_true_rates_a_shop_is_the_same(tmp_path: Path) -> None:
    for name, has_rates in (("with", True), ("without", False)):
        make_shop(Settings(200, 60, 7), tmp_path / name, workers=0, has_rates=has_rates)
    assert_same(tmp_path / "with" / "raw", tmp_path / "without" / "raw")
    left_out = set(files(tmp_path / "with")) - set(files(tmp_path / "without"))
    assert {path.stem for path in left_out} == {"retention", "activity_retention"}


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    for seed in (1, 2):
        make_shop(Settings(100, 30, seed), tmp_path / str(seed), workers=0)
    one, other = ((tmp_path / seed / "raw" / "events.csv").read_bytes() for seed in ("1", "2"))
    assert one != other


def test_the_days_of_a_longer_run_are_those_of_a_shorter_one(tmp_path: Path) -> None:
    for days in (70, 110):
        make_shop(Settings(900, days, 7, batches="daily"), tmp_path / str(days), workers=0)
    shorter, longer = tmp_path / "70" / "raw", tmp_path / "110" / "raw"
    days = sorted(path.name for path in shorter.iterdir())
    assert days[0] == "2024-01-01"
    assert days[-1] == "2024-03-10"
    assert len(days) == 70
    for day in days:
        assert_same(shorter / day, longer / day)


def test_one_export_holds_the_rows_of_all_daily_ones(tmp_path: Path) -> None:
    for batches in ("once", "daily"):
        settings = Settings(400, 60, 3, batches=batches, without=frozenset({"dirt"}))
        make_shop(settings, tmp_path / batches, workers=0)
    for once in (tmp_path / "once" / "raw").iterdir():
        lines = once.read_bytes().splitlines()
        daily: list[bytes] = []
        for day in sorted((tmp_path / "daily" / "raw").iterdir()):
            daily.extend((day / once.name).read_bytes().splitlines()[1:])
        assert lines[1:] == daily
