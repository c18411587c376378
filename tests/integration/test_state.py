"""State heals: what a build took too early, or in another order, the next one takes anew."""

import csv
import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from stayhouse import landing
from stayhouse.landing.unland import unland
from tests.building import Run
from tests.forked import Edit

KEY = "a secret of the tests of state, and of no shop at all"
VARS = ("--vars", "{as_of: 2024-05-03}")
STATE = ("--select", "+int_events__checked", "--exclude-resource-type", "test", *VARS)
MARTS = ("--select", "+events", "+rejected_events", "+visitor_days", *VARS)
# Event, hour, page. The second batch tells of e2 once more, and of another page.
FIRST = (("e1", 10, "/a"), ("e2", 11, "/b"))
SECOND = (("e2", 11, "/other"), ("e3", 12, "/c"))
ACCEPTED = [("e1", 1, "/a"), ("e2", 1, "/b"), ("e3", 2, "/c")]
REJECTED = [(2, "conflicting_event_id")]
# Of another source, in its own words.
TRACKED = {
    "event_id": "t1", "collector_tstamp": "2024-05-02 10:00:00", "domain_userid": "v2",
    "event_name": "page_view", "page_url": "/t",
}  # fmt: skip


def land(run: Run, source: str, *rows: dict[str, str]) -> None:
    """Land events as the next batch of a source."""
    path = run.folder / "events.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert run.landing is not None
    until = datetime(2024, 5, 3)
    landing.land(run.project, run.landing, source, path, data_until=until, key=KEY)


def visits(*told: tuple[str, int, str]) -> list[dict[str, str]]:
    """Return events of one visitor on one day."""
    return [
        {
            "event_id": name, "event_type": "page_view", "visitor_id": "v1", "page_url": page,
            "occurred_at": f"2024-05-01T{hour}:00:00Z", "received_at": f"2024-05-01T{hour}:00:01Z",
        }
        for name, hour, page in told
    ]  # fmt: skip


def accepted(run: Run, relation: str = "core.int_events__checked") -> list[tuple[object, ...]]:
    """Return the events that state, or a mart of it, holds as accepted."""
    where = "" if relation == "core.events" else "where disposition = 'accepted'"
    return run.query(f"select event_id, batch_id, page_url from {relation} {where} order by 1")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """A source lands when its staging stands already, and core alone is built."""
    folder = tmp_path_factory.mktemp("state")
    run = Run(folder, landing=folder / "landing", parsed=parsed)
    land(run, "shop", *visits(*FIRST))
    run.build("--select", "+stg_shop__events", "+stg_snowplow__events", *VARS)
    land(run, "shop", *visits(*SECOND))
    land(run, "snowplow", TRACKED)
    run.build(
        *("--select", "int_batches__numbered", "int_events__checked", "event_types"),
        *("bot_patterns", "--exclude-resource-type", "test", *VARS),
    )
    assert accepted(run) == ACCEPTED
    return run


def test_what_a_build_of_core_alone_could_not_see_is_taken_by_the_next(run: Run) -> None:
    """Its view of staging still said that nothing had landed, and the batch stood as taken."""
    run.build(*STATE)
    assert accepted(run) == [*ACCEPTED, ("t1", 1, "/t")]


def test_a_batch_that_is_back_is_taken_in_its_old_place(run: Run, tmp_path: Path) -> None:
    """While it was away, the copy of e2 in the later batch was the first."""
    assert run.landing is not None
    batch = run.landing / "shop" / "events" / "batch_id=1"
    shutil.move(batch, tmp_path / "aside")
    run.build(*STATE)
    assert accepted(run) == [("e2", 2, "/other"), ("e3", 2, "/c"), ("t1", 1, "/t")]
    shutil.move(tmp_path / "aside", batch)
    run.build(*MARTS)
    assert accepted(run, "core.events") == [*ACCEPTED, ("t1", 1, "/t")]
    rejected = run.query("select batch_id, reason_code from core.rejected_events")
    days = run.query("select visitor_id, event_count from core.visitor_days order by 1")
    assert (rejected, days) == (REJECTED, [("v1", 3), ("v2", 1)])


def test_a_number_that_is_given_again_is_another_batch(run: Run) -> None:
    """What was taken back had the highest number, and the next file gets it."""
    assert run.landing is not None
    unland(run.project, run.landing, "shop", table="events", number=2)
    land(run, "shop", *visits(("e4", 13, "/d")))
    run.build(*STATE)
    assert accepted(run) == [("e1", 1, "/a"), ("e2", 1, "/b"), ("e4", 2, "/d"), ("t1", 1, "/t")]


STAMPS = "select source_name, batch_id, stamp from core.int_batches__numbered order by 1, 2"


