"""What passes from a reader to a batch: rows that landed, lines that did not."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.compute as pc

from stayhouse.landing.aliases import Alias, Table
from stayhouse.landing.personal import NO_VALUE, TEXT_SIGN, Hasher
from stayhouse.landing.reasons import Rejection
from stayhouse.landing.suppression import Suppressed

# Rows that travel together from a reader to the Parquet writer: enough to make the work per
# batch small, few enough that ten million rows need no more memory than ten thousand.
ROWS_PER_BATCH = 20_000
REJECT_COLUMNS = ("line_number", "reason", "line")
_ADDRESS = r"^\s*[^@\s]+@[^@\s]+\.[^@\s.]+\s*$"
# So many values of a column tell what it holds.
_SAMPLE = 1_000
# A whole number that a program held as a float on its way, as pandas does beside an empty id.
_WHOLE = r"^(-?(?:0|[1-9][0-9]*))\.0$"
# Some values of columns, by their names in the file.
Samples = dict[str, list[str | None]]


class RowBuilder:
    """Makes record batches of one table: our columns as text, then ``landed_row``.

    Args:
        table: the table that lands.
        keyed_hash: what personal values become; None where the source marks none.
        samples: takes some values of each column that lands unhashed or is ignored, by its name in
            the file, for whoever says what is doubtful in it.
    """

    def __init__(self, table: Table, keyed_hash: Hasher | None, samples: Samples) -> None:
        self._samples = samples
        self._columns = table.landed_columns
        self._keyed_hash = keyed_hash
        # How many values of which column are an e-mail address where an id is meant.
        self.addresses: Counter[str] = Counter()
        self.schema = pa.schema(
            [*((name, pa.string()) for name in self._columns), ("landed_row", pa.int64())]
        )

    def build(
        self,
        values: Mapping[Alias, Sequence[str | None] | pa.Array],
        rows: Sequence[int] | pa.Array,
    ) -> pa.RecordBatch:
        """Return a record batch.

        Args:
            values: by alias, the column's values as they came, one a row.
            rows: the number of the line or row in the file, one a row.
        """
        _sample(self._samples, values)
        arrays = {
            alias.our_column: self._landed(alias, pa.array(column, pa.string()))
            for alias, column in values.items()
            if alias.is_written
        }
        absent = pa.nulls(len(rows), pa.string())
        return pa.record_batch(
            [*(arrays.get(name, absent) for name in self._columns), pa.array(rows, pa.int64())],
            schema=self.schema,
        )

    def _landed(self, alias: Alias, column: pa.Array) -> pa.Array:
        if alias.is_id:
            # One id may come in two forms of Unicode, or as 7 here and as 7.0 or '7 there.
            column = pc.utf8_normalize(column, form="NFC")
            for sign, pattern in ((".0", _WHOLE), ("'", TEXT_SIGN)):
                if _has(column, sign):
                    column = pc.replace_substring_regex(column, pattern=pattern, replacement=r"\1")
        if alias.personal == "hash":
            return pa.array(self._hashed(column.to_pylist()), pa.string())
        if alias.is_person and _has(column, "@"):
            hits = pc.sum(pc.match_substring_regex(column, pattern=_ADDRESS)).as_py()
            self.addresses += Counter({alias.our_column: hits or 0})
        return column

    def _hashed(self, values: list[str | None]) -> list[str | None]:
        if self._keyed_hash is None:
            raise ValueError("a personal column was read without a key")
        return [
            None if value is None or value.strip().lower() in NO_VALUE else self._keyed_hash(value)
            for value in values
        ]


def _has(column: pa.Array, sign: str) -> bool:
    """Whether any value has a sign, which is found much faster than a pattern is matched."""
    return bool(pc.any(pc.match_substring(column, sign)).as_py())


def _sample(samples: Samples, values: Mapping[Alias, Sequence[str | None] | pa.Array]) -> None:
    for alias, column in values.items():
        if not alias.personal:
            sample = samples.setdefault(alias.their_column, [])
            part = column[: _SAMPLE - len(sample)]
            sample.extend(part.to_pylist() if isinstance(part, pa.Array) else part)


def null_if_empty(column: Sequence[str]) -> pa.Array:
    """Return a CSV column as an array in which an empty field is null: CSV knows no other null."""
    array = pa.array(column, pa.string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)


class Rejects:
    """The lines that could not be read, written to ``rejected_lines.csv`` as they are found.

    The file has ``line_number``, ``reason`` and ``line``. A line that cannot be parsed cannot be
    freed of personal values either: where the table has personal columns, ``line`` holds
    ``hmac-sha256:`` and the line's keyed hash, which still tells whether two lines are equal.
    The file exists only when there is a line to put in it. A line that names an erased person is
    only counted, in ``erased``.
    """

    def __init__(
        self, path: Path, keyed_hash: Hasher | None, suppressed: Suppressed | None = None
    ) -> None:
        self._path = path
        self._keyed_hash = keyed_hash
        self._suppressed = suppressed
        self.erased = 0
        self._file: TextIO | None = None
        self.by_reason: dict[str, Rejection] = {}

    @property
    def count(self) -> int:
        """Return how many lines were written."""
        return sum(rejection.count for rejection in self.by_reason.values())

    def add(self, line_number: int, reason: str, line: str) -> None:
        """Write one line with its 1-based number and a reason code."""
        if self._suppressed is not None and self._suppressed.is_named_in(line):
            self.erased += 1
            return
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file, lineterminator="\n").writerow(REJECT_COLUMNS)
        self.by_reason.setdefault(reason, Rejection(reason, 0, [])).add(line_number)
        csv.writer(self._file, lineterminator="\n").writerow(
            [line_number, reason, self._shown(line.rstrip("\r\n"))]
        )

    def _shown(self, line: str) -> str:
        raw = line.encode("utf-8", "surrogateescape")
        text = raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        return text if self._keyed_hash is None else f"hmac-sha256:{self._keyed_hash(text)}"

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
