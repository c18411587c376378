"""Publishing: only after a good build, whole or not at all, under the readers' feet unnoticed."""

import fcntl
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from stayhouse.base.artifacts import Mart
from stayhouse.base.content import content
from stayhouse.base.errors import StayhouseError
from stayhouse.publishing import publication
from stayhouse.publishing.publish import publish
from tests.building import FINISHED
from tests.publishing import grain, node

PUBLISH = "stayhouse.publishing.publish"
PRODUCTS = Mart("core", "products", ("product_id",), ("product_id",))
CLOCK = Mart("core", "clock", (), ("as_of_at", "base_currency"))


@pytest.fixture
def warehouse(project):
    """A warehouse of two public marts and a private model, with what dbt writes beside it."""
    path = project.root / "warehouse" / "stayhouse.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core; create schema staging")
        con.execute(
            "create table core.products as select 1000 - i as product_id from range(1000) t(i)"
        )
        con.execute(
            "create table core.clock as "
            "select timestamp '2024-01-01' as as_of_at, 'GBP' as base_currency"
        )
        con.execute("create table core.int_products__versions as select 1 as secret")
        con.execute("create view staging.stg_shop__products as select 1 as product_id")
        con.execute(FINISHED)
    nodes = {
        "model.stayhouse.products": node("core", "products", "product_id"),
        "model.stayhouse.clock": node("core", "clock", "as_of_at", "base_currency"),
        "model.stayhouse.int_products__versions": node(
            "core", "int_products__versions", access="private"
        ),
        "model.stayhouse.loose": node("core", "loose", contract=False),
        "model.stayhouse.stg_shop__products": node("staging", "stg_shop__products"),
        "test.stayhouse.grain_products": grain("model.stayhouse.products", ["product_id"]),
    }
    target = project.root / "target"
    target.mkdir()
    (target / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    # Of a build before, which went well: publishing asks the warehouse.
    results = [{"unique_id": "test.stayhouse.m2", "status": "warn"}]
    (target / "run_results.json").write_text(
        json.dumps({"args": {"which": "build"}, "results": results})
    )
    return path


def change_manifest(project, change):
    path = project.root / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest["nodes"])
    path.write_text(json.dumps(manifest))


def token(warehouse, change):
    with duckdb.connect(str(warehouse)) as con:
        con.execute(change)


