"""Who was erased does not come back, and a landing never meets an erasure half way."""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Project

CUSTOMERS = "customer_id,email,referred_by\nc1,a@x.org,\nc2,b@x.org,c1\n"
ORDERS = "order_id,customer_id,visitor_id,email,ordered_at,status,currency\n"
THEIRS = "o1,c1,v1,a@x.org,2024-01-01,paid,GBP\no2,,v1,a@x.org,2024-01-01,paid,GBP\n"
OTHERS = "o3,c2,v3,b@x.org,2024-01-01,paid,GBP\n"
LINES = "order_id,line_number,product_id,quantity,unit_price\n"
EVENTS = "event_id,event_type,occurred_at,visitor_id,customer_id,page_url\n"
REQUESTS = "customer_id,requested_at\nc1,2024-03-01\n"


@pytest.fixture
def land(project: Project, done: Callable[..., str]) -> Callable[..., str]:
    def run(table: str, content: str) -> str:
        return done("land", "shop", project.file(f"{table}.csv", content))

    return run


@pytest.fixture
def erased(project: Project, land, done) -> Project:
    """A shop of two, of whom one was erased."""
    land("customers", CUSTOMERS)
    land("orders", ORDERS + THEIRS + OTHERS)
    land("order_lines", LINES + "o1,1,p,1,1\no2,1,p,1,1\no3,1,p,1,1\n")
    land("events", EVENTS + "e1,login,2024-01-01,v1,c1,\ne2,login,2024-01-01,v3,c2,\n")
    land("erasure_requests", REQUESTS)
    done("erase", "--no-build")
    return project


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file's bytes, size and time of change."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), *_stat(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _stat(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def test_the_same_file_is_still_refused(erased, refused):
    path = erased.file("orders.csv", ORDERS + THEIRS + OTHERS)
    assert "orders.csv has landed before, as shop.orders batch 1" in refused("land", "shop", path)


def test_a_changed_copy_lands_without_the_person(erased, land):
    printed = land("orders", ORDERS + THEIRS + OTHERS + "o4,,v1,,2024-01-02,paid,GBP\n")
    assert "1 rows landed, 0 lines rejected, 3 of erased people left out, orders.csv" in printed
    assert erased.rows("shop", "orders", "order_id, landed_row", 2) == [("o3", 4)]
    batch = erased.batch("shop", "orders", 2)
    counts = [batch[name] for name in ("lines_in", "rows_landed", "lines_rejected", "rows_erased")]
    assert counts == [4, 1, 0, 3]
    land("order_lines", LINES + "o3,1,p,1,1\no2,1,p,1,1\n")
    assert erased.rows("shop", "order_lines", "order_id", 2) == [("o3",)]
    land("customers", CUSTOMERS + "c3,c@x.org,\n")
    assert erased.rows("shop", "customers", "customer_id, referred_by", 2) == [
        ("c2", None), ("c3", None),
    ]  # fmt: skip


def test_a_copy_in_another_format_lands_without_the_person(erased, done):
    columns = {"customer_id": ["c2", "c1"], "email": ["b@x.org", "a@x.org"]}
    path = erased.root / "input" / "customers.parquet"
    pq.write_table(pa.table(columns), path)
    done("land", "shop", path)
    assert erased.rows("shop", "customers", "customer_id", 2) == [("c2",)]
    lines = '{"customer_id": "c1"}\n{"customer_id": "c2"}\n{"customer_id": "c1"\n{"customer_id":\n'
    done("land", "shop", erased.file("customers.jsonl", lines))
    assert erased.rows("shop", "customers", "customer_id", 3) == [("c2",)]
    assert [number for number, _, _ in erased.rejects("shop", "customers", 3)] == ["4"]
    assert erased.batch("shop", "customers", 3)["rows_erased"] == 2


def test_a_file_of_nobody_else_lands_empty_and_once(erased, land, refused):
    printed = land("erasure_requests", REQUESTS + "c1,2024-04-01\n")
    assert "0 rows landed, 0 lines rejected, 2 of erased people left out" in printed
    path = erased.file("erasure_requests.csv", REQUESTS + "c1,2024-04-01\n")
    assert "has landed before" in refused("land", "shop", path)


def test_a_new_account_under_the_old_address_or_device_is_a_new_customer(erased, land):
    land("customers", "customer_id,email\nc9,a@x.org\n")
    land(
        "orders",
        ORDERS + "o9,c9,v1,a@x.org,2024-05-01,paid,GBP\no8,,v1,z@x.org,2024-05-01,paid,GBP\n",
    )
    land("events", EVENTS + "e8,login,2024-05-01,v1,c9,/?from=c1\ne9,login,2024-05-01,v1,,\n")
    assert erased.rows("shop", "customers", "customer_id", 2) == [("c9",)]
    assert erased.rows("shop", "orders", "order_id", 2) == [("o9",), ("o8",)]
    assert erased.rows("shop", "events", "event_id, page_url", 2) == [("e8", "/?from=erased")]


