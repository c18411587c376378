"""What a table holds, told so that two copies of it can be compared: rows counted and hashed."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from stayhouse.base.warehouse import identifier


@dataclass(frozen=True)
class Content:
    """How many rows a table has, and a hash of them in any order, as hexadecimal digits.

    The hash is the sum of DuckDB's 64-bit hashes of the rows: it compares copies that one version
    of DuckDB reads, and is no secret.
    """

    row_count: int
    row_hash: str


def content(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> Content:
    """Return what a relation holds in these columns.

    Args:
        con: where the relation can be read.
        relation: a table or a table function, as SQL.
        columns: the columns that are hashed, in this order; at least one.

    Raises:
        duckdb.Error: the relation cannot be read, or lacks a column.
    """
    row = ", ".join(map(identifier, columns))
    count, total = con.execute(
        f"select count(*), coalesce(sum(cast(hash({row}) as hugeint)), 0) from {relation}"
    ).fetchall()[0]
    return Content(int(count), f"{int(total):x}")
