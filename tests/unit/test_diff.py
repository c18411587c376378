"""What changed between two warehouses, counted by hand."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import duckdb
import pytest

from stayhouse.artifacts import Mart
from stayhouse.diff.build import Built
from stayhouse.diff.command import report
from stayhouse.diff.compare import ColumnChange, compare
from stayhouse.diff.scratch import scratch_folder
from stayhouse.errors import StayhouseError

KEYS = {
    "core.orders": ("order_id",),
    "core.days": ("person_id", "day"),
    "core.same": ("id",),
    "core.doubled": ("id",),
    "core.keyless": (),
}
BEFORE = """
    create schema core;
    create table core.orders as select * from (values
        ('a', 10.0::decimal(18, 4), 1.5::double, 'x', null),
        ('b', 20.0, 2.5, 'y', 'was'), ('c', 30.0, null, 'z', null), ('gone', 1.0, 1.0, 'g', null)
    ) as t(order_id, net_sales, score, segment, note);
    create table core.days as select * from (values
        ('p', null::date, 1), ('p', date '2024-01-01', 2)) as t(person_id, day, n);
    create table core.same as select range as id from range(10);
    create table core.doubled as select * from (values (1, 'x'), (1, 'x'), (2, 'y')) as t(id, v);
    create table core.keyless as select * from (values (1), (2)) as t(v);
    create table core.old_mart as select 1 as id;
    create table core.int_private as select 1 as id;
"""
NOW = """
    create schema core;
    create table core.orders as select * from (values
        ('a', 10.0::decimal(18, 4), 1.5::double, 'x', true), ('b', 26.0, 2.5, 'v', true),
        ('c', 32.0, 4.0, 'w', false), ('new', 1.0, 1.0, 'g', true)
    ) as t(order_id, net_sales, score, segment, is_first);
    create table core.days as select * from (values
        ('p', null::date, 1), ('p', date '2024-01-01', 3)) as t(person_id, day, n);
    create table core.same as select 9 - range as id from range(10);
    create table core.doubled as select * from (values (1, 'x'), (2, 'y'), (2, 'y')) as t(id, v);
    create table core.keyless as select * from (values (1), (3)) as t(v);
    create table core.new_mart as select 1 as id;
    create table core.int_private as select 2 as id;
"""


@pytest.fixture
def two(tmp_path):
    built = []
    for name, sql, alone in (("before", BEFORE, "old_mart"), ("now", NOW, "new_mart")):
        path = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute(sql)
        keys = {**KEYS, f"core.{alone}": ("id",)}
        marts = {mart: Mart("core", mart[5:], key, ()) for mart, key in keys.items()}
        built.append(Built(name, path, marts))
    return built


def test_rows_are_added_removed_and_changed(two):
    comparison = compare(*two)
    changes = {mart.name: mart for mart in comparison.marts}
    orders = changes["core.orders"]
    assert (orders.before, orders.now) == (4, 4)
    assert (orders.added, orders.removed, orders.changed) == (1, 1, 2)
    assert orders.columns == [
        # 20 to 26 and 30 to 32.
        ColumnChange("net_sales", 2, 4.0, 6.0),
        # From nothing to 4: a change without a distance.
        ColumnChange("score", 1, None, None),
        ColumnChange("segment", 2, None, None),
    ]
    assert orders.notes == ["only before: column note", "only now: column is_first"]
    days = changes["core.days"]
    assert (days.added, days.removed, days.changed) == (0, 0, 1)
    assert days.columns == [ColumnChange("n", 1, 1.0, 1.0)]
    assert changes["core.same"].is_same()


def test_without_a_key_rows_are_compared_whole(two):
    changes = {mart.name: mart for mart in compare(*two).marts}
    doubled = changes["core.doubled"]
    assert (doubled.added, doubled.removed, doubled.changed) == (1, 1, None)
    assert doubled.notes == ["rows compared whole: (id) is not the key of both"]
    keyless = changes["core.keyless"]
    assert (keyless.added, keyless.removed, keyless.changed) == (1, 1, None)
    assert keyless.notes == ["rows compared whole: no key is known"]


def test_the_report_is_one_table(two):
    lines = report(compare(*two), "abc", "the warehouse")
    assert lines[:2] == ["before: abc", "now:    the warehouse"]
    table = [line.split() for line in lines]
    assert ["mart", "before", "now", "added", "removed", "changed", "what"] in table
    assert "core.orders" in lines[5 - 1] or any(line.startswith("core.orders") for line in lines)
    assert any("net_sales 2 (mean 4, largest 6)" in line for line in lines)
    assert any(line.endswith("score 1") for line in lines)
    assert "only before: core.old_mart" in lines
    assert "only now: core.new_mart" in lines
    assert lines[-1] == "1 mart holds the same rows."
    assert "int_private" not in "\n".join(lines)


def test_a_file_without_its_project_is_compared_by_the_marts_of_now(two):
    before, now = two
    comparison = compare(Built("a file", before.database, None), now)
    assert comparison.only_before == ["core.old_mart"]
    assert comparison.only_now == ["core.new_mart"]
    assert {mart.name for mart in comparison.marts} == set(KEYS)


def test_a_type_that_changed_is_said(tmp_path):
    built = []
    for name, value in (("before", "1"), ("now", "'1'")):
        path = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute(f"create schema core; create table core.x as select 7 as id, {value} as v")
        built.append(Built(name, path, {"core.x": Mart("core", "x", ("id",), ())}))
    (change,) = compare(*built).marts
    assert change.notes == ["v was integer and is varchar"]
    assert (change.added, change.removed, change.changed) == (0, 0, 0)


def test_an_error_inside_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def fail():
        with scratch_folder() as scratch:
            (scratch.folder / "a").mkdir()
            (scratch.folder / "a" / "b").write_text("x")
            assert list(tmp_path.iterdir()) == [scratch.folder]
            raise StayhouseError("inside")

    with pytest.raises(StayhouseError, match="inside"):
        fail()
    assert list(tmp_path.iterdir()) == []


OWNER = """
import os, sys
from pathlib import Path
from stayhouse.diff.scratch import scratch_folder
child = (
    "import os, sys, time\\n"
    "from pathlib import Path\\n"
    "Path(sys.argv[1]).write_text(str(os.getpid()))\\n"
    "while True:\\n"
    "    if os.path.exists(sys.argv[2]): Path(sys.argv[2], 'still here').touch()\\n"
    "    time.sleep(0.01)\\n"
)
with scratch_folder() as scratch:
    words = [sys.executable, "-c", child, sys.argv[1], str(scratch.folder)]
    scratch.run(words, scratch.folder, dict(os.environ), scratch.folder / "log")
"""


def test_what_runs_ends_with_its_owner(tmp_path):
    """The child writes into the folder without an end; its owner is killed."""
    told, scratch = tmp_path / "pid", tmp_path / "scratch"
    scratch.mkdir()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(told)],
        env={**os.environ, "TMPDIR": str(scratch)},
        start_new_session=True,
    )
    wait_for(lambda: told.exists() and told.read_text() and list(scratch.glob("*/still here")))
    child = int(told.read_text())
    os.killpg(owner.pid, signal.SIGKILL)
    owner.wait()
    wait_for(lambda: not list(scratch.iterdir()) and not is_running(child))


def is_running(pid):
    """Whether a process runs: one that is over and waits for its parent does not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to that in 20 s")
