"""State heals: what a build took too early, or in another order, the next one takes anew."""

import csv
import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from stayhouse import landing
from stayhouse.landing.unland import unland
from tests.building import Run

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
        *("--select", "int_batches__numbered", "int_events__landed", "int_events__repeated"),
        *("int_events__checked", "event_types", "bot_patterns", "--exclude-resource-type"),
        *("test", *VARS),
    )
    assert accepted(run) == ACCEPTED
    return run


def test_what_a_build_of_core_alone_could_not_see_is_taken_by_the_next(run: Run) -> None:
    """Its view of staging still said that nothing had landed, and the batch stood as taken."""
    run.build(*STATE)
    assert accepted(run) == [*ACCEPTED, ("t1", 1, "/t")]


def test_an_event_is_looked_up_by_the_last_63_bits_of_a_hash(run: Run) -> None:
    rows = run.query("select source_name, event_id, event_key from core.int_events__checked")
    assert len(rows) > 3
    for source, event, key in rows:
        digest = hashlib.md5(f"{source}|{event}".encode(), usedforsecurity=False).digest()
        assert key == int.from_bytes(digest[8:], "little") >> 1


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


def ledger(run: Run) -> list[tuple[object, ...]]:
    """Return with which load each batch stands in the ledger, and in state."""
    return run.query(
        "select source_name, batch_id, load_id, stamp, (select count(*) from "
        "core.int_events__checked as e where e.source_name = b.source_name "
        "and e.batch_id = b.batch_id and e.load_id = b.load_id) "
        "from core.int_batches__numbered as b order by 1, 2"
    )


def test_a_batch_is_known_by_what_it_holds(run: Run) -> None:
    """Touched, it stays with its load, and with one value changed all state is made anew."""
    assert run.landing is not None
    run.build(*STATE)
    before = ledger(run)
    file = run.landing / "shop" / "events" / "batch_id=1" / "data.parquet"
    os.utime(file, (2_000_000_000, 2_000_000_000))
    run.build(*STATE)
    touched = ledger(run)
    # All but the stamp is as it was: its new time is known, so that no later build reads it again.
    assert [(*row[:3], row[4]) for row in touched] == [(*row[:3], row[4]) for row in before]
    assert [a != b for a, b in zip(before, touched, strict=True)] == [True, False, False]
    assert all(row[4] for row in touched)
    with duckdb.connect() as con:
        changed = "select * replace (replace(page_url, 'b', 'x') as page_url)"
        con.execute(f"create table rows as {changed} from read_parquet('{file}')")
        con.execute(f"copy rows to '{file}' (format parquet, compression lz4)")
    run.build(*STATE)
    assert accepted(run)[1] == ("e2", 1, "/x")
    assert min(row[2] for row in ledger(run)) > max(row[2] for row in before)
