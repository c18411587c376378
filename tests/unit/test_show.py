"""One model on a page: from the warehouse, or from what was published while a build holds it."""

import json
import subprocess
import sys

import duckdb
import pytest


def column(name, data_type, description, **config):
    return {"name": name, "data_type": data_type, "description": description, "config": config}


def node(room, name, columns, description="", access="public"):
    return {
        "unique_id": f"model.stayhouse.{name}",
        "resource_type": "model",
        "schema": room,
        "name": name,
        "alias": name,
        "original_file_path": f"models/{room}/{name}.sql",
        "description": description,
        "columns": {one["name"]: one for one in columns},
        "config": {"access": access, "materialized": "table"},
    }


@pytest.fixture
def built(project):
    """Two models, a law that ties them, and a warehouse that holds one of them."""
    orders = node(
        "core",
        "orders",
        [
            column("order_id", "varchar", "The order."),
            column("net_sales", "decimal(18,4)", "What was paid " * 12),
        ],
        "One row per order:\n  what it was worth.\n",
    )
    people = node(
        "core",
        "int_people",
        [
            column("person_id", "varchar", "Who."),
            column("email_hash", "varchar", "", meta={"pii": "email"}),
        ],
        access="private",
    )
    grain = {
        "resource_type": "test",
        "attached_node": "model.stayhouse.orders",
        "test_metadata": {"name": "grain", "kwargs": {"columns": ["order_id"]}},
    }
    law = {"resource_type": "test", "name": "orders_equal_people", "test_metadata": None}
    manifest = {
        "nodes": {
            "model.stayhouse.orders": orders,
            "model.stayhouse.int_people": people,
            "test.stayhouse.grain": grain,
            "test.stayhouse.orders_equal_people": law,
        },
        "sources": {"source.stayhouse.shop.orders": {"source_name": "shop", "name": "orders"}},
        "parent_map": {
            "model.stayhouse.orders": ["source.stayhouse.shop.orders"],
            "model.stayhouse.int_people": ["model.stayhouse.orders"],
        },
        "child_map": {
            "model.stayhouse.orders": [
                "model.stayhouse.int_people",
                "test.stayhouse.grain",
                "test.stayhouse.orders_equal_people",
            ],
        },
    }
    (project.root / "target").mkdir()
    (project.root / "target" / "manifest.json").write_text(json.dumps(manifest))
    (project.root / "warehouse").mkdir()
    fill(project.root / "warehouse" / "stayhouse.duckdb", 1200)
    return project.root


def fill(path, rows):
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core")
        con.execute(
            "create table core.orders as select 'o' || (5000 - i) as order_id, "
            f"cast(i as decimal(18, 4)) as net_sales from range({rows}) t(i)"
        )
        con.execute("create table core.int_people as select 'p1' as person_id, 'h4sh' email_hash")


def test_what_a_model_is_stands_on_one_page(built, done):
    out = done("show", "orders")
    assert out.startswith("core.orders   public table   models/core/orders.sql\n")
    assert "One row per order: what it was worth.\n" in out
    assert "\ngrain     order_id\n" in out
    assert "\nreads     shop.orders (landed)\n" in out
    assert "\nread by   core.int_people\n" in out
    assert "\nheld by   orders_equal_people\n" in out
    assert "\norder_id   varchar        key  The order.\n" in out
    assert all(len(line) <= 100 for line in out.splitlines() if "/" not in line)
    # In the order of the key.
    assert out.split("\n1,200 rows in ")[1].splitlines()[1:3] == [
        "order_id  net_sales",
        "o3801     1199.0000",
    ]
    assert done("show", "core.orders") == out


def test_a_personal_column_is_not_shown(built, done):
    out = done("show", "int_people")
    assert "(personal)" in out
    assert "h4sh" not in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("order", "but there is core.orders"),
        ("people", "but there is core.int_people"),
        ("segments.orders", "but there is core.orders"),
        ("xyz", "named xyz: give"),
        ("", "make show MODEL=orders"),
    ],
)
def test_an_unknown_name_gives_near_ones(built, refused, name, said):
    assert said in refused("show", name)


def test_without_a_manifest_the_remedy_is_named(project, refused):
    assert "run 'dbt build' first" in refused("show", "orders")


def test_a_model_that_was_not_built_is_said(built, done):
    with duckdb.connect(str(built / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute("drop table core.orders")
    assert "has no core.orders: dbt build -s +orders" in done("show", "orders")


def test_a_view_whose_files_are_gone_is_said(built, done):
    with duckdb.connect(str(built / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute("drop table core.orders")
        con.execute(f"copy (select 1 as x) to '{built}/x.parquet'")
        con.execute(f"create view core.orders as from '{built}/x.parquet'")
    (built / "x.parquet").unlink()
    assert "core.orders cannot be read (" in done("show", "orders")


def test_while_a_build_holds_the_file_the_published_one_is_shown(built, done):
    path = built / "warehouse" / "stayhouse.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert f"no rows to show: {path} is in use by" in done("show", "orders")
        (built / "published").mkdir()
        fill(built / "published" / "stayhouse.duckdb", 7)
        out = done("show", "orders")
        assert f"not from the warehouse: {path} is in use by" in out
        assert f"7 rows in {built / 'published' / 'stayhouse.duckdb'}" in out
        holder.communicate("\n")


def test_a_wide_model_is_shown_upright(built, done):
    with duckdb.connect(str(built / "warehouse" / "stayhouse.duckdb")) as con:
        for place in range(8):
            con.execute(f"alter table core.orders add column c{place} integer default {place}")
    out = done("show", "orders")
    assert "\ncolumn     row 1      row 2      row 3\n" in out
    assert "\nc7         7          7          7\n" in out
