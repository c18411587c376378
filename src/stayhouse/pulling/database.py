"""The database as a pull sees it: its columns, its clock, what is new; and what went wrong with it.

Nothing of the URL that holds the password leaves this module: no exception carries it on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from stayhouse.base.errors import StayhouseError
from stayhouse.pulling.plan import PulledTable

# A cursor's value, as the driver gives it.
Value = Any
# By the first word of the URL: the driver of the extra, and what makes a session speak UTC.
_DRIVERS = {
    "postgresql": ("postgresql+psycopg", {"options": "-c timezone=UTC", "connect_timeout": 10}),
    "mysql": ("mysql+pymysql", {"init_command": "set time_zone = '+00:00'", "connect_timeout": 10}),
    "sqlite": ("sqlite", {}),
}
_OTHER_NAMES = {"postgres": "postgresql", "mariadb": "mysql"}
# What databases say of a user or a password that they refuse: PostgreSQL's and MySQL's words.
_REFUSED = ("password", "authentication", "access denied", "no pg_hba.conf entry", "role ")


class Database:
    """One database, by the URL that a variable holds."""

    def __init__(self, url: str, variable: str) -> None:
        self._variable = variable
        self._url = _parsed(url, variable)
        self.kind = self._url.get_backend_name()
        self._password = str(self._url.password or "")
        self._was_reached = False
        path = self._url.database
        if self.kind == "sqlite" and not (path and Path(path).is_file()):
            # It would make an empty one.
            raise StayhouseError(
                f"There is no file {path} that {variable} names: write sqlite:////path/to/file.db."
            )
        try:
            self.engine: Engine = sa.create_engine(
                self._url, connect_args=_DRIVERS[self.kind][1], hide_parameters=True
            )
        except ModuleNotFoundError as error:
            raise StayhouseError(
                f"The driver {error.name} is not installed: run .venv/bin/pip install -r "
                "requirements-pull.lock."
            ) from None
        sa.event.listen(self.engine, "connect", self._reached)

    def _reached(self, *_connection: object) -> None:
        self._was_reached = True

    @contextmanager
    def told(self) -> Iterator[None]:
        """Say in one sentence what the database, or the way to it, refuses."""
        try:
            yield
        except Exception as error:
            found = _of_database(error)
            if found is None:
                raise
            raise StayhouseError(self._sentence(found)) from None

    def _sentence(self, error: sa.exc.DBAPIError) -> str:
        text = " ".join(str(error.orig).split())
        # A database that was reached, and does not let in again, broke off.
        connecting = isinstance(error, sa.exc.OperationalError) and not error.statement
        if connecting and not self._was_reached:
            if any(words in text.lower() for words in _REFUSED):
                return (
                    f"The database refuses the user or the password that {self._variable} holds: "
                    "correct the URL (in a password, @ is written %40, : %3A, / %2F and % %25)."
                )
            return (
                f"The database that {self._variable} names cannot be reached"
                f"{self._why(text)}: see that it runs, and that the URL is right."
            )
        if error.connection_invalidated or isinstance(error, sa.exc.OperationalError):
            return (
                f"The connection to the database broke off{self._why(text)}: what has landed "
                "stays; run the command again, and it goes on from there."
            )
        return f"The database refuses the query{self._why(text)}: correct it there."

    def _why(self, text: str) -> str:
        """Return what the database said, unless it repeats the password."""
        if self._password and self._password in text:
            return ""
        return f" ({text.rstrip('.')})" if text else ""

    def now(self) -> datetime:
        """Return the database's time, as naive UTC."""
        with self.told(), self.engine.connect() as con:
            instant: datetime = con.execute(sa.select(sa.func.now())).scalar_one()
        return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant

    def largest(self, pulled: PulledTable) -> Value | None:
        """Return the largest value of a table's cursor, None where it has no row."""
        with self.told(), self.engine.connect() as con:
            place = sa.table(pulled.name, schema=pulled.schema)
            largest = sa.func.max(sa.column(pulled.cursor))
            return con.execute(sa.select(largest).select_from(place)).scalar_one()

    def columns(self, pulled: PulledTable) -> dict[str, sa.types.TypeEngine[Any]]:
        """Return the columns of a table or view, in its order, with their types.

        Raises:
            StayhouseError: there is no such table.
        """
        with self.told():
            try:
                found = sa.inspect(self.engine).get_columns(pulled.name, pulled.schema)
            except sa.exc.NoSuchTableError:
                found = []
        if not found:
            raise StayhouseError(
                f"The database has no table {pulled.origin!r}, or its user may not see it: correct "
                "its name, in pull.toml or where --pull says it."
            )
        return {column["name"]: column["type"] for column in found}


def _parsed(url: str, variable: str) -> URL:
    try:
        parsed = sa.make_url(url)
        kind = _OTHER_NAMES.get(parsed.get_backend_name(), parsed.get_backend_name())
    except Exception:
        # Whatever it is, it may show a part of what it could not read.
        raise StayhouseError(
            f"{variable} holds no URL of a database such as postgresql://user:password@host/name: "
            "correct it (in a password, @ is written %40, : %3A, / %2F and % %25)."
        ) from None
    if kind != "sqlite" and "@" in f"{parsed.host}{parsed.database}":
        # What was taken for the host begins with the end of the password, and would be printed.
        raise StayhouseError(
            f"{variable} has an @ more than the one before the host: if it is part of the user or "
            "of the password, write it %40 (: %3A, / %2F and % %25)."
        )
    if kind not in _DRIVERS:
        raise StayhouseError(
            f"{variable} names a database that is none of {', '.join(_DRIVERS)}: give one of these."
        )
    return parsed.set(drivername=_DRIVERS[kind][0])


