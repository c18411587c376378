"""What a table of a database holds: its latest rows as a file, for ``new-source`` to learn from."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Table
from stayhouse.landing.columns import PLAIN_COLUMNS
from stayhouse.pulling.database import Database, is_plain
from stayhouse.pulling.plan import PulledTable, origin_of

# As many as `new-source` reads of a file.
_ROWS = 50_000


def sample_table(database: Database, source: str, said: str, folder: Path) -> Path:
    """Write the latest rows of a table, as the text that a pull would land.

    Args:
        database: where it stands.
        source: the source to be, for messages.
        said: ``schema.table:cursor``; the schema may be left out.
        folder: where the file is made; it is named after the table.

    Raises:
        StayhouseError: the database refuses, or has no such table or column.
    """
    origin, cursor = origin_of(said)
    schema, _, name = origin.rpartition(".")
    pulled = PulledTable(Table(source, name, ()), schema or None, name, cursor)
    columns = database.columns(pulled)
    if cursor not in columns:
        raise StayhouseError(
            f"{origin} has no column {cursor!r} to be its cursor: choose one of "
            f"{', '.join(columns)}."
        )
    texts = [sa.cast(sa.column(column), sa.Text).label(column) for column in columns]
    rows = (
        sa.select(*texts)
        .select_from(sa.table(name, schema=schema or None))
        .order_by(sa.column(cursor).desc())
        .limit(_ROWS)
    )
    with database.told(), database.engine.connect() as con:
        found = con.execute(rows).all()
    if not found:
        raise StayhouseError(
            f"{origin} has no rows: nothing tells what it holds, so fill it first."
        )
    values = zip(*found, strict=True)
    plain = [column for column, kind in columns.items() if is_plain(kind, database.kind)]
    table = pa.table(
        [pa.array(column, pa.string()) for column in values],
        pa.schema(
            [(column, pa.string()) for column in columns],
            metadata={PLAIN_COLUMNS: "\n".join(plain)},
        ),
    )
    path = folder / f"{name}.parquet"
    pq.write_table(table, path)
    return path
