"""Tables too large for Python's memory, answered some people at a time."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import duckdb
import pandas as pd
import pyarrow as pa

# So many rows of 75 columns, with what is made of them, are some 500 MB.
ROWS = 200_000


def in_portions(
    table: duckdb.DuckDBPyRelation,
    beside: duckdb.DuckDBPyRelation,
    answer: Callable[[pd.DataFrame, duckdb.DuckDBPyRelation], pd.DataFrame],
    rows: int = ROWS,
) -> pa.RecordBatchReader:
    """Return what a function says of a table, without ever holding all of either.

    dbt writes what is returned batch by batch, and a portion is read when the one before is
    written: `STAYHOUSE_MEMORY` bounds the engine alone, so a table of people in Python is to be
    bounded here.

    Args:
        table: has `person_id`; all rows of a person come in one portion, in any order.
        beside: has `person_id` too; of the same people, and read where the answer reads it.
        answer: takes some rows of the table, or none, and what is beside them; returns columns of
            the same types each time, which say of a person what no other person's rows change.
        rows: how many a portion has, about.
    """
    (count,) = table.aggregate("count(*)").fetchall()[0]
    portions = max(-(-count // rows), 1)

    def answers() -> Iterator[pd.DataFrame]:
        yield answer(table.limit(0).df(), beside.limit(0))
        for number in range(portions):
            whose = f"hash(person_id) % {portions} = {number}"
            yield answer(table.filter(whose).df(), beside.filter(whose))

    return streamed(answers())


def streamed(frames: Iterable[pd.DataFrame]) -> pa.RecordBatchReader:
    """Return frames as one table that is made while dbt writes it; the first gives the types."""
    rest = iter(frames)
    first = next(rest)
    schema = pa.Schema.from_pandas(first, preserve_index=False)

    def batches() -> Iterator[pa.RecordBatch]:
        for frame in chain([first], rest):
            yield from pa.Table.from_pandas(frame, schema, preserve_index=False).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())
