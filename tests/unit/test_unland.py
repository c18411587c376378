"""A landing is taken back: one batch or all that is meant, never half, and nothing else."""

import json
import os
import signal
from contextlib import redirect_stdout

import duckdb
import pytest

from stayhouse import cli
from stayhouse.landing.aliases import Table
from stayhouse.landing.batch import table_landing

CHARGES = "order_id,kind,amount\n"
EVENTS = "event_id,event_type,occurred_at,visitor_id\n"
STATE_STAYS = (
    "Next build: all marts without that; events, sessions and visitor days go on as ever. "
    "One with --nightly applies what was fitted with it.\n"
)
STATE_ANEW = (
    "Next build: events, sessions and visitor days anew, from all batches that are left. "
    "One with --nightly applies what was fitted with it.\n"
)


@pytest.fixture
def nights(project, done):
    """Three nights of charges, two of them under one name, and one night of events."""
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    rows = sheet.read_text().splitlines(keepends=True)
    kept = ("table", "order_charges", "events", "orders")
    sheet.write_text("".join(row for row in rows if row.split(",")[0] in kept))
    for name, row in (("may.csv", "o1,tax,1"), ("june.csv", "o2,tax,2"), ("june.csv", "o3,tax,3")):
        path = project.file(name, CHARGES + row + "\n")
        done("land", "shop", path, "--table", "order_charges")
    done("land", "shop", project.file("events.csv", EVENTS + "e1,login,2024-01-01,v1\n"))
    return project


def folders(project):
    return [p for p in project.left() if p.endswith(("_id=1", "_id=2", "_id=3", "_id=4"))]


def test_a_batch_goes_by_its_files_name_and_comes_back(nights, done, refused):
    assert done("unland", "shop", "--file", "may.csv") == (
        "shop.order_charges batch 1: 1 rows taken back, may.csv\n" + STATE_STAYS
    )
    assert folders(nights) == [
        "shop/events/batch_id=1",
        "shop/order_charges/batch_id=2",
        "shop/order_charges/batch_id=3",
    ]
    may = nights.root / "input" / "may.csv"
    assert "batch 4: 1 rows landed" in done("land", "shop", may, "--table", "order_charges")
    assert nights.rows("shop", "order_charges", "order_id, amount", 4) == [("o1", "1")]


def test_a_batch_goes_by_its_number(nights, done):
    done("unland", "shop", "--table", "order_charges", "--batch", 1)
    assert "shop/order_charges/batch_id=1" not in folders(nights)
    assert "shop/events/batch_id=1" in folders(nights)
    # The only one of its table needs no number.
    done("unland", "shop", "--table", "events")
    assert nights.left() == sorted([
        "shop", "shop/order_charges",
        *(
            f"shop/order_charges/batch_id={n}{name}"
            for n in (2, 3) for name in ("", "/_batch.json", "/data.parquet")
        ),
    ])  # fmt: skip


def test_a_night_goes_whatever_its_tables(nights, done, refused):
    """The second of June's and the events landed on the day before, in UTC."""
    batches = nights.root / "landing" / "shop"
    for batch in ("order_charges/batch_id=3", "events/batch_id=1"):
        manifest = batches / batch / "_batch.json"
        told = json.loads(manifest.read_text())
        told["landed_at"] = "2026-01-31T23:59:59.999999"
        manifest.write_text(json.dumps(told))
    old = batches / "order_charges" / "batch_id=2" / "_batch.json"
    older = json.loads(old.read_text())
    del older["landed_at"]
    old.write_text(json.dumps(older))
    today = json.loads((batches / "order_charges/batch_id=1/_batch.json").read_text())["landed_at"]
    assert f"No batch of shop landed on 2026-02-01 (UTC): the latest landed on {today[:10]}." in (
        refused("unland", "shop", "--landed-on", "2026-02-01")
    )
    printed = done("unland", "shop", "--landed-on", "2026-01-31")
    assert printed.count("taken back") == 2
    assert folders(nights) == ["shop/order_charges/batch_id=1", "shop/order_charges/batch_id=2"]


def test_of_a_night_a_table_may_be_meant(nights, done, refused):
    today = nights.batch("shop", "order_charges")["landed_at"][:10]
    done("unland", "shop", "--table", "order_charges", "--landed-on", today)
    assert folders(nights) == ["shop/events/batch_id=1"]
    # Of the table none is left, and when another one landed says nothing of it.
    assert refused("unland", "shop", "--table", "order_charges", "--landed-on", today) == (
        f"stayhouse: No batch of shop.order_charges landed on {today} (UTC)."
    )


def test_of_several_none_goes_and_all_are_named(nights, refused):
    before = nights.left()
    assert refused("unland", "shop", "--batch", 1) == (
        "stayhouse: 2 batches are meant: events 1 (events.csv); order_charges 1 (may.csv); say "
        "which by --table and --batch, or all of a table or a source by --all."
    )
    assert "order_charges 2 (june.csv), 3 (june.csv); say" in refused(
        "unland", "shop", "--file", "june.csv"
    )
    assert "4 batches are meant" in refused("unland", "shop")
    assert nights.left() == before


