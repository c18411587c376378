"""What is pulled: ``models/staging/<source>/pull.toml``.

For each table of the source, under its name, ``from`` (the table or view in the database, with its
schema before a point where it needs one) and ``cursor`` (the column that grows with every new or
changed row). At the top may stand ``settle_seconds`` and ``batch_rows``.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Source, Table

_SETTINGS = {"settle_seconds": 60, "batch_rows": 100_000}
# Lines without a number, and charges without an id, count by their order's latest batch only.
_NUMBERED = {"order_lines": "line_number", "order_charges": "charge_id"}


@dataclass(frozen=True)
class PulledTable:
    """A table of ours, and where it stands in the database: ``schema`` None is the user's own."""

    table: Table
    schema: str | None
    name: str
    cursor: str

    @property
    def origin(self) -> str:
        """The table in the database, as ``pull.toml`` names it."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def check_numbered(self, columns: set[str]) -> None:
        """Check that parts of an order are known one by one: its rows may come in two batches.

        Args:
            columns: our names of the columns that come.

        Raises:
            StayhouseError: the column that tells them apart is missing.
        """
        number = _NUMBERED.get(self.table.name)
        if number and number not in columns:
            raise StayhouseError(
                f"{self.origin} has no column for {number}, without which only the rows of an "
                f"order that came last would count: give one, such as its key, the our_column "
                f"{number} in {self.table.alias_path}."
            )


@dataclass(frozen=True)
class Plan:
    """The tables to pull, in the order of the file.

    Rows whose cursor is an instant of the last ``settle_seconds`` wait for the next pull, since a
    transaction that is still open may bring others before them. ``batch_rows`` are about how many
    rows land together.
    """

    tables: list[PulledTable]
    settle_seconds: int
    batch_rows: int


def read_plan(root: Path, source: Source) -> Plan:
    """Read a source's ``pull.toml``.

    Raises:
        StayhouseError: there is none, or it has a fault.
    """
    name = f"models/staging/{source.name}/pull.toml"
    try:
        content = tomllib.loads((root / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StayhouseError(
            f"{name} does not exist, so nothing says which tables to pull: write it as "
            "docs/sources/database.md shows."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StayhouseError(f"{name} is no TOML ({error}): correct it.") from error
    settings = dict(_SETTINGS)
    tables = []
    for key, said in content.items():
        if key in _SETTINGS:
            least = 1 if key == "batch_rows" else 0
            if type(said) is not int or said < least:
                raise StayhouseError(
                    f"{name} says {key} = {said!r}: it must be a whole number from {least} on."
                )
            settings[key] = said
        else:
            tables.append(_table(source, key, said, name))
    if not tables:
        raise StayhouseError(f"{name} names no table: write it as docs/sources/database.md shows.")
    return Plan(tables, **settings)


def _table(source: Source, key: str, said: Any, name: str) -> PulledTable:
    if key not in source.tables:
        raise StayhouseError(
            f"{name} has a {key!r}, which is neither a table of {source.name} "
            f"({', '.join(source.tables)}) nor one of {', '.join(_SETTINGS)}: correct it."
        )
    is_whole = isinstance(said, dict) and set(said) == {"from", "cursor"}
    if not is_whole or not all(isinstance(v, str) and v.strip() for v in said.values()):
        raise StayhouseError(
            f"{name} does not say two things of {key}: give from, the table in the database, and "
            "cursor, the column that grows with every new or changed row."
        )
    first, point, rest = said["from"].strip().partition(".")
    schema, place = (first, rest) if point else (None, first)
    return PulledTable(source.tables[key], schema, place, said["cursor"].strip())


def origin_of(said: str) -> tuple[str, str]:
    """Return the table and the cursor of ``schema.table:cursor``.

    Raises:
        StayhouseError: it says not both.
    """
    origin, _, cursor = said.rpartition(":")
    if not origin.strip() or not cursor.strip():
        raise StayhouseError(
            f"--pull {said!r} does not say two things: give the table and, after a colon, the "
            "column that grows with every new or changed row, as in public.orders:updated_at."
        )
    return origin.strip(), cursor.strip()
