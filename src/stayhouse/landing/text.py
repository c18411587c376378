"""Reading CSV and JSON lines so that every line is accounted for.

Python's strict CSV reader is used and not DuckDB's: DuckDB skips blank lines without a word,
refuses a whole file over one odd line end, gives accepted rows no line number, and lets an
unterminated quote take the rest of the file along.

The law: lines in = rows landed + lines rejected (and what of either was left out, of people who
were erased). Lines are the physical lines after the header.
A line break inside a closed quoted field belongs to its row and is not counted; a broken record
counts, and is listed, with every line it took. So does one of two stray quotes, which looks sound.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import BinaryIO

import pyarrow as pa

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Alias, Table
from stayhouse.landing.files import InputFile
from stayhouse.landing.inside import inner_aliases, lifted
from stayhouse.landing.notation import SEPARATORS, UTF8, encoding_name
from stayhouse.landing.parts import DECODER, Rejected, text_of, without_hidden
from stayhouse.landing.reasons import OF_A_QUOTE
from stayhouse.landing.rows import ROWS_PER_BATCH, Rejects, RowBuilder, null_if_empty

_WRAP = '="'


@dataclass
class Tally:
    """How many lines a reader has met, counted apart from what became of them.

    ``separator`` is what separates the values of a line: a spreadsheet writes semicolons where
    commas are decimal. ``plain`` are those of our columns that no text came for: absent or typed.
    """

    lines_in: int = 0
    separator: str | None = None
    plain: set[str] = field(default_factory=set)


def csv_batches(
    file: InputFile,
    raw: BinaryIO,
    table: Table,
    builder: RowBuilder,
    rejects: Rejects,
    tally: Tally,
    max_line_breaks: int,
    separator: str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a CSV file; ``landed_row`` is the line where the record starts (header 1).

    Args:
        file: the file.
        raw: the same file, open for reading bytes.
        table: the table that its header is matched with.
        builder: makes the record batches.
        rejects: takes the lines that are no row.
        tally: is told of every line.
        max_line_breaks: a value with more is rejected with its line.
        separator: what separates values, where it is stated; else the header tells.

    Raises:
        StayhouseError: the header does not fit the table, or the file cannot be read at all.
    """
    pending: list[str] = []
    lines = file.lines(raw, newline="")
    first = next(lines, "")
    separator = tally.separator = separator or _separator(first, table)
    reader = csv.reader(
        _remembered(chain([first] if first else [], lines), pending),
        strict=True,
        delimiter=separator,
    )
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise StayhouseError(
            f"The header of {file.name} is not CSV ({error}): correct its first line."
        ) from error
    if header is None or _damage(pending, file.encoding):
        hint = " (or say --encoding utf-16-le, which it looks like)" if "\0" in first else ""
        raise StayhouseError(
            f"{file.name} does not begin with a header in {encoding_name(file.encoding)}: save it "
            f"as CSV in UTF-8{hint}."
        )
    aliases = table.match_header([_unwrapped(name) for name in header], file.name)
    tally.plain = set(table.landed_columns) - {alias.our_column for alias in aliases}
    number = 1 + len(pending)
    rows: list[list[str]] = []
    numbers: list[int] = []
    is_broken = False
    while True:
        pending.clear()
        try:
            row = next(reader, None)
            reason = _fault(row, len(header), pending, max_line_breaks, separator, file.encoding)
        except csv.Error as error:
            row, reason = [], _csv_reason(error)
        if row is None:
            break
        tally.lines_in += len(pending)
        if reason:
            at = _opened_in(pending, separator) if reason in OF_A_QUOTE else None
            if is_broken and reason in ("too_few_columns", "too_many_columns"):
                # The end of a value with line breaks, of which the quote took the beginning.
                at = -1
            for offset, line in enumerate(pending):
                rejects.add(
                    number + offset, reason if at in (None, offset) else "taken_by_quote", line
                )
        else:
            # The line breaks inside its quoted fields are part of the row.
            tally.lines_in -= len(pending) - 1
            rows.append(row)
            numbers.append(number)
        is_broken = reason in OF_A_QUOTE
        number += len(pending)
        if len(rows) == ROWS_PER_BATCH:
            yield _csv_batch(builder, table, aliases, rows, numbers)
            rows, numbers = [], []
    if rows:
        yield _csv_batch(builder, table, aliases, rows, numbers)


def _separator(header: str, table: Table) -> str:
    """Return what separates the names of a header: that which finds most names of the sheet, and
    of two that find as many, such as none, that which finds more names at all.
    """

    def known(separator: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([header], delimiter=separator), [])
        except csv.Error:
            return 0, 0
        return sum(table.match(name) is not None for name in names), len(names)

    return max(SEPARATORS, key=known)


def _remembered(lines: Iterable[str], pending: list[str]) -> Iterator[str]:
    """Pass lines on, leaving in ``pending`` those that the current record has taken."""
    for line in lines:
        pending.append(line)
        yield line


def _csv_batch(
    builder: RowBuilder,
    table: Table,
    aliases: list[Alias],
    rows: list[list[str]],
    numbers: list[int],
) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    values = {
        a: null_if_empty([_unwrapped(value) for value in column])
        if _WRAP in "\n".join(column)  # one search, since few files have any
        else null_if_empty(column)
        for a, column in zip(aliases, columns, strict=True)
    }
    return builder.build({a: without_hidden(v, a, table) for a, v in values.items()}, numbers)


