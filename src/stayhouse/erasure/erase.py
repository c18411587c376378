"""An erasure from its requests to its end, in an order that can be broken off anywhere.

1. The suppression list is written first: from then on nobody of it lands, and what is found once
   is not forgotten when the rows that told it are gone.
2. Landed files are rewritten, while no table of the source can land.
3. The warehouse file and dbt's artefacts are removed; all is built anew and published, and the
   earlier publications are removed.
4. The list is marked as finished. Until then the next erasure begins again at step 2.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from stayhouse.base.artifacts import public_marts
from stayhouse.base.disk import exclusive
from stayhouse.erasure import remains
from stayhouse.erasure.persons import Persons, landed_files, requested
from stayhouse.erasure.rewrite import Loss, batch_loss, rewrite_batch
from stayhouse.erasure.standing import Found, Place, Stagings, check_nothing_stands, staged, tables
from stayhouse.landing.aliases import REQUESTS, Source, read_source
from stayhouse.landing.batch import TableLanding, table_landing
from stayhouse.landing.finish import connection
from stayhouse.landing.manifest import read_manifest
from stayhouse.landing.personal import checked_key
from stayhouse.landing.suppression_list import SuppressionList, new_list, read_list, update_list
from stayhouse.publishing.publish import is_published, publish, withdraw

Say = Callable[[str], None]
__all__ = ["Place", "erase", "is_interrupted", "preview", "waiting_requests"]


def waiting_requests(landing: Path) -> int:
    """Return how many landed requests, readable or not, are still to be carried out."""
    folders = [path.parent for name in _asking(landing) for path in _requests(landing, name)]
    return sum(read_manifest(folder).rows_landed for folder in folders)


def is_interrupted(landing: Path) -> bool:
    """Return whether an erasure has begun and not come to its end.

    Raises:
        StayhouseError: the suppression list is damaged.
    """
    known = read_list(landing)
    return known is not None and not known.is_finished


def preview(place: Place, say: Say) -> None:
    """Say what each table would lose, and change nothing.

    Raises:
        StayhouseError: another erasure is at work, or the key is not that of the list.
    """
    with _working(place.landing) as work:
        sources = _sources(place)
        with staged(place, sources, work) as staging:
            wanted = _extended(place, sources, staging, work, say)
            if wanted is None:
                return
            for found in tables(place, sources, staging, wanted):
                losses = (
                    batch_loss(folder, found.suppressed, found.told(folder))
                    for folder in found.folders
                )
                _tell(say, found.label, losses, "would be")
        say("Nothing was changed: run 'stayhouse erase' to carry it out.")


def erase(place: Place, say: Say, *, builds: bool = True) -> None:
    """Carry out what is requested, and what an interrupted erasure left to do.

    Args:
        place: where.
        say: takes one line of progress at a time.
        builds: whether to build and publish anew; without it every publication is removed.

    Raises:
        StayhouseError: something is in use, the key is not that of the list, or the build fails;
            running it again goes on where it stopped.
    """
    with _working(place.landing) as work:
        remains.check_warehouse_is_free(place.warehouse)
        sources = _sources(place)
        with ExitStack() as locks:
            landings = {
                table.label: locks.enter_context(table_landing(table, place.landing))
                for source in sources.values()
                for table in source.tables.values()
            }
            with staged(place, sources, work) as staging:
                wanted = _extended(place, sources, staging, work, say)
                if wanted is None:
                    return
                # No landing of these sources is at work, so nothing was added since it was read.
                update_list(place.landing, lambda known: wanted)
                _rewrite(tables(place, sources, staging, wanted), landings, say)
            with staged(place, sources, work) as staging:
                check_nothing_stands(place, sources, staging, wanted)
        _renew(place, say, builds)
        # A landing since then may have added to the list.
        update_list(place.landing, lambda known: replace(known or wanted, is_finished=True))
        say("The erasure is complete.")
        if not builds:
            say("Run 'make build' next: it builds and publishes without the erased people.")


def _extended(
    place: Place, sources: dict[str, Source], staging: Stagings, work: Path, say: Say
) -> SuppressionList | None:
    """Return the list with everybody who is to be erased, or None where there is nothing to do."""
    known = read_list(place.landing)
    wanted = known or new_list(place.key)
    asked = 0
    for name in _asking(place.landing):
        with connection(work) as con:
            persons = requested(con, place.landing, sources[name], staging[name])
        if known is not None and not known.is_finished:
            # The interrupted erasure may have removed every row of a person but the request, and
            # then the name in it is no mistake.
            persons = replace(persons, unknown=[])
        _name_doubts(say, name, persons)
        if count := persons.count:
            also = ", those of whom nothing has landed too" if persons.unknown else ""
            are = "person is" if count == 1 else "people are"
            say(f"{name}: {count:,} {are} to be erased{also}.")
            wanted = wanted.extended(name, persons.identifiers, place.key)
            asked += count
    if not asked and (known is None or known.is_finished):
        say("No request for erasure names a person: nothing was changed.")
        return None
    if not asked:
        say("An erasure was interrupted: it is carried on.")
    return replace(wanted, is_finished=False)


def _name_doubts(say: Say, source: str, persons: Persons) -> None:
    for places, what in (
        (
            persons.unreadable,
            "has neither or both of customer_id and email and was left: correct it and land it "
            "again.",
        ),
        (persons.unknown, "names somebody of whom nothing has landed: check the id or address."),
        (
            persons.shared,
            "names an e-mail address of several customers and was left: ask for each of them by "
            "customer_id.",
        ),
    ):
        for batch_id, row in places:
            say(f"{source}.{REQUESTS} batch {batch_id} row {row} {what}")


def _rewrite(found_tables: Iterable[Found], landings: dict[str, TableLanding], say: Say) -> None:
    for found in found_tables:
        quiet = not sys.stderr.isatty()
        bar = tqdm(found.folders, desc=found.label, unit="batch", disable=quiet, leave=False)
        land = landings[found.label]
        losses = [rewrite_batch(path, land, found.suppressed, found.told(path)) for path in bar]
        _tell(say, found.label, losses, "were")


def _renew(place: Place, say: Say, builds: bool) -> None:
    """Remove what was made from the old files, and make it anew where that is wanted."""
    if not builds:
        say("Removing every publication, the warehouse file, target/ and logs/.")
        withdraw(place.published)
        remains.remove_remains(place.root, place.warehouse)
        return
    was_published = is_published(place.published)
    say("Removing the warehouse file, target/ and logs/, and building anew (dbt build).")
    remains.remove_remains(place.root, place.warehouse)
    remains.build(place.root)
    if was_published:
        marts = public_marts(place.root / remains.TARGET)
        version = publish(place.warehouse, marts, place.published).version
        withdraw(place.published, keep=version)
        say(f"Published version {version}; earlier versions are removed.")


def _tell(say: Say, label: str, losses: Iterable[Loss], verb: str) -> None:
    loss = sum(losses, Loss())
    parts = [
        (loss.rows, f"{loss.rows:,} of {loss.rows_before:,} rows"),
        (loss.lines, f"{loss.lines:,} rejected lines"),
    ]
    if taken := " and ".join(text for count, text in parts if count):
        say(f"{label}: {taken} {verb} erased")
    if loss.blanked:
        say(f"{label}: {loss.blanked:,} rows of other people {verb} freed of an erased id")


def _sources(place: Place) -> dict[str, Source]:
    """Return the sources with requests, and those of which somebody was erased before.

    Raises:
        StayhouseError: a source is not known, or the key may not be used.
    """
    known = read_list(place.landing)
    names = sorted({*_asking(place.landing), *(known.digests if known else ())})
    for name in names if place.key else ():
        checked_key(place.key, place.root, place.landing, name)
    return {name: read_source(place.root, name) for name in names}


def _asking(landing: Path) -> list[str]:
    """Return the sources of which requests have landed."""
    names = sorted(path.parent.name for path in landing.glob(f"*/{REQUESTS}"))
    return [name for name in names if _requests(landing, name)]


def _requests(landing: Path, source: str) -> list[Path]:
    return landed_files(landing, source, REQUESTS)


@contextmanager
def _working(landing: Path) -> Iterator[Path]:
    """Hold the lock of erasures; give a folder to spill into, of which nothing stays."""
    refusal = f"Another process is erasing in {landing}: wait until it has ended and run it again."
    with exclusive(landing / ".erase.lock", refusal):
        work = landing / ".erase"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
