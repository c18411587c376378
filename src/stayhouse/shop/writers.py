"""Write tables of text as CSV or Parquet."""

from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

# Parquet row groups hold whole days until they reach this many rows: the same for every chunking.
ROW_GROUP_ROWS = 200_000


class TableWriter:
    """Write one table, piece by piece, to one file."""

    def __init__(self, folder: Path, name: str, file_format: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.{file_format}"
        self._format = file_format
        self._waiting: list[Any] = []
        self._waiting_rows = 0
        self._parquet: Any = None
        self._csv: Any = None

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        for writer in (self._parquet, self._csv):
            if writer is not None:
                writer.close()

    def write(self, table: Any) -> None:
        """Add rows. The first call must come even where there are no rows: it gives the header."""
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= ROW_GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables([plain(part) for part in self._waiting])
        self._waiting, self._waiting_rows = [], 0
        if self._format == "parquet":
            if self._parquet is None:
                self._parquet = pq.ParquetWriter(self.path, table.schema, compression="zstd")
            self._parquet.write_table(table, row_group_size=max(table.num_rows, 1))
            return
        if self._csv is None:
            options = pa_csv.WriteOptions(quoting_style="needed")
            self._csv = pa_csv.CSVWriter(self.path, table.schema, write_options=options)
        self._csv.write_table(table)


def plain(table: Any) -> Any:
    """Return the table with every column as plain strings."""
    return table.cast(pa.schema([(name, pa.string()) for name in table.schema.names]))
