"""One batch: staged out of sight, then put in its place by one rename.

A batch is complete or absent. It is written into a working folder that no reader's pattern
matches, flushed to disk, and renamed; whoever is killed before the rename leaves a working folder
that the next landing of the same table clears away.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
from tqdm import tqdm

from stayhouse.base.disk import exclusive, flush
from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Table
from stayhouse.landing.columns import parquet_batches, row_count
from stayhouse.landing.files import InputFile
from stayhouse.landing.finish import RAW_ROWS, ROWS, connection, finish
from stayhouse.landing.kinds import without_zone
from stayhouse.landing.manifest import MANIFEST, Batch, read_manifest, write_manifest
from stayhouse.landing.notation import Notation
from stayhouse.landing.reasons import TAKEN, Rejection
from stayhouse.landing.rows import Rejects, RowBuilder, Samples
from stayhouse.landing.sheets import sheet_batches
from stayhouse.landing.terms import Inspection, Terms, encoding_of, why_lost
from stayhouse.landing.text import Tally, csv_batches, json_batches

REJECTS = "rejected_lines.csv"
# Below this size a landing is over before a progress bar helps.
_BAR_FROM_BYTES = 50_000_000


class TableLanding:
    """The landing of one table while its lock is held; see ``table_landing``."""

    def __init__(self, table: Table, landing: Path, inspection: Inspection | None = None) -> None:
        self._table = table
        self._home = landing / table.source / table.name
        self._inspection = inspection
        # The next batch's number is a higher one, and higher than the latest batch's.
        self.last_number = 0
        self.work = landing / f".landing-{table.label}"
        self.staged: list[tuple[Batch, Path]] = []
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
        batches = [read_manifest(folder) for folder in folders] + [b for b, _ in self.staged]
        return next((batch for batch in batches if batch.sha256 == sha256), None)

    def mapped_since(self, batch: Batch) -> list[str]:
        """Return the columns that the sheet lands and a batch that stands was landed without."""
        path = self._home / f"batch_id={batch.batch_id}" / ROWS
        known = set(pq.read_schema(path).names) if path.exists() else set()
        return [c for c in self._table.landed_columns if known and c not in known]

    def folders(self) -> list[Path]:
        """Return the folders of the batches that stand, by name."""
        return [path.parent for path in sorted(self._home.glob(f"batch_id=*/{MANIFEST}"))]

    def stage(self, file: InputFile, sha256: str, terms: Terms) -> bool:
        """Write a file as a batch into the working folder; return False if it has no rows.

        Raises:
            StayhouseError: the file does not fit the table, or none of its lines can be read.
        """
        keyed_hash, suppressed = terms.keyed_hash, terms.suppressed
        ways = terms.ways[self._table.name]
        file = replace(file, encoding=encoding_of(file, ways.stated, terms.limits.warn_rate))
        tally = Tally()
        folder = self.work / str(len(self.staged))
        folder.mkdir(exist_ok=True)  # a file without rows before it may have made it
        rejects = Rejects(
            folder / REJECTS, keyed_hash if self._table.has_personal else None, suppressed
        )
        samples: Samples = self._inspection.samples if self._inspection else {}
        builder = RowBuilder(self._table, keyed_hash, samples)
        try:
            rows_erased = self._read(file, folder / RAW_ROWS, rejects, builder, tally, terms)
        finally:
            rejects.close()
        lines_in = tally.lines_in
        if lines_in == 0:
            return False
        for column, count in builder.addresses.items():
            self._refuse(
                f"{file.name} has an e-mail address as {column} in {count:,} of {lines_in:,} "
                f"lines, where everybody could read it: {self._table.way_to_hide(column)}."
            )
        if builder.addresses:
            return False  # nothing was written
        by_reason = rejects.by_reason.items()
        rejections = sorted(
            rejects.by_reason.values(), key=lambda found: (found.reason == TAKEN, -found.count)
        )
        told = "; ".join(map(str, rejections))
        if lines_in == rejects.count:
            self._refuse(f"None of the {lines_in:,} lines of {file.name} can be read: {told}.")
            return False
        # A check takes what it can, and says what landing would refuse.
        is_strict = self._inspection is not None or not terms.accepts_rejected
        if rejects.count > terms.limits.stop_rate * lines_in and is_strict:
            self._refuse(
                f"{rejects.count:,} of {lines_in:,} lines of {file.name} are rejected, more than "
                f"rejection_stop_rate ({terms.limits.stop_rate:g}): {told}; correct the file, or "
                "land it all the same with --accept."
            )
        done = finish(
            folder,
            self.work,
            ways.of(file, tally.plain),
            self.latest_notation(),
            file.name,
            terms.data_until,
            terms.landed_at,
            self._latest(),
            self._refuse,
        )
        if is_strict and (why := why_lost(self._table, file, done, terms)):
            self._refuse(why)
        rows, until = done.row_count, done.data_until
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
            done.columns,
            rejected_by_reason={reason: found.count for reason, found in sorted(by_reason)},
            rows_erased=rows_erased,
            landed_at=terms.landed_at.isoformat(),
            notation=replace(
                done.values.notation, encoding=file.encoding, separator=tally.separator
            ).found,
        )
        self.staged.append((batch, folder))
        found = f"read as {batch.as_notation}" if str(batch.as_notation) else None
        first: list[Rejection | str] = [found] if found else []
        # A check asks the build itself.
        lost = [] if self._inspection else done.unread
        unread = [f"{part}: the build rejects such rows." for part in lost]
        # A table's zone is told once: its nights are written as its first file was.
        is_told = self._inspection is not None or (len(self.staged) == 1 and not self._latest())
        zones = without_zone(self._table, samples, ways.kinds, ways.stated) if is_told else []
        self.rejections.append([*first, *rejections, *done.values.doubts, *unread, *zones])
        return True

    def _refuse(self, sentence: str) -> None:
        """Refuse a file, or take note of why it would be."""
        if self._inspection is None:
            raise StayhouseError(sentence)
        self._inspection.problems.append(sentence)

    def latest_notation(self) -> Notation:
        """Return how the batch was written that landed last."""
        if self._inspection:
            return self._inspection.remembered
        if self.staged:
            return self.staged[-1][0].as_notation
        latest = self._latest()
        return read_manifest(latest).as_notation if latest else Notation()

    def _latest(self) -> Path | None:
        """Return the folder of the batch that landed last, or None."""
        return max(self.folders(), key=lambda folder: int(folder.name[9:]), default=None)

    def _read(
        self,
        file: InputFile,
        target: Path,
        rejects: Rejects,
        builder: RowBuilder,
        tally: Tally,
        terms: Terms,
    ) -> int:
        """Write the rows to ``target``; return how many were left out."""
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
                batches = parquet_batches(file, self._table, builder, con, tally.plain)
            elif file.format == "csv":
                batches = csv_batches(
                    file,
                    raw,
                    self._table,
                    builder,
                    rejects,
                    tally,
                    terms.limits.max_line_breaks,
                    terms.ways[self._table.name].stated.separator,
                )
            elif file.format == "xlsx":
                sheet = terms.ways[self._table.name].stated.sheet
                batches = sheet_batches(file, self._table, builder, rejects, tally, sheet)
            else:
                batches = json_batches(file, raw, self._table, builder, rejects, tally)
            read_rows = rows_erased = 0
            for batch in batches:
                read_rows += len(batch)
                if builder.addresses:
                    continue  # they are counted to the end, and none is written
                if terms.suppressed is not None:
                    filtered = terms.suppressed.filter(batch, blanks=False)
                    batch, rows_erased = filtered.rows, rows_erased + filtered.erased
                writer.write_batch(batch)
                if file.format == "parquet":
                    bar.update(size * read_rows // tally.lines_in - bar.n)
                else:
                    # At the end of a text the reader has closed its file.
                    bar.update((size if raw.closed else raw.tell()) - bar.n)
        return rows_erased

    def prepare(self) -> None:
        """Number every staged batch and bring it to the disk; nothing is in its place yet."""
        self._home.mkdir(parents=True, exist_ok=True)
        names = [path.name.removeprefix("batch_id=") for path in self._home.iterdir()]
        numbers = [int(name) for name in names if name.isdecimal()]
        taken = max([*numbers, self.last_number])
        for place, (batch, folder) in enumerate(self.staged):
            numbered = replace(batch, batch_id=taken + 1 + place)
            write_manifest(numbered, folder / MANIFEST)
            for path in [*folder.iterdir(), folder]:
                flush(path)
            self.staged[place] = (numbered, folder)

    def commit(self) -> list[Batch]:
        """Put every prepared batch in its place; return them."""
        for batch, folder in self.staged:
            os.rename(folder, self._home / f"batch_id={batch.batch_id}")
            flush(self._home)
        return [batch for batch, _ in self.staged]

    def withdraw(self) -> None:
        """Take back what ``commit`` has put in its place."""
        for batch, folder in self.staged:
            place = self._home / f"batch_id={batch.batch_id}"
            if not folder.exists() and place.exists():
                os.rename(place, folder)


@contextmanager
def table_landing(
    table: Table, landing: Path, inspection: Inspection | None = None
) -> Iterator[TableLanding]:
    """Hold the lock of one table in one landing folder, which exists.

    With an ``inspection``, what would refuse a file is noted there instead.

    Raises:
        StayhouseError: another process lands the same table.
    """
    refusal = (
        f"Another process is landing {table.label}: wait until it has ended and run the command "
        "again."
    )
    with exclusive(landing / f".landing-{table.label}.lock", refusal):
        table_land = TableLanding(table, landing, inspection)
        table_land.open()
        try:
            yield table_land
        finally:
            table_land.close()


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
