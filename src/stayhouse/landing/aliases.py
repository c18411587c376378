"""Alias files: which tables a source has, and what their columns are called here.

``models/staging/<source>/aliases.csv`` has one row per name a column may come under:
``table,their_column,our_column,required,personal``. Several names may lead to one of our columns
(``Invoice`` and ``InvoiceNo``); one file may use only one of them. A name with a dot may be a part
of an object on a JSON line (``billing.email``); of several such, the first that is there counts.
``personal`` is empty, ``hash`` (landed as a keyed hash) or ``drop`` (never written). A column that
nobody needs has the word ``ignore`` as our_column, and is not written either; ``*`` as their_column
ignores all that the sheet does not name, but for those whose names look personal. Within a JSON
value neither they nor what has a row with ``drop`` or ``hash`` are written.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stayhouse.base.errors import StayhouseError

_HEADER = ["table", "their_column", "our_column", "required", "personal"]
_NAME = re.compile(r"[a-z][a-z0-9_]*")
IGNORE = "ignore"
REQUESTS = "erasure_requests"
REST = "*"
# Words in the names of columns that hold somebody's data: such a column gets a row of its own.
_LOOKS_PERSONAL = re.compile(
    r"(?<![a-z])(e-?mail|phone|mobile|fax|address|street|zip|postcode|postal|birth(day|date)?|iban"
    r"|ip|latitude|longitude|((first|last|full|user|sur|customer|billing|shipping)[ _-]?name))"
    r"(?![a-z])",
    re.IGNORECASE,
)
# What no column is called, and a row holds: an address, a number, a day, an instant.
_VALUE = re.compile(r"\S*@\S*|[-+(]?[0-9][-0-9 ()/.:,TZ+]{4,}")
# Landing and the folder layout add these themselves.
_RESERVED = {"landed_row", "data_until", "landed_at", "batch_id", "landed_sign"}

# What ids of things end in, such as a message's, which may look like an address. Any other id may
# stand for a person, also one that only a source's own staging knows.
_THINGS = (
    *("event_id", "product_id", "order_id", "refund_id", "review_id", "charge_id"),
    *("content_id", "campaign_id", "contact_id", "experiment_id"),
)


class UnknownColumns(StayhouseError):
    """Columns have names that the alias file does not know."""


@dataclass(frozen=True)
class Alias:
    """One name under which one column may arrive."""

    their_column: str
    our_column: str
    is_required: bool
    personal: str

    @property
    def is_id(self) -> bool:
        """Whether the column's values are compared with those of other columns."""
        return self.our_column.endswith("_id") or self.our_column == "referred_by"

    @property
    def is_person(self) -> bool:
        """Whether the column's values may stand for people."""
        return self.is_id and not self.our_column.endswith(_THINGS)

    @property
    def is_written(self) -> bool:
        """Whether the column lands at all."""
        return self.personal != "drop" and self.our_column != IGNORE