@pytest.mark.parametrize(
    "words", [["--batch", 9], ["--file", "july.csv"], ["--table", "orders"], ["--table", "../shop"]]
)
def test_nothing_is_meant(nights, refused, words):
    assert (
        "No batch of shop is that one: there is events 1 (events.csv); order_charges 1 (may.csv), "
        "2 (june.csv), 3 (june.csv)." in refused("unland", "shop", *words)
    )


def test_of_years_of_nights_the_latest_are_named(project, done, refused):
    for night in range(8):
        done("land", "shop", project.file("order_charges.csv", f"{CHARGES}o{night},tax,1\n"))
    told = refused("unland", "shop", "--batch", 9)
    assert "order_charges 3 earlier and 4 (order_charges.csv), 5 (order_charges.csv), 6" in told


def test_another_source_or_none(nights, refused, monkeypatch):
    assert "Nothing of the source 'shopify' has landed in" in refused("unland", "shopify", "--all")
    assert refused("unland", "*", "--all").endswith("there is shop.")
    assert refused("unland", "..", "--all").endswith("there is shop.")
    monkeypatch.setenv("STAYHOUSE_LANDING", str(nights.root / "nowhere"))
    assert refused("unland", "shop", "--all").endswith("it is empty.")
    monkeypatch.delenv("STAYHOUSE_LANDING")
    assert "STAYHOUSE_LANDING is not set" in refused("unland", "shop", "--all")
    assert len(folders(nights)) == 4


def test_all_of_a_table_and_all_of_a_source(nights, done):
    printed = done("unland", "shop", "--table", "order_charges", "--all")
    assert printed.count("taken back") == 3
    assert folders(nights) == ["shop/events/batch_id=1"]
    assert done("unland", "shop", "--all").endswith(
        "Nothing is landed any more: builds stop until something is.\n"
    )
    assert nights.left() == []


def test_what_the_next_build_does_with_state(nights, done):
    """State is made anew where a build has taken the events, or may have."""
    land = ("land", "shop", nights.root / "input" / "events.csv")
    assert done("unland", "shop", "--table", "events").endswith(STATE_STAYS)
    warehouse = nights.root / "warehouse" / "stayhouse.duckdb"
    warehouse.parent.mkdir()
    for ledger, says in (("('shop', 1)", STATE_ANEW), ("('shop', 7), ('other', 1)", STATE_STAYS)):
        done(*land)
        with duckdb.connect(str(warehouse)) as con:
            con.execute("create schema if not exists core")
            con.execute(
                "create or replace table core.int_batches__numbered as "
                f"from (values {ledger}) as t(source_name, batch_id)"
            )
        assert done("unland", "shop", "--table", "events").endswith(says)
    done(*land)
    warehouse.write_bytes(b"no warehouse")
    assert done("unland", "shop", "--table", "events").endswith(STATE_ANEW)


def test_who_was_erased_stays_erased(nights, done):
    known = nights.landing / "_erased.json"
    known.write_text(json.dumps({"salt": "00", "check": "x"}))
    done("unland", "shop", "--all")
    assert known.read_text() == json.dumps({"salt": "00", "check": "x"})


def test_a_source_that_is_no_more_can_be_taken_back(nights, done):
    for path in nights.root.glob("models/staging/shop/*"):
        path.unlink()
    assert done("unland", "shop", "--all").count("taken back") == 4


def test_while_a_table_lands_nothing_is_taken(nights, refused):
    with table_landing(Table("shop", "orders", ()), nights.landing):
        told = refused("unland", "shop", "--file", "may.csv")
    assert "Another process is landing shop.orders" in told
    assert len(folders(nights)) == 4


@pytest.mark.parametrize("words", [("--file", "may.csv"), ("--all",)])
def test_killed_at_any_step_it_has_taken_all_or_nothing(nights, done, words):
    whole, seen = folders(nights), []
    for steps in range(100):
        if not is_killed(steps, "unland", "shop", *words):
            break
        # Nothing of what was taken stands where readers look, half removed.
        assert not list(nights.landing.glob("[.]*/*/batch_id=*/_batch.json"))
        seen.append(folders_of_readers(nights))
        if seen[-1] != whole:
            # What is left of it goes with the next landing.
            land = ("--table", "order_charges") if "--file" in words else ()
            name = "may.csv" if land else "events.csv"
            done("land", "shop", nights.root / "input" / name, *land)
            assert not list(nights.landing.glob("[.]*/**/*.parquet"))
            whole = folders_of_readers(nights)
    assert len(seen) > 5
    assert len({len(standing) for standing in seen}) == 2


def folders_of_readers(project):
    return sorted(str(p.relative_to(project.landing)) for p in project.landing.glob("shop/*/*"))


def is_killed(steps, *argv):
    """Run a command in a process of its own that is killed at a step; whether it came so far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = iter(range(steps))

    def counted(call):
        def run(*words, **options):
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*words, **options)

        return run

    for name in ("rename", "unlink", "rmdir", "fsync"):
        setattr(os, name, counted(getattr(os, name)))
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        os._exit(cli.main(list(argv)))
