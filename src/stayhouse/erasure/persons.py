"""Who is meant by the requests of a source, and which identifiers are theirs alone.

A request names a customer, or an e-mail address: the customer whose alone it is, else the buyer who
is known by nothing else. Other identifiers are the person's when some landed row shows them beside
that one and none shows them beside anybody else: what two people share is neither's, so a family's
device keeps its anonymous events, and only rows that name the person go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import duckdb
import pyarrow as pa

from stayhouse.base.warehouse import identifier, literal
from stayhouse.landing.aliases import REQUESTS, Source
from stayhouse.landing.finish import ROWS
from stayhouse.landing.personal import NO_VALUE, TEXT_SIGN
from stayhouse.landing.staging import Staging
from stayhouse.landing.suppression import KINDS

# One row per different combination of identifiers on a landed row of the source is `links`.
# The steps go from what a row says itself to what follows from it; each needs the one before.
_STEPS = (
    # Addresses that requests name, and the customers who have used them.
    """create temp table named as
    select r.email_hash, count(distinct l.customer_id) as customer_count,
        min(l.customer_id) as customer_id
    from (select distinct email_hash from requests where customer_id is null) as r
    left join links as l on r.email_hash = l.email_hash
    where r.email_hash is not null
    group by r.email_hash""",
    """create temp table asked as
    select customer_id from requests where customer_id is not null and email_hash is null
    union
    select customer_id from named where customer_count = 1""",
    # Addresses that only people to be erased have used.
    """create temp table emails as
    select email_hash
    from (
        select email_hash, customer_id from links where customer_id is not null
        union all
        select email_hash, null from named
    )
    where email_hash is not null
    group by email_hash
    having not bool_or(customer_id is not null and customer_id not in (from asked))""",
    # Their orders: those that name them, and those of a guest under such an address.
    """create temp table orders as
    select order_id
    from links
    where order_id is not null
    group by order_id
    having
        bool_or(
            customer_id in (from asked)
            or (customer_id is null and email_hash in (from emails))
        )
        and not bool_or(customer_id is not null and customer_id not in (from asked))""",
    # Their devices: seen with them, with no other customer, and with no guest of another address.
    """create temp table visitors as
    with marked as (
        select
            visitor_id,
            coalesce(customer_id in (from asked), false)
            or (customer_id is null and (
                coalesce(email_hash in (from emails), false)
                or coalesce(order_id in (from orders), false)
            )) as is_theirs,
            customer_id is not null or email_hash is not null as is_named
        from links
        where visitor_id is not null
    )
    select visitor_id
    from marked
    group by visitor_id
    having bool_or(is_theirs) and not bool_or(is_named and not is_theirs)""",
    # Orders of which nothing but such a device is known.
    """insert into orders
    select order_id
    from links
    where order_id is not null and order_id not in (from orders)
    group by order_id
    having
        bool_or(visitor_id in (from visitors))
        and not bool_or(customer_id is not null or email_hash is not null)""",
)
_UNKNOWN = """
    (customer_id is null) <> (email_hash is null)
    and case
        when email_hash is null
            then customer_id not in (select customer_id from links where customer_id is not null)
        else email_hash not in (select email_hash from links where email_hash is not null)
    end
"""
_SHARED = """
    customer_id is null and email_hash not in (from emails)
    and email_hash in (select email_hash from named where customer_count > 1)
