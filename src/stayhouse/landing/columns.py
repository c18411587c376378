"""Reading Parquet: typed columns become text, in ISO forms, row by row."""

from collections.abc import Iterator
from glob import escape

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stayhouse.base.disk import is_full
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.aliases import Table
from stayhouse.landing.files import InputFile
from stayhouse.landing.parts import without_hidden
from stayhouse.landing.rows import ROWS_PER_BATCH, RowBuilder

# From this number on a float of the type skips whole numbers.
_FLOATS = {"float": 2**24, "double": 2**53}
# In a file's metadata: the names, one a line, of columns of text that are plain all the same, as
# those are that a pull has made of numbers and instants of a database.
PLAIN_COLUMNS = "stayhouse.plain"
_NESTED = {"list", "array", "struct", "map", "union"}


def row_count(file: InputFile) -> int:
    """Return the number of rows that the file's footer states.

    Raises:
        StayhouseError: the file is not Parquet, or is damaged.
    """
    return int(_metadata(file).num_rows)


def parquet_batches(
    file: InputFile,
    table: Table,
    builder: RowBuilder,
    con: duckdb.DuckDBPyConnection,
    plain: set[str],
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file; ``landed_row`` is the 1-based position of the row.

    Timestamps with a zone are written in UTC with their offset, lists and structs as JSON;
    ``plain`` is told of our columns that are no text.

    Raises:
        StayhouseError: the columns do not fit the table, or the file is damaged.
    """
    schema = _metadata(file).schema.to_arrow_schema()
    names = schema.names
    aliases = table.match_header(names, file.name)
    # A bracket in a folder's name is no pattern, and a column comes from the file, not from a
    # folder that is called like a partition.
    source = (
        f"read_parquet({literal(escape(str(file.path)))}, file_row_number = true, "
        "hive_partitioning = false, binary_as_string = true)"
    )
    try:
        table_columns = con.sql(f"select * from {source}")
        types = dict(zip(table_columns.columns, table_columns.types, strict=True))
        typed = (schema.metadata or {}).get(PLAIN_COLUMNS.encode(), b"").decode().split("\n")
        texts = {
            alias.our_column
            for name, alias in zip(names, aliases, strict=True)
            if _is_text(types[name].id) and name not in typed
        }
        plain |= set(table.landed_columns) - texts
        for name, alias in zip(names, aliases, strict=True):
            if alias.is_id and types[name].id in _FLOATS:
                _check_whole(con, source, name, _FLOATS[types[name].id], file)
        casts = [_as_text(name, types[name].id) for name in names]
        rows = con.sql(f"select {', '.join(casts)}, file_row_number + 1 from {source}")
        for batch in rows.to_arrow_reader(ROWS_PER_BATCH):
            columns = zip(aliases, batch.columns[:-1], strict=True)
            shown = {alias: without_hidden(column, alias, table) for alias, column in columns}
            yield builder.build(shown, batch.columns[-1])
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from error


def _check_whole(
    con: duckdb.DuckDBPyConnection, source: str, name: str, largest: int, file: InputFile
) -> None:
    """Refuse ids that a float cannot tell apart: those from ``largest`` on."""
    column = identifier(name)
    found = con.execute(
        f"select count(*) from {source} where not isnan({column}) and abs({column}) >= {largest}"
    ).fetchall()[0][0]
    if found:
        raise StayhouseError(
            f"{file.name} holds {found:,} ids in {name!r} as floats that are too large to be "
            "exact, so two of them may have become one: write the column as text or as whole "
            "numbers."
        )


def _as_text(name: str, type_id: str) -> str:
    column = identifier(name)
    if type_id in _FLOATS:
        # Not a number is how arrays of floats write that there is none.
        return f"case when not isnan({column}) then cast({column} as varchar) end"
    return f"cast({f'to_json({column})' if type_id in _NESTED else column} as varchar)"


def _is_text(type_id: str) -> bool:
    return type_id in ("varchar", "enum", "blob")


def _metadata(file: InputFile) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file.path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: InputFile, error: Exception) -> Exception:
    if is_full(error):
        return error
    why = str(error).splitlines()[0].rstrip(".")
    return StayhouseError(f"{file.name} cannot be read as Parquet ({why}): write it again.")
