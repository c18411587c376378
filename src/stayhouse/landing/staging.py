"""Whom a landed row names, as the staging models of its source say it.

Marts know a person by what staging makes of a row: one column, or the first of several that is
there, or a part of a JSON value. Whoever erases must look for the same. dbt makes the models once,
over landed tables without rows; their views are then asked of whatever has landed, without dbt.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stayhouse.base.disk import put
from stayhouse.base.warehouse import identifier
from stayhouse.landing.aliases import Source
from stayhouse.landing.finish import ROWS
from stayhouse.landing.judge import stage
from stayhouse.landing.kinds import canonical_tables

# What staging may make of other columns than those of the name.
TOLD = ("customer_id", "visitor_id", "order_id")
_VIEWS = "select view_name, sql from duckdb_views() where schema_name = 'staging'"


@dataclass(frozen=True)
class Staging:
    """The staging of a source over some landing folder.

    ``models`` are by landed table the views whose rows are rows of that table alone, ``named`` all.
    """

    con: duckdb.DuckDBPyConnection
    models: dict[str, list[str]]
    named: list[str]
    _asked: dict[str, list[str]] = field(default_factory=dict)

    def told(self, table: str, batch_id: int) -> pa.Table | None:
        """Return whom the rows of a batch name, by landed_row, or None where no model says it.

        It has a column for each kind of identifier that a model has. Rows are as they stood when
        the table was first asked for.
        """
        name = identifier(f"told_{table}")
        if table not in self._asked:
            views = {view: self._columns(view) for view in self.models.get(table, [])}
            kinds = [kind for kind in TOLD if any(kind in columns for columns in views.values())]
            self._asked[table] = kinds
            # All batches at once: to read one of them, a view reads them all.
            parts = [
                f"select batch_id, landed_row, {', '.join(_or_null(kinds, columns))} "
                f"from {_relation(view)} where landed_row is not null"
                for view, columns in views.items()
            ]
            if kinds:
                smallest = ", ".join(f"min({kind}) as {kind}" for kind in kinds)
                self.con.execute(
                    f"create temp table {name} as select batch_id, landed_row, {smallest} "
                    f"from ({' union all '.join(parts)}) group by batch_id, landed_row"
                )
        kinds = self._asked[table]
        if not kinds:
            return None
        return self.con.sql(
            f"select landed_row, {', '.join(kinds)} from {name} where batch_id = {batch_id} "
            "order by landed_row"
        ).to_arrow_table()

    def customers(self) -> Iterator[tuple[str, str]]:
        """Yield each model that names customers with each of their ids, once."""
        for view in self.named:
            if "customer_id" not in self._columns(view):
                continue
            for (customer,) in self.con.execute(
                f"select distinct customer_id from {_relation(view)} "
                "where customer_id is not null order by customer_id"
            ).fetchall():
                yield view, customer

    def _columns(self, view: str) -> set[str]:
        rows = self.con.execute(f"describe {_relation(view)}").fetchall()
        return {row[0] for row in rows}


@contextmanager
def staging_over(
    root: Path, source: Source, landing: Path, rows: Path, work: Path
) -> Iterator[Staging | None]:
    """Give the staging of a source over a folder of landed rows; None where it has no models.

    Args:
        root: the project's folder.
        source: the source.
        landing: the landing folder, where the views are kept from one time to the next.
        rows: a folder in landing layout, whose rows are asked.
        work: a folder to work in.

    Raises:
        StayhouseError: dbt cannot run the models.
    """
    if not any((root / "models" / "staging" / source.name).glob("*.sql")):
        yield None
        return
    kept = _kept(root, source, landing)
    database = work / f"staging-{source.name}.duckdb"
    shutil.copyfile(kept, database)
    try:
        with duckdb.connect(
            str(database), config={"memory_limit": "1GB", "temp_directory": str(work / "spill")}
        ) as con:
            con.execute("set TimeZone = 'UTC'")
            ((made_over, models),) = con.execute("select made_over, models from told").fetchall()
            empty = work / "empty"
            _write_empty(source, empty)
            places = {}
            for table in source.tables:
                place = rows / source.name / table
                has_landed = any(place.glob("batch_id=*/*.parquet"))
                places[f"{made_over}/{source.name}/{table}"] = (
                    place if has_landed else empty / source.name / table
                )
            for _, sql in con.execute(_VIEWS).fetchall():
                fresh = sql
                for before, place in places.items():
                    fresh = fresh.replace(_inside(before) + "/", _inside(str(place)) + "/")
                if fresh != sql:
                    con.execute(fresh.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
            yield Staging(con, **json.loads(models))
    finally:
        database.unlink(missing_ok=True)
        shutil.rmtree(work / "empty", ignore_errors=True)


def _kept(root: Path, source: Source, landing: Path) -> Path:
    """Return a warehouse of the source's staging views, made anew where a rule has changed."""
    place = landing / f".staging-{source.name}.duckdb"
    mark = _mark(root, source.name)
    if place.exists():
        with duckdb.connect(str(place), read_only=True) as con:
            if con.execute("select mark from told").fetchall() == [(mark,)]:
                return place
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=landing) as name:
        work = Path(name)
        empty = work / "empty"
        _write_empty(source, empty)
        made = stage(root, source.name, empty, work)
        manifest = json.loads((work / "target" / "manifest.json").read_text(encoding="utf-8"))
        models = json.dumps(_models(root, source.name, manifest))
        with duckdb.connect(str(made)) as con:
            con.execute(
                "create table told as select ? as mark, ? as made_over, ? as models",
                [mark, str(empty), models],
            )
        put(made, place)
    return place