def test_public_marts_are_copied_and_nothing_else(project, warehouse, done):
    out = done("publish")
    published = project.root / "published"
    assert out.startswith("Look at this first\n  m2 warns of")
    assert "\n\npublished version 1: 2 marts, 1,001 rows\n" in out
    assert "Where to look" in out
    with duckdb.connect(str((published / "stayhouse.duckdb").resolve()), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        version = con.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
    assert tables == [("core.clock",), ("core.products",)]
    assert version == [("v1.4.0+",)]
    parquet = published / "parquet"
    files = sorted(
        str(path.relative_to(parquet.resolve())) for path in parquet.resolve().rglob("*")
    )
    assert files == ["core", "core/clock.parquet", "core/products.parquet"]
    # Nothing but the two marts: no write-ahead log, no working folder.
    assert sorted(path.name for path in (published / "current").iterdir()) == [
        "contents.json",
        "parquet",
        "stayhouse.duckdb",
    ]


def test_rows_are_in_the_order_of_the_key(project, warehouse):
    publication = publish(warehouse, [PRODUCTS], project.root / "published")
    with duckdb.connect() as con:
        rows = con.execute(f"from '{publication.folder}/parquet/core/products.parquet'").fetchall()
    assert rows == [(i,) for i in range(1, 1001)]
    again = publish(warehouse, [PRODUCTS], project.root / "published")
    assert (again.folder / "parquet/core/products.parquet").read_bytes() == (
        publication.folder / "parquet/core/products.parquet"
    ).read_bytes()


@pytest.mark.parametrize(("most", "is_sorted"), [(1000, True), (999, False)])
def test_above_a_million_rows_only_those_of_people_are_sorted(
    project, warehouse, monkeypatch, most, is_sorted
):
    """The two marts have a thousand rows each, which stand backwards."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "create or replace table core.products as select * from core.products "
            "order by product_id desc; "
            "create table core.orders as select product_id as order_id, 'p' as person_id "
            "from core.products"
        )
    monkeypatch.setattr(publication, "_SORTED_UP_TO", most)
    orders = Mart("core", "orders", ("order_id",), ("order_id", "person_id"))
    folder = publish(warehouse, [PRODUCTS, orders], project.root / "published").folder
    told = json.loads((folder / "contents.json").read_text())
    assert told["core.products"]["sorted_by"] == (["product_id"] if is_sorted else [])
    assert told["core.orders"]["sorted_by"] == ["person_id", "order_id"]
    upwards = list(range(1, 1001))
    with duckdb.connect(str(folder / "stayhouse.duckdb"), read_only=True) as con:
        for place in ("core.{}", f"'{folder}/parquet/core/{{}}.parquet'"):
            products = con.execute(f"select product_id from {place.format('products')}").fetchall()
            assert [row[0] for row in products] == (upwards if is_sorted else upwards[::-1])
            ordered = con.execute(f"select order_id from {place.format('orders')}").fetchall()
            assert [row[0] for row in ordered] == upwards


def test_rows_of_people_are_person_by_person(project, warehouse):
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "create table core.orders as select 'o' || i as order_id, 'p' || i % 2 as person_id "
            "from range(4) t(i)"
        )
    orders = Mart("core", "orders", ("order_id",), ("order_id", "person_id"))
    publication = publish(warehouse, [orders], project.root / "published")
    with duckdb.connect(str(publication.folder / "stayhouse.duckdb"), read_only=True) as con:
        rows = con.execute("select person_id, order_id from core.orders").fetchall()
    assert rows == [("p0", "o0"), ("p0", "o2"), ("p1", "o1"), ("p1", "o3")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("update build_token set state = 'unfinished'", "broken off before its end"),
        ("update build_token set state = 'part'", "made a part of the tables"),
        (
            "update build_token set state = 'failed', failure = 'm1: fail and 2 more'",
            "did not go well (m1: fail and 2 more)",
        ),
        ("delete from build_token", "broken off before its end"),
        ("drop table build_token", "broken off before its end"),
    ],
)
def test_what_is_not_one_good_build_publishes_nothing(
    project, warehouse, refused, change, sentence
):
    published = project.root / "published"
    publish(warehouse, [PRODUCTS, CLOCK], published)
    token(warehouse, change)
    said = refused("publish")
    assert sentence in said
    assert "run 'stayhouse build'" in said
    assert (published / "current").readlink() == Path("versions/1")
    assert kept(published) == ["1"]


def test_a_publication_says_what_it_was_built_from(project, warehouse, done):
    token(
        warehouse,
        """update build_token set inputs =
        '{"batches": {"shop.orders": {"batches": 2, "last_batch_id": 3}}, "vars": {"as_of": null},
        "project_checksum": "p", "landed_checksum": "times of files"}'""",
    )
    done("publish")
    told = json.loads((project.root / "published" / "current" / "contents.json").read_text())
    assert told["build"] == {
        "commit": "c0ffee",
        "is_sample": False,
        "batches": {"shop.orders": {"batches": 2, "last_batch_id": 3}},
        "project_checksum": "p",
        "vars": {"as_of": None},
    }
    token(warehouse, "update build_token set code_commit = ''")
    done("publish")
    told = json.loads((project.root / "published" / "current" / "contents.json").read_text())
    assert told["build"]["commit"] is None


@pytest.mark.parametrize(("share", "is_first"), [(0.05, False), (0.051, True)])
def test_money_of_the_past_that_moved_much_is_said_first(
    project, warehouse, done, monkeypatch, share, is_first
):
    moved = ("Net sales of days that version 1 had are 5.00 GBP more than it said.", share)
    monkeypatch.setattr(f"{PUBLISH}.moved_since", lambda before, after: moved)
    monkeypatch.setattr(f"{PUBLISH}.warn_rate", lambda root, target: 0.05)
    page = done("publish")
    head, told = page.split("published version 1", 1)
    assert moved[0] in " ".join((head if is_first else told).split())
    assert moved[0] not in " ".join((told if is_first else head).split())


