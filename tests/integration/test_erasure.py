"""A person is erased: every relation, file and byte is searched, and nobody else has changed."""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.building import Run, copy_of_checkout
from tests.searching import (
    WORD,
    People,
    Tables,
    core,
    hits,
    landed,
    people,
    raw_hits,
    values,
    words,
)

KEY = "a secret of the erasure test, and of no shop at all"


@dataclass(frozen=True)
class Erasure:
    """A shop before and after: what landed, its core, and what the command said."""

    run: Run
    theirs: People
    ids: set[str]
    texts: set[str]
    before: Tables
    core_before: dict[str, list[tuple[object, ...]]]
    hits_before: dict[str, int]
    raw_before: set[str]
    printed: str


@pytest.fixture(scope="module")
def erasure(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Erasure:
    folder = copy_of_checkout(tmp_path_factory.mktemp("erasure"))
    run = Run(folder, landing=folder / "landing", project=folder, parsed=parsed)

    def stayhouse(*argv: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "stayhouse.cli", *argv],
            cwd=folder, env={**run.environment(), "STAYHOUSE_PII_KEY": KEY},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return done.stdout

    made = tmp_path_factory.mktemp("shop") / "made"
    size = ("--customers-per-year", "600", "--days", "300", "--seed", "6")
    stayhouse("shop", *size, "--out", str(made))
    until = ("--data-until", "2024-10-27T00:00:00+00:00")
    stayhouse("land", "shop", str(made / "raw"), *until)
    _ask(folder, landed(folder / "landing"))
    stayhouse("land", "shop", str(folder / "more"), *until, "--accept-rejected-lines")
    shutil.rmtree(folder / "more")
    # What erasing builds is tested.
    run.build("--exclude-resource-type", "test")
    stayhouse("publish")

    before = landed(folder / "landing")
    theirs = people(before)
    raw = (made / "raw" / "customers.csv").read_text(errors="replace")
    emails = {
        line.split(",")[2].strip('"')
        for line in raw.splitlines()
        if line.split(",")[0].strip('"') in theirs.customers
    }
    ids, texts = values(before, theirs, set()), words(before, theirs) | emails
    return Erasure(
        run,
        theirs,
        ids,
        texts,
        before,
        core(run, theirs),
        hits(run.database, ids, texts),
        {path for path, _ in raw_hits(_folders(run), ids, texts)},
        stayhouse("erase"),
    )


def _ask(folder: Path, tables: Tables) -> None:
    """Let people ask who make it hard: a guest, one of a shared device, one whom others name."""
    accounts = {row["email_hash"]: row["customer_id"] for row in tables["customers"]}
    guests = [accounts[o["email_hash"]] for o in tables["orders"]
              if o["customer_id"] is None and accounts.get(o["email_hash"])]  # fmt: skip
    users = defaultdict(set)
    for row in tables["events"]:
        if row["visitor_id"] and row["customer_id"]:
            users[row["visitor_id"]].add(row["customer_id"])
    shared = min(min(kinds) for kinds in users.values() if len(kinds) > 1)
    referrer = min(str(row["referred_by"]) for row in tables["customers"] if row["referred_by"])
    asks = sorted({str(guests[0]), str(shared), referrer})
    bystander = next(row for row in tables["events"] if row["customer_id"] not in (None, *asks))
    more = folder / "more"
    more.mkdir()
    lines = "".join(f"{customer},2024-10-01T00:00:00Z\n" for customer in asks)
    (more / "erasure_requests.csv").write_text(f"customer_id,requested_at\n{lines}")
    (more / "events.csv").write_text(
        "event_id,event_type,occurred_at,received_at,visitor_id,customer_id,page_url\n"
        f"told-1,page_view,2024-09-01T10:00:00Z,2024-09-01T10:00:01Z,{bystander['visitor_id']},"
        f"{bystander['customer_id']},/?friend={asks[0]}\n"
        f"torn-1,page_view,{asks[1]}\n"
        "torn-2,page_view\n"
    )


def _folders(run: Run) -> list[Path]:
    """Whatever erasing answers for: the whole project but its sources, with all it made."""
    assert run.landing is not None
    made = ("target", "logs", "published", "stayhouse.duckdb", "stayhouse.duckdb.wal")
    return [run.landing, *(path for name in made if (path := run.folder / name).exists())]


def test_the_search_finds_them_before(erasure: Erasure) -> None:
    """Otherwise finding nothing afterwards would say nothing."""
    assert len(erasure.theirs.customers) >= 4
    assert erasure.theirs.devices
    assert erasure.theirs.shared
    assert len(erasure.ids) > 30
    assert len(erasure.texts) > 5
    for relation in (
        *("core.events", "core.orders", "core.rejected_events", "core.customers"),
        *("segments.rfm_history", "segments.profile_segments"),
    ):
        assert erasure.hits_before[relation], relation
    places = {Path(path).relative_to(erasure.run.folder).parts[0] for path in erasure.raw_before}
    assert {"landing", "published", "stayhouse.duckdb"} <= places
    assert any(path.endswith("rejected_lines.csv") for path in erasure.raw_before)


def test_no_relation_holds_a_value_of_theirs(erasure: Erasure) -> None:
    assert hits(erasure.run.database, erasure.ids, erasure.texts) == {}
    published = erasure.run.folder / "published" / "stayhouse.duckdb"
    with duckdb.connect(str(published.resolve()), read_only=True) as con:
        assert con.execute("select count(*) from core.orders").fetchall()[0][0] > 1000


def test_no_landed_row_and_no_byte_of_a_file_holds_a_value_of_theirs(erasure: Erasure) -> None:
    assert erasure.run.landing is not None
    for table, rows in landed(erasure.run.landing).items():
        cells = {str(cell) for row in rows for cell in row.values() if cell is not None}
        assert not erasure.ids & {part for cell in cells for part in re.split(WORD, cell)}, table
        assert not {text for text in erasure.texts for cell in cells if text in cell}, table
    assert list(raw_hits(_folders(erasure.run), erasure.ids, erasure.texts)) == []
    assert [path.name for path in (erasure.run.folder / "published" / "versions").iterdir()] == [
        "2"
    ]


def test_of_everybody_else_every_landed_row_stays(erasure: Erasure) -> None:
    assert erasure.run.landing is not None
    after = landed(erasure.run.landing)
    for table, rows in erasure.before.items():
        expected = [dict(row) for row in rows if not erasure.theirs.owns(table, row)]
        for row in expected:
            if row.get("referred_by") in erasure.theirs.customers:
                row["referred_by"] = None
            if row.get("event_id") == "told-1":
                row["page_url"] = "/?friend=erased"
        assert after[table] == expected, table
        if table in ("customers", "orders", "events", "reviews", "erasure_requests"):
            assert len(expected) < len(rows), table


def test_the_core_of_everybody_else_is_the_same_row_for_row(erasure: Erasure) -> None:
    after = core(erasure.run, erasure.theirs)
    for mart, rows in erasure.core_before.items():
        assert len(rows) > 1000, mart
        # Somebody else came by a link of a person who was erased: the visit stays, the name not.
        expected = [tuple(_unnamed(value, erasure.theirs) for value in row) for row in rows]
        assert after[mart] == expected, mart


def _unnamed(value: object, theirs: People) -> object:
    start = "/?friend="
    if isinstance(value, str) and value.startswith(start):
        return f"{start}erased" if value.removeprefix(start) in theirs.customers else value
    return value


def test_the_command_tells_what_went_without_naming_anybody(erasure: Erasure) -> None:
    assert "The erasure is complete." in erasure.printed
    assert "Published version 2; earlier versions are removed." in erasure.printed
    assert "shop.events: " in erasure.printed
    assert not erasure.ids & set(re.split(WORD, erasure.printed))
