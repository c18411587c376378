"""Rewriting what has landed: a batch without the rows, names and broken lines of erased people.

Each file is written beside and renamed, so a reader meets the old one or the new one, and a file in
which nobody is found is not touched. The manifest comes last and is counted from the files: whoever
is killed in between finds the rest still to do, and the counts right in the end.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stayhouse.base.disk import flush, put
from stayhouse.landing.batch import REJECTS, TableLanding
from stayhouse.landing.finish import ROWS
from stayhouse.landing.manifest import MANIFEST, read_manifest, write_manifest
from stayhouse.landing.rows import REJECT_COLUMNS
from stayhouse.landing.suppression import Filtered, Suppressed

# As many rows as DuckDB puts into a row group of the files that landing makes.
_ROWS_PER_GROUP = 122_880


@dataclass(frozen=True)
class Loss:
    """What erased people take with them: ``rows`` of ``rows_before``, rejected ``lines``.

    ``blanked`` rows of other people stay and lose an identifier that stood in them.
    """

    rows_before: int = 0
    rows: int = 0
    lines: int = 0
    blanked: int = 0

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(
            self.rows_before + other.rows_before,
            self.rows + other.rows,
            self.lines + other.lines,
            self.blanked + other.blanked,
        )


def batch_loss(folder: Path, suppressed: Suppressed, told: pa.Table | None = None) -> Loss:
    """Return what a landed batch would lose; nothing is written.

    ``told`` is whom its rows name by their staging.
    """
    loss = Loss(lines=sum(suppressed.is_named_in(line) for _, _, line in _rejects(folder)))
    with _filtered(folder, suppressed, told) as parts:
        for part in parts:
            before = part.rows.num_rows + part.erased
            loss += Loss(rows_before=before, rows=part.erased, blanked=part.blanked)
    return loss


def rewrite_batch(
    folder: Path, table_land: TableLanding, suppressed: Suppressed, told: pa.Table | None = None
) -> Loss:
    """Take suppressed people out of a landed batch; return what it lost.

    Args:
        folder: the batch's folder.
        table_land: the landing of its table, which is held, so that nothing lands meanwhile.
        suppressed: the erased people of the source.
        told: whom its rows name by their staging.
    """
    loss = batch_loss(folder, suppressed, told)
    if loss.rows or loss.blanked:
        _rewrite_rows(folder, table_land.work / ROWS, suppressed, told)
    if loss.lines:
        _rewrite_rejects(folder, table_land.work / REJECTS, suppressed)
    _rewrite_manifest(folder, table_land.work / MANIFEST, suppressed)
    return loss


def _rewrite_rows(folder: Path, fresh: Path, suppressed: Suppressed, told: pa.Table | None) -> None:
    schema = pq.read_schema(folder / ROWS)
    with (
        _filtered(folder, suppressed, told) as parts,
        pq.ParquetWriter(fresh, schema, compression="zstd") as writer,
    ):
        for part in parts:
            writer.write_batch(part.rows)
    put(fresh, folder / ROWS)


def _rewrite_rejects(folder: Path, fresh: Path, suppressed: Suppressed) -> None:
    kept = [row for row in _rejects(folder) if not suppressed.is_named_in(row[2])]
    if not kept:
        (folder / REJECTS).unlink()
        flush(folder)
        return
    with fresh.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([list(REJECT_COLUMNS), *kept])
    put(fresh, folder / REJECTS)


def _rewrite_manifest(folder: Path, fresh: Path, suppressed: Suppressed) -> None:
    batch = read_manifest(folder)
    rows = pq.read_metadata(folder / ROWS).num_rows
    reasons = Counter(reason for _, reason, _ in _rejects(folder))
    lines = reasons.total()
    told = replace(
        batch,
        # Somebody may have called the file after the person.
        file=suppressed.redacted(batch.file),
        rows_landed=rows,
        lines_rejected=lines,
        # A batch from before there were reasons is left as it is.
        rejected_by_reason=dict(sorted(reasons.items())) if batch.rejected_by_reason else {},
        rows_erased=batch.lines_in - rows - lines,
    )
    if told != batch:
        write_manifest(told, fresh)
        put(fresh, folder / MANIFEST)


@contextmanager
def _filtered(
    folder: Path, suppressed: Suppressed, told: pa.Table | None
) -> Iterator[Iterator[Filtered]]:
    with pq.ParquetFile(folder / ROWS) as file:
        yield (suppressed.filter(rows, told) for rows in file.iter_batches(_ROWS_PER_GROUP))


def _rejects(folder: Path) -> list[list[str]]:
    """Return the rejected lines of a batch as line number, reason and line."""
    path = folder / REJECTS
    if not path.exists():
        return []
    # A line may be here because it was longer than the reader's limit.
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]
    finally:
        csv.field_size_limit(limit)