def test_what_hangs_on_a_newer_order_of_theirs_does_not_land_either(erased, land):
    newer = "o7,c1,v1,,2024-05-01,paid,GBP\no6,,,a@x.org,2024-05-01,paid,GBP\n"
    both = "o5,c1,,,2024-05-01,paid,GBP\no5,c2,,,2024-05-02,paid,GBP\n"
    land("orders", ORDERS + newer + both)
    assert erased.rows("shop", "orders", "order_id, customer_id", 2) == [("o5", "c2")]
    land("order_lines", LINES + "o7,1,p,1,1\no6,1,p,1,1\no5,1,p,1,1\no70,1,p,1,1\n")
    assert erased.rows("shop", "order_lines", "order_id", 2) == [("o5",), ("o70",)]
    for order in ("o5", "o6", "o7"):
        assert f'"{order}"' not in (erased.landing / "_erased.json").read_text()


def test_in_one_folder_lines_find_their_order(erased, done):
    erased.file("orders.csv", ORDERS + "o7,c1,v1,,2024-05-01,paid,GBP\n")
    erased.file("order_lines.csv", LINES + "o7,1,p,1,1\no3,1,p,1,1\n")
    done("land", "shop", erased.root / "input")
    assert erased.rows("shop", "order_lines", "order_id", 2) == [("o3",)]


def test_files_without_the_person_are_not_touched(project, land, done):
    land("customers", CUSTOMERS)
    land("orders", ORDERS + OTHERS + "o4\n")
    land("products", "product_id,name\np1,Pan\n")
    land("customers", "customer_id,email\nc7,x@x.org\n")
    before = state(project.landing)
    land("erasure_requests", REQUESTS)
    done("erase", "--no-build")
    after = state(project.landing)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {
        "_erased.json",
        "shop/customers/batch_id=1/_batch.json",
        "shop/customers/batch_id=1/data.parquet",
        "shop/erasure_requests/batch_id=1/_batch.json",
        "shop/erasure_requests/batch_id=1/data.parquet",
    }


def test_a_batch_from_before_there_was_an_erasure_counts_none(project, land, done):
    land("customers", CUSTOMERS)
    path = project.landing / "shop" / "customers" / "batch_id=1" / "_batch.json"
    batch = json.loads(path.read_text())
    assert batch.pop("rows_erased") == 0
    path.write_text(json.dumps(batch))
    land("erasure_requests", REQUESTS)
    done("erase", "--no-build")
    assert project.batch("shop", "customers")["rows_erased"] == 1


@pytest.mark.parametrize("key", [None, "another secret of at least 32 characters"])
def test_without_its_key_the_list_lets_nobody_in(erased, refused, monkeypatch, key):
    # A source that needs no key of its own, with an erased person in it.
    sheet = erased.root / "models" / "staging" / "shop" / "aliases.csv"
    sheet.write_text(sheet.read_text().replace(",hash\n", ",\n").replace(",drop\n", ",\n"))
    monkeypatch.setenv("STAYHOUSE_PII_KEY", key) if key else monkeypatch.delenv("STAYHOUSE_PII_KEY")
    path = erased.file("contacts.csv", "contact_id,campaign_id,customer_id,channel,sent_at\n")
    assert "was made with a" in (sentence := refused("land", "shop", path))
    assert "STAYHOUSE_PII_KEY: set that one" in sentence
    assert not (erased.landing / "shop" / "contacts").exists()


def test_without_a_key_a_salt_protects_the_list(project, done, monkeypatch):
    monkeypatch.delenv("STAYHOUSE_PII_KEY")
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    sheet.write_text(sheet.read_text().replace(",hash\n", ",\n").replace(",drop\n", ",\n"))
    done(
        "land",
        "shop",
        project.file("reviews.csv", "review_id,customer_id,product_id,created_at\nw1,c1,p,t\n"),
    )
    done("land", "shop", project.file("erasure_requests.csv", REQUESTS))
    done("erase", "--no-build")
    written = json.loads((project.landing / "_erased.json").read_text())
    assert len(written["salt"]) == 64
    plain = hashlib.sha256(b"c1").hexdigest()
    assert plain not in json.dumps(written)
    printed = done("land", "shop", project.file("erasure_requests.csv", REQUESTS + "c2,t\n"))
    assert "1 rows landed, 0 lines rejected, 1 of erased people left out" in printed
    # A key that is set later changes nothing: the list stays with its salt, and grows.
    monkeypatch.setenv("STAYHOUSE_PII_KEY", "x" * 32)
    done("erase", "--no-build")
    assert json.loads((project.landing / "_erased.json").read_text())["salt"] == written["salt"]