def test_what_nobody_may_see_publishes_nothing(project, warehouse, refused):
    """Architecture rules keep such a mart out of the project; publishing does not rely on it."""

    def tagged(nodes):
        column = {"name": "email_hash", "config": {"meta": {"pii": "email"}}}
        nodes["model.stayhouse.clock"]["columns"]["email_hash"] = column

    def tagged_in_the_old_place(nodes):
        nodes["model.stayhouse.clock"]["columns"]["email_hash"] = {
            "name": "email_hash",
            "meta": {"pii": "email"},
        }

    def private(nodes):
        nodes["model.stayhouse.clock"]["alias"] = "int_clock"

    def bare(nodes):
        nodes["model.stayhouse.clock"]["columns"] = {}

    path = project.root / "target" / "manifest.json"
    good = path.read_text()
    for change, sentence in (
        (tagged, "core.clock holds email_hash, which is tagged personal"),
        (tagged_in_the_old_place, "core.clock holds email_hash, which is tagged personal"),
        (private, "core.int_clock is public and its name says that it is private"),
        (bare, "core.clock names no column"),
    ):
        path.write_text(good)
        change_manifest(project, change)
        assert sentence in refused("publish")
        assert not (project.root / "published").exists()


def test_dbts_manifest_must_be_there_and_whole(project, warehouse, refused):
    path = project.root / "target" / "manifest.json"
    path.write_text(path.read_text()[:-1])
    assert "is not whole" in refused("publish")
    path.unlink()
    assert f"There is no {path}" in refused("publish")
    assert not (project.root / "published").exists()


def test_another_target_path(project, warehouse, done):
    (project.root / "target").rename(project.root / "elsewhere")
    assert "version 1" in done("publish", "--target-path", "elsewhere")


def test_a_mart_that_the_warehouse_lacks_leaves_the_last_version(project, warehouse):
    published = project.root / "published"
    publish(warehouse, [PRODUCTS, CLOCK], published)
    with pytest.raises(StayhouseError, match=r"no table core\.gone"):
        publish(warehouse, [PRODUCTS, Mart("core", "gone", (), ("x",))], published)
    assert (published / "current").readlink() == Path("versions/1")
    assert [path.name for path in (published / "versions").iterdir()] == ["1"]


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        ("200KB", "stayhouse.duckdb needs more memory than the 200KB of STAYHOUSE_MEMORY: allow"),
        ("500KB", "needs more memory than the 500KB of STAYHOUSE_MEMORY: allow more and publish"),
        ("a lot", "STAYHOUSE_MEMORY is 'a lot', which is no amount of memory: write one"),
        ("200%", "STAYHOUSE_MEMORY is '200%', which is no amount of memory: write one"),
        ("-1GB", "STAYHOUSE_MEMORY is '-1GB', which is no amount of memory: write one"),
    ],
)
def test_memory_that_does_not_suffice_leaves_the_last_version(
    project, warehouse, monkeypatch, memory, words
):
    published = project.root / "published"
    publish(warehouse, [PRODUCTS], published)
    monkeypatch.setenv("STAYHOUSE_MEMORY", memory)
    with pytest.raises(StayhouseError, match=re.escape(words)):
        publish(warehouse, [PRODUCTS], published)
    assert [path.name for path in (published / "versions").iterdir()] == ["1"]


def test_both_copies_are_made_and_read_within_the_memory(project, warehouse, monkeypatch):
    limits = []

    def noted(con, *words):
        limits.append(con.execute("select current_setting('memory_limit')").fetchall()[0][0])
        return content(con, *words)

    monkeypatch.setattr(publication, "content", noted)
    monkeypatch.setenv("STAYHOUSE_MEMORY", "64MiB")
    publish(warehouse, [PRODUCTS], project.root / "published")
    assert limits == ["64.0 MiB"] * 3