"""


@dataclass(frozen=True)
class Persons:
    """The people that a source's requests mean.

    ``identifiers`` are by kind, each sorted; ``count`` is how many people are meant.
    ``unreadable`` are requests with neither customer nor address, or with both; ``unknown`` those
    that name one of whom nothing has landed; ``shared`` those that name an address of several
    customers. They are told as (batch_id, landed_row): an id is not printed where a log may keep
    it.
    """

    identifiers: dict[str, list[str]]
    count: int
    unreadable: list[tuple[int, int]]
    unknown: list[tuple[int, int]]
    shared: list[tuple[int, int]]


def landed_files(landing: Path, source: str, table: str) -> list[Path]:
    """Return the Parquet files of the batches of a table."""
    return sorted((landing / source / table).glob(f"batch_id=*/{ROWS}"))


def batch_of(file: Path) -> int:
    """Return the number of the batch that a landed file is of."""
    return int(file.parent.name.removeprefix("batch_id="))


def requested(
    con: duckdb.DuckDBPyConnection, landing: Path, source: Source, staging: Staging | None = None
) -> Persons:
    """Return whom the landed requests of a source mean.

    Args:
        con: a connection of its own to work in: temporary tables are made there.
        landing: the landing folder.
        source: a source of which requests have landed.
        staging: its staging over the landing folder, which says whom a row names; without it
            columns of those names say it.
    """
    con.execute(
        "create temp table requests "
        "(customer_id varchar, email_hash varchar, batch_id bigint, row bigint)"
    )
    for path in landed_files(landing, source.name, REQUESTS):
        batch_id = batch_of(path)
        present = _columns(con, [path])
        wanted = ("customer_id", "email_hash")
        names = [_text(kind) if kind in present else f"null as {kind}" for kind in wanted]
        con.execute(
            f"insert into requests select {', '.join(names)}, {batch_id}, landed_row "
            f"from {_parquet([path])}"
        )
    con.execute(f"create temp table links ({', '.join(f'{kind} varchar' for kind in KINDS)})")
    for table in source.tables.values():
        if table.name == REQUESTS:
            continue
        for path in landed_files(landing, source.name, table.name):
            told = staging.told(table.name, batch_of(path)) if staging else None
            _link(con, path, told)
    for step in _STEPS:
        con.execute(step)
    return Persons(
        {
            "customer_id": _values(con, "asked"),
            "visitor_id": _values(con, "visitors"),
            "order_id": _values(con, "orders"),
            "email_hash": _values(con, "emails"),
        },
        count=_count(con, "asked") + _count(con, "named where customer_count = 0"),
        unreadable=_places(con, "(customer_id is null) = (email_hash is null)"),
        unknown=_places(con, _UNKNOWN),
        shared=_places(con, _SHARED),
    )


def _link(con: duckdb.DuckDBPyConnection, path: Path, told: pa.Table | None) -> None:
    """Add the combinations of identifiers on the rows of a landed file to ``links``."""
    present = _columns(con, [path])
    if "unit_id" in present:
        # A unit of an experiment may be a customer of whom nothing else has landed.
        con.execute(
            f"insert into links (customer_id) select distinct {_text('unit_id')} "
            f"from {_parquet([path])}"
        )
    said = set(told.column_names) if told is not None else set()
    if not (present | said).intersection(KINDS):
        return
    own = ", ".join(_text(k) if k in present else f"null as {k}" for k in KINDS)
    rows, columns = f"(select landed_row, {own} from {_parquet([path])}) as l", ", ".join(KINDS)
    if told is not None:
        con.register("told", told)
        rows += " left join told as t on l.landed_row = t.landed_row"
        columns = ", ".join(
            f"case when t.landed_row is null then l.{k} else t.{k} end" if k in said else f"l.{k}"
            for k in KINDS
        )
    con.execute(f"insert into links select distinct {columns} from {rows}")


def _values(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [value for (value,) in con.execute(f"from {table} order by all").fetchall()]


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = con.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _places(con: duckdb.DuckDBPyConnection, condition: str) -> list[tuple[int, int]]:
    return con.execute(
        f"select batch_id, row from requests where {condition} order by all"
    ).fetchall()


def _columns(con: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> set[str]:
    return {row[0] for row in con.execute(f"describe from {_parquet(files)}").fetchall()}


def _parquet(files: Iterable[Path]) -> str:
    names = ", ".join(literal(escape(str(path))) for path in files)
    # Batches of other days may have other columns.
    return f"read_parquet([{names}], union_by_name = true, hive_partitioning = false)"


def _text(column: str) -> str:
    # As staging reads an id: without blanks around it, and a word for no value is none, or a
    # request for NULL would erase all guests; and as landing writes it, in NFC, which older
    # batches need not be in, and without the sign of a spreadsheet, which they may have.
    name, words = identifier(column), ", ".join(literal(word) for word in sorted(NO_VALUE))
    return (
        f"case when lower(trim({name})) not in ({words}) then "
        f"regexp_replace(nfc_normalize(trim({name})), {literal(TEXT_SIGN)}, '\\1') end as {name}"
    )
