"""Write tables as CSV or Parquet so that the bytes do not depend on how rows were handed over."""

from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from stayhouse.shop.writing.columns import plain

# Every Parquet row group but the last holds exactly this many rows.
ROW_GROUP_ROWS = 250_000


class ParquetTable:
    """Write one table to one Parquet file, piece by piece."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._waiting: list[Any] = []
        self._waiting_rows = 0
        self._writer: Any = None

    def __enter__(self) -> "ParquetTable":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and (self._waiting or self._writer is None):
            self._write(ROW_GROUP_ROWS)
        if self._writer is not None:
            self._writer.close()

    def write(self, table: Any) -> None:
        """Add rows. There must be one call at least: it gives the columns."""
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= ROW_GROUP_ROWS:
            whole_groups = self._waiting_rows // ROW_GROUP_ROWS * ROW_GROUP_ROWS
            self._write(whole_groups)

    def _write(self, rows: int) -> None:
        """Write the first waiting rows, in row groups of the fixed size."""
        table = pa.concat_tables(self._waiting)
        if self._writer is None:
            # Without its own schema in the file, a column of codes and words reads as strings.
            self._writer = pq.ParquetWriter(
                self._path, table.schema, compression="zstd", store_schema=False
            )
        now, later = table.slice(0, rows), table.slice(rows)
        # One dictionary for a whole row group, so that the pieces leave no trace.
        self._writer.write_table(
            now.unify_dictionaries().combine_chunks(), row_group_size=ROW_GROUP_ROWS
        )
        self._waiting = [later] if later.num_rows else []
        self._waiting_rows = later.num_rows


class CsvTable:
    """Write one table to one CSV file, piece by piece; raw lines can be put in between."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._has_header = False

    def __enter__(self) -> "CsvTable":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, table: Any) -> None:
        """Add rows. There must be one call at least: it gives the header."""
        options = pa_csv.WriteOptions(
            include_header=not self._has_header, quoting_style="needed", quoting_header="none"
        )
        pa_csv.write_csv(plain(table), self._file, options)
        self._has_header = True

    def write_line(self, line: bytes) -> None:
        """Add a line as it is."""
        self._file.write(line)