def test_two_at_once_is_refused(project, warehouse):
    published = project.root / "published"
    published.mkdir()
    with (published / ".publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StayhouseError, match="Another process is publishing"):
            publish(warehouse, [PRODUCTS], published)
    assert publish(warehouse, [PRODUCTS], published).version == 1


def test_no_warehouse_is_said(project, warehouse, refused):
    warehouse.unlink()
    assert "There is no warehouse file" in refused("publish")


def test_a_locked_warehouse_names_its_holder(project, warehouse, refused):
    code = (
        f"import duckdb; c = duckdb.connect({str(warehouse)!r}); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert f"(process {holder.pid})" in refused("publish")
        holder.communicate("\n")


def kept(published):
    return sorted(path.name for path in (published / "versions").iterdir())


def test_three_versions_are_kept_and_an_open_one_goes_on(project, warehouse):
    published = project.root / "published"
    publish(warehouse, [PRODUCTS], published)
    with duckdb.connect(str((published / "stayhouse.duckdb").resolve()), read_only=True) as con:
        for version, expected in ((2, "12"), (3, "123"), (4, "234"), (5, "345")):
            assert publish(warehouse, [PRODUCTS], published).version == version
            assert kept(published) == list(expected)
        assert con.execute("select count(*) from core.products").fetchall() == [(1000,)]


def test_versions_nobody_was_led_to_are_not_among_the_three(project, warehouse, monkeypatch):
    """A publication that is killed between the whole version and the link leaves one of them."""
    published = project.root / "published"
    for _ in range(3):
        publish(warehouse, [PRODUCTS], published)

    def killed(*_):
        raise KeyboardInterrupt

    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr("stayhouse.publishing.publish._link", killed)
            with pytest.raises(KeyboardInterrupt):
                publish(warehouse, [PRODUCTS], published)
        assert kept(published) == ["1", "2", "3", "4"]
        assert (published / "current").readlink() == Path("versions/3")
    assert publish(warehouse, [PRODUCTS], published).version == 4
    assert kept(published) == ["2", "3", "4"]


def test_what_a_killed_publish_left_is_cleared(project, warehouse):
    published = project.root / "published"
    (published / "versions" / ".work").mkdir(parents=True)
    (published / "versions" / ".work" / "stayhouse.duckdb").write_bytes(b"half")
    (published / "versions" / ".3.old").mkdir()
    (published / ".current.new").symlink_to("nowhere")
    assert publish(warehouse, [PRODUCTS], published).version == 1
    assert sorted(path.name for path in published.iterdir()) == [
        "current",
        "parquet",
        "stayhouse.duckdb",
        "versions",
    ]
    assert kept(published) == ["1"]


def test_a_file_in_the_way_is_not_overwritten(project, warehouse):
    published = project.root / "published"
    published.mkdir()
    (published / "stayhouse.duckdb").write_bytes(b"somebody's own")
    with pytest.raises(StayhouseError, match="in the way"):
        publish(warehouse, [PRODUCTS], published)
    assert (published / "stayhouse.duckdb").read_bytes() == b"somebody's own"


READER = """
import os, sys, duckdb
print("ready", flush=True)
reads = 0
while not os.path.exists(sys.argv[2]):
    with duckdb.connect(os.path.realpath(sys.argv[1]), read_only=True) as con:
        assert con.execute("select count(*), sum(product_id) from core.products").fetchall() == [
            (1000, 500500)
        ]
    reads += 1
print(reads)
"""


def test_a_reader_in_a_loop_sees_no_error(project, warehouse):
    published = project.root / "published"
    publish(warehouse, [PRODUCTS], published)
    stop = project.root / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(published / "stayhouse.duckdb"), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        for _ in range(5):
            publish(warehouse, [PRODUCTS], published)
            # A reader that has resolved the link has a moment to open what it leads to.
            time.sleep(0.1)
        stop.touch()
        reads = int(reader.stdout.read())
        assert reader.wait() == 0
    assert reads >= 5


@pytest.mark.parametrize(
    ("given", "folders", "files"),
    [(None, 0o700, 0o600), (0o755, 0o700, 0o600), (0o2750, 0o2750, 0o640)],
)
def test_what_is_published_is_its_owners_or_the_groups_that_it_was_given_to(
    project, warehouse, done, given, folders, files
):
    published = project.root / "published"
    if given:
        published.mkdir()
        published.chmod(given)
    done("publish")
    for path in [published, *published.rglob("*")]:
        if not path.is_symlink():
            expected = folders if path.is_dir() else files
            assert oct(path.stat().st_mode & 0o7777) == oct(expected), path
