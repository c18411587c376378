"""Two warehouse files, mart by mart and row by row: what is new, gone or other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from stayhouse.base.artifacts import Mart
from stayhouse.base.content import content
from stayhouse.base.errors import StayhouseError
from stayhouse.base.rooms import FLOORS
from stayhouse.base.warehouse import identifier, literal, why_unreadable

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class Built:
    """A warehouse file that is there to be compared: what to call it, and its public marts.

    ``marts`` is None where only the file is known, and not the project that it was built from.
    """

    name: str
    database: Path
    marts: dict[str, Mart] | None


@dataclass(frozen=True)
class ColumnChange:
    """How many rows of a column changed; for numbers the mean and the largest distance."""

    name: str
    row_count: int
    mean: float | None
    largest: float | None


@dataclass
class MartChange:
    """What changed in a mart; ``changed`` is None where rows could only be compared whole."""

    name: str
    before: int = 0
    now: int = 0
    added: int = 0
    removed: int = 0
    changed: int | None = 0
    columns: list[ColumnChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def is_same(self) -> bool:
        """Return whether nothing at all is to be told of the mart."""
        return not (self.added or self.removed or self.changed or self.notes)


@dataclass(frozen=True)
class Comparison:
    """The marts that both files hold, and those that one of them holds alone."""

    marts: list[MartChange]
    only_before: list[str]
    only_now: list[str]


def compare(before: Built, now: Built) -> Comparison:
    """Compare every public mart of two warehouse files by its key.

    Args:
        before: the file to compare with.
        now: the file that is asked about; its marts are known.

    Raises:
        StayhouseError: one of the files cannot be opened.
    """
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for alias, built in (("before", before), ("now", now)):
            if not built.database.is_file():
                raise StayhouseError(
                    f"There is no warehouse file {built.database}: run `make build` first."
                )
            try:
                con.execute(
                    f"attach {literal(str(built.database.resolve()))} as {alias}_db (read_only)"
                )
            except duckdb.Error as error:
                raise StayhouseError(why_unreadable(built.database, error)) from error
        held = {alias: _columns(con, f"{alias}_db") for alias in ("before", "now")}
        names = {
            alias: {
                name
                for name in held[alias]
                if (name in built.marts if built.marts is not None else _is_public(name))
            }
            for alias, built in (("before", before), ("now", now))
        }
        marts = now.marts or before.marts or {}
        changes = [
            _compare_mart(con, name, marts.get(name), held["before"][name], held["now"][name])
            for name in sorted(names["before"] & names["now"])
        ]
    return Comparison(
        changes, sorted(names["before"] - names["now"]), sorted(names["now"] - names["before"])
    )


def _columns(con: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, dict[str, str]]:
    """Return the columns and types of every table of a file, by ``room.name``."""
    rows = con.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = {literal(catalog)} and not internal order by column_index"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        tables.setdefault(table, {})[column] = data_type
    return tables


def _is_public(name: str) -> bool:
    room, _, mart = name.partition(".")
    return FLOORS.get(room, 0) > 0 and not mart.startswith(("int_", "ml_"))


def _compare_mart(
    con: duckdb.DuckDBPyConnection,
    name: str,
    mart: Mart | None,
    old: dict[str, str],
    new: dict[str, str],
) -> MartChange:
    change = MartChange(name, notes=list(_column_notes(old, new)))
    shared = [column for column in new if column in old]
    room, _, table = name.partition(".")
    relations = [
        f"{alias}_db.{identifier(room)}.{identifier(table)}" for alias in ("before", "now")
    ]
    if not shared:
        return change
    contents = [content(con, relation, shared) for relation in relations]
    change.before, change.now = (held.row_count for held in contents)
    same_types = all(old[column] == new[column] for column in shared)
    if same_types and contents[0] == contents[1]:
        return change
    key = mart.key if mart is not None else ()
    if not key or not set(key) <= set(shared) or _repeats(con, relations, key):
        why = f"({', '.join(key)}) is not the key of both" if key else "no key is known"
        change.notes.append(f"rows compared whole: {why}")
        change.changed = None
        _compare_whole(con, change, relations, shared)
    else:
        others = [column for column in shared if column not in key]
        _compare_by_key(con, change, relations, key, others, old, new)
    return change


def _column_notes(old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    for label, some, others in (("before", old, new), ("now", new, old)):
        alone = [column for column in some if column not in others]
        if alone:
            yield f"only {label}: column{'' if len(alone) == 1 else 's'} {', '.join(alone)}"
    for column in new:
        if column in old and old[column] != new[column]:
            yield f"{column} was {old[column].lower()} and is {new[column].lower()}"


def _repeats(con: duckdb.DuckDBPyConnection, relations: Sequence[str], key: Sequence[str]) -> bool:
    columns = ", ".join(map(identifier, key))
    return any(
        con.execute(
            f"select 1 from {relation} group by {columns} having count(*) > 1 limit 1"
        ).fetchall()
        for relation in relations
    )


def _compare_whole(
    con: duckdb.DuckDBPyConnection,
    change: MartChange,
    relations: Sequence[str],
    shared: Sequence[str],
) -> None:
    columns = ", ".join(map(identifier, shared))
    before, now = (f"select {columns} from {relation}" for relation in relations)
    change.added, change.removed = (
        int(con.execute(f"select count(*) from ({one} except all {other})").fetchall()[0][0])
        for one, other in ((now, before), (before, now))
    )


def _compare_by_key(
    con: duckdb.DuckDBPyConnection,
    change: MartChange,
    relations: Sequence[str],
    key: Sequence[str],
    others: Sequence[str],
    old: dict[str, str],
    new: dict[str, str],
) -> None:
    joined = " and ".join(
        f"b.{identifier(column)} is not distinct from n.{identifier(column)}" for column in key
    )
    asked = ["count(*) filter (b.here is null)", "count(*) filter (n.here is null)"]
    differs = {column: _differs(column, old[column], new[column]) for column in others}
    both = "b.here and n.here"
    any_other = " or ".join(differs.values()) or "false"
    asked.append(f"count(*) filter ({both} and ({any_other}))")
    for column, test in differs.items():
        asked.append(f"count(*) filter ({both} and {test})")
        if old[column].startswith(_NUMBERS) and new[column].startswith(_NUMBERS):
            name = identifier(column)
            gap = f"abs(cast(n.{name} as double) - cast(b.{name} as double))"
            asked += [f"{how}({gap}) filter ({both} and {test})" for how in ("avg", "max")]
        else:
            asked += ["null", "null"]
    row = con.execute(
        f"select {', '.join(asked)} from (select *, true as here from {relations[0]}) as b "
        f"full outer join (select *, true as here from {relations[1]}) as n on {joined}"
    ).fetchall()[0]
    change.added, change.removed, change.changed = row[:3]
    found = [row[place : place + 3] for place in range(3, len(row), 3)]
    change.columns = [
        ColumnChange(column, count, mean, largest)
        for column, (count, mean, largest) in zip(differs, found, strict=True)
        if count
    ]


def _differs(column: str, old: str, new: str) -> str:
    before, now = (f"{side}.{identifier(column)}" for side in ("b", "n"))
    numbers = old.startswith(_NUMBERS) and new.startswith(_NUMBERS)
    if old != new and not numbers:
        before, now = f"cast({before} as varchar)", f"cast({now} as varchar)"
    return f"({before} is distinct from {now})"
