"""What the app reads: one version at a time, open no longer than a drawing, and nothing beside."""

import os
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from app import published
from tests.unit.test_app_pages import place, put

__all__ = ["place"]


def test_a_version_that_goes_away_is_told_from_none_at_all(place: Path) -> None:
    with pytest.raises(published.NothingPublishedError):
        published.current()
    put(place, "create table t as select 1 as n")
    version = published.current()
    assert version.ask("select n from t").frame["n"].tolist() == [1]
    (place / "published" / "stayhouse.duckdb").unlink()
    # What was asked before is remembered as long as nothing newer was seen.
    assert version.ask("select n from t").frame["n"].tolist() == [1]
    with pytest.raises(published.VersionGoneError):
        version.ask("select n + 1 from t")
    put(place, "create table t as select 2 as n")
    assert published.current().ask("select n from t").frame["n"].tolist() == [2]
    assert published.current().stamp != version.stamp


def test_a_question_cannot_write_or_read_beside_the_file(place: Path) -> None:
    put(place, "create table t as select 1 as n")
    for sql in ("delete from t", "from read_csv('/etc/hostname')"):
        with pytest.raises(duckdb.Error):
            published.current().ask(sql)


def is_open(version: published.Published) -> bool:
    """Whether this process holds a version's file open (Linux); a removed one ends so."""
    files = (os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd"))
    return any(file.removesuffix(" (deleted)") == str(version.path) for file in files)


def test_a_drawing_reads_on_from_what_it_opened_and_then_lets_go(place: Path) -> None:
    put(place, "create table t as select 1 as n")
    version = published.current()
    with published.one_drawing():
        assert version.ask("select n from t").frame["n"].tolist() == [1]
        (place / "published" / "stayhouse.duckdb").unlink()
        assert version.ask("select n + 1 as n from t").frame["n"].tolist() == [2]
        assert is_open(version)
    assert not is_open(version)
    with pytest.raises(published.VersionGoneError):
        version.ask("select n + 2 from t")


def test_a_drawing_that_fails_lets_go_too(place: Path) -> None:
    put(place, "create table t as select 1 as n")
    version = published.current()
    with suppress(ZeroDivisionError), published.one_drawing():
        version.ask("select n from t")
        (place / "published" / "stayhouse.duckdb").unlink()
        raise ZeroDivisionError
    assert not is_open(version)
    with pytest.raises(published.VersionGoneError):
        version.ask("select n + 1 from t")