def ledger(run: Run) -> list[tuple[object, ...]]:
    """Return with which load each batch stands in the ledger, and how much of it in state."""
    return run.query(
        "select source_name, batch_id, load_id, content is null, (select count(*) from "
        "core.int_events__checked as e where e.source_name = b.source_name "
        "and e.batch_id = b.batch_id and e.load_id = b.load_id) "
        "from core.int_batches__numbered as b order by 1, 2"
    )


def first(run: Run) -> Path:
    """Return the folder of the first batch."""
    assert run.landing is not None
    return run.landing / "shop" / "events" / "batch_id=1"


def write(file: Path, rows: str, told: str, *, at: int) -> int:
    """Write rows of a Parquet file into one, with a time; return its size."""
    with duckdb.connect() as con:
        con.execute(f"create table told as {rows.format(file=told)}")
        con.execute(f"copy told to '{file}' (format parquet, compression uncompressed)")
    os.utime(file, (at, at))
    return file.stat().st_size


def test_a_batch_that_was_touched_is_the_same(run: Run) -> None:
    run.build(*STATE)
    before, stamps = ledger(run), run.query(STAMPS)
    os.utime(first(run) / "data.parquet", (2_000_000_000, 2_000_000_000))
    run.build(*STATE)
    assert ledger(run) == before
    assert all(row[4] for row in before)
    # Its new time is known, so that no later build reads it again.
    now = run.query(STAMPS)
    assert [a != b for a, b in zip(stamps, now, strict=True)] == [True, False, False]


def test_a_batch_that_is_touched_while_it_is_taken_is_compared_by_the_next_build(run: Run) -> None:
    """The ledger had asked already which batches to read: it may not know the new time."""
    before, stamps = ledger(run), run.query(STAMPS)
    os.utime(first(run) / "data.parquet", (2_000_000_001, 2_000_000_001))
    path, asked = "macros/state/batches_touched.sql", "if is_running()"
    late = replace(run, edit=Edit(path, asked, f"{asked} and not with_new"))
    late.build(*STATE)
    assert (ledger(run), run.query(STAMPS)) == (before, stamps)
    run.build(*STATE)
    assert ledger(run) == before
    assert run.query(STAMPS) != stamps


def test_the_same_rows_in_other_files_are_the_same_batch(run: Run) -> None:
    """Of another compression, under another name and cut in two."""
    before = ledger(run)
    file = first(run) / "data.parquet"
    rows = "select * from read_parquet('{file}') where event_id = "
    write(first(run) / "one.parquet", f"{rows} 'e1'", str(file), at=2_000_000_002)
    write(first(run) / "two.parquet", f"{rows} 'e2'", str(file), at=2_000_000_004)
    file.unlink()
    run.build(*STATE)
    assert ledger(run) == before
    stamps = run.query(STAMPS)
    (first(run) / "one.parquet").rename(first(run) / "three.parquet")
    run.build(*STATE)
    assert (ledger(run), run.query(STAMPS)) == (before, stamps)


def test_another_value_in_as_many_bytes_is_another_batch(run: Run) -> None:
    """In the older of its two files, which is not the younger of them now either."""
    last_load = max(row[2] for row in ledger(run))
    file = first(run) / "three.parquet"
    size = file.stat().st_size
    changed = "select * replace (replace(page_url, '/a', '/x') as page_url) from '{file}'"
    assert write(file, changed, str(file), at=2_000_000_003) == size
    run.build(*STATE)
    assert accepted(run)[:2] == [("e1", 1, "/x"), ("e2", 1, "/b")]
    assert {row[2] for row in ledger(run)} == {last_load + 1}


def test_a_batch_of_no_rows_is_known_too(run: Run) -> None:
    """As an erasure leaves it: that its rows went is noticed, that it was touched is nothing."""
    (first(run) / "two.parquet").unlink()
    file = first(run) / "three.parquet"
    write(file, "select * from '{file}' where false", str(file), at=2_000_000_005)
    run.build(*STATE)
    assert [row[0] for row in accepted(run)] == ["e4", "t1"]
    before = ledger(run)
    assert [row[3] for row in before] == [True, False, False]
    os.utime(file)
    run.build(*STATE)
    assert ledger(run) == before


def test_a_batch_without_its_files_is_gone_and_of_another_number_another_one(run: Run) -> None:
    last_load = max(row[2] for row in ledger(run))
    (first(run) / "three.parquet").unlink()
    run.build(*STATE)
    left = [("shop", 2), ("snowplow", 1)]
    assert [row[:3] for row in ledger(run)] == [(*batch, last_load + 1) for batch in left]
    second = first(run).with_name("batch_id=2")
    second.rename(first(run).with_name("batch_id=3"))
    run.build(*STATE)
    assert accepted(run) == [("e4", 3, "/d"), ("t1", 1, "/t")]
    assert {row[2] for row in ledger(run)} == {last_load + 2}
