"""Reading a sheet of a workbook (.xlsx): cells become the text that a person sees in them.

A workbook holds numbers to 15 digits and instants as numbers: 0.1 + 0.2 is written 0.3, as Excel
shows it, and an id of more digits has lost some before it came. Lines are the rows below the header
down to the last that is filled.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Alias, Table
from stayhouse.landing.files import InputFile
from stayhouse.landing.rows import ROWS_PER_BATCH, Rejects, RowBuilder
from stayhouse.landing.text import Tally

# From here on a number of a workbook has lost digits.
_INEXACT = 10**15


def sheet_batches(
    file: InputFile,
    table: Table,
    builder: RowBuilder,
    rejects: Rejects,
    tally: Tally,
    sheet: str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a sheet; ``landed_row`` is the row's number in it (the header mostly 1).

    Args:
        file: the file.
        table: the table that its header is matched with.
        builder: makes the record batches.
        rejects: takes the rows that are no row of the table.
        tally: is told of every row.
        sheet: the sheet's name; without it the only one that is filled.

    Raises:
        StayhouseError: the header does not fit the table, the file is no workbook, openpyxl is not
            installed, or several sheets are filled.
    """
    with closing(_workbook(file)) as book:
        name = _chosen(book, sheet, file)
        if _has_formulas(file):
            _check_formulas(book, name, file)
        numbered = _filled(book, name)
        header_number, header = next(numbered, (0, ()))
        names = ["" if value is None else str(value) for value in header]
        while names and not names[-1]:
            names.pop()
        aliases = table.match_header(names, file.name)
        width, rows, numbers, expected = len(names), [], [], header_number + 1
        for number, row in numbered:
            for blank in range(expected, number):
                rejects.add(blank, "blank_line", "")
            tally.lines_in += number + 1 - expected
            expected = number + 1
            values = [_text(value) for value in row]
            if any(values[width:]):
                rejects.add(number, "too_many_columns", _line(values))
                continue
            values = (values + [None] * width)[:width]
            _check_ids(row, aliases, number, file)
            rows.append(values)
            numbers.append(number)
            if len(rows) == ROWS_PER_BATCH:
                yield _batch(builder, aliases, rows, numbers)
                rows, numbers = [], []
        if rows:
            yield _batch(builder, aliases, rows, numbers)


def _workbook(file: InputFile, *, formulas: bool = False) -> Any:
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise StayhouseError(
            f"{file.name} is a workbook, and openpyxl, which reads it, is not installed: run "
            "pip install 'stayhouse[xlsx]' (make setup brings it), or save the sheet as CSV UTF-8."
        ) from error
    try:
        return load_workbook(file.path, read_only=True, data_only=not formulas)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise StayhouseError(
            f"{file.name} cannot be read as a workbook ({error}): save it again as .xlsx, without "
            "a password, or as CSV UTF-8."
        ) from error


def _chosen(book: Any, sheet: str | None, file: InputFile) -> str:
    names: list[str] = [part.title for part in book.worksheets]
    if sheet is not None:
        if sheet not in names:
            raise StayhouseError(
                f"{file.name} has no sheet {sheet!r}: choose one of {', '.join(map(repr, names))}."
            )
        return sheet
    visible = [part.title for part in book.worksheets if part.sheet_state == "visible"]
    filled = [name for name in visible if next(_filled(book, name), None)]
    if len(filled) > 1:
        raise StayhouseError(
            f"{file.name} has {len(filled)} sheets with data ({', '.join(map(repr, filled))}): "
            f"say which one lands, as in --sheet {filled[0]!r}."
        )
    return (filled or names)[0]


def _filled(book: Any, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield the rows of a sheet that are not empty, with their numbers."""
    sheet = book[name]
    # What a program writes as the sheet's size is often wrong.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(value not in (None, "") for value in row):
            yield number, row


def _has_formulas(file: InputFile) -> bool:
    with zipfile.ZipFile(file.path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets if name.endswith(".xml"))


def _check_formulas(book: Any, name: str, file: InputFile) -> None:
    """Refuse formulas whose results are not in the file: they would be taken for empty cells.

    One alone may be an empty text, which looks the same.
    """
    results, first = dict(_filled(book, name)), 0
    with closing(_workbook(file, formulas=True)) as formulas:
        for number, row in _filled(formulas, name):
            for place, value in enumerate(row):
                if str(value).startswith("="):
                    first = first or number
                    if any(results.get(number, ())[place : place + 1]):
                        return
    if first:
        raise StayhouseError(
            f"{file.name} has a formula in row {first:,} that no program has worked out: open it "
            "in a spreadsheet, save it, and land it again."
        )


def _check_ids(row: Sequence[Any], aliases: list[Alias], number: int, file: InputFile) -> None:
    for value, alias in zip(row, aliases, strict=False):
        if alias.is_id and isinstance(value, int | float) and abs(value) >= _INEXACT:
            raise StayhouseError(
                f"{file.name} holds an id of more than 15 digits as a number in row {number:,} "
                f"({alias.their_column}), of which the last are lost: write the column as text."
            )


def _batch(
    builder: RowBuilder, aliases: list[Alias], rows: list[list[str | None]], numbers: list[int]
) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return builder.build(dict(zip(aliases, map(list, columns), strict=True)), numbers)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: float) -> str:
    return format(Decimal(format(value, ".15g")), "f")


def _line(values: list[str | None]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()
