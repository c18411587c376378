"""What changed between two warehouses, counted by hand."""

import duckdb
import pytest

from stayhouse.base.artifacts import Mart
from stayhouse.commands.diff import report
from stayhouse.reports.compare import Built, ColumnChange, compare

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


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("warehouse/stayhouse.duckdb", "is the warehouse file itself"),
        ("other.duckdb", "There is no warehouse file other.duckdb"),
    ],
)
def test_what_cannot_be_compared_is_said(project, refused, monkeypatch, file, said):
    monkeypatch.chdir(project.root)
    assert "run `make build` first" in refused("diff", "--base-db", file)
    for folder, name in (("warehouse", "stayhouse.duckdb"), ("target", "manifest.json")):
        (project.root / folder).mkdir()
        (project.root / folder / name).write_text('{"nodes": {}}')
    assert said in refused("diff", "--base-db", file)
