"""Keep records on disk by chunk and day, and read them back by day, in one canonical order.

Chunks hold customers; exports hold days. Each chunk is sorted by day and appended to one file per
table; a day is then read as one slice from each chunk. Sorting the day by (due, tie) makes the
order independent of how customers were cut into chunks.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stayhouse.shop.draws import Ints
from stayhouse.shop.settings import DAY_MS, Settings
from stayhouse.shop.tables import DTYPES, Records


class Spool:
    """Records of one run, written in chunks and read by day. The folder is the caller's."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        # For each table, the first row of each (chunk, day) in the table's file.
        self._places: dict[str, list[Ints]] = {}
        self._rows: dict[str, int] = {}

    def add(self, table: str, rows: Records) -> None:
        """Append the rows whose ``due`` lies within the run."""
        settings = self._settings
        day = (rows["due"] - settings.start_ms) // DAY_MS
        inside = (rows["due"] >= settings.start_ms) & (day < settings.days)
        rows, day = rows[inside], day[inside]
        order = np.argsort(day, kind="stable")
        before = self._rows.get(table, 0)
        edges = np.searchsorted(day[order], np.arange(settings.days + 1)) + before
        self._places.setdefault(table, []).append(edges)
        self._rows[table] = before + len(rows)
        with (self._folder / table).open("ab") as spooled:
            rows[order].tofile(spooled)

    def row_count(self, table: str) -> int:
        """Return how many rows of a table lie within the run."""
        return self._rows.get(table, 0)

    def days(self, table: str) -> Iterator[tuple[int, Records]]:
        """Yield each day of the run with its rows, sorted by (due, tie)."""
        dtype = DTYPES[table]
        path = self._folder / table
        for day in range(self._settings.days):
            parts = []
            if path.exists():
                for edges in self._places[table]:
                    first, last = int(edges[day]), int(edges[day + 1])
                    if last > first:
                        offset = first * dtype.itemsize
                        parts.append(np.fromfile(path, dtype, last - first, offset=offset))
            rows = np.concatenate(parts) if parts else np.empty(0, dtype)
            yield day, rows[np.lexsort((rows["tie"], rows["due"]))]
