"""Every SQL model: its SQL in Spark's dialect, and what it reads in the warehouse."""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.building import CHECKOUT
from tests.spark.engines import FOLDER, run_dbt

WAREHOUSE = CHECKOUT / "warehouse" / "stayhouse.duckdb"
ROOMS = ("staging", "core", "features", "retention", "segments", "churn")


@dataclass(frozen=True)
class Model:
    """A SQL model: where it stands in the warehouse, its SQL on Spark, the relations it reads."""

    relation: str
    sql: str
    reads: tuple[str, ...]


def _relation(node: dict[str, str]) -> str:
    return f"{node['schema']}.{node['alias'] or node['name']}"


def sql_models() -> dict[str, Model]:
    """Return the SQL models of the rooms ({name: model}), lower floors first."""
    run_dbt("spark", "--quiet", "compile", "--select", "path:models")
    manifest = json.loads((FOLDER / "spark" / "target" / "manifest.json").read_text("utf-8"))
    nodes = manifest["nodes"]
    models = {}
    for room in ROOMS:
        for _, node in sorted(nodes.items()):
            is_sql = node["resource_type"] == "model" and node["language"] == "sql"
            if is_sql and node["schema"] == room:
                reads = [_relation(nodes[k]) for k in node["depends_on"]["nodes"] if k in nodes]
                compiled = CHECKOUT / node["compiled_path"]
                models[node["name"]] = Model(
                    _relation(node), compiled.read_text(encoding="utf-8"), tuple(sorted(reads))
                )
    return models


def exported(con: duckdb.DuckDBPyConnection, relations: set[str]) -> dict[str, Path]:
    """Write relations of the warehouse as Parquet; return where ({relation: file})."""
    folder = FOLDER / "warehouse"
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for relation in sorted(relations):
        files[relation] = folder / f"{relation}.parquet"
        # Parquet has no integer of 128 bits, and DuckDB would write it as a double.
        huge = [
            f'cast("{name}" as decimal(38, 0)) as "{name}"'
            for name, kind, *_ in con.execute(f"describe {relation}").fetchall()
            if kind == "HUGEINT"
        ]
        columns = f"* replace ({', '.join(huge)})" if huge else "*"
        con.execute(f"copy (select {columns} from {relation}) to '{files[relation]}'")
    return files
