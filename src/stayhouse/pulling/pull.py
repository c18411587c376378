"""Pull a source: read chunk after chunk, land each, and know the next time where to go on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from stayhouse.base.disk import exclusive
from stayhouse.base.errors import StayhouseError
from stayhouse.base.project import pull_folder
from stayhouse.landing.aliases import Source, read_source
from stayhouse.landing.land import Landing, land, make_folder
from stayhouse.landing.notation import read_formats
from stayhouse.landing.personal import checked_key
from stayhouse.pulling.plan import Plan, PulledTable, read_plan

if TYPE_CHECKING:
    from stayhouse.pulling.database import Database
    from stayhouse.pulling.reading import Chunk, Reader, Reading

# What the extra brings, by the names of its imports.
_WAITING = "waiting {} s for open transactions (settle_seconds of pull.toml)"
_NEEDED = ("dlt", "sqlalchemy", "psycopg", "pymysql")


@dataclass(frozen=True)
class Step:
    """A chunk of a table that has landed, or what is to be said of the table.

    ``landing`` is None where nothing came; ``rows_read`` of ``rows_to_come`` have come so far.
    """

    table: str
    landing: Landing | None = None
    rows_read: int = 0
    rows_to_come: int = 0
    notes: list[str] = field(default_factory=list)


def pull(
    root: Path,
    landing: Path,
    source_name: str,
    *,
    url: str | None,
    variable: str,
    key: str | None = None,
    accepts_rejected: bool = False,
) -> Iterator[Step]:
    """Read what is new in the tables of a source, and land it; yield each step.

    Args:
        root: the project's folder.
        landing: the landing folder; made if it does not exist.
        source_name: a folder of ``models/staging`` with a ``pull.toml``.
        url: the database and how to enter it.
        variable: where the URL comes from, for messages.
        key: the key of personal columns, as for ``land``.
        accepts_rejected: as for ``land``.

    Raises:
        StayhouseError: anything is wrong with the arguments, the database or what came from it;
            what landed before stays, and the next pull goes on from there.
    """
    source = read_source(root, source_name)
    plan = read_plan(root, source)
    url = checked_url(url, variable)
    if source.has_personal_columns:
        checked_key(key, root, landing, source_name)
    make_folder(root, landing)
    folder = pull_folder(landing, source_name)
    refusal = (
        f"Another process is pulling {source_name}: wait until it has ended and run the command "
        "again."
    )
    with exclusive(landing / f".pull-{source_name}.lock", refusal):
        pulling = _Pulling(root, landing, source, key, accepts_rejected)
        yield from pulling.run(plan, folder, url, variable)


def checked_url(url: str | None, variable: str) -> str:
    """Check that a database is named, and that what reads one is installed.

    Raises:
        StayhouseError: one of these is not so.
    """
    if url is None:
        raise StayhouseError(
            f"{variable} is not set: set it, in your shell or in .env, to the URL of the database, "
            "such as postgresql://user:password@host/name."
        )
    if any(find_spec(name) is None for name in _NEEDED):
        raise StayhouseError(
            "What reads databases is not installed: run .venv/bin/pip install -r "
            "requirements-pull.lock."
        )
    return url


class _Pulling:
    """One pull, while its lock is held."""

    def __init__(
        self, root: Path, landing: Path, source: Source, key: str | None, accepts_rejected: bool
    ) -> None:
        self._root, self._landing, self._source = root, landing, source
        self._key, self._accepts_rejected = key, accepts_rejected

    def run(self, plan: Plan, folder: Path, url: str, variable: str) -> Iterator[Step]:
        """Land what waits, and then table after table."""
        from stayhouse.pulling.database import Database
        from stayhouse.pulling.reading import Reader

        reader = Reader(folder, self._source.name)
        reader.finish()
        for pulled in plan.tables:
            # A pull was killed, or refused, before this had landed.
            if waited := self._land(reader, pulled, None):
                yield Step(pulled.table.name, waited)
        database = Database(url, variable)
        # All of them before any is read: what is wrong is said at once.
        readings = [self._reading(plan, pulled, database) for pulled in plan.tables]
        # Where the largest number was pulled before, none has come since.
        numbered = [
            r for r in readings if r.cursor.waits and r.cursor.limit != reader.last(r.pulled)
        ]
        if numbered and plan.settle_seconds:
            name = numbered[0].pulled.table.name
            yield Step(name, notes=[_WAITING.format(plan.settle_seconds)])
            sleep(plan.settle_seconds)
        for reading in readings:
            yield from self._table(plan, reading, database, reader)

    def _reading(self, plan: Plan, pulled: PulledTable, database: "Database") -> "Reading":
        from stayhouse.pulling.database import cursor_of, is_plain
        from stayhouse.pulling.reading import Reading

        columns = database.columns(pulled)
        aliases = pulled.table.match_header(list(columns), pulled.origin)
        pulled.check_numbered({alias.our_column for alias in aliases})
        # What lands nowhere does not leave the database.
        names = [n for n, alias in zip(columns, aliases, strict=True) if alias.is_written]
        plain = [n for n in names if is_plain(columns[n], database.kind)]
        zone = read_formats(self._root, self._source)[pulled.table.name].zone
        cursor = cursor_of(database, pulled, columns, plan.settle_seconds, zone)
        return Reading(pulled, names, plain, cursor)

    def _table(
        self, plan: Plan, reading: "Reading", database: "Database", reader: "Reader"
    ) -> Iterator[Step]:
        pulled = reading.pulled
        rows_read = rows_to_come = 0
        first: Chunk | None = None
        while True:
            chunk = reader.read(database, reading, plan.batch_rows, counts=first is None)
            if first is None:
                first, rows_to_come = chunk, chunk.news.to_come
            landed = self._land(reader, pulled, database)
            if landed:
                rows_read += sum(batch.lines_in for batch in landed.batches)
                yield Step(pulled.table.name, landed, rows_read, max(rows_to_come, rows_read))
            if chunk.is_last:
                break
        notes = [] if rows_read else ["nothing new"]
        if first.news.too_fresh:
            notes.append(
                f"{first.news.too_fresh:,} rows are not older than {plan.settle_seconds} s, or lie "
                f"ahead, by {pulled.cursor}: they wait for a later pull"
            )
        if first.news.without_cursor:
            notes.append(
                f"WARNING: {first.news.without_cursor:,} rows have no {pulled.cursor} and were not "
                "read: give them one, or choose another cursor"
            )
        yield Step(pulled.table.name, notes=notes)

    def _land(
        self, reader: "Reader", pulled: PulledTable, database: "Database | None"
    ) -> Landing | None:
        """Land what waits of a table, which then is gone; return None where nothing did."""
        files = reader.waiting(pulled.table.name)
        if not files:
            return None
        landed = land(
            self._root,
            self._landing,
            self._source.name,
            reader.folder(pulled.table.name),
            table_name=pulled.table.name,
            # No row that was read is of a later instant.
            data_until=database.now() if database else None,
            key=self._key,
            accepts_rejected=self._accepts_rejected,
        )
        for file in files:
            file.unlink()
        return landed if landed.batches else None
