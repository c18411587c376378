"""Write the raw tables by day, break some lines, and keep account of what should become of each."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from stayhouse.shop.catalogue import Catalogue
from stayhouse.shop.draws import Ints, integers, keys, root_key, uniform
from stayhouse.shop.flaws import ACCEPTED, BROKEN_LINES, FLAWS, ONLY_LAST
from stayhouse.shop.formats import to_table
from stayhouse.shop.settings import Settings
from stayhouse.shop.spool import Spool
from stayhouse.shop.tables import DTYPES, Records
from stayhouse.shop.writers import CsvTable, ParquetTable

REJECTED_LINE = "rejected_line"
# The share of days on which a file has a broken line at the end of the day's rows.
_BROKEN_SHARES = {"events": 0.06, "orders": 0.02, "order_lines": 0.02, "customers": 0.02}
_DIRT_SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("batch", pa.string()),
        ("landed_row", pa.int64()),
        ("record_id", pa.string()),
        ("kind", pa.string()),
        ("outcome", pa.string()),
        ("reason_code", pa.string()),
    ]
)


def write_raw(settings: Settings, catalogue: Catalogue, spool: Spool, out: Path) -> None:
    """Write ``raw/`` and, of the truth, ``dirt`` and ``row_outcomes``."""
    total = sum(spool.row_count(table) for table in DTYPES)
    outcomes: dict[tuple[str, str, str | None], int] = {}
    with (
        ParquetTable(out / "truth" / "dirt.parquet") as dirt,
        tqdm(total=total, desc="rows", unit=" rows", unit_scale=True) as progress,
    ):
        for table in DTYPES:
            dirt.write(_DIRT_SCHEMA.empty_table())
            with ExitStack() as files:
                current = _File(settings, catalogue, table)
                for day, rows in spool.days(table):
                    if settings.batches == "daily" or day == 0:
                        files.close()
                        batch = settings.day_name(day) if settings.batches == "daily" else ""
                        current.begin(files, out / "raw" / batch, batch)
                    dirt.write(current.add(day, rows, outcomes))
                    progress.update(len(rows))
    _write_outcomes(outcomes, out / "truth" / "row_outcomes.parquet")


class _File:
    """The file of a table that is being written: knows its line numbers."""

    def __init__(self, settings: Settings, catalogue: Catalogue, table: str) -> None:
        self._settings, self._catalogue, self._table = settings, catalogue, table
        self._key = keys(root_key(settings.seed), f"broken lines of {table}")
        self._is_csv = settings.file_format == "csv"
        self._writer: Any = None
        self._batch = ""
        self._row = 0

    def begin(self, files: ExitStack, folder: Path, batch: str) -> None:
        """Start a new file."""
        path = folder / f"{self._table}.{self._settings.file_format}"
        self._writer = files.enter_context(CsvTable(path) if self._is_csv else ParquetTable(path))
        self._batch = batch
        # The header is line 1 of a CSV file.
        self._row = 2 if self._is_csv else 1

    def add(self, day: int, rows: Records, outcomes: dict[tuple[str, str, str | None], int]) -> Any:
        """Write a day's rows, count their outcomes, and return those of ``dirt`` among them."""
        table = to_table(self._settings, self._catalogue, self._table, rows)
        self._writer.write(table)
        flaw = rows["flaw"].astype(np.int64) if "flaw" in (rows.dtype.names or ()) else None
        dirty = np.flatnonzero(flaw) if flaw is not None else np.zeros(0, dtype=np.int64)
        codes = flaw[dirty] if flaw is not None else dirty
        _count(outcomes, self._table, ACCEPTED, None, len(rows) - len(dirty))
        flaws = [FLAWS[self._table][code - 1] for code in codes.tolist()]
        for flawed in flaws:
            _count(outcomes, self._table, flawed.outcome, flawed.reason, 1)
        places, total = self._landed_rows(table)
        named = table.column(0).cast(pa.string()).take(pa.array(dirty)).to_pylist()
        lines = [
            (self._row + int(places[row]), name, flawed.name, flawed.outcome, flawed.reason)
            for row, name, flawed in zip(dirty.tolist(), named, flaws, strict=True)
        ]
        self._row += total
        kind = self._broken_kind(day)
        if kind is not None:
            self._writer.write_line(BROKEN_LINES[kind])
            lines.append((self._row, None, kind, REJECTED_LINE, kind))
            _count(outcomes, self._table, REJECTED_LINE, kind, 1)
            self._row += 1
        return pa.table(
            [
                [self._table] * len(lines),
                [self._batch or None] * len(lines),
                *([line[item] for line in lines] for item in range(5)),
            ],
            schema=_DIRT_SCHEMA,
        )

    def _landed_rows(self, table: Any) -> tuple[Ints, int]:
        """Where each row starts, counted from 0 in this piece, and how many lines all take."""
        count = table.num_rows
        if not self._is_csv or "text" not in table.schema.names or count == 0:
            return np.arange(count), count
        breaks = pc.count_substring(table.column("text"), "\n").fill_null(0)
        lines = 1 + breaks.to_numpy().astype(np.int64)
        return np.cumsum(lines) - lines, int(lines.sum())

    def _broken_kind(self, day: int) -> str | None:
        if not self._is_csv or not self._settings.has("dirt"):
            return None
        key = keys(self._key, "day", day + 1)
        if float(uniform(key, "is broken")[0]) >= _BROKEN_SHARES.get(self._table, 0.0):
            return None
        kinds = [kind for kind in BROKEN_LINES if kind != ONLY_LAST]
        if self._settings.batches == "daily":
            kinds.append(ONLY_LAST)
        return kinds[int(integers(key, "kind", len(kinds))[0])]


def _count(
    outcomes: dict[tuple[str, str, str | None], int],
    table: str,
    outcome: str,
    reason: str | None,
    rows: int,
) -> None:
    key = (table, outcome, reason)
    outcomes[key] = outcomes.get(key, 0) + rows


def _write_outcomes(outcomes: dict[tuple[str, str, str | None], int], path: Path) -> None:
    """Write how many rows of each table should end in which way."""
    keys_in_order = sorted(outcomes, key=lambda key: (key[0], key[1], key[2] or ""))
    table = pa.table(
        {
            "table_name": [key[0] for key in keys_in_order],
            "outcome": [key[1] for key in keys_in_order],
            "reason_code": pa.array([key[2] for key in keys_in_order], pa.string()),
            "row_count": pa.array([outcomes[key] for key in keys_in_order], pa.int64()),
        }
    )
    with ParquetTable(path) as writer:
        writer.write(table)