@dataclass(frozen=True)
class Table:
    """One table of a source, with its aliases in the order of the file."""

    source: str
    name: str
    aliases: tuple[Alias, ...]

    @property
    def label(self) -> str:
        """``source.table``, as messages name it."""
        return f"{self.source}.{self.name}"

    @property
    def alias_path(self) -> str:
        """Where the table is described, relative to the project."""
        return f"models/staging/{self.source}/aliases.csv"

    @property
    def landed_columns(self) -> list[str]:
        """Our names of every column that is written, each once, in the order of the file."""
        return list(dict.fromkeys(a.our_column for a in self.aliases if a.is_written))

    @property
    def ignores_rest(self) -> bool:
        """Whether a column that the sheet does not name is left out in silence."""
        return any(alias.their_column == REST for alias in self.aliases)

    @property
    def has_personal(self) -> bool:
        """Whether a line of this table may carry personal values."""
        return self.ignores_rest or any(alias.personal for alias in self.aliases)

    def hides(self, key: str) -> bool:
        """Return whether a part of a JSON value is not written, by its name.

        It is one that a row of the sheet drops or hashes, or, where the sheet ignores all that it
        does not name, one whose name looks personal.
        """
        if any(a.their_column == key and a.personal for a in self.aliases):
            return True
        return self.ignores_rest and bool(_LOOKS_PERSONAL.search(key))

    @staticmethod
    def is_personal_name(name: str) -> bool:
        """Return whether a column's name is one of those that hold somebody's data."""
        return bool(_LOOKS_PERSONAL.search(name))

    def way_to_hide(self, column: str) -> str:
        """Return what to do where a column of ours holds e-mail addresses."""
        is_required = any(a.is_required for a in self.aliases if a.our_column == column)
        if column == "customer_id" and "email_hash" in self.landed_columns and not is_required:
            return f"map it to email_hash, with the word hash, in {self.alias_path}"
        if column == "unit_id":
            # A hash of it would be nobody's id, and the unit a customer without an order.
            return "write in its place the id that the customer or visitor has in other tables"
        return f"give its row for {self.name} in {self.alias_path} the word hash"

    def match(self, name: str) -> Alias | None:
        """Return the alias that a file's column name stands for, or None.

        Names are compared exactly, without blanks around them. Our own name is understood too,
        but not for a personal column: a hash made elsewhere has another key.
        """
        stripped = name.strip()
        for alias in self.aliases:
            if alias.their_column == stripped:
                return alias
        for alias in self.aliases:
            if alias.our_column == stripped and not alias.personal and alias.is_written:
                return alias
        if self.ignores_rest and not _LOOKS_PERSONAL.search(stripped):
            return Alias(stripped, IGNORE, False, "")
        return None

    def match_header(self, names: Sequence[str], file_name: str) -> list[Alias]:
        """Return the alias of each column of a file, in the file's order.

        Raises:
            StayhouseError: a column is unknown, stands twice, or is required and missing; or the
                names are a row of somebody's data, of which nothing is told.
        """
        if not any(map(self.match, names)) and any(_VALUE.fullmatch(n.strip()) for n in names):
            raise StayhouseError(
                f"None of the names in the first line of {file_name} is one of {self.alias_path}, "
                "and one looks like a value (an address, a number, a day), so it is no header: add "
                "one."
            )
        aliases = self.known(names, file_name)
        seen: dict[str, str] = {}
        for name, alias in zip(names, aliases, strict=True):
            if alias.our_column == IGNORE:
                continue
            if alias.our_column in seen:
                self.refuse(
                    f"{file_name} has two columns for {alias.our_column} of {self.label} "
                    f"({seen[alias.our_column].strip()!r} and {name.strip()!r}): keep one of them."
                )
            seen[alias.our_column] = name
        self.check_required(set(seen), file_name)
        return aliases

    def refuse(self, sentence: str) -> None:
        """Refuse a file; a table that is only checked takes note.

        Raises:
            StayhouseError: always, here.
        """
        raise StayhouseError(sentence)

    def known(self, names: Sequence[str], file_name: str) -> list[Alias]:
        """Return the alias of each column of a file.

        Raises:
            UnknownColumns: the alias file does not name some of them; all are told.
        """
        aliases = [self.match(name) for name in names]
        unknown = [
            repr(name.strip()) for name, alias in zip(names, aliases, strict=True) if alias is None
        ]
        if len(unknown) == 1:
            raise UnknownColumns(
                f"{file_name} has a column {unknown[0]} that {self.alias_path} does not name for "
                f"{self.name}: add a row for it there (our_column {IGNORE} leaves it out), or take "
                "it out of the file."
            )
        if unknown:
            raise UnknownColumns(
                f"{file_name} has {len(unknown)} columns that {self.alias_path} does not name for "
                f"{self.name}: {', '.join(unknown)}. Add a row for each there (our_column {IGNORE} "
                "leaves it out), or take them out of the file."
            )
        return [alias for alias in aliases if alias is not None]

    def check_required(self, found: set[str], file_name: str) -> None:
        """Check that the columns found (our names) hold every required one.

        Raises:
            StayhouseError: a required column is missing.
        """
        for column in dict.fromkeys(a.our_column for a in self.aliases if a.is_required):
            if column not in found:
                names = [a.their_column for a in self.aliases if a.our_column == column]
                self.refuse(
                    f"{file_name} lacks the column {' or '.join(map(repr, names))}, which "
                    f"{self.label} needs: add it to the file, or name it in {self.alias_path}."
                )