def _of_database(error: BaseException | None) -> sa.exc.DBAPIError | None:
    """Return the database's own error, out of those that it is wrapped in."""
    while error is not None and not isinstance(error, sa.exc.DBAPIError):
        error = error.__cause__ or error.__context__
    return error


@dataclass(frozen=True)
class Cursor:
    """The column by which a table is pulled.

    ``limit`` is the last value of this pull, None where it has none. A number does not tell when
    it was given: it ``waits`` until those that were given before it are there too.
    """

    column: sa.ColumnElement[Any]
    type: sa.types.TypeEngine[Any]
    limit: Value | None
    waits: bool = False

    def up_to(self, value: Value | None) -> sa.ColumnElement[bool]:
        """Return that a row is not after a value."""
        return self.column.is_not(None) if value is None else self.column <= value


def cursor_of(
    database: Database,
    pulled: PulledTable,
    columns: dict[str, sa.types.TypeEngine[Any]],
    settle_seconds: int,
    zone: str | None,
) -> Cursor:
    """Return the cursor of a table.

    Args:
        database: the database.
        pulled: the table.
        columns: its columns with their types.
        settle_seconds: so old is a row of instants before which no open transaction writes more.
        zone: that of the table's instants without an offset; None: UTC.

    Raises:
        StayhouseError: there is no such column, or none that grows.
    """
    plan = f"models/staging/{pulled.table.source}/pull.toml"
    if pulled.cursor not in columns:
        raise StayhouseError(
            f"{pulled.origin} has no column {pulled.cursor!r} to be its cursor: choose one of "
            f"{', '.join(columns)} in {plan}."
        )
    kind = columns[pulled.cursor]
    settled_at = (database.now() - timedelta(seconds=settle_seconds)).replace(tzinfo=UTC)
    limit: int | date | datetime | None = None
    waits = False
    if isinstance(kind, sa.Integer):
        kind = sa.BigInteger()
        # SQLite has one writer at a time.
        waits = database.kind != "sqlite"
        if waits:
            limit = database.largest(pulled)
    elif database.kind == "sqlite":
        # It has no instants: they are texts, compared byte by byte, as Python does.
        kind = sa.Text()
    elif isinstance(kind, sa.DateTime):
        limit = settled_at
        if not kind.timezone:
            limit = limit.astimezone(ZoneInfo(zone or "UTC")).replace(tzinfo=None)
        kind = sa.DateTime(timezone=kind.timezone)
    elif isinstance(kind, sa.Date):
        limit = settled_at.astimezone(ZoneInfo(zone or "UTC")).date()
        kind = sa.Date()
    else:
        raise StayhouseError(
            f"The column {pulled.cursor!r} of {pulled.origin} is of type {kind}, which is no "
            f"cursor: choose in {plan} one of instants, of days or of whole numbers."
        )
    return Cursor(sa.column(pulled.cursor, kind), kind, limit, waits)


@dataclass(frozen=True)
class News:
    """How many rows are to come, how many are too fresh, and how many have no cursor."""

    to_come: int
    too_fresh: int
    without_cursor: int


def news(con: Connection, place: sa.TableClause, cursor: Cursor, last: Value | None) -> News:
    """Count what is new since the last value that was pulled; None: nothing was."""
    one, column = sa.literal_column("1"), cursor.column
    after = column.is_not(None) if last is None else column > last

    def count(*where: sa.ColumnElement[bool]) -> int:
        found = con.execute(sa.select(sa.func.count(one)).select_from(place).where(*where))
        return int(found.scalar_one())

    return News(
        count(after, cursor.up_to(cursor.limit)),
        count(after, column > cursor.limit) if cursor.limit is not None else 0,
        count(column.is_(None)),
    )


def last_of_chunk(
    con: Connection, place: sa.TableClause, cursor: Cursor, last: Value | None, rows: int
) -> tuple[Value | None, bool]:
    """Return up to which value the next chunk goes, and whether it is the last one.

    It goes to the value of the row that is ``rows`` further on, with all rows that share it:
    a chunk ends between two values and never within one, however many rows have it.
    """
    column = cursor.column
    after = column.is_not(None) if last is None else column > last
    values = (
        sa.select(column)
        .select_from(place)
        .where(after, cursor.up_to(cursor.limit))
        .order_by(column)
        .limit(rows)
        .subquery()
    )
    counted, largest = con.execute(
        sa.select(sa.func.count(), sa.func.max(values.c[0])).select_from(values)
    ).one()
    return (last if largest is None else largest), counted < rows


def is_plain(kind: sa.types.TypeEngine[Any], database: str) -> bool:
    """Return whether the text of a column is plainly written, since it is of a type.

    What SQLite calls an instant is any text.
    """
    numbers = (sa.Numeric, sa.Integer)
    instants = (sa.Boolean, sa.Date, sa.DateTime)
    return isinstance(kind, numbers if database == "sqlite" else (*numbers, *instants))
