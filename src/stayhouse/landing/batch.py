"""One batch: staged out of sight, then put in its place by one rename.

A batch is complete or absent. It is written into a working folder that no reader's pattern
matches, flushed to disk, and renamed; whoever is killed before the rename leaves a working folder
that the next landing of the same table clears away.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from glob import escape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from tqdm import tqdm

from stayhouse.base.disk import exclusive, flush
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import literal
from stayhouse.landing.aliases import Table
from stayhouse.landing.clock import SLACK
from stayhouse.landing.columns import parquet_batches, row_count
from stayhouse.landing.files import InputFile
from stayhouse.landing.limits import Limits
from stayhouse.landing.personal import Hasher
from stayhouse.landing.reasons import Rejection
from stayhouse.landing.rows import Rejects, RowBuilder
from stayhouse.landing.suppression import Suppressed
from stayhouse.landing.text import Tally, csv_batches, json_batches

MANIFEST = "_batch.json"
ROWS = "data.parquet"
REJECTS = "rejected_lines.csv"
# Below this size a landing is over before a progress bar helps.
_BAR_FROM_BYTES = 50_000_000


@dataclass(frozen=True)
class Batch:
    """What ``_batch.json`` says of a batch.

    ``lines_in`` = ``rows_landed`` + ``lines_rejected`` + ``rows_erased``, which are the rows and
    rejected lines of erased people: taken out later, or not let in. ``data_until`` and
    ``landed_at`` are ISO instants in UTC without offset, or None; ``columns`` are those of the
    Parquet file. ``rejected_by_reason`` counts ``lines_rejected`` by reason code.
    """

    source: str
    table: str
    batch_id: int
    file: str
    sha256: str
    lines_in: int
    rows_landed: int
    lines_rejected: int
    # Older batches do not say these.
    rejected_by_reason: dict[str, int] = field(default_factory=dict, kw_only=True)
    rows_erased: int = field(default=0, kw_only=True)
    landed_at: str | None = field(default=None, kw_only=True)
    data_until: str | None
    columns: list[str]


@dataclass(frozen=True)
class Terms:
    """What holds for every file of one landing.

    ``data_until`` is the instant up to which the files are complete, or None; ``landed_at`` is
    when they land; both naive UTC. ``keyed_hash`` is what personal values become, ``suppressed``
    are the people whose rows and lines are counted and not written. A file of which more than
    ``limits.stop_rate`` is rejected lands only where ``accepts_rejected``.
    """

    limits: Limits
    accepts_rejected: bool
    data_until: datetime | None
    landed_at: datetime
    keyed_hash: Hasher | None
    suppressed: Suppressed | None


class TableLanding:
    """The landing of one table while its lock is held; see ``table_landing``."""

    def __init__(self, table: Table, landing: Path) -> None:
        self._table = table
        self._home = landing / table.source / table.name
        self.work = landing / f".landing-{table.label}"
        self._staged: list[tuple[Batch, Path]] = []
        # Of each staged batch, in the same order; and sentences on what is doubtful in it.
        self.rejections: list[list[Rejection | str]] = []

    def open(self) -> None:
        """Clear what a killed landing left behind."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()

    def close(self) -> None:
        """Leave nothing of the working folder, nor folders that no batch came into."""
        shutil.rmtree(self.work, ignore_errors=True)
        for folder in (self._home, self._home.parent):
            with suppress(OSError):
                folder.rmdir()

    def landed_as(self, sha256: str) -> Batch | None:
        """Return the batch, standing or staged, that a file of this hash has landed as."""
        # Years of nights stand here: what cannot be it is not even parsed.
        digits = sha256.encode()
        folders = (f for f in self.folders() if digits in (f / MANIFEST).read_bytes())
        batches = [read_manifest(folder) for folder in folders] + [b for b, _ in self._staged]
        return next((batch for batch in batches if batch.sha256 == sha256), None)

    def folders(self) -> list[Path]:
        """Return the folders of the batches that stand, by name."""
        return [path.parent for path in sorted(self._home.glob(f"batch_id=*/{MANIFEST}"))]

    def stage(self, file: InputFile, sha256: str, terms: Terms) -> bool:
        """Write a file as a batch into the working folder; return False if it has no rows.

        Raises:
            StayhouseError: the file does not fit the table, or none of its lines can be read.
        """
        keyed_hash, suppressed = terms.keyed_hash, terms.suppressed
        folder = self.work / str(len(self._staged))
        folder.mkdir(exist_ok=True)  # a file without rows before it may have made it
        rejects = Rejects(
            folder / REJECTS, keyed_hash if self._table.has_personal else None, suppressed
        )
        builder = RowBuilder(self._table, keyed_hash)
        try:
            lines_in, rows_erased = self._read(
                file, folder / "rows.parquet", rejects, builder, terms
            )
        finally:
            rejects.close()
        if lines_in == 0:
            return False
        for column, count in builder.addresses.items():
            raise StayhouseError(
                f"{file.name} has an e-mail address as {column} in {count:,} of {lines_in:,} "
                f"lines, where everybody could read it: {self._table.way_to_hide(column)}."
            )
        by_reason = rejects.by_reason.items()
        rejections = sorted(rejects.by_reason.values(), key=lambda found: -found.count)
        told = "; ".join(map(str, rejections))
        if lines_in == rejects.count:
            raise StayhouseError(
                f"None of the {lines_in:,} lines of {file.name} can be read: {told}."
            )
        if rejects.count > terms.limits.stop_rate * lines_in and not terms.accepts_rejected:
            raise StayhouseError(
                f"{rejects.count:,} of {lines_in:,} lines of {file.name} are rejected, more than "
                f"rejection_stop_rate ({terms.limits.stop_rate:g}): {told}; correct the file, or "
                "land it all the same with --accept-rejected-lines."
            )
        columns, until, rows = self._finish(folder, terms)
        rows_erased += rejects.erased
        if lines_in != rows + rejects.count + rows_erased:
            raise AssertionError(
                f"{file.name}: {lines_in} lines in, {rows} landed, {rejects.count} rejected, "
                f"{rows_erased} of erased people"
            )
        batch = Batch(
            self._table.source,
            self._table.name,
            0,  # the number is given when the batch takes its place
            suppressed.redacted(file.name) if suppressed else file.name,
            sha256,
            lines_in,
            rows,
            rejects.count,
            until.isoformat() if until else None,
            columns,
            rejected_by_reason={reason: found.count for reason, found in sorted(by_reason)},
            rows_erased=rows_erased,
            landed_at=terms.landed_at.isoformat(),
        )
        self._staged.append((batch, folder))
        self.rejections.append([*rejections, *builder.doubts])
        return True

    def _read(
        self, file: InputFile, target: Path, rejects: Rejects, builder: RowBuilder, terms: Terms
    ) -> tuple[int, int]:
        """Write the rows to ``target``; return the lines in the file and the rows left out."""
        tally = Tally()
        size = file.path.stat().st_size
        with (
            file.path.open("rb") as raw,
            connection(self.work) as con,
            tqdm(
                total=size,
                desc=self._table.label,
                unit="B",
                unit_scale=True,
                disable=size < _BAR_FROM_BYTES or not sys.stderr.isatty(),
            ) as bar,
            pq.ParquetWriter(target, builder.schema, compression="lz4") as writer,
        ):
            if file.format == "parquet":
                tally.lines_in = row_count(file)
                batches = parquet_batches(file, self._table, builder, con)
            elif file.format == "csv":
                breaks = terms.limits.max_line_breaks
                batches = csv_batches(file, raw, self._table, builder, rejects, tally, breaks)
            else:
                batches = json_batches(file, raw, self._table, builder, rejects, tally)
            read_rows = rows_erased = 0
            for batch in batches:
                read_rows += len(batch)
                if builder.addresses:
                    continue  # they are counted to the end, and none is written
                if terms.suppressed is not None:
                    filtered = terms.suppressed.filter(batch)
                    batch, rows_erased = filtered.rows, rows_erased + filtered.erased
                writer.write_batch(batch)
                if file.format == "parquet":
                    bar.update(size * read_rows // tally.lines_in - bar.n)
                else:
                    # At the end of a text the reader has closed its file.
                    bar.update((size if raw.closed else raw.tell()) - bar.n)
        return tally.lines_in, rows_erased

    def _finish(self, folder: Path, terms: Terms) -> tuple[list[str], datetime | None, int]:
        """Make ``data.parquet`` from the rows; return its columns, data_until and row count."""
        rows = folder / "rows.parquet"
        # A folder above may be called like a partition.
        source = f"read_parquet({literal(escape(str(rows)))}, hive_partitioning = false)"
        data_until = terms.data_until
        with connection(self.work) as con:
            if data_until is None and "received_at" in self._table.landed_columns:
                # A text without offset is UTC. What lies ahead of the landing was not received
                # by then: one wrong date must not move the clock of the whole warehouse.
                data_until = con.execute(
                    "with received as (select try_cast(replace(replace(received_at, ' +', '+'), "
                    f"' -', '-') as timestamptz) as instant from {source}) "
                    "select max(instant)::timestamp from received "
                    f"where isfinite(instant) and instant <= {_instant(terms.landed_at + SLACK)}"
                ).fetchall()[0][0]
            con.execute(
                f"copy (select *, {_instant(data_until)} as data_until, "
                f"{_instant(terms.landed_at)} as landed_at from {source}) "
                f"to {literal(str(folder / ROWS))} (format parquet, compression zstd)"
            )
        rows.unlink()
        metadata = pq.read_metadata(folder / ROWS)
        return metadata.schema.to_arrow_schema().names, data_until, metadata.num_rows

    def prepare(self) -> None:
        """Number every staged batch and bring it to the disk; nothing is in its place yet."""
        self._home.mkdir(parents=True, exist_ok=True)
        names = [path.name.removeprefix("batch_id=") for path in self._home.iterdir()]
        taken = max((int(name) for name in names if name.isdecimal()), default=0)
        for place, (batch, folder) in enumerate(self._staged):
            numbered = replace(batch, batch_id=taken + 1 + place)
            write_manifest(numbered, folder / MANIFEST)
            for path in [*folder.iterdir(), folder]:
                flush(path)
            self._staged[place] = (numbered, folder)

    def commit(self) -> list[Batch]:
        """Put every prepared batch in its place; return them."""
        for batch, folder in self._staged:
            os.rename(folder, self._home / f"batch_id={batch.batch_id}")
            flush(self._home)
        return [batch for batch, _ in self._staged]

    def withdraw(self) -> None:
        """Take back what ``commit`` has put in its place."""
        for batch, folder in self._staged:
            place = self._home / f"batch_id={batch.batch_id}"
            if not folder.exists() and place.exists():
                os.rename(place, folder)


def _instant(instant: datetime | None) -> str:
    return f"cast({literal(instant.isoformat()) if instant else 'null'} as timestamp)"


def read_manifest(folder: Path) -> Batch:
    """Return what the manifest in a batch's folder says."""
    return Batch(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def write_manifest(batch: Batch, path: Path) -> None:
    """Write a batch's manifest to a file."""
    path.write_text(json.dumps(asdict(batch), indent=2) + "\n", encoding="utf-8")


@contextmanager
def table_landing(table: Table, landing: Path) -> Iterator[TableLanding]:
    """Hold the lock of one table in one landing folder, which exists.

    Raises:
        StayhouseError: another process lands the same table.
    """
    refusal = (
        f"Another process is landing {table.label}: wait until it has ended and run the command "
        "again."
    )
    with exclusive(landing / f".landing-{table.label}.lock", refusal):
        table_land = TableLanding(table, landing)
        table_land.open()
        try:
            yield table_land
        finally:
            table_land.close()


@contextmanager
def connection(work: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB in memory, bounded, spilling into a working folder; instants are UTC."""
    with duckdb.connect(
        config={"memory_limit": "1GB", "temp_directory": str(work / "spill")}
    ) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


def parse_instant(text: str, option: str) -> datetime:
    """Return an ISO date or instant as naive UTC; without an offset it is UTC already.

    Args:
        text: what was given.
        option: by which option, for the message.

    Raises:
        StayhouseError: the text is no ISO instant.
    """
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
    except (ValueError, OverflowError) as error:
        raise StayhouseError(
            f"{option} {text!r} is no instant: write it like 2024-05-31T00:00:00+00:00."
        ) from error
