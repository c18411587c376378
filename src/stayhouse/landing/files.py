"""Input files: what they are called, how they are packed, what is in them byte for byte."""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Source, Table

_FORMATS = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}
# What is packed within, as it is.
_UNPACKABLE = ("parquet", "xlsx")
_PACKINGS = {".gz": "gzip", ".zst": "zstd"}
# What platforms put behind a table's name: orders_export.csv, orders_export_2.csv, and of a part of
# a day events_20240501_000000000003.json.gz.
_TAIL = re.compile(r"(_export)?(_[0-9]+)*$")


@dataclass(frozen=True)
class InputFile:
    """A file to land: its place, and what its name says about it.

    ``format`` is ``csv``, ``jsonl``, ``parquet`` or ``xlsx``; ``packing`` is ``gzip``, ``zstd`` or
    None; ``encoding`` is that of a text, by Python's name.
    """

    path: Path
    stem: str
    format: str
    packing: str | None
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name

    @property
    def is_empty(self) -> bool:
        """Whether it has no bytes, as an export of JSON lines without rows has."""
        return self.path.stat().st_size == 0

    def sha256(self) -> str:
        """Return the hash of the file's bytes, as they lie on disk."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def lines(self, raw: BinaryIO, newline: str) -> Iterator[str]:
        """Yield the text lines of the open file, with their line ends and without a BOM.

        Bytes that the encoding does not have come as lone surrogates, for the caller to find.

        Args:
            raw: the file, open for reading bytes.
            newline: as for ``open``: what ends a line.

        Raises:
            StayhouseError: a packed file is damaged, or a text of UTF-16 or the like is.
        """
        with self._told_if_damaged():
            yield from io.TextIOWrapper(
                self._unpacked(raw),
                encoding="utf-8-sig" if self.encoding == "utf-8" else self.encoding,
                errors="surrogateescape",
                newline=newline,
            )

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the unpacked bytes, in pieces of a size.

        Raises:
            StayhouseError: a packed file is damaged.
        """
        with self.path.open("rb") as raw, self._told_if_damaged():
            unpacked = self._unpacked(raw)
            while chunk := unpacked.read(size):
                yield chunk

    def _unpacked(self, raw: BinaryIO) -> BinaryIO:
        if self.packing == "gzip":
            return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        if self.packing == "zstd":
            return cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(raw, "zstd")))
        return raw

    @contextmanager
    def _told_if_damaged(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError, zlib.error, UnicodeError) as error:
            raise StayhouseError(
                f"{self.name} cannot be read to its end ({error}): fetch or pack it again."
            ) from error


def parse_name(path: Path) -> InputFile | None:
    """Return what a file's name says about it, or None for a name that landing does not read."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    packing = _PACKINGS.get(suffixes[-1]) if suffixes else None
    if packing:
        suffixes.pop()
    kind = _FORMATS.get(suffixes[-1]) if suffixes else None
    if kind is None or (kind in _UNPACKABLE and packing):
        return None
    stem = Path(path.stem).stem if packing else path.stem
    return InputFile(path, stem, kind, packing)


def find_files(
    source: Source, path: Path, table: str | None
) -> tuple[list[tuple[Table, InputFile]], list[str]]:
    """Return the files to land, each with its table, and the names of those left alone.

    The table is the one named, else the file's stem, with or without ``_export`` and a number
    behind it, else the source's only table. Files are in the order of the alias file, those of one
    table by name and number. In a folder, files that name no table or are of no known kind are
    left alone.

    Raises:
        StayhouseError: the path is missing, unreadable or empty, or names no table.
    """
    if not path.exists():
        raise StayhouseError(f"There is no file or folder {path}: check the path.")
    only = source.own[0] if len(source.own) == 1 else None
    named = source.table(table).name if table else None
    if path.is_dir():
        paths = [p for p in sorted(path.iterdir()) if p.is_file() and not p.name.startswith(".")]
        files = [file for p in paths if (file := parse_name(p)) is not None]
    else:
        paths = [path]
        files = [_readable(path)]
    short = {_TAIL.sub("", name, count=1): name for name in source.tables}
    found = []
    for file in files:
        exact = file.stem if file.stem in source.tables else None
        name = named or exact or short.get(_TAIL.sub("", file.stem, count=1), only)
        if name:
            found.append((source.tables[name], file))
    if not paths:
        raise StayhouseError(f"There is no file in {path}: export into it, or name another folder.")
    if not found:
        names = ", ".join(source.own)
        raise StayhouseError(
            f"No file in {path} is named after a table of {source.name}: rename the files after "
            f"{names}{_way_to_plan(source)}."
            if path.is_dir()
            else f"{path} is not named after a table of {source.name}: say --table with one of "
            f"{names}."
        )
    for _, file in found:
        # In a folder JSON lines without rows are a table that has none on this day. Others have a
        # header even then: one without is an export that broke, and what it should hold is lost.
        if file.is_empty and (file.format != "jsonl" or not path.is_dir()):
            raise StayhouseError(
                f"{file.path} is empty (0 bytes): export it again, or take it away."
            )
    order = list(source.tables)
    found.sort(key=lambda pair: (order.index(pair[0].name), _by_number(pair[1].name)))
    taken = {file.path for _, file in found}
    return found, [p.name for p in paths if p not in taken]


def _way_to_plan(source: Source) -> str:
    """Return how a source gets the tables of the tracking plan, where it has not got them."""
    if "experiments" in source.tables:
        return ""
    return (
        "; files in the columns of our tracking plan land after 'stayhouse new-source "
        f"{source.name} --tracker shop'"
    )


def _by_number(name: str) -> list[str | int]:
    """Return a name for sorting: orders_export_2 comes before orders_export_10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", name)]


def _readable(path: Path) -> InputFile:
    file = parse_name(path) if path.is_file() else None
    if file is None:
        raise StayhouseError(
            f"Landing does not read {path}: give CSV (.csv), JSON lines (.jsonl, .ndjson, .json), "
            "either also packed as .gz or .zst, Parquet (.parquet), or a workbook (.xlsx)."
        )
    return file
