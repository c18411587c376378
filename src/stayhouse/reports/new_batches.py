"""Which batches are new since the publication before: what a night brought, of every table.

Their numbers do not tell: of two files that land at once the later one is not all of the night, and
a table's last batch may be of a night long past. Read from the two files alone.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import reading
from stayhouse.reports.losses import BATCH

_DATABASE = "stayhouse.duckdb"
# A batch that was taken back and landed again may have its number: it is known by how many of its
# rows could not be taken, too, which no later batch changes. Not by all rows: people are erased.
_BATCHES = f"""
select
    {BATCH},
    coalesce(sum(row_count) filter (
        disposition in ('rejected', 'superseded')
        and reason_code not in ('later_version', 'same_key_in_batch', 'invoice_in_later_file')
    ), 0)::bigint
from core.data_quality
group by all
"""


@dataclass(frozen=True)
class NewBatches:
    """The batches that a file has beside an earlier ``version``, by ``losses.BATCH``."""

    version: int
    batches: frozenset[str]


def new_batches(path: Path, published: Path | None = None) -> NewBatches | None:
    """Return what a file has that the version before did not; None where there is nothing to say.

    That version is the one before a published file, and for a warehouse the current one, or where
    this is of that same data, the one before.

    Args:
        path: a published file, or a warehouse.
        published: the folder that a warehouse is published to.
    """
    path = path.resolve()
    versions = path.parent.parent
    if versions.name == "versions" and path.parent.name.isdigit():
        return batches_since(path, _earlier(versions, int(path.parent.name)))
    if published is None:
        return None
    current = (published / "current").resolve()
    if not current.name.isdigit():
        return None
    new = batches_since(path, current)
    if new is not None and not new.batches:
        new = batches_since(path, _earlier(current.parent, int(current.name)))
    return new


def _earlier(versions: Path, version: int) -> Path | None:
    """Return the folder of the latest version before one."""
    numbers = (int(folder.name) for folder in versions.iterdir() if folder.name.isdigit())
    before = max((number for number in numbers if number < version), default=None)
    return None if before is None else versions / str(before)


def batches_since(path: Path, version: Path | None) -> NewBatches | None:
    """Return what a file has beside a version; None where they are not of one shop.

    Args:
        path: a published file, or a warehouse.
        version: the folder of an earlier version.
    """
    if version is None:
        return None
    try:
        (is_sample, now), (was_sample, was) = map(_read, (path, version / _DATABASE))
    except (duckdb.Error, StayhouseError):
        return None  # of a release before this one, or gone
    if is_sample != was_sample:
        return None
    return NewBatches(int(version.name), frozenset(batch for batch, _ in now - was))


def _read(path: Path) -> tuple[bool, set[tuple[str, int]]]:
    """Return whether a file is the sample's, and its batches."""
    with reading(path) as con:
        clock = con.execute("select is_sample from core.clock").fetchall()
        return clock == [(True,)], set(con.execute(_BATCHES).fetchall())
