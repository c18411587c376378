"""A version to be published: the marts written as DuckDB and Parquet, and both held to the source.

What was written is opened again, as a reader opens it, before anybody is led to it: a copy that is
short, damaged or of something else than the public marts is refused.
"""

import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from glob import escape
from pathlib import Path
from typing import Any

import duckdb

from stayhouse import __version__
from stayhouse.base.artifacts import Mart
from stayhouse.base.build_token import read_build_token
from stayhouse.base.content import Content, content
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import identifier, limit_memory, literal, reading
from stayhouse.reports.losses import as_records, read_losses
from stayhouse.reports.new_batches import batches_since

DATABASE = "stayhouse.duckdb"
PARQUET = "parquet"
# Beside the copies: what each mart of this version holds and how it is sorted, for whoever wants
# to check, under `version` whose it is by CHANGELOG.md, under `build` what it was built from, under
# `losses` what of the landed rows and money is in none of them, and under `new` the same of the
# batches that the version before did not have.
CONTENTS = "contents.json"
# To sort more rows than these is a third of what publishing them costs, and takes all memory: it is
# done where a reader of one person gains by it.
_SORTED_UP_TO = 1_000_000
# Node, wasm, the 1.x command line and SQLAlchemy read no file of a later version.
_STORAGE_VERSION = "v1.4.0"


class DamagedCopy(StayhouseError):
    """What was written does not hold what the warehouse holds."""


def write(
    warehouse: Path,
    marts: Sequence[Mart],
    folder: Path,
    before: Path | None = None,
    *,
    shares_files: bool = True,
) -> dict[Mart, Content]:
    """Write the marts as one DuckDB file and as Parquet; return what the warehouse holds of each.

    The rows of a mart are written by person, where it has them, and in the order of its key, so
    that equal marts give equal files and a reader of one person's rows passes over all others. Of
    more than a million rows without persons (events, days of visitors) they are left as they stand.
    The columns are those that the mart's contract names.

    Args:
        warehouse: the DuckDB file that dbt built; opened read-only.
        marts: what to copy.
        folder: an empty folder.
        before: the folder of the version before, or none: what is new since is told beside it.
        shares_files: whether a mart that the version before holds with the same rows, columns and
            sorting shares its Parquet file, by a hard link.

    Raises:
        StayhouseError: the warehouse cannot be read, is not that of one build that went well, or
            lacks a mart or a column.
    """
    contents: dict[Mart, Content] = {}
    told: dict[str, Any] = {}
    told_before = _contents(before) if shares_files else {}
    new = batches_since(warehouse, before) if before else None
    with reading(warehouse) as con:
        # Asked where the rows are read: while this connection is open, no build can begin.
        build = read_build_token(con)
        if build.refusal is not None:
            raise StayhouseError(f"Nothing was published. {build.refusal}")
        con.execute(f"set temp_directory = {literal(str(folder / 'spill'))}")
        con.execute(
            f"attach {literal(str(folder / DATABASE))} as publication "
            f"(storage_version {literal(_STORAGE_VERSION)})"
        )
        for mart in marts:
            source = f"warehouse.{identifier(mart.room)}.{identifier(mart.name)}"
            copy = f"publication.{identifier(mart.room)}.{identifier(mart.name)}"
            parquet = _parquet(folder, mart)
            parquet.parent.mkdir(parents=True, exist_ok=True)
            columns = ", ".join(map(identifier, mart.columns))
            name = f"{mart.room}.{mart.name}"
            try:
                contents[mart] = content(con, source, mart.columns)
                sorting = _sorting(mart, contents[mart].row_count)
                order = f"order by {', '.join(map(identifier, sorting))}" if sorting else ""
                con.execute(f"create schema if not exists publication.{identifier(mart.room)}")
                con.execute(f"create table {copy} as select {columns} from {source} {order}")
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                raise StayhouseError(
                    f"{warehouse} has no table {mart.room}.{mart.name} with the columns of its "
                    "contract: run 'stayhouse build' into this file (STAYHOUSE_DB names it) and "
                    "publish again."
                ) from error
            told[name] = {**vars(contents[mart]), "sorted_by": list(sorting)}
            is_same = told[name] == told_before.get(name)
            if not (before and is_same and _is_linked(con, copy, _parquet(before, mart), parquet)):
                to = literal(str(parquet))
                con.execute(f"copy (from {copy}) to {to} (format parquet, compression zstd)")
        con.execute("detach publication")
        losses = _losses(con)
        if new is not None:
            told["new"] = {
                "since_version": new.version,
                "batches": sorted(new.batches),
                "losses": _losses(con, new.batches),
            }
    shutil.rmtree(folder / "spill", ignore_errors=True)
    told["version"] = __version__
    told["build"] = build.as_record()
    if losses is not None:
        told["losses"] = losses
    (folder / CONTENTS).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return contents


