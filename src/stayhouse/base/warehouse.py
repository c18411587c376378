"""Opening a DuckDB file to read from it, and saying in a sentence why that cannot be done."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError

_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file read-only, under the catalog name ``warehouse``, which is in use.

    The connection itself lives in memory, so that other files can be attached beside it.

    Args:
        path: the file; a link is resolved first, since a publication may replace it meanwhile.

    Raises:
        StayhouseError: the file is missing, held by another process, or no DuckDB file, or
            ``STAYHOUSE_MEMORY`` is no amount of memory.
    """
    if not path.is_file():
        raise StayhouseError(f"There is no warehouse file {path}: run 'stayhouse build' first.")
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        limit_memory(con)
        try:
            con.execute(f"attach {literal(str(path.resolve()))} as warehouse (read_only)")
        except duckdb.Error as error:
            raise StayhouseError(why_unreadable(path, error)) from error
        con.execute("use warehouse")
        yield con


def limit_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Keep a connection to the memory that a build may take.

    Raises:
        StayhouseError: ``STAYHOUSE_MEMORY`` is no amount of memory.
    """
    wanted = project.memory()
    # DuckDB takes one below 0 as no limit.
    is_amount = not wanted.strip().startswith("-")
    try:
        con.execute(f"set memory_limit = {literal(wanted)}")
    except (duckdb.ParserException, duckdb.InvalidInputException):
        is_amount = False
    if not is_amount:
        raise StayhouseError(
            f"STAYHOUSE_MEMORY is {wanted!r}, which is no amount of memory: write one such as 4GB."
        )


def why_unreadable(path: Path, error: duckdb.Error) -> str:
    """Return one sentence on an error that opening a file ended in; names the holder of a lock."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return (
            f"{path} needs more memory than the {project.memory()} of STAYHOUSE_MEMORY: allow more."
        )
    if holder := lock_holder(str(error)):
        return (
            f"{path} is in use by {holder}, such as a build or a program that has it open: "
            "wait until it has ended, or end it."
        )
    why = str(error).splitlines()[0].rstrip(".")
    return f"{path} cannot be opened ({why}): build it again, or set STAYHOUSE_DB to another file."


def lock_holder(message: str) -> str | None:
    """Return who holds the file, by DuckDB's message: a program and its process number.

    None when the message does not speak of a lock.
    """
    if found := _HOLDER.search(message):
        return f"{found['program']} (process {found['pid']})"
    return "another process" if "lock on file" in message else None


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
