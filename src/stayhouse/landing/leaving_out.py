"""What is about to land, without erased people whom only its staging tells, and their names."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stayhouse.landing.aliases import Source
from stayhouse.landing.batch import TableLanding
from stayhouse.landing.finish import ROWS
from stayhouse.landing.staging import staging_over
from stayhouse.landing.suppression import Suppressed


def leave_out(
    root: Path,
    source: Source,
    landing: Path,
    landings: dict[str, TableLanding],
    suppressed: Suppressed,
) -> None:
    """Take erased people out of the batches that are staged: their rows, by what staging makes of
    them, and their names in rows of others.

    Args:
        root: the project's folder.
        source: the source.
        landing: the landing folder.
        landings: its tables that land, by name.
        suppressed: the erased people of the source.

    Raises:
        StayhouseError: dbt cannot run the source's staging models.
    """
    with tempfile.TemporaryDirectory(prefix=".told-", dir=landing) as name:
        work = Path(name)
        rows = work / "rows"
        for table, table_land in landings.items():
            for place, (_, folder) in enumerate(table_land.staged):
                batch = rows / source.name / table / f"batch_id={place}"
                batch.mkdir(parents=True)
                (batch / ROWS).symlink_to((folder / ROWS).resolve())
        with staging_over(root, source, landing, rows, work) as staging:
            for table, table_land in landings.items():
                for place, (found, folder) in enumerate(table_land.staged):
                    told = staging.told(table, place) if staging else None
                    erased = _rewritten(folder, suppressed, told)
                    left = replace(
                        found,
                        rows_landed=found.rows_landed - erased,
                        rows_erased=found.rows_erased + erased,
                    )
                    table_land.staged[place] = (left, folder)


def _rewritten(folder: Path, suppressed: Suppressed, told: pa.Table | None) -> int:
    """Write the rows of a staged batch without erased people; return how many went."""
    fresh, erased, blanked = folder / f"{ROWS}.new", 0, 0
    with (
        pq.ParquetFile(folder / ROWS) as file,
        pq.ParquetWriter(fresh, file.schema_arrow, compression="zstd") as writer,
    ):
        for rows in file.iter_batches():
            filtered = suppressed.filter(rows, told)
            erased += filtered.erased
            blanked += filtered.blanked
            writer.write_batch(filtered.rows)
    if erased or blanked:
        os.replace(fresh, folder / ROWS)
    else:
        fresh.unlink()
    return erased
