"""Copies the public marts to where BI tools read, after a good build.

A build locks the warehouse file, so nobody else reads it. Readers get a copy::

    published/stayhouse.duckdb            -> current/stayhouse.duckdb
    published/parquet                     -> current/parquet
    published/current                     -> versions/<n>
    published/versions/<n>/stayhouse.duckdb
    published/versions/<n>/parquet/<room>/<mart>.parquet
    published/versions/<n>/contents.json         each mart's rows and hash, version, build, losses,
                                                 and what was new since the version before

A version is written out of sight, flushed, opened again and held to the warehouse, and renamed;
then one link is replaced. Until that moment readers see the version before, and whoever has it open
keeps it. What a killed publication left is hidden (a name that begins with a dot) or a version that
nobody was led to; the next one removes it.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stayhouse.base import project
from stayhouse.base.artifacts import Mart, public_marts, warn_rate
from stayhouse.base.content import Content
from stayhouse.base.disk import exclusive, flush
from stayhouse.base.errors import StayhouseError
from stayhouse.base.private import private_files
from stayhouse.publishing.landed_since import landed_since, moved_since
from stayhouse.publishing.publication import DATABASE, PARQUET, DamagedCopy, check, write
from stayhouse.reports.explain import warnings_of
from stayhouse.reports.summary import summary_lines

_CURRENT = "current"
_WORK = ".work"
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


def publish_last(root: Path, target: Path) -> None:
    """Publish the last build, and print what it warns of, what was published and the summary.

    Args:
        root: the project's folder.
        target: the folder that dbt wrote about that build to.

    Raises:
        StayhouseError: as ``public_marts`` and ``publish`` do; nothing was published.
    """
    publication = publish(project.warehouse_path(root), public_marts(target), root / "published")
    total = sum(publication.row_counts.values())
    told = (
        f"published version {publication.version}: {len(publication.row_counts)} marts, "
        f"{total:,} rows"
    )
    before = publication.folder.with_name(str(publication.version - 1))
    since = landed_since(before, publication.folder)
    moved, of_all = moved_since(before, publication.folder)
    rate = warn_rate(root, target)
    warnings = warnings_of(target)
    lines = [told, since]
    # What is much is said first.
    (warnings if of_all > rate else lines).append(moved)
    page = summary_lines(
        publication.folder / DATABASE,
        PLACES,
        rate,
        warnings=warnings,
        told=(*(line for line in lines if line), ""),
    )
    print("\n".join(page))


def publish(warehouse: Path, marts: Sequence[Mart], published: Path) -> Publication:
    """Copy marts from a warehouse file into a new version, and make it the current one.

    Args:
        warehouse: the DuckDB file that dbt built; opened read-only.
        marts: what to copy.
        published: the folder that readers know; made if it does not exist.

    Raises:
        StayhouseError: the warehouse cannot be read, is not that of one build that went well, or
            lacks a mart, a copy does not hold the rows of its mart, or the folder cannot be
            written; what was published before still stands.
    """
    versions = published / "versions"
    # The two names that readers know lead through `current`: one replacement moves both.
    links = {
        published / _CURRENT: "versions/{version}",
        published / DATABASE: f"{_CURRENT}/{DATABASE}",
        published / PARQUET: f"{_CURRENT}/{PARQUET}",
    }
    for link in links:
        if link.exists() and not link.is_symlink():
            raise StayhouseError(
                f"{link} is in the way of a link that publishing puts there: move it elsewhere."
            )
    with _told(published), private_files(like=published):
        versions.mkdir(parents=True, exist_ok=True)
        with _lock(published):
            version = _current(published) + 1
            _clear(versions, version)
            contents = _prepare(warehouse, marts, versions, version)
            for link, target in links.items():
                _link(link, target.format(version=version))
            flush(published)
            for old in sorted(_versions(versions))[:-_VERSIONS_KEPT]:
                _remove(versions / str(old))
    row_counts = {f"{mart.room}.{mart.name}": held.row_count for mart, held in contents.items()}
    return Publication(version, versions / str(version), row_counts)


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
            for name in (DATABASE, PARQUET, _CURRENT):
                (published / name).unlink(missing_ok=True)
        for folder in (published / "versions").iterdir():
            if folder.name != str(keep):
                _remove(folder)


def _versions(versions: Path) -> list[int]:
    return [int(path.name) for path in versions.iterdir() if path.name.isdecimal()]


def _current(published: Path) -> int:
    """Return the number of the version that readers are led to; 0 where there is none."""
    link = published / _CURRENT
    name = link.readlink().name if link.is_symlink() else ""
    return int(name) if name.isdecimal() else 0


def _prepare(
    warehouse: Path, marts: Sequence[Mart], versions: Path, version: int
) -> dict[Mart, Content]:
    """Make a version whole, out of sight, and give it its number; return what it holds."""
    earlier = versions / str(version - 1)
    before = earlier if earlier.is_dir() else None
    try:
        contents = _made(warehouse, marts, versions / _WORK, before)
    except DamagedCopy:
        # A file that it shares with the version before may have been damaged since: each anew.
        contents = _made(warehouse, marts, versions / _WORK, before, shares_files=False)
    try:
        os.rename(versions / _WORK, versions / str(version))
    finally:
        shutil.rmtree(versions / _WORK, ignore_errors=True)
    flush(versions)
    return contents


def _made(
    warehouse: Path,
    marts: Sequence[Mart],
    work: Path,
    before: Path | None,
    *,
    shares_files: bool = True,
) -> dict[Mart, Content]:
    """Write a version into a new folder and check it; nothing is left of one that is refused."""
    work.mkdir()
    try:
        contents = write(warehouse, marts, work, before, shares_files=shares_files)
        _flush_tree(work)
        check(work, contents)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return contents


def _clear(versions: Path, version: int) -> None:
    """Remove what a killed publication left: what is hidden, and versions nobody was led to.

    They would count among those that are kept, in the place of versions that have readers.
    """
    for folder in versions.iterdir():
        if not folder.name.isdecimal() or int(folder.name) >= version:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a version; killed on the way, no half of it stands under its name."""
    hidden = folder
    if not folder.name.startswith("."):
        hidden = folder.with_name(f".{folder.name}.old")
        os.rename(folder, hidden)
    shutil.rmtree(hidden)


@contextmanager
def _told(published: Path) -> Iterator[None]:
    """Say in one sentence what the disk, or the memory, refused."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise StayhouseError(
            f"Publishing into {published} needs more memory than the {project.memory()} of "
            "STAYHOUSE_MEMORY: allow more and publish again; readers keep a whole version."
        ) from error
    except (OSError, duckdb.OperationalError) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise StayhouseError(
            f"Publishing into {published} stopped ({why}): make room or mend the disk and publish "
            "again; readers keep a whole version."
        ) from error


def _lock(published: Path) -> AbstractContextManager[None]:
    return exclusive(
        published / ".publish.lock",
        f"Another process is publishing into {published}: wait until it has ended and run the "
        "command again.",
    )


def _link(link: Path, target: str) -> None:
    """Point a link at a target in one step: a reader meets the old one or the new one."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)


def _flush_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        flush(path)
