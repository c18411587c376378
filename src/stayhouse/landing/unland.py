"""Take landed batches back: one, or all of a table, a source or a day; the opposite of landing.

What is taken goes out of every reader's sight by one rename, into the working folder that landing
uses, and is removed there: whoever is killed in between leaves a folder that the next landing of
that table clears away, and never half of what was to go. Of a day each batch goes by a rename of
its own: where somebody is killed between two, the same command takes the others.
"""

import os
from contextlib import ExitStack
from datetime import date, datetime
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
    day: date | None = None,
    takes_all: bool = False,
) -> list[Batch]:
    """Take back the one batch that is meant, or all of a table, source or day; return what went.

    The list of erased people stays as it is. A number that was the highest is given again; builds
    know a batch by when its file was written too.

    Args:
        root: the project's folder.
        landing: the landing folder.
        source: the source.
        table: the table; without it those of the source.
        number: the batch's number.
        file: the name under which its file landed.
        day: take all batches that landed on it, in UTC.
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
            and day in (None, _day_of(batch))
        ]
        if day and not meant:
            asked = [batch for batch in of_source if table in (None, batch.table)]
            days = [found for batch in asked if (found := _day_of(batch))]
            latest = f": the latest landed on {max(days)}" if days else ""
            of = f"{source}.{table}" if table else source
            raise StayhouseError(f"No batch of {of} landed on {day} (UTC){latest}.")
        if not meant:
            raise StayhouseError(f"No batch of {source} is that one: there is {_named(of_source)}.")
        if len(meant) > 1 and not takes_all and not day:
            raise StayhouseError(
                f"{len(meant):,} batches are meant: {_named(meant)}; say which by --table and "
                "--batch, or all of a table or a source by --all."
            )
        batches = [landing / source / b.table / f"batch_id={b.batch_id}" for b in meant]
        places = [landing / source / (table or "")] if takes_all else batches
        for batch, place in zip(meant, places, strict=False):
            # Deeper than where readers look for batches.
            bin_ = landings[batch.table].work / "taken" / "back"
            bin_.mkdir(parents=True, exist_ok=True)
            os.rename(place, bin_ / place.name)
            flush(place.parent)
    return meant


def _day_of(batch: Batch) -> date | None:
    """The day of UTC on which a batch landed; older ones do not say it."""
    return datetime.fromisoformat(batch.landed_at).date() if batch.landed_at else None


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