def _contents(folder: Path | None) -> dict[str, Any]:
    """Return what a version tells of itself; nothing where there is none, or it cannot be read."""
    try:
        told = json.loads((folder / CONTENTS).read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_linked(con: duckdb.DuckDBPyConnection, copy: str, old: Path, new: Path) -> bool:
    """Link a Parquet file of the version before, where its columns and its readers are today's.

    A hash of rows does not tell 1 as a bigint from 1 as an integer, nor how a column is named.
    """
    try:
        here, there = (
            con.execute(f"select column_name, column_type from (describe from {rows})").fetchall()
            for rows in (copy, _rows_of(old))
        )
        made = (new.parents[2] / DATABASE).stat()
        kept = old.stat()
        are_same = (made.st_mode, made.st_uid, made.st_gid) == (
            kept.st_mode, kept.st_uid, kept.st_gid,
        )  # fmt: skip
        if here != there or not are_same:
            return False
        os.link(old, new)
    except (duckdb.Error, OSError):
        return False
    return True


def _losses(
    con: duckdb.DuckDBPyConnection, of: Collection[str] | None = None
) -> list[dict[str, Any]] | None:
    """Return what of the landed rows is in no figure; None where the warehouse does not tell."""
    try:
        return as_records(read_losses(con, of=of))
    except (duckdb.CatalogException, duckdb.BinderException):
        return None


def check(folder: Path, contents: Mapping[Mart, Content]) -> None:
    """Open what was written again, and hold every copy to what the warehouse holds.

    Args:
        folder: where ``write`` wrote.
        contents: what it returned.

    Raises:
        DamagedCopy: a copy cannot be read, is short or holds other rows.
        StayhouseError: it is not a public mart.
        duckdb.OutOfMemoryException: ``STAYHOUSE_MEMORY`` does not suffice to read it.
    """
    expected = {(mart.room, mart.name) for mart in contents}
    written = {(path.parent.name, path.stem) for path in (folder / PARQUET).rglob("*.parquet")}
    _check_names(written, expected, PARQUET)
    try:
        with duckdb.connect(str(folder / DATABASE), read_only=True) as con:
            limit_memory(con)
            tables = con.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
            _check_names(set(tables), expected, DATABASE)
            for mart, held in contents.items():
                copy = f"{identifier(mart.room)}.{identifier(mart.name)}"
                _check_copy(con, mart, held, copy, DATABASE)
                parquet = _parquet(folder, mart)
                _check_copy(con, mart, held, _rows_of(parquet), str(parquet.relative_to(folder)))
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        why = str(error).splitlines()[0].rstrip(".:")
        raise DamagedCopy(
            f"What was written to publish cannot be read again ({why}): nothing was published, "
            "check the disk and publish again."
        ) from error


def _check_copy(
    con: duckdb.DuckDBPyConnection, mart: Mart, held: Content, copy: str, place: str
) -> None:
    found = content(con, copy, mart.columns)
    if found == held:
        return
    what = (
        f"{found.row_count} rows and the warehouse {held.row_count}"
        if found.row_count != held.row_count
        else "other rows than the warehouse"
    )
    raise DamagedCopy(
        f"The copy of {mart.room}.{mart.name} in {place} has {what}: nothing was published; check "
        "the disk, and that each column is of a type that Parquet keeps, and publish again."
    )


def _check_names(found: set[tuple[str, str]], expected: set[tuple[str, str]], place: str) -> None:
    if odd := sorted(found ^ expected):
        raise StayhouseError(
            f"What was written to {place} is not the public marts ({'.'.join(odd[0])} is one too "
            "many or missing): nothing was published, publish again."
        )


def _sorting(mart: Mart, row_count: int) -> tuple[str, ...]:
    """Return the columns that a mart is sorted by; none: its rows are left as they stand."""
    if not mart.key or "person_id" not in mart.columns:
        return mart.key if row_count <= _SORTED_UP_TO else ()
    return "person_id", *(column for column in mart.key if column != "person_id")


def _parquet(folder: Path, mart: Mart) -> Path:
    return folder / PARQUET / mart.room / f"{mart.name}.parquet"


def _rows_of(parquet: Path) -> str:
    return f"read_parquet({literal(escape(str(parquet)))}, hive_partitioning = false)"
