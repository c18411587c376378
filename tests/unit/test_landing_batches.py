"""A batch is complete or absent, numbered, and made once."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import read_source
from stayhouse.landing.batch import parse_instant

SRC = Path(__file__).resolve().parents[2] / "src"
CHARGES = "order_id,kind,amount\n"
EVENTS = "event_id,event_type,occurred_at,received_at\n"


def test_one_line_says_what_landed(project, done):
    path = project.file("order_charges.csv", CHARGES + "o1,tax,1\no2\n")
    assert done("land", "shop", path) == (
        "shop.order_charges batch 1: 1 rows landed, 1 lines rejected, order_charges.csv\n"
        "  1 line too_few_columns (line 3): fewer values than the header has names; look for a "
        "line break in a value without quotes\n"
        "  WARNING: 50% of its lines are missing: correct the file and land it.\n"
    )
    assert project.left() == [
        "shop",
        "shop/order_charges",
        "shop/order_charges/batch_id=1",
        "shop/order_charges/batch_id=1/_batch.json",
        "shop/order_charges/batch_id=1/data.parquet",
        "shop/order_charges/batch_id=1/rejected_lines.csv",
    ]


def test_batches_are_numbered_by_table_and_a_file_lands_once(project, done, refused):
    first = project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    done("land", "shop", first)
    again = project.file("copy.csv", first.read_bytes())
    assert "copy.csv has landed before, as shop.order_charges batch 1" in refused(
        "land", "shop", again, "--table", "order_charges"
    )
    second = project.file("order_charges.csv", CHARGES + "o2,tax,1\n")
    assert "batch 2" in done("land", "shop", second)
    lines = project.file(
        "order_lines.csv", "order_id,line_number,product_id,quantity,unit_price\no1,1,p1,1,2\n"
    )
    assert "shop.order_lines batch 1" in done("land", "shop", lines)


def test_a_gap_in_the_numbers_is_not_filled(project, done):
    (project.landing / "shop" / "order_charges" / "batch_id=7").mkdir(parents=True)
    done("land", "shop", project.file("order_charges.csv", CHARGES + "o1,tax,1\n"))
    assert project.batch("shop", "order_charges", 8)["batch_id"] == 8


def test_a_folder_lands_in_the_order_of_the_alias_file(project, done):
    project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    project.file("content.csv", "content_id,title,kind\nc1,Sizes,guide\n")
    project.file("notes.csv", "of no table")
    project.file("truth.txt", "of no kind")
    printed = done("land", "shop", project.root / "input")
    assert printed.splitlines() == [
        "shop.order_charges batch 1: 1 rows landed, 0 lines rejected, order_charges.csv",
        "shop.content batch 1: 1 rows landed, 0 lines rejected, content.csv",
        "notes.csv names no table of shop and was left alone",
        "truth.txt names no table of shop and was left alone",
    ]


def test_a_folder_with_one_wrong_file_lands_nothing(project, refused):
    project.file("events.csv", EVENTS + "e1,login,2024-01-01,2024-01-02\n")
    project.file("order_charges.csv", "order_id,kind\no1,tax\n")
    assert "order_charges.csv lacks the column" in refused("land", "shop", project.root / "input")
    assert project.left() == []


def test_a_folder_landed_again_brings_only_what_is_new(project, done):
    project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    done("land", "shop", project.root / "input")
    project.file("events.csv", EVENTS + "e1,login,2024-01-01,2024-01-02\n")
    assert done("land", "shop", project.root / "input").splitlines() == [
        "shop.events batch 1: 1 rows landed, 0 lines rejected, events.csv",
        "order_charges.csv has landed before and was left alone",
    ]
    assert done("land", "shop", project.root / "input").splitlines() == [
        "events.csv has landed before and was left alone",
        "order_charges.csv has landed before and was left alone",
        "nothing new has landed",
    ]


def test_a_table_without_rows_does_not_stop_its_folder(project, done):
    project.file("content.csv", "content_id,title,kind\n")
    # Without a header there is nothing at all, as in JSON lines.
    project.file("contacts.jsonl", "")
    project.file("refunds.csv", "refund_id,amount,currency,refunded_at\n")
    assert done("land", "shop", project.root / "input").splitlines()[-1] == "nothing new has landed"
    assert not (project.landing / "shop" / "content").exists()
    project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    assert done("land", "shop", project.root / "input").splitlines() == [
        "shop.order_charges batch 1: 1 rows landed, 0 lines rejected, order_charges.csv",
        "refunds.csv has no rows and was left alone",
        "content.csv has no rows and was left alone",
        "contacts.jsonl has no rows and was left alone",
    ]
    assert not (project.landing / "shop" / "content").exists()


@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet", "orders_2.xlsx"])
def test_a_file_without_even_a_header_stops_its_folder(project, refused, name):
    project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    project.file(name, "")
    for command in ("land", "check"):
        said = refused(command, "shop", project.root / "input")
        assert f"{name} is empty (0 bytes): export it again, or take it away." in said
    assert project.left() == []


def test_a_file_without_rows_leaves_room_for_the_next_of_its_table(project, done):
    project.file("order_charges.csv", CHARGES)
    project.file("order_charges.jsonl", '{"order_id": 1, "kind": "tax", "amount": 2}\n')
    assert done("land", "shop", project.root / "input").splitlines() == [
        "shop.order_charges batch 1: 1 rows landed, 0 lines rejected, order_charges.jsonl",
        "order_charges.csv has no rows and was left alone",
    ]


@pytest.mark.parametrize(
    ("received", "option", "expected"),
    [
        (["2024-01-02T10:00:00Z", "2024-01-03T01:00:00+02:00"], None, "2024-01-02T23:00:00"),
        (["2024-01-02 10:00:00.25", "infinity", "soon", ""], None, "2024-01-02T10:00:00.250000"),
        (["soon", ""], None, None),
        (["2024-01-02"], "2024-02-01", "2024-02-01T00:00:00"),
        (["2024-01-02"], "2024-02-01T00:00:00+02:00", "2024-01-31T22:00:00"),
        (["2024-01-02"], "2024-02-01T00:00:00Z", "2024-02-01T00:00:00"),
    ],
)
def test_data_until_is_the_option_else_the_last_receipt(project, done, received, option, expected):
    rows = "".join(f"e{i},login,2024-01-01,{at}\n" for i, at in enumerate(received))
    path = project.file("events.csv", EVENTS + rows)
    done("land", "shop", path, *(["--data-until", option] if option else []))
    instant = datetime.fromisoformat(expected) if expected else None
    assert project.batch("shop", "events")["data_until"] == expected
    assert set(project.rows("shop", "events", "data_until")) == {(instant,)}


@pytest.mark.parametrize("text", ["tomorrow", "2024-13-01", "0001-01-01T00:00:00+10:00"])
def test_a_data_until_that_is_no_instant_is_refused(text):
    with pytest.raises(StayhouseError, match="is no instant"):
        parse_instant(text, "--data-until")


def test_a_file_is_known_by_the_names_that_platforms_give_it(project, done):
    for name in ["order_charges_export", "order_charges_export_2", "order_charges_3"]:
        done("land", "shop", project.file(f"{name}.csv", CHARGES + f"{name},tax,1\n"))
    assert project.rows("shop", "order_charges", "order_id", 2) == [("order_charges_export_2",)]
    assert project.batch("shop", "order_charges", 3)["rows_landed"] == 1
    folder = project.root / "many"
    folder.mkdir()
    for number in (10, 2):
        (folder / f"order_charges_export_{number}.csv").write_text(CHARGES + f"n{number},tax,1\n")
    done("land", "shop", folder)
    # The later download is the later batch.
    assert project.rows("shop", "order_charges", "order_id", 5) == [("n10",)]
    # A table that is called so itself comes first.
    lines = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem name,"
    path = project.file("orders.csv", lines + "Lineitem quantity,Lineitem price\n#1,,,,,,,,,\n")
    assert "shopify.orders_export batch 1: 1 rows landed" in done("land", "shopify", path)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nowhere", "order_charges.csv"], "Unknown source 'nowhere': models/staging has an"),
        (["../staging/shop", "order_charges.csv"], "Unknown source '../staging/shop'"),
        (["shop", "order_charges.csv", "--table", "charges"], "has no table 'charges'"),
        (["shop", "missing.csv"], "There is no file or folder missing.csv"),
        (["shop", "charges.csv"], "charges.csv is not named after a table of shop"),
        (["shop", "order_charges.ods"], "Landing does not read order_charges.ods"),
        (["shop", "order_charges.parquet.gz"], "Landing does not read"),
        (["shop", "no_tables"], "No file in no_tables is named after a table of shop"),
        (["shop", "nothing"], "There is no file in nothing: export into it, or name another"),
    ],
)
def test_what_cannot_land_is_refused(project, refused, argv, words):
    for name in ["order_charges.csv", "charges.csv", "order_charges.ods"]:
        (project.root / name).write_text(CHARGES + "o1,tax,1\n")
    (project.root / "order_charges.parquet.gz").write_bytes(b"x")
    for folder in ("no_tables", "nothing"):
        (project.root / folder).mkdir()
    (project.root / "no_tables" / "notes.txt").write_text("a table of nobody")
    assert words in refused("land", *argv)
    assert not project.landing.exists()


def test_without_a_landing_folder_landing_is_refused(project, refused, monkeypatch):
    monkeypatch.delenv("STAYHOUSE_LANDING")
    path = project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    assert "STAYHOUSE_LANDING is not set" in refused("land", "shop", path)


def test_two_landings_of_one_table_at_once(project, done, refused):
    project.landing.mkdir()
    path = project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    with (project.landing / ".landing-shop.order_charges.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Another process is landing shop.order_charges" in refused("land", "shop", path)
        other = project.file("events.csv", EVENTS + "e1,login,2024-01-01,2024-01-02\n")
        done("land", "shop", other)
    done("land", "shop", path)


def test_a_killed_landing_leaves_no_batch_and_can_be_run_again(project, done):
    path = project.file("order_charges.csv", CHARGES + "o1,tax,1\n" * 400_000)
    command = [sys.executable, "-m", "stayhouse.cli", "land", "shop", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    with subprocess.Popen(command, env=environment) as process:
        rows = project.landing / ".landing-shop.order_charges" / "0" / "rows.parquet"
        while process.poll() is None and not rows.exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert rows.exists()
    assert list(project.landing.glob("*/*/batch_id=*")) == []
    done("land", "shop", path)
    assert project.batch("shop", "order_charges")["rows_landed"] == 400_000
    assert [name for name in project.left() if name.startswith(".")] == []


def test_a_batch_file_is_the_same_each_time(project, done):
    path = project.file("order_charges.csv", CHARGES + "".join(f"o{i},tax,1\n" for i in range(300)))
    batch = project.landing / "shop" / "order_charges" / "batch_id=1"
    contents = []
    for _ in range(2):
        done("land", "shop", path, "--landed-at", "2024-06-01")
        contents.append({file.name: file.read_bytes() for file in batch.iterdir()})
        for file in batch.iterdir():
            file.unlink()
        batch.rmdir()
    assert contents[0] == contents[1]
    assert json.loads(contents[0]["_batch.json"])["lines_in"] == 300


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("t,a,b,maybe,", "Line 2 of"),
        ("t,a,b,yes,secret", "Line 2 of"),
        ("t,a,B,yes,", "Line 2 of"),
        ("t,a,landed_row,yes,", "Line 2 of"),
        ("t,a,b,yes", "Line 2 of"),
        ("t,a,b,yes,\nt,c,b,no,", "different values of required or personal"),
        ("", "Line 2 of"),
    ],
)
def test_a_fault_in_an_alias_file_is_named(project, row, words):
    path = project.root / "models" / "staging" / "shop" / "aliases.csv"
    path.write_text(f"table,their_column,our_column,required,personal\n{row}\n")
    with pytest.raises(StayhouseError, match=words):
        read_source(project.root, "shop")