@dataclass(frozen=True)
class Source:
    """A source: its tables by name, in the order of its alias file.

    Behind them stand requests of people, which every source takes: where the file does not name
    the table, it is ``implied``.
    """

    name: str
    tables: dict[str, Table]
    implied: frozenset[str] = frozenset()

    @property
    def own(self) -> list[str]:
        """Return the names of the tables that the alias file names."""
        return [name for name in self.tables if name not in self.implied]

    @property
    def has_personal_columns(self) -> bool:
        """Whether any table has a column that is hashed, or not written at all, on landing.

        Of an implied one it counts only where a file of it lands.
        """
        return any(self.tables[name].has_personal for name in self.own)

    def table(self, name: str) -> Table:
        """Return a table by name.

        Raises:
            StayhouseError: the source has no such table.
        """
        if name not in self.tables:
            raise StayhouseError(
                f"The source {self.name} has no table {name!r}: choose one of "
                f"{', '.join(self.tables)}."
            )
        return self.tables[name]


def read_source(root: Path, name: str) -> Source:
    """Read the alias file of a source.

    Args:
        root: the project's folder.
        name: a folder of ``models/staging``.

    Raises:
        StayhouseError: there is no such source, or its alias file has a fault.
    """
    paths = {path.parent.name: path for path in root.glob("models/staging/*/aliases.csv")}
    if name not in paths:
        raise StayhouseError(
            f"Unknown source {name!r}: models/staging has an aliases.csv for "
            f"{', '.join(sorted(paths)) or 'no source'}, so name one of these, or add a folder."
        )
    grouped: dict[str, list[Alias]] = {}
    with paths[name].open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != _HEADER:
            raise StayhouseError(
                f"The first line of models/staging/{name}/aliases.csv must be {','.join(_HEADER)}."
            )
        for row in rows:
            if not _is_sound(row):
                raise StayhouseError(
                    f"Line {rows.line_num} of models/staging/{name}/aliases.csv is not a table, "
                    "their_column, our_column (lower case, not landed_row, data_until, "
                    "landed_at or batch_id), yes or no, and an empty, hash or drop: correct it."
                )
            table, their_column, our_column, required, personal = row
            grouped.setdefault(table, []).append(
                Alias(their_column.strip(), our_column, required == "yes", personal)
            )
    for table, aliases in grouped.items():
        ours = [alias for alias in aliases if alias.our_column != IGNORE]
        kinds = {(alias.our_column, alias.is_required, alias.personal) for alias in ours}
        if len(kinds) > len({alias.our_column for alias in ours}):
            raise StayhouseError(
                f"models/staging/{name}/aliases.csv gives two names of one column of {table} "
                "different values of required or personal: make them equal."
            )
    if not grouped:
        raise StayhouseError(f"models/staging/{name}/aliases.csv names no column: fill it in.")
    implied = {REQUESTS} - grouped.keys()
    for table in implied:
        grouped[table] = _requests([a for aliases in grouped.values() for a in aliases])
    tables = {t: Table(name, t, tuple(aliases)) for t, aliases in grouped.items()}
    return Source(name, tables, frozenset(implied))


def _requests(aliases: list[Alias]) -> list[Alias]:
    """Return the columns of requests for erasure of a source that has these others.

    Its ids of customers land as they do elsewhere in the source, hashed or not.
    """
    people = [alias for alias in aliases if alias.is_person and alias.is_written]
    customers = [alias for alias in people if alias.our_column == "customer_id"] or people
    is_hashed = any(alias.personal == "hash" for alias in customers)
    return [
        Alias("customer_id", "customer_id", False, "hash" if is_hashed else ""),
        Alias("email", "email_hash", False, "hash"),
        Alias("requested_at", "requested_at", True, ""),
    ]


def _is_sound(row: list[str]) -> bool:
    return (
        len(row) == len(_HEADER)
        and all(_NAME.fullmatch(name) for name in (row[0], row[2]))
        and bool(row[1].strip())
        and row[2] not in _RESERVED
        and row[3] in ("yes", "no")
        and row[4] in ("", "hash", "drop")
    )
