"""Reading a table in chunks with dlt, which keeps how far it came beside what it has read.

A chunk, and the cursor that it moved, are one load package of dlt: both are there, or neither. What
a killed pull has read of an unfinished chunk is gone, and read again; a finished one is brought to
its end by the next pull before that asks the database for more.
"""

import os
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from stayhouse.landing.columns import PLAIN_COLUMNS
from stayhouse.pulling.database import Cursor, Database, News, last_of_chunk, news
from stayhouse.pulling.plan import PulledTable

# dlt reads its settings from the environment, some of them as it is imported.
_SETTINGS = {
    # It asks nobody but the database, and writes nowhere but into the landing folder.
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # Raw rows, and so addresses, are in no file longer than until they have landed.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__WORKERS": "1",
    "ENABLE_RUNTIME_TRACE": "false",
    # Columns keep their names.
    "SCHEMA__NAMING": "direct",
}
os.environ.update(_SETTINGS)

import dlt  # noqa: E402
from dlt.destinations import filesystem  # noqa: E402
from dlt.sources.sql_database import sql_table  # noqa: E402

# Rows that travel together from the database to the file.
_PAGE = 20_000


class Chunk:
    """What was told of a chunk: what was new before it, if counted, and whether it is the last."""

    news: News
    is_last: bool


@dataclass(frozen=True)
class Reading:
    """How a table is read: which columns, all as the text that the database writes of them.

    ``plain`` are those whose text is plainly written, since they are of a type.
    """

    pulled: PulledTable
    names: list[str]
    plain: list[str]
    cursor: Cursor


class Reader:
    """Reads the tables of one database into files, each row once."""

    def __init__(self, folder: Path, source: str) -> None:
        self._files = folder / "waiting"
        os.environ["DLT_DATA_DIR"] = str(folder / "dlt")
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        self._pipeline = dlt.pipeline(
            pipeline_name=source,
            pipelines_dir=str(folder / "pipeline"),
            destination=filesystem(
                bucket_url=str(folder), layout="{table_name}/{table_name}_{load_id}_{file_id}.{ext}"
            ),
            dataset_name=self._files.name,
        )

    def finish(self) -> None:
        """Bring to its end what a killed pull has read."""
        # Before dlt takes over the newest state that it finds there: then it knows of these rows,
        # also where the pull was killed before it had noted the state itself.
        self._forget_halves()
        if self._pipeline.has_pending_data:
            self._pipeline.normalize()
            self._pipeline.load()
        # What is left now is of no use: halves, and copies that a kill kept from being removed.
        for path in Path(self._pipeline.working_dir).rglob("*.parquet"):
            path.unlink()

    def _forget_halves(self) -> None:
        """Remove what dlt made of a package that it has not let go of: it makes it anew.

        A kill right after a package was made leaves both, and dlt stumbles over its own. Nothing
        of it has been loaded: that begins when the package it was made of is gone.
        """
        working = Path(self._pipeline.working_dir)
        for package in (working / "normalize" / "extracted").glob("*"):
            for place in ("new", "normalized"):
                shutil.rmtree(working / "load" / place / package.name, ignore_errors=True)

    def waiting(self, table: str) -> list[Path]:
        """Return the files of a table that have not landed."""
        return sorted((self._files / table).glob("*.parquet"))

    def last(self, pulled: PulledTable) -> Any:
        """Return the last value of a table's cursor that was pulled; None: nothing is known."""
        for source in self._pipeline.state.get("sources", {}).values():
            known = source.get("resources", {}).get(pulled.table.name, {}).get("incremental", {})
            if f'"{pulled.cursor}"' in known:
                return known[f'"{pulled.cursor}"'].get("last_value")
        return None

    def folder(self, table: str) -> Path:
        """Return where the files of a table wait."""
        return self._files / table

    def read(self, database: Database, reading: Reading, rows: int, *, counts: bool) -> Chunk:
        """Read the next chunk of a table, of about so many rows, into a file.

        Args:
            database: where the table stands.
            reading: how it is read.
            rows: how many rows are a chunk.
            counts: whether to count what is new.

        Raises:
            StayhouseError: the database refuses, or breaks off; nothing has been read.
        """
        pulled, cursor = reading.pulled, reading.cursor
        names = [name for name in reading.names if name != pulled.cursor]
        place = sa.table(pulled.name, schema=pulled.schema)
        chunk = Chunk()

        def query(_query: Any, _table: Any, incremental: Any, engine: Any) -> sa.Select[Any]:
            last = incremental.last_value
            with engine.connect() as con:
                if counts:
                    chunk.news = news(con, place, cursor, last)
                upper, chunk.is_last = last_of_chunk(con, place, cursor, last, rows)
            column = cursor.column
            texts = (sa.cast(sa.column(name), sa.Text).label(name) for name in names)
            found = sa.select(column, *texts).select_from(place).order_by(column)
            if upper is None:
                return found.where(sa.false())
            # From the last value on, not after it: another row may have got it since.
            return found.where(column <= upper, *([] if last is None else [column >= last]))

        metadata = sa.MetaData()
        texts = (sa.Column(name, sa.Text) for name in names)
        table = sa.Table(pulled.table.name, metadata, sa.Column(pulled.cursor, cursor.type), *texts)
        resource = sql_table(
            credentials=database.engine,
            table=table.name,
            metadata=metadata,
            # Without a key a row is known by all that it says: one that was changed while its
            # cursor was not is another one.
            incremental=dlt.sources.incremental(f'"{pulled.cursor}"', row_order="asc"),
            chunk_size=_PAGE,
            backend="pyarrow",
            query_adapter_callback=query,
        )
        mark = {PLAIN_COLUMNS: "\n".join([pulled.cursor, *reading.plain])}
        resource.add_map(lambda page: page.replace_schema_metadata(mark))
        with database.told():
            self._pipeline.run(resource, loader_file_format="parquet")
        return chunk