def test_a_damaged_list_stops_landing(erased, refused):
    (erased.landing / "_erased.json").write_text("{")
    path = erased.file("orders.csv", ORDERS + OTHERS)
    assert "_erased.json is damaged" in refused("land", "shop", path)


def test_during_a_landing_nothing_is_erased_and_the_other_way_round(project, land, done, refused):
    land("customers", CUSTOMERS)
    land("erasure_requests", REQUESTS)
    before = state(project.landing)
    for name, words in (
        # Also of a table of which nothing has landed yet.
        (".landing-shop.reviews.lock", "Another process is landing shop.reviews"),
        (".erase.lock", "Another process is erasing in"),
    ):
        with (project.landing / name).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert words in refused("erase", "--no-build")
        (project.landing / name).unlink()
    assert state(project.landing) == before
    done("erase", "--no-build")
    assert project.rows("shop", "customers", "customer_id") == [("c2",)]


def test_a_warehouse_in_use_stops_the_erasure_before_it_begins(project, land, refused):
    land("customers", CUSTOMERS)
    land("erasure_requests", REQUESTS)
    before = state(project.landing)
    (project.root / "warehouse").mkdir()
    holder = (
        "import duckdb, sys; c = duckdb.connect('warehouse/stayhouse.duckdb'); "
        "print(1, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert "is in use by" in refused("erase", "--no-build")
        process.communicate(b"")
    assert state(project.landing) == before


@pytest.mark.parametrize("step", range(11))
def test_broken_off_after_any_file_it_is_run_again(project, land, done, monkeypatch, step):
    """Each file takes its place by one rename: after the first, the second ... nothing else."""
    land("customers", CUSTOMERS)
    land("orders", ORDERS + THEIRS + OTHERS)
    land("order_lines", LINES + "o1,1,p,1,1\no2,1,p,1,1\no3,1,p,1,1\n")
    land("events", EVENTS + "e1,login,2024-01-01,v1,c1,\ne2,login,2024-01-01,v3,c2,\nbroken,c1\n")
    land("erasure_requests", REQUESTS)
    (project.root / "target").mkdir()
    rename, renamed = os.replace, []

    def killed(*paths: Path) -> None:
        if len(renamed) == step:
            raise SystemExit
        renamed.append(paths)
        rename(*paths)

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", killed)
        with pytest.raises(SystemExit):
            done("erase", "--no-build")
    assert (project.root / "target").exists()
    printed = done("erase", "--no-build")
    assert "The erasure is complete." in printed
    assert "check the id" not in printed  # of whom the request alone was left
    assert not (project.root / "target").exists()
    left = {
        table: [value for (value,) in project.rows("shop", table, column)]
        for table, column in (
            ("customers", "customer_id"), ("orders", "order_id"), ("order_lines", "order_id"),
            ("events", "event_id"), ("erasure_requests", "customer_id"),
        )
    }  # fmt: skip
    assert left == {
        "customers": ["c2"], "orders": ["o3"], "order_lines": ["o3"], "events": ["e2"],
        "erasure_requests": [],
    }  # fmt: skip
    assert project.rejects("shop", "events") == []
    for table, rows in left.items():
        batch = project.batch("shop", table)
        assert batch["rows_landed"] == len(rows)
        assert batch["lines_in"] == len(rows) + batch["rows_erased"]
    assert "No request for erasure has landed" in done("erase")


def test_killed_outright_it_leaves_nothing_that_stops_the_next(project, land, done):
    land("customers", CUSTOMERS)
    land("orders", ORDERS + THEIRS + OTHERS)
    land("erasure_requests", REQUESTS)
    # It dies at the third file that takes its place: after the list and the rows of orders.
    code = (
        "import os, signal, sys; from stayhouse import cli; rename = os.replace; left = [2]\n"
        "def killed(*paths):\n"
        "    left[0] -= 1\n"
        "    rename(*paths) if left[0] >= 0 else os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.replace = killed; sys.exit(cli.main(['erase', '--no-build']))"
    )
    died = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert died.returncode == -signal.SIGKILL
    assert any(name.startswith(".landing-shop.orders/") for name in project.left())
    assert project.rows("shop", "orders", "order_id") == [("o3",)]
    assert project.batch("shop", "orders")["rows_landed"] == 3  # not yet told
    assert "1 person is to be erased" in done("erase", "--no-build")
    assert project.batch("shop", "orders")["rows_landed"] == 1
    assert project.rows("shop", "customers", "customer_id") == [("c2",)]
    assert [name for name in project.left() if name.startswith(".")] == []
