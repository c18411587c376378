"""Write the raw tables by day, break some lines, and keep account of what should become of each."""

from collections import Counter
from concurrent.futures import Executor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from stayhouse.shop.dirt.flaws import ACCEPTED, BROKEN_LINES, FLAWS, ONLY_LAST
from stayhouse.shop.draws import Ints, integers, keys, root_key, uniform
from stayhouse.shop.population.catalogue import Catalogue, make_catalogue
from stayhouse.shop.settings import Settings
from stayhouse.shop.tables import DTYPES, Records
from stayhouse.shop.writing.formats import to_table
from stayhouse.shop.writing.spool import Spool
from stayhouse.shop.writing.writers import CsvTable, ParquetTable

# Rows by table, outcome and reason.
Outcomes = Counter[tuple[str, str, str | None]]
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


def write_raw(settings: Settings, spool: Spool, out: Path, pool: Executor | None) -> None:
    """Write ``raw/`` and, of the truth, ``dirt`` and ``row_outcomes``.

    The events are written here; with a pool, the other tables at the same time.
    """
    others = [table for table in DTYPES if table != "events"]
    jobs = [pool.submit(write_table, settings, spool, table, out) for table in others if pool]
    total = sum(spool.row_count(table) for table in DTYPES)
    with tqdm(total=total, desc="rows", unit=" rows", unit_scale=True) as progress:
        results = [write_table(settings, spool, "events", out, progress)]
        for place, table in enumerate(others):
            if pool:
                results.append(jobs[place].result())
                progress.update(spool.row_count(table))
            else:
                results.append(write_table(settings, spool, table, out, progress))
    with ParquetTable(out / "truth" / "dirt.parquet") as dirt:
        for _, lines in results:
            dirt.write(lines)
    _write_outcomes([found for found, _ in results], out / "truth" / "row_outcomes.parquet")


def write_table(
    settings: Settings, spool: Spool, table: str, out: Path, progress: Any = None
) -> tuple[Outcomes, Any]:
    """Write a table's files; return how many rows should end in which way, and its dirty lines."""
    outcomes: Outcomes = Counter()
    dirt = [_DIRT_SCHEMA.empty_table()]
    current = _File(settings, make_catalogue(settings), table, outcomes)
    is_daily = settings.batches == "daily"
    stops = range(settings.days) if is_daily else current.broken_days()
    with ExitStack() as files:
        is_open = False
        for day, rows in spool.spans(table, stops):
            if is_daily or not is_open:
                files.close()
                batch = settings.day_name(day) if is_daily else ""
                current.begin(files, out / "raw" / batch, batch)
                is_open = True
            dirt.append(current.add(day, rows))
            if progress is not None:
                progress.update(len(rows))
    return outcomes, pa.concat_tables(dirt)


class _File:
    """The file of a table that is being written: knows its line numbers."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, table: str, outcomes: Outcomes
    ) -> None:
        self._outcomes = outcomes
        self._broken = _broken_lines(settings, table)
        self._settings, self._catalogue, self._table = settings, catalogue, table
        self._is_csv = settings.file_format == "csv"
        self._writer: Any = None
        self._batch = ""
        self._row = 0

    def broken_days(self) -> list[int]:
        """Return the days after whose rows a broken line comes."""
        return sorted(self._broken)

    def begin(self, files: ExitStack, folder: Path, batch: str) -> None:
        """Start a new file."""
        path = folder / f"{self._table}.{self._settings.file_format}"
        self._writer = files.enter_context(CsvTable(path) if self._is_csv else ParquetTable(path))
        self._batch = batch
        # The header is line 1 of a CSV file.
        self._row = 2 if self._is_csv else 1

    def add(self, day: int, rows: Records) -> Any:
        """Write the rows of the days up to ``day``, count them, and return their dirty lines."""
        table = to_table(self._settings, self._catalogue, self._table, rows)
        self._writer.write(table)
        flaw = rows["flaw"].astype(np.int64) if "flaw" in (rows.dtype.names or ()) else None
        dirty = np.flatnonzero(flaw) if flaw is not None else np.zeros(0, dtype=np.int64)
        codes = flaw[dirty] if flaw is not None else dirty
        self._outcomes[self._table, ACCEPTED, None] += len(rows) - len(dirty)
        flaws = [FLAWS[self._table][code - 1] for code in codes.tolist()]
        for flawed in flaws:
            self._outcomes[self._table, flawed.outcome, flawed.reason] += 1
        places, total = self._landed_rows(table)
        named = table.column(0).cast(pa.string()).take(pa.array(dirty)).to_pylist()
        lines = [
            (self._row + int(places[row]), name, flawed.name, flawed.outcome, flawed.reason)
            for row, name, flawed in zip(dirty.tolist(), named, flaws, strict=True)
        ]
        self._row += total
        kind = self._broken.get(day)
        if kind is not None:
            self._writer.write_line(BROKEN_LINES[kind])
            lines.append((self._row, None, kind, REJECTED_LINE, kind))
            self._outcomes[self._table, REJECTED_LINE, kind] += 1
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


def _broken_lines(settings: Settings, table: str) -> dict[int, str]:
    """The days whose last line is broken in a file of this table, and how."""
    if settings.file_format != "csv" or not settings.has("dirt") or table not in _BROKEN_SHARES:
        return {}
    kinds = [kind for kind in BROKEN_LINES if kind != ONLY_LAST]
    if settings.batches == "daily":
        kinds.append(ONLY_LAST)
    days = np.arange(settings.days)
    key = keys(root_key(settings.seed), f"broken lines of {table}", days)
    chosen = np.flatnonzero(uniform(key, "is broken") < _BROKEN_SHARES[table])
    which = integers(key[chosen], "kind", len(kinds))
    broken = {day: kinds[kind] for day, kind in zip(chosen.tolist(), which.tolist(), strict=True)}
    if settings.batches == "once" and table == "events":
        broken[settings.days - 1] = ONLY_LAST
    return broken


def _write_outcomes(found: list[Outcomes], path: Path) -> None:
    """Write how many rows of each table should end in which way."""
    rows = [(*key, count) for outcomes in found for key, count in outcomes.items() if count]
    rows.sort(key=lambda row: (row[0], row[1], row[2] or ""))
    table = pa.table(
        {
            "table_name": [row[0] for row in rows],
            "outcome": [row[1] for row in rows],
            "reason_code": pa.array([row[2] for row in rows], pa.string()),
            "row_count": pa.array([row[3] for row in rows], pa.int64()),
        }
    )
    with ParquetTable(path) as writer:
        writer.write(table)
