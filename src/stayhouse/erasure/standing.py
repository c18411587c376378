"""What has landed of the sources in which somebody is erased, and whom its rows name."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.erasure.persons import batch_of, landed_files
from stayhouse.erasure.rewrite import Loss, batch_loss
from stayhouse.landing.aliases import Source
from stayhouse.landing.finish import ROWS
from stayhouse.landing.personal import hasher
from stayhouse.landing.staging import Staging, staging_over
from stayhouse.landing.suppression import Suppressed
from stayhouse.landing.suppression_list import SuppressionList

Stagings = dict[str, Staging | None]


@dataclass(frozen=True)
class Place:
    """Where an erasure works: the project, its landing folder, the key of personal values."""

    root: Path
    landing: Path
    key: str | None

    @property
    def warehouse(self) -> Path:
        """The file that builds write."""
        return project.warehouse_path(self.root)

    @property
    def published(self) -> Path:
        """The folder that BI tools read."""
        return self.root / "published"


@dataclass(frozen=True)
class Found:
    """A table that has landed: its batches' folders, who is suppressed, its source's staging."""

    source: str
    table: str
    folders: list[Path]
    suppressed: Suppressed
    staging: Staging | None

    @property
    def label(self) -> str:
        """``source.table``, as messages name it."""
        return f"{self.source}.{self.table}"

    def told(self, folder: Path) -> pa.Table | None:
        """Return whom the rows of a batch name by their staging."""
        return self.staging.told(self.table, batch_of(folder / ROWS)) if self.staging else None


@contextmanager
def staged(place: Place, sources: dict[str, Source], work: Path) -> Iterator[Stagings]:
    """Give the staging of each source over what has landed."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                staging_over(place.root, source, place.landing, place.landing, work)
            )
            for name, source in sources.items()
        }


def tables(
    place: Place, sources: dict[str, Source], staging: Stagings, wanted: SuppressionList
) -> Iterator[Found]:
    """Yield each table that has landed of a source in which somebody is suppressed."""
    keyed_hash = hasher(place.key) if place.key else None
    for name, source in sources.items():
        suppressed = wanted.of(name, place.key, keyed_hash)
        for table in source.tables.values():
            files = landed_files(place.landing, name, table.name)
            if suppressed is not None and files:
                folders = [path.parent for path in files]
                yield Found(name, table.name, folders, suppressed, staging[name])


def check_nothing_stands(
    place: Place, sources: dict[str, Source], staging: Stagings, wanted: SuppressionList
) -> None:
    """Check that no landed row names an erased person, by what its staging makes of it.

    Raises:
        StayhouseError: one does.
    """
    left: dict[str, int] = {}
    people: dict[str, Suppressed] = {}
    for found in tables(place, sources, staging, wanted):
        losses = (batch_loss(path, found.suppressed, found.told(path)) for path in found.folders)
        left[found.label] = sum(losses, Loss()).rows
        people[found.source] = found.suppressed
    # A model of several landed tables does not say whose row is whose, but it names customers.
    for name, suppressed in people.items():
        staged = staging[name]
        for view, customer in staged.customers() if staged else ():
            left[view] = left.get(view, 0) + suppressed.is_customer(customer)
    if stands := [f"{name} ({count:,})" for name, count in left.items() if count]:
        raise StayhouseError(
            f"Erased people still stand in landed rows of {', '.join(stands)}, so the erasure is "
            "not complete: run 'stayhouse erase' again, and if it says the same, take those rows "
            "back with 'stayhouse unland' and run it then."
        )
