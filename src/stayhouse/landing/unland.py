"""Take landed batches back: one, or all of a table or of a source; the opposite of landing.

What is taken goes out of every reader's sight by one rename, into the working folder that landing
uses, and is removed there: whoever is killed in between leaves a folder that the next landing of
that table clears away, and never half of what was to go.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from stayhouse.base.disk import flush
from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Table, read_source
from stayhouse.landing.batch import table_landing
from stayhouse.landing.manifest import MANIFEST, Batch, read_manifest

# So many batches of a table are named in a refusal, the latest.
_NAMED = 5


def landed_batches(landing: Path, source: str = "*") -> list[Batch]:
    """Return the batches that stand in a landing folder, by source, table and number."""
    manifests = landing.glob(f"{source}/*/batch_id=*/{MANIFEST}")
    batches = [read_manifest(path.parent) for path in manifests]
    return sorted(batches, key=lambda batch: (batch.source, batch.table, batch.batch_id))


def unland(
    root: Path,
    landing: Path,
    source: str,
    *,
    table: str | None = None,
    number: int | None = None,
    file: str | None = None,
    takes_all: bool = False,
) -> list[Batch]:
    """Take back the one batch that is meant, or all of a table or a source; return what went.

    The list of erased people stays as it is. A number that was the highest is given again; builds
    know a batch by when its file was written too.

    Args:
        root: the project's folder.
        landing: the landing folder.
        source: the source.
        table: the table; without it those of the source.
        number: the batch's number.
        file: the name under which its file landed.
        takes_all: take all batches of the table, or of the source.

    Raises:
        StayhouseError: nothing is meant, or several batches and not all; nothing has changed.
    """
    standing = landed_batches(landing)
    of_source = [batch for batch in standing if batch.source == source]
    if not of_source:
        there = ", ".join(sorted({batch.source for batch in standing}))
        raise StayhouseError(
            f"Nothing of the source {source!r} has landed in {landing}: "
            + (f"there is {there}." if there else "it is empty.")
        )
    with ExitStack() as locks:
        landings = {
            name: locks.enter_context(table_landing(Table(source, name, ()), landing))
            for name in sorted({b.table for b in of_source} | _tables(root, source))
        }
        # Again, now that nobody lands.
        of_source = landed_batches(landing, source)
        meant = [
            batch
            for batch in of_source
            if table in (None, batch.table)
            and number in (None, batch.batch_id)
            and file in (None, batch.file)
        ]
        if not meant:
            raise StayhouseError(f"No batch of {source} is that one: there is {_named(of_source)}.")
        if len(meant) > 1 and not takes_all:
            raise StayhouseError(
                f"{len(meant):,} batches are meant: {_named(meant)}; say which by --table and "
                "--batch, or all of a table or a source by --all."
            )
        place = landing / source
        if table is not None or not takes_all:
            place /= meant[0].table
        if not takes_all:
            place /= f"batch_id={meant[0].batch_id}"
        # Deeper than where readers look for batches.
        bin_ = landings[meant[0].table].work / "taken" / "back"
        bin_.mkdir(parents=True)
        os.rename(place, bin_ / place.name)
        flush(place.parent)
    return meant


def _tables(root: Path, source: str) -> set[str]:
    """The tables of a source that may be landing just now; of one that is no more, none."""
    if not (root / "models" / "staging" / source / "aliases.csv").exists():
        return set()
    return set(read_source(root, source).tables)


def _named(batches: list[Batch]) -> str:
    tables = dict.fromkeys(batch.table for batch in batches)
    return "; ".join(_of_table([b for b in batches if b.table == name]) for name in tables)


def _of_table(batches: list[Batch]) -> str:
    named = ", ".join(f"{batch.batch_id} ({batch.file})" for batch in batches[-_NAMED:])
    more = f"{len(batches) - _NAMED:,} earlier and " if len(batches) > _NAMED else ""
    return f"{batches[0].table} {more}{named}"
