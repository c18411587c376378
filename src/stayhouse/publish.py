"""``stayhouse publish``: copy the public marts to where BI tools read, after a good build.

A build locks the warehouse file, so nobody else reads it. Readers get a copy::

    published/stayhouse.duckdb            -> current/stayhouse.duckdb
    published/parquet                     -> current/parquet
    published/current                     -> versions/<n>
    published/versions/<n>/stayhouse.duckdb
    published/versions/<n>/parquet/<room>/<mart>.parquet

A version is written out of sight, counted, flushed and renamed; then one link is replaced. Until
that moment readers see the version before, and whoever has it open keeps it.
"""

import argparse
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stayhouse import project
from stayhouse.artifacts import Mart, public_marts
from stayhouse.disk import flush
from stayhouse.errors import StayhouseError
from stayhouse.summary import summary_lines
from stayhouse.warehouse import identifier, literal, reading

# Node, wasm, the 1.x command line and SQLAlchemy read no file of a later version.
_STORAGE_VERSION = "v1.4.0"
_DATABASE = "stayhouse.duckdb"
# Readers that resolved the link before a publication have this many of them to open their file.
_VERSIONS_KEPT = 3


@dataclass(frozen=True)
class Publication:
    """A published version: its number, its folder, and the rows of each ``room.mart``."""

    version: int
    folder: Path
    row_counts: dict[str, int]


PLACES = (
    ("published/stayhouse.duckdb", "every public mart, for BI tools and DuckDB clients"),
    ("published/parquet/", "the same marts as Parquet, one folder a room"),
)


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``publish``."""
    parser = subparsers.add_parser(
        "publish",
        help="copy the public marts to published/, for BI tools",
        description="Copy the public marts of the last good 'dbt build' to published/ as a DuckDB "
        "file and as Parquet. A build that failed publishes nothing; readers never see half.",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder that dbt wrote manifest.json and run_results.json to (default: target)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    marts = public_marts(root / args.target_path)
    publication = publish(project.warehouse_path(root), marts, root / "published")
    total = sum(publication.row_counts.values())
    print(
        f"published version {publication.version}: {len(publication.row_counts)} marts, "
        f"{total:,} rows\n"
    )
    print("\n".join(summary_lines(publication.folder / _DATABASE, PLACES)))
    return 0


def publish(warehouse: Path, marts: Sequence[Mart], published: Path) -> Publication:
    """Copy marts from a warehouse file into a new version, and make it the current one.

    The rows of a mart are written in the order of its key, so that equal marts give equal files.

    Args:
        warehouse: the DuckDB file that dbt built; opened read-only.
        marts: what to copy.
        published: the folder that readers know; made if it does not exist.

    Raises:
        StayhouseError: the warehouse cannot be read, lacks a mart, or a copy has other rows than
            its mart; what was published before still stands.
    """
    versions = published / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    # The two names that readers know lead through `current`: one replacement moves both.
    links = {
        published / "current": "versions/{version}",
        published / _DATABASE: f"current/{_DATABASE}",
        published / "parquet": "current/parquet",
    }
    for link in links:
        if link.exists() and not link.is_symlink():
            raise StayhouseError(
                f"{link} is in the way of a link that publishing puts there: move it elsewhere."
            )
    with _lock(published):
        work = versions / ".work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            row_counts = _copy(warehouse, marts, work)
            _flush_tree(work)
            version = max(_versions(versions), default=0) + 1
            folder = versions / str(version)
            os.rename(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        flush(versions)
        for link, target in links.items():
            _link(link, target.format(version=version))
        flush(published)
        for old in sorted(_versions(versions))[:-_VERSIONS_KEPT]:
            shutil.rmtree(versions / str(old))
    return Publication(version, folder, row_counts)


def is_published(published: Path) -> bool:
    """Return whether any version, whole or half, stands in the folder that readers know."""
    versions = published / "versions"
    return versions.is_dir() and any(versions.iterdir())


def withdraw(published: Path, keep: int | None = None) -> None:
    """Remove every published version but one, or all; who has an old file open keeps it.

    Args:
        published: the folder that readers know; it may be missing.
        keep: the version that stays; without it the links go first, and nobody is led nowhere.

    Raises:
        StayhouseError: another process is publishing.
    """
    if not is_published(published):
        return
    with _lock(published):
        if keep is None:
            for name in (_DATABASE, "parquet", "current"):
                (published / name).unlink(missing_ok=True)
        for folder in (published / "versions").iterdir():
            if folder.name != str(keep):
                shutil.rmtree(folder)


def _copy(warehouse: Path, marts: Sequence[Mart], work: Path) -> dict[str, int]:
    """Write the marts as one DuckDB file and as Parquet; return their row counts, checked."""
    row_counts = {}
    with reading(warehouse) as con:
        con.execute(f"set temp_directory = {literal(str(work / 'spill'))}")
        con.execute(
            f"attach {literal(str(work / _DATABASE))} as publication "
            f"(storage_version {literal(_STORAGE_VERSION)})"
        )
        for mart in marts:
            source = f"warehouse.{identifier(mart.room)}.{identifier(mart.name)}"
            copy = f"publication.{identifier(mart.room)}.{identifier(mart.name)}"
            parquet = work / "parquet" / mart.room / f"{mart.name}.parquet"
            parquet.parent.mkdir(parents=True, exist_ok=True)
            order = ", ".join(map(identifier, mart.key)) or "all"
            try:
                con.execute(f"create schema if not exists publication.{identifier(mart.room)}")
                con.execute(f"create table {copy} as select * from {source} order by {order}")
            except duckdb.CatalogException as error:
                raise StayhouseError(
                    f"{warehouse} has no table {mart.room}.{mart.name}: run 'dbt build' into this "
                    "file (STAYHOUSE_DB names it) and publish again."
                ) from error
            con.execute(
                f"copy (from {copy}) to {literal(str(parquet))} (format parquet, compression zstd)"
            )
            counts = [
                _count(con, relation)
                for relation in (source, copy, f"read_parquet({literal(str(parquet))})")
            ]
            if len(set(counts)) > 1:
                raise StayhouseError(
                    f"{mart.room}.{mart.name} has {counts[0]} rows in the warehouse, {counts[1]} "
                    f"in the copied database and {counts[2]} in Parquet: nothing was published, "
                    "check the disk and publish again."
                )
            row_counts[f"{mart.room}.{mart.name}"] = counts[0]
        con.execute("detach publication")
    shutil.rmtree(work / "spill", ignore_errors=True)
    return row_counts


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(con.execute(f"select count(*) from {relation}").fetchall()[0][0])


def _versions(versions: Path) -> list[int]:
    return [int(path.name) for path in versions.iterdir() if path.name.isdecimal()]


@contextmanager
def _lock(published: Path) -> Iterator[None]:
    handle = os.open(published / ".publish.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StayhouseError(
                f"Another process is publishing into {published}: wait until it has ended and run "
                "the command again."
            ) from error
        yield
    finally:
        os.close(handle)


def _link(link: Path, target: str) -> None:
    """Point a link at a target in one step: a reader meets the old one or the new one."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)


def _flush_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        flush(path)