def _unwrapped(value: str) -> str:
    """Return what a spreadsheet shows of ="007", which keeps it from being taken for a number."""
    is_wrapped = len(value) > 2 and value.startswith(_WRAP) and value.endswith('"')
    return value[2:-1].replace('""', '"') if is_wrapped else value


def _opened_in(lines: list[str], separator: str) -> int:
    """Return in which line of a broken record the quote opens that broke it: the last that does."""
    ends = (separator, "\r", "\n")
    opened, state = 0, "start"
    for number, line in enumerate(lines):
        for letter in line:
            if state == "open":
                state = "closed" if letter == '"' else "open"
            elif letter in ends:
                state = "start"
            elif letter == '"' and state == "start":
                opened, state = number, "open"
            elif state == "closed":
                if letter != '"':
                    return opened
                # Two of them are one that is part of the text.
                state = "open"
            else:
                state = "plain"
    return opened


def _fault(
    row: list[str] | None,
    width: int,
    pending: list[str],
    max_line_breaks: int,
    separator: str,
    encoding: str,
) -> str | None:
    if row is None:
        return None
    if damage := _damage(pending, encoding):
        return damage
    if not row:
        return "blank_line"
    if len(row) != width:
        return "too_few_columns" if len(row) < width else "too_many_columns"
    if len(pending) > 1:
        if _are_records(pending, width, separator):
            return "swallowed_lines"
        if len(pending) > max_line_breaks and max(map(_line_breaks, row)) > max_line_breaks:
            return "too_many_line_breaks"
    return None


def _are_records(lines: list[str], width: int, separator: str) -> bool:
    """Whether most lines of one record look like records, so that a stray quote joined them.

    A line looks like one when it has as many values as the header, and none begins with a blank:
    a comma of prose has one behind it.
    """
    found = 0
    for line in lines:
        # The first and the last line hold the stray quotes.
        values = next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), [])
        found += len(values) == width and not any(value[:1].isspace() for value in values)
    return found > max(1, len(lines) // 2)


def _line_breaks(value: str) -> int:
    return value.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _csv_reason(error: csv.Error) -> str:
    message = str(error)
    if "unexpected end of data" in message:
        return "unterminated_quote"
    # The limit is 131,072 characters; it also bounds what an unterminated quote can take along.
    return "field_too_long" if "field limit" in message else "malformed_quote"


def _damage(lines: list[str], encoding: str = UTF8) -> str | None:
    for line in lines:
        if "\0" in line:
            return "nul_byte"
        if not line.isascii() and not _is_utf8(line):
            return "invalid_utf8" if encoding == UTF8 else "invalid_encoding"
    return None


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_batches(
    file: InputFile,
    raw: BinaryIO,
    table: Table,
    builder: RowBuilder,
    rejects: Rejects,
    tally: Tally,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file of JSON objects, one a line; ``landed_row`` is the line number.

    A number lands as it was written, true and false as words, an object or list as JSON text
    without what the table hides.
    A key may be missing on a line (exporters leave nulls out), a required one not on all lines.
    Arguments and errors are those of ``csv_batches``.
    """
    found: dict[str, Alias] = {}
    hides, inner = cache(table.hides), inner_aliases(table)
    rows: list[dict[Alias, str | None]] = []
    numbers: list[int] = []
    for number, line in enumerate(file.lines(raw, newline="\n"), start=1):
        tally.lines_in += 1
        try:
            pairs = _json_pairs(line, hides, inner, file.encoding)
        except Rejected as rejected:
            rejects.add(number, rejected.reason, line)
            continue
        if new := [key for key in pairs if key not in found]:
            known = table.known(new, f"Line {number} of {file.name}")
            found.update(zip(new, known, strict=True))
        row = {found[key]: value for key, value in pairs.items() if found[key].is_written}
        ours = [found[key].our_column for key in pairs if found[key].is_written]
        if len(set(ours)) < len(ours):
            rejects.add(number, "duplicate_key", line)
            continue
        rows.append(row)
        numbers.append(number)
        if len(rows) == ROWS_PER_BATCH:
            yield _json_batch(builder, rows, numbers)
            rows, numbers = [], []
    if rows:
        yield _json_batch(builder, rows, numbers)
    if found:
        table.check_required({alias.our_column for alias in found.values()}, file.name)


def _json_batch(
    builder: RowBuilder, rows: list[dict[Alias, str | None]], numbers: list[int]
) -> pa.RecordBatch:
    # Two lines may use two names of one column: gather by our name.
    aliases = {alias.our_column: alias for row in rows for alias in row}
    ours = [{alias.our_column: value for alias, value in row.items()} for row in rows]
    return builder.build(
        {alias: [row.get(name) for row in ours] for name, alias in aliases.items()}, numbers
    )


def _json_pairs(
    line: str, hides: Callable[[str], bool], inner: tuple[Alias, ...], encoding: str
) -> dict[str, str | None]:
    """Return a line's keys and values as text, or raise with the reason it is no row."""
    if damage := _damage([line], encoding):
        raise Rejected(damage)
    if not line.strip():
        raise Rejected("blank_line")
    try:
        value = DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        raise Rejected("not_json") from error
    if not isinstance(value, dict):
        raise Rejected("not_a_json_object")
    pairs = {key: text_of(part, hides) for key, part in lifted(value, inner).items()}
    if damage := _damage([text for text in pairs.values() if text is not None]):
        raise Rejected(damage)
    return pairs
