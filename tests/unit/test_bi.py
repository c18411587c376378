"""The part of docs/bi.md that needs no more than the environment: its code runs and is right."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stayhouse.base.artifacts import public_marts
from stayhouse.publishing.publish import publish
from tests.building import Run
from tests.clients.guide import GUIDE, QUESTION, code


@pytest.fixture(scope="module")
def published(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample is published."""
    folder = tmp_path_factory.mktemp("readers") / "published"
    publish(warehouse.database, public_marts(warehouse.target), folder)
    return folder


@pytest.mark.parametrize(
    "section", ["DuckDB in Python", "Parquet with pyarrow and pandas", "Several Parquet files"]
)
def test_the_code_of_the_guide_prints_what_the_warehouse_holds(
    section: str, published: Path, warehouse: Run
) -> None:
    orders, net_sales = warehouse.query(QUESTION)[0]
    done = subprocess.run(
        [sys.executable, "-c", code(section)],
        cwd=published.parent, env={**os.environ}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"{orders},{net_sales}\n"


def test_the_guide_names_the_versions_that_these_tests_run() -> None:
    import pandas as pd

    told = re.findall(r"^\| (?:DuckDB in Python|Parquet) \| ([^|]+) \|", GUIDE, re.MULTILINE)
    assert told[0] == duckdb.__version__
    assert f"pyarrow {pa.__version__}, pandas {pd.__version__};" in told[-1]


def test_parquet_holds_the_types_of_the_file(published: Path) -> None:
    """What a tool sees of a column must not depend on which of the two it reads."""
    kinds = {
        "VARCHAR": pa.types.is_string,
        "BIGINT": pa.types.is_int64,
        "DOUBLE": pa.types.is_float64,
        "BOOLEAN": pa.types.is_boolean,
        "DATE": pa.types.is_date32,
        "TIMESTAMP": pa.types.is_timestamp,
        "DECIMAL": pa.types.is_decimal,
    }
    seen = set()
    with duckdb.connect(str((published / "stayhouse.duckdb").resolve()), read_only=True) as con:
        columns = con.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns"
        ).fetchall()
    schemas = {
        (path.parent.name, path.stem): pq.read_schema(path)
        for path in (published / "parquet").glob("*/*.parquet")
    }
    assert schemas.keys() == {(room, mart) for room, mart, _, _ in columns}
    for room, mart, column, data_type in columns:
        kind = data_type.split("(")[0]
        seen.add(kind)
        stored = schemas[room, mart].field(column).type
        assert kinds[kind](stored), (room, mart, column, data_type, stored)
        # An instant in a zone would be shifted by some tools, and not by others.
        assert kind != "TIMESTAMP" or stored.tz is None
    assert seen == kinds.keys()


def test_the_file_is_of_the_storage_version_that_the_guide_names(published: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{(published / 'stayhouse.duckdb').resolve()}' as copy (read_only)")
        tags = con.execute(
            "select tags from duckdb_databases() where database_name = 'copy'"
        ).fetchall()[0][0]
    assert "written at DuckDB's storage version v1.4.0" in GUIDE
    assert tags["storage_version"].startswith("v1.4.0"), tags
