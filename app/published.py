"""What the app reads: the published file, and nothing else.

A page asks all its questions of one version: whatever is published meanwhile shows with the next
run of the page. A file is opened for each question and closed, so that nobody waits for the app,
and nothing of an old version stays in use. Answers are kept until another version is published.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from stayhouse.base import project
from stayhouse.base.warehouse import literal

Value = str | int | float | date | None


class NothingPublishedError(Exception):
    """There is no published file to read."""


class VersionGoneError(Exception):
    """The version that a page began with was removed while it read; the page begins again."""


@dataclass(frozen=True)
class Answer:
    """The rows of a question, and the SQL that a person could type for them."""

    frame: pd.DataFrame
    sql: str


@dataclass(frozen=True)
class Published:
    """One published version: its file behind all links, and its number."""

    path: Path
    number: str
    stamp: str

    def ask(self, sql: str, **values: Value) -> Answer:
        """Return the rows of a query; ``$name`` in it stands for a value.

        Raises:
            VersionGoneError: this version was removed meanwhile.
        """
        frame = _rows(self.stamp, str(self.path), sql, tuple(sorted(values.items())))
        return Answer(frame, _typed_out(sql, values))

    def has(self, mart: str, *columns: str) -> bool:
        """Return whether the file holds a mart (``room.name``), with these columns."""
        held = _marts(self).get(mart)
        return held is not None and set(columns) <= held

    def is_empty(self, mart: str) -> bool:
        """Return whether a mart has no rows."""
        return self.ask(f"select 1 from {mart} limit 1").frame.empty

    def is_current(self) -> bool:
        """Return whether readers are led to this version now."""
        try:
            return current().stamp == self.stamp
        except NothingPublishedError:
            return False

    def contents(self) -> dict[str, Any]:
        """Return what the publication says of itself in ``contents.json``; empty without it."""
        try:
            text = (self.path.parent / "contents.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        return dict(json.loads(text))

    def setting(self, name: str) -> float:
        """Return the number that a setting had in the build; 0 where the publication tells none."""
        return float(self.contents().get("build", {}).get("vars", {}).get(name) or 0)


def current() -> Published:
    """Return the version that readers are led to now.

    Raises:
        NothingPublishedError: there is none.
    """
    link = project.project_root() / "published" / "stayhouse.duckdb"
    try:
        path = link.resolve(strict=True)
        status = path.stat()
    except OSError as error:
        _forget_others("")
        raise NothingPublishedError(str(link)) from error
    # A number comes back after everything was withdrawn; a file does not.
    stamp = f"{path.parent.name}-{status.st_ino}-{status.st_mtime_ns}"
    _forget_others(stamp)
    return Published(path, path.parent.name, stamp)


def _forget_others(stamp: str) -> None:
    """Drop the answers of earlier versions: who was erased is not kept in memory either."""
    if _newest_seen.get("stamp") != stamp:
        _newest_seen["stamp"] = stamp
        _rows.clear()


_newest_seen: dict[str, str] = {}


@lru_cache(maxsize=1)
def _marts(version: Published) -> Mapping[str, frozenset[str]]:
    """Return the columns of each mart of a version, which a page asks for many times."""
    columns = version.ask(
        "select table_schema || '.' || table_name as mart, column_name "
        "from information_schema.columns"
    ).frame
    return {
        str(mart): frozenset(names)
        for mart, names in columns.groupby("mart")["column_name"].agg(list).items()
    }


@contextmanager
def one_drawing() -> Iterator[None]:
    """Keep the file open from the first question within to the end: what one reads, the next has.

    Nothing is held between drawings, so a version that was removed leaves no open file behind.
    What is drawn within a drawing is of it.
    """
    if _drawing.get() is not None:
        yield
        return
    with ExitStack() as held:
        token = _drawing.set((held, {}))
        try:
            yield
        finally:
            _drawing.reset(token)


_drawing: ContextVar[tuple[ExitStack, dict[str, duckdb.DuckDBPyConnection]] | None] = ContextVar(
    "drawing", default=None
)


@contextmanager
def _reading(path: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give the connection of the drawing, which its first question opens, or one of its own."""
    with ExitStack() as own:
        held, connections = _drawing.get() or (own, {})
        if path not in connections:
            con = held.enter_context(duckdb.connect(path, read_only=True))
            con.execute("set TimeZone = 'UTC'")
            # Whatever a query says, it reads this file only, and asks no network.
            con.execute("set enable_external_access = false")
            connections[path] = con
        yield connections[path]


@st.cache_data(show_spinner=False, max_entries=1000)
def _rows(stamp: str, path: str, sql: str, values: tuple[tuple[str, Value], ...]) -> pd.DataFrame:
    try:
        with _reading(path) as con:
            return con.execute(sql, dict(values)).df()
    except (duckdb.IOException, FileNotFoundError) as error:
        if Path(path).exists():
            raise
        raise VersionGoneError(stamp) from error


def _typed_out(sql: str, values: Mapping[str, Value]) -> str:
    """Put the values into the SQL, longest names first, since `$day` begins `$day_from`."""
    for name in sorted(values, key=len, reverse=True):
        value = values[name]
        if value is None:
            text = "null"
        elif isinstance(value, date):
            text = f"date {literal(value.isoformat())}"
        else:
            text = literal(value) if isinstance(value, str) else str(value)
        sql = sql.replace(f"${name}", text)
    return sql
