"""Keep records on disk by chunk and day, and read them back by days, in one canonical order.

Chunks hold customers; exports hold days. Each chunk is sorted by day and appended to one file per
table; some days are then one slice of each chunk. Sorting them by (due, tie) makes the order
independent of how customers were cut into chunks.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from stayhouse.shop.draws import Ints
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.tables import DTYPES, Records

# Rows are formatted so many at a time, more or less: whole days.
SPAN_ROWS = 30_000


class Spool:
    """Records of one run, written in chunks and read by day. The folder is the caller's."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        # For each chunk, where each day begins in the table's file, in rows.
        self._places: dict[str, list[Ints]] = {table: [] for table in DTYPES}
        self._rows = dict.fromkeys(DTYPES, 0)

    def add(self, table: str, rows: Records) -> None:
        """Append a chunk's rows as ``due_within`` returns them."""
        settings = self._settings
        day = (rows["due"] - settings.start_ms) // DAY_MS
        edges = np.searchsorted(day, np.arange(settings.days + 1))
        self._places[table].append(edges + self._rows[table])
        self._rows[table] += len(rows)
        with (self._folder / table).open("ab") as spooled:
            rows.tofile(spooled)

    def row_count(self, table: str) -> int:
        """Return how many rows of a table lie within the run."""
        return self._rows[table]

    def spans(self, table: str, stops: Iterable[int]) -> Iterator[tuple[int, Records]]:
        """Yield the last day of each span of days with the span's rows, sorted by (due, tie).

        A span ends with each day in ``stops``, with the last day of the run, and when it is long.
        """
        days = self._settings.days
        per_day = np.zeros(days, dtype=np.int64)
        for edges in self._places[table]:
            per_day += np.diff(edges)
        ends = set(stops) | {days - 1}
        first, waiting = 0, 0
        for day in range(days):
            waiting += int(per_day[day])
            if day in ends or waiting >= SPAN_ROWS:
                yield day, self._rows_of(table, first, day + 1)
                first, waiting = day + 1, 0

    def _rows_of(self, table: str, first_day: int, end_day: int) -> Records:
        dtype = DTYPES[table]
        parts = [np.empty(0, dtype)]
        for edges in self._places[table]:
            first, last = int(edges[first_day]), int(edges[end_day])
            if last > first:
                offset = first * dtype.itemsize
                parts.append(np.fromfile(self._folder / table, dtype, last - first, offset=offset))
        rows = np.concatenate(parts)
        return rows[np.lexsort((rows["tie"], rows["due"]))]


def due_within(settings: Settings, rows: Records) -> Records:
    """Return the rows that an export of the run holds, sorted by day."""
    day = (rows["due"] - settings.start_ms) // DAY_MS
    inside = np.flatnonzero((rows["due"] >= settings.start_ms) & (day < settings.days))
    # Days fit in 16 bits, which are sorted much faster.
    order = np.argsort(day[inside].astype(np.int16), kind="stable")
    return rows[inside[order]]
