"""The first rows of a file that no sheet describes, read by landing's own readers."""

import csv
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Alias, Table
from stayhouse.landing.columns import parquet_batches
from stayhouse.landing.files import InputFile, parse_name
from stayhouse.landing.finish import connection
from stayhouse.landing.limits import Limits
from stayhouse.landing.notation import UTF8, Notation
from stayhouse.landing.rows import Rejects, RowBuilder
from stayhouse.landing.sheets import sheet_batches
from stayhouse.landing.terms import encoding_of
from stayhouse.landing.text import Tally, csv_batches, json_batches
from stayhouse.landing.words import is_known

# So many rows tell what a file holds.
_ROWS = 50_000
_SHOWN = 5


@dataclass(frozen=True)
class Sample:
    """A file with the values of its first rows, by column, and how its text is written."""

    file: InputFile
    columns: dict[str, list[str | None]]
    notation: Notation

    def values(self, name: str) -> list[str]:
        """Return the values of a column that are there."""
        return [value for value in self.columns[name] if value and value.strip()]


@dataclass(frozen=True)
class _AnyTable(Table):
    """A table that takes every column of a file, each under a name of its own."""

    taken: dict[str, Alias] = field(default_factory=dict)

    def match(self, name: str) -> Alias | None:
        """Return a column only where a word is known for it, which tells what separates names."""
        return Alias(name, "c", False, "") if is_known(name) else None

    def match_header(self, names: Sequence[str], file_name: str) -> list[Alias]:
        """Return a column for each name."""
        stripped = [name.strip() for name in names]
        if len(set(stripped)) < len(stripped):
            twice = next(name for name in stripped if stripped.count(name) > 1)
            raise StayhouseError(f"{file_name} has two columns {twice!r}: give one another name.")
        return self.known(names, file_name)

    def known(self, names: Sequence[str], file_name: str) -> list[Alias]:
        """Return a column for each name."""
        for name in map(str.strip, names):
            self.taken.setdefault(name, Alias(name, f"c{len(self.taken)}", False, ""))
        return [self.taken[name.strip()] for name in names]


class _Collector(RowBuilder):
    """Keeps the values instead of making batches."""

    def __init__(self, table: Table) -> None:
        super().__init__(table, None, {})
        self.columns: dict[str, list[str | None]] = {}
        self.count = 0

    def build(
        self,
        values: Mapping[Alias, Sequence[str | None] | pa.Array],
        rows: Sequence[int] | pa.Array,
    ) -> pa.RecordBatch:
        """Keep the values of some rows."""
        for alias, column in values.items():
            kept = self.columns.setdefault(alias.their_column, [None] * self.count)
            kept.extend(column.to_pylist() if isinstance(column, pa.Array) else column)
        self.count += len(rows)
        for kept in self.columns.values():
            kept.extend([None] * (self.count - len(kept)))
        return super().build({}, rows)


def read_sample(path: Path, stated: Notation, limits: Limits) -> Sample:
    """Return the first rows of a file.

    Args:
        path: the file.
        stated: what options say of how it is written.
        limits: as for landing.

    Raises:
        StayhouseError: landing would not read the file either, or it has no rows.
    """
    if path.is_dir():
        names = [p.name for p in sorted(path.iterdir()) if p.is_file() and parse_name(p)]
        shown = f", here {', '.join(names[:_SHOWN])}" + (" ..." if len(names) > _SHOWN else "")
        raise StayhouseError(
            f"{path} is a folder: name the files in it that belong to the shop"
            f"{shown if names else ' (it has none that landing reads)'}."
        )
    file = parse_name(path) if path.is_file() else None
    if file is None:
        raise StayhouseError(
            f"{path} is no file that landing reads: give CSV, JSON lines, Parquet or .xlsx."
        )
    file = replace(file, encoding=encoding_of(file, stated, limits.warn_rate))
    table, tally = _AnyTable("a new source", file.stem, ()), Tally()
    builder = _Collector(table)
    with tempfile.TemporaryDirectory(prefix="stayhouse-new-source-") as name:
        work = Path(name)
        rejects = Rejects(work / "rejected_lines.csv", None)
        with file.path.open("rb") as raw, connection(work) as con:
            batches: Any
            if file.format == "csv":
                batches = csv_batches(
                    file,
                    raw,
                    table,
                    builder,
                    rejects,
                    tally,
                    limits.max_line_breaks,
                    stated.separator,
                )
            elif file.format == "xlsx":
                batches = sheet_batches(file, table, builder, rejects, tally, stated.sheet)
            elif file.format == "parquet":
                batches = parquet_batches(file, table, builder, con, tally.plain)
            else:
                batches = json_batches(file, raw, table, builder, rejects, tally)
            for _ in batches:
                if builder.count >= _ROWS:
                    break
        rejects.close()
        _check_header(file, work / "rejected_lines.csv", builder.count)
    if not builder.count:
        raise StayhouseError(f"{file.name} has no rows: give a file that has some.")
    found = Notation(
        encoding=None if file.encoding == UTF8 else file.encoding,
        separator=None if tally.separator == "," else tally.separator,
    )
    return Sample(file, builder.columns, stated.over(found))


def _check_header(file: InputFile, rejected: Path, count: int) -> None:
    """Refuse a file whose first line is a title, narrower than the header that comes later.

    Raises:
        StayhouseError: most lines have more values than the first one has names.
    """
    if not rejected.exists():
        return
    with rejected.open(encoding="utf-8", newline="") as lines:
        wide = [int(row[0]) for row in csv.reader(lines) if row[1:2] == ["too_many_columns"]]
    if len(wide) > count:
        raise StayhouseError(
            f"The first line of {file.name} is no header, since those below it have more values: "
            f"the header seems to be in line {wide[0]}, so take out what stands above it."
        )
