"""Ids that one table of a shop names and another lacks, in files and in what was built before."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import literal, why_unreadable

# What a shop's tables say of each other: the ids of the first are looked for in the second.
MATCHED = (
    ("orders", "order_id", "order_lines"),
    ("orders", "customer_id", "customers"),
    ("order_lines", "order_id", "orders"),
    ("refunds", "order_id", "orders"),
    ("events", "customer_id", "customers"),
    ("events", "order_id", "orders"),
    ("exposures", "experiment_id", "experiments"),
    ("exposures", "arm", "experiments"),
    ("contacts", "campaign_id", "campaigns"),
)
# An arm is one of its experiment, in capitals or not.
_VALUES = {"arm": "lower(concat_ws(' ', experiment_id, arm))"}
# Where the warehouse has what was accepted of a table before; an order has lines there or not.
# Those of one that was rejected are there too: they wait for it.
_BUILT = {
    "customers": (("customers", "has_profile"),),
    "orders": (("orders", "true"),),
    "order_lines": (
        ("orders", "line_count > 0"),
        ("rejected_rows", "table_name = 'order_lines' and disposition = 'orphaned'"),
    ),
    "experiments": (("experiments", "true"),),
    "campaigns": (("campaigns", "true"),),
}
# An orphaned row is told by its key.
_BUILT_ROWS = {"rejected_rows": "*, split_part(row_key, '|', 1) as order_id"}


@dataclass(frozen=True)
class Unmatched:
    """Ids that accepted rows of one table name and those of another do not have.

    ``count`` of ``all`` ids are not there, of which one, the first by its letters, is ``example``.
    ``is_of_all``: what the warehouse has of the other table was asked too.
    """

    column: str
    other: str
    count: int
    all: int
    example: str
    is_of_all: bool = False

    @property
    def share(self) -> float:
        """Which share of the ids is not there."""
        return self.count / self.all


def unmatched_ids(
    con: duckdb.DuckDBPyConnection, source: str, tables: Mapping[str, str], built: Set[str]
) -> dict[str, list[Unmatched]]:
    """Return which ids of each table another one lacks, where both have accepted rows.

    Args:
        con: a connection to staged rows.
        source: their source.
        tables: the relation of each canonical table.
        built: tables of core in ``built``, where ids are looked for too; none = in these alone.
    """
    found: dict[str, list[Unmatched]] = {}
    for table, column, other in MATCHED:
        if table in tables and other in tables:
            known = _known(source, tables[other], other, built)
            if unmatched := _unmatched(con, column, tables[table], other, known):
                found.setdefault(table, []).append(unmatched)
    return found


def attached(con: duckdb.DuckDBPyConnection, warehouse: Path) -> set[str]:
    """Attach a warehouse as ``built``; return the tables of core that it has.

    Raises:
        StayhouseError: the warehouse cannot be read.
    """
    try:
        con.execute(f"attach {literal(str(warehouse.resolve()))} as built (read_only)")
    except duckdb.Error as error:
        raise StayhouseError(why_unreadable(warehouse, error)) from error
    tables = con.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'built' and table_schema = 'core'"
    ).fetchall()
    return {name for (name,) in tables}


def _known(source: str, relation: str, table: str, built: Set[str]) -> str:
    """Return the accepted rows of a table, those of before among them: are they ``is_built``?"""
    known = f"(select *, false as is_built from {relation} where reason_code is null"
    for mart, is_one in _BUILT[table]:
        if mart in built:
            known += (
                f" union all by name select {_BUILT_ROWS.get(mart, '*')}, true as is_built "
                f"from built.core.{mart} where {is_one} and source_name = {literal(source)}"
            )
    return f"{known})"


def _unmatched(
    con: duckdb.DuckDBPyConnection, column: str, relation: str, other: str, known: str
) -> Unmatched | None:
    """Return the ids of a column that another table does not have; None where it has all or no row.

    A table without an accepted row is not there, which is told by itself.
    """
    value = _VALUES.get(column, column)
    count, all_ids, example, is_of_all = con.execute(
        f"with ids as (select distinct {value} as id from {relation} "
        f"where reason_code is null and {column} is not null), "
        f"others as (select {value} as id, bool_or(is_built) as is_built from {known} "
        "where id is not null group by id) "
        "select count(*) filter (o.id is null), count(*), min(i.id) filter (o.id is null), "
        "(select bool_or(is_built) from others) "
        "from ids as i left join others as o on i.id = o.id"
    ).fetchall()[0]
    # Without a row there is nothing to be or not to be of before.
    if not count or is_of_all is None:
        return None
    return Unmatched(column, other, count, all_ids, example, is_of_all)