def _write_empty(source: Source, folder: Path) -> None:
    """Write a landing folder in which each table of a source has landed, without rows."""
    for table in source.tables.values():
        batch = folder / source.name / table.name / "batch_id=1"
        batch.mkdir(parents=True, exist_ok=True)
        columns = [(column, pa.string()) for column in table.landed_columns]
        schema = pa.schema([*columns, ("landed_row", pa.int64())])
        pq.write_table(schema.empty_table(), batch / ROWS)


def _models(root: Path, source: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the views that tell of each landed table, and all that name a customer.

    A view that is made of several landed tables does not say whose row is whose.
    """
    own, named = f"source.stayhouse.{source}.", []
    models: dict[str, list[str]] = {}
    for table in canonical_tables(root):
        view = f"stg_{source}__{table}"
        if f"model.stayhouse.{view}" not in manifest["nodes"]:
            continue
        named.append(view)
        read = [key for key in _above(f"model.stayhouse.{view}", manifest) if key.startswith(own)]
        if len(read) == 1:
            models.setdefault(read[0].removeprefix(own), []).append(view)
    return {"models": models, "named": named}


def _above(key: str, manifest: dict[str, Any]) -> set[str]:
    """Return what a model is made of, through all that is between."""
    found: set[str] = set()
    for parent in manifest["parent_map"].get(key, []):
        found |= {parent, *_above(parent, manifest)}
    return found


def _mark(root: Path, source: str) -> str:
    """Return a hash of what the views are made by."""
    rules = [root / "dbt_project.yml", *(root / "macros").rglob("*.sql")]
    rules += (root / "models" / "staging" / source).iterdir()
    said = hashlib.sha256(duckdb.__version__.encode())
    for path in sorted(path for path in rules if path.is_file()):
        said.update(f"\0{path.relative_to(root)}\0".encode() + path.read_bytes())
    return said.hexdigest()


def _inside(folder: str) -> str:
    """Return a folder as it stands in the pattern of a view."""
    return escape(folder).replace("'", "''")


def _or_null(kinds: list[str], columns: set[str]) -> list[str]:
    return [kind if kind in columns else f"cast(null as varchar) as {kind}" for kind in kinds]


def _relation(view: str) -> str:
    return f"staging.{identifier(view)}"
