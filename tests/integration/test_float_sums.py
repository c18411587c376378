"""No model adds floats up: in which order an engine takes the rows decides the last digit.

Two builds of the same rows would differ now and then. What each model sums is asked of DuckDB,
which binds the compiled SQL against empty tables of the same columns.
"""

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.building import Run

# In these the order of the rows does not matter.
ORDERLESS = {"count", "max", "min", "quantile_cont", "quantile_disc", "median"}


def float_sums(con: duckdb.DuckDBPyConnection, sql: str) -> list[str] | None:
    """Return the aggregates over floats in a query, by name; None for one that reads files.

    Such a plan cannot be written down. Only the doors read files, and they add nothing up.
    """
    plan = json.loads(
        con.execute("select json_serialize_plan(?, optimize := false)", [sql]).fetchall()[0][0]
    )
    if plan["error"]:
        assert "LOGICAL_GET" in plan["error_message"], plan["error_message"]
        return None
    return [
        node["qname"]["path"][-1]
        for node in nodes(plan)
        if node.get("expression_class") in ("BOUND_AGGREGATE", "BOUND_WINDOW")
        and "qname" in node
        and node["qname"]["path"][-1] not in ORDERLESS
        # A comparison tells no type, since it is true or false.
        and any(
            child.get("return_type", {}).get("id") in ("DOUBLE", "FLOAT")
            for child in node["children"]
        )
    ]


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    children = tree.values() if isinstance(tree, dict) else tree
    if isinstance(tree, dict | list):
        for child in children:
            yield from nodes(child)


@pytest.fixture(scope="module")
def empty(staged: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse without its rows: every table and view as an empty table."""
    with duckdb.connect(str(staged.database), read_only=True) as con:
        columns = con.execute(
            """
            select
                table_schema, table_name, string_agg(format('"{}" {}', column_name, data_type), ',')
            from information_schema.columns
            where table_catalog = current_database()
            group by all
            """
        ).fetchall()
    with duckdb.connect() as con:
        con.execute(f"attach ':memory:' as {staged.database.stem}")
        con.execute(f"use {staged.database.stem}")
        for schema, table, listed in columns:
            con.execute(f"create schema if not exists {schema}")
            con.execute(f"create table {schema}.{table} ({listed})")
        yield con


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select sum(cast(n as double)) from t", ["sum"]),
        ("select avg(sqrt(n)) over (partition by n) from t", ["avg"]),
        ("select sum(sum(n) / count(*)) over () from t", ["sum"]),
        ("select max(cast(n as double)), sum(n) from t", []),
    ],
)
def test_a_sum_of_floats_is_seen(sql: str, found: list[str]) -> None:
    with duckdb.connect() as con:
        con.execute("create table t (n decimal(18, 2))")
        assert float_sums(con, sql) == found


def test_no_model_adds_floats_up(
    warehouse: Run, staged: Run, empty: duckdb.DuckDBPyConnection
) -> None:
    models, compiled = set(), {}
    for run in (warehouse, staged):
        manifest = json.loads((run.target / "manifest.json").read_text())
        for node in manifest["nodes"].values():
            if node["resource_type"] == "model" and node["language"] == "sql":
                models.add(node["name"])
                path = run.target / "compiled" / "stayhouse" / node["original_file_path"]
                if path.exists():
                    compiled[node["name"]] = path.read_text()
    assert models == compiled.keys()
    found = {name: float_sums(empty, sql) for name, sql in compiled.items()}
    doors = {name for name, sums in found.items() if sums is None}
    assert {name for name in doors if not name.startswith("stg_")} == {
        "int_batches__numbered",
        "int_lines__rejected",
    }
    assert {name: sums for name, sums in found.items() if sums} == {}
