"""How a file writes what it writes: encoding, separator, the marks of its numbers, its dates.

What is not stated is found out of the file (``encoding.py``, ``text.py``, ``values.py``). Stated it
is by options of ``land`` or by ``models/staging/<source>/format.toml``: for all tables at the top,
for one under its name, for a column under ``[<table>.columns]``. A column's own statement stands
above an option, and the option above the file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Source, Table

UTF8 = "utf-8"
ORDERS = ("day-first", "month-first")
EPOCHS = {"epoch-seconds": 1_000_000, "epoch-milliseconds": 1_000, "epoch-microseconds": 1}
DECIMALS = ("point", "comma")
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# What a column may be said to hold, beside a pattern and an epoch.
KINDS = ("instant", "day", "number", "text")
_NAMES = {"cp1252": "Windows-1252", "gb18030": "GBK", "cp932": "Shift-JIS"}
_DATES = f"{' or '.join(ORDERS)}, or a pattern such as %d.%m.%Y %H:%M"


@dataclass(frozen=True)
class Notation:
    """How files write; None where it is not stated, or not found to be other than plain.

    ``encoding`` is a name that Python knows, ``decimal`` point or comma, ``dates`` an order or a
    strptime pattern, ``zone`` that of instants without an offset, ``sheet`` that of a workbook.
    ``columns`` says of our columns
    what they hold (instant, day, number, text), or the pattern or epoch of their instants.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    dates: str | None = None
    zone: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(stated: Mapping[str, str]) -> "Notation":
        """Return a notation by the names of its fields, without columns."""
        return replace(Notation(), **stated)  # type: ignore[arg-type]

    def over(self, other: "Notation") -> "Notation":
        """Return this notation, with the other's where this one states nothing."""
        mine = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(other, **{**mine, "columns": {**other.columns, **self.columns}})

    @property
    def found(self) -> dict[str, str]:
        """What is other than plain, for the manifest: the columns apart."""
        plain = {"encoding": UTF8, "separator": ",", "decimal": "point"}
        values = {**asdict(self), "columns": None}
        return {n: v for n, v in values.items() if v is not None and v != plain.get(n)}

    def __str__(self) -> str:
        """Return it in a person's words: ``Windows-1252, semicolons, 1.234,56, day first``."""
        found = self.found
        words = [
            encoding_name(found["encoding"]) if "encoding" in found else "",
            SEPARATORS[found["separator"]] if "separator" in found else "",
            "1.234,56" if self.decimal == "comma" else "",
            (self.dates or "").replace("-first", " first"),
            f"times of {self.zone}" if self.zone else "",
            f"the sheet {self.sheet}" if self.sheet else "",
        ]
        return ", ".join(filter(None, words))


def encoding_name(codec: str) -> str:
    """Return an encoding as people call it."""
    return _NAMES.get(codec, codec.upper())


def read_formats(root: Path, source: Source) -> dict[str, Notation]:
    """Return what a source's ``format.toml`` states of each of its tables.

    Raises:
        StayhouseError: the file has a fault.
    """
    name = f"models/staging/{source.name}/format.toml"
    try:
        content = tomllib.loads((root / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StayhouseError(f"{name} is no TOML ({error}): correct it.") from error
    tables = {key: part for key, part in content.items() if isinstance(part, dict)}
    for key in tables.keys() - source.tables.keys():
        raise StayhouseError(
            f"{name} has a table {key!r} that {source.name} does not have: choose one of "
            f"{', '.join(source.tables)}."
        )
    top = {key: part for key, part in content.items() if key not in tables}
    general = _checked(top, name)
    return {
        table.name: _of_table(tables.get(table.name, {}), table, name).over(general)
        for table in source.tables.values()
    }


def _of_table(stated: Mapping[str, Any], table: Table, name: str) -> Notation:
    columns = dict(stated.get("columns", {}))
    for column, said in columns.items():
        if column not in table.landed_columns:
            raise StayhouseError(
                f"{name} speaks of the column {column!r} of {table.name}, which does not land: "
                f"use a name that {table.alias_path} gives as our_column."
            )
        if said not in (*KINDS, *EPOCHS) and not _is_pattern(said):
            raise StayhouseError(
                f"{name} says {said!r} of {table.name}.{column}: say {', '.join(KINDS)}, "
                f"{', '.join(EPOCHS)}, or a pattern such as %d.%m.%Y %H:%M."
            )
    rest = {key: value for key, value in stated.items() if key != "columns"}
    return replace(_checked(rest, name), columns=columns)


def _checked(stated: Mapping[str, Any], name: str) -> Notation:
    known = [n for n in Notation.__dataclass_fields__ if n != "columns"]
    for key in stated.keys() - set(known):
        raise StayhouseError(f"{name} has a line {key!r}: it may state {', '.join(known)}.")
    return Notation.of({key: checked(key, value, name) for key, value in stated.items()})


def checked(key: str, value: object, where: str) -> str:
    """Return a statement that can be followed, an encoding by its one name.

    Args:
        key: what is stated: a field of ``Notation``.
        value: what was written.
        where: the option or the file, for the message.

    Raises:
        StayhouseError: the value is none of those that are understood.
    """
    text = value if isinstance(value, str) else ""
    if key == "encoding" and (codec := _codec(text)):
        return codec
    good = {
        "encoding": False,
        "separator": text in SEPARATORS,
        "decimal": text in DECIMALS,
        "dates": text in ORDERS or _is_pattern(text),
        "zone": key == "zone" and _is_zone(text),
        "sheet": bool(text),
    }[key]
    if good:
        return text
    form = {
        "encoding": "an encoding such as utf-8, windows-1252, gbk, shift-jis or utf-16",
        "separator": "one of , ; | and a tab",
        "decimal": " or ".join(DECIMALS),
        "dates": _DATES,
        "zone": "a name of the IANA list, such as Europe/Berlin",
        "sheet": "the name of a sheet",
    }[key]
    raise StayhouseError(f"{where} says {key} {value!r}: it must be {form}.")


def _codec(name: str) -> str | None:
    """Return Python's name of an encoding of text; of GBK and Shift-JIS what holds them."""
    lower = name.strip().lower().replace("_", "-")
    lower = {"gbk": "gb18030", "gb2312": "gb18030", "shift-jis": "cp932", "sjis": "cp932"}.get(
        lower, lower
    )
    if lower in ("utf-8-sig", "utf8"):
        return UTF8
    try:
        "a".encode(lower)
    except (LookupError, UnicodeError):
        return None
    return {"windows-1252": "cp1252", "windows-31j": "cp932"}.get(lower, lower)


def _is_pattern(text: object) -> bool:
    if not isinstance(text, str) or "%" not in text:
        return False
    try:
        with duckdb.connect() as con:
            con.execute("select try_strptime('', ?)", [text])
    except duckdb.Error:
        return False
    return True


def _is_zone(name: str) -> bool:
    with duckdb.connect() as con:
        return bool(
            con.execute("select 1 from pg_timezone_names() where name = ?", [name]).fetchall()
        )
