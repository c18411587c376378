"""Signs of currencies beside a file's amounts, held against what the orders of its lines say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from stayhouse.base.warehouse import literal
from stayhouse.landing.finish import ROWS, SIGN, Ways
from stayhouse.landing.manifest import MANIFEST, read_manifest
from stayhouse.landing.signs import CurrencyOf, codes_of


@dataclass(frozen=True)
class Rows:
    """Rows of a table that are about to land: their file, and the Parquet file of them."""

    table: str
    file_name: str
    path: Path


@dataclass(frozen=True)
class Unlike:
    """Signs of other currencies than the orders' beside the amounts of a file.

    ``rows`` are those that are about to land and bring it up: the lines, or their orders. ``share``
    is that of the orders of which it is so.
    """

    rows: Rows
    sentence: str
    share: float


@dataclass(frozen=True)
class _Found:
    """What is wrong with a file's signs, the currency for which the first is taken, the share."""

    told: str
    code: str
    share: float


def unlike_orders(
    landing: Path | None, source: str, about: Sequence[Rows], ways: Mapping[str, Ways]
) -> Iterator[Unlike]:
    """Yield what is wrong with signs that were taken off amounts whose order says their currency.

    Beside the sign of another currency they would be taken for the order's in silence. Lines are
    held against all orders, those that have landed against orders that land for the first time: a
    later version of one would bring up again what was told, or accepted. Orders that have not
    landed say nothing, and no more does a sign or a currency that nobody knows here.

    Args:
        landing: the landing folder; None: there is none yet.
        source: the source.
        about: the rows that are about to land.
        ways: by table how its values are read.
    """
    for rows in about:
        of = ways[rows.table].currency_of
        if of.table and of.table != rows.table and not of.column and _is_signed(rows.path):
            orders = [*_landed(landing, source, of.table), *_paths(about, of.table)]
            if found := _unlike(rows.path, orders, [], of.base):
                yield Unlike(rows, _to_mend(rows.file_name, found), found.share)
    tables = {rows.table for rows in about}
    for table, way in ways.items():
        of = way.currency_of
        if of.column or of.table not in tables or of.table == table:
            continue
        for path in _landed(landing, source, table):
            if not _has_sign(path):
                continue
            name = f"{read_manifest(path.parent).file}, which has landed"
            known = _landed(landing, source, of.table)
            if found := _unlike(path, _paths(about, of.table), known, of.base):
                rows = next(rows for rows in about if rows.table == of.table)
                yield Unlike(rows, _to_mend(name, found), found.share)


def standing_unlike(
    landing: Path, source: str, currencies: Mapping[str, CurrencyOf]
) -> Iterator[tuple[str, int, str, float]]:
    """Yield table, number, what is wrong and its share, of batches with signs that were accepted.

    Args:
        landing: the landing folder.
        source: the source.
        currencies: by table what says the currency of its amounts.
    """
    for table, of in currencies.items():
        if of.column or not of.table or of.table == table:
            continue
        for path in _landed(landing, source, table):
            if _has_sign(path) and (
                found := _unlike(path, _landed(landing, source, of.table), [], of.base)
            ):
                batch = read_manifest(path.parent)
                yield table, batch.batch_id, f"{batch.file}: {found.told}", found.share


def _landed(landing: Path | None, source: str, table: str) -> list[Path]:
    """Return the Parquet files of what has landed of a table."""
    return sorted((landing / source / table).glob(f"batch_id=*/{ROWS}")) if landing else []


def _paths(about: Iterable[Rows], table: str) -> list[Path]:
    return [rows.path for rows in about if rows.table == table]


def _has_sign(path: Path) -> bool:
    """Return whether a batch has signs: years of nights stand here, and few of them do."""
    return SIGN.encode() in path.with_name(MANIFEST).read_bytes()


def _is_signed(path: Path) -> bool:
    return SIGN in pq.read_schema(path).names


def _unlike(lines: Path, orders: Sequence[Path], known: Sequence[Path], base: str) -> _Found | None:
    """Return what is wrong with a file's signs; None where nothing is.

    Orders that stand in files of ``known`` ones are left out.
    """
    # What landed before the sheet had such a column says no currency.
    saying = [path for path in orders if "currency" in pq.read_schema(path).names]
    if not saying:
        return None
    but_known = (
        f" and order_id not in (select order_id from {_read(known)} where order_id is not null)"
        if known
        else ""
    )
    with duckdb.connect() as con:
        con.execute(
            "create temp table signs as with said as (select distinct order_id, "
            f"coalesce(nullif(upper(trim(currency)), ''), {literal(base)}) as code "
            f"from {_read(saying)}), "
            f"signed as (select order_id, landed_row, unnest(string_split({SIGN}, ' ')) as sign "
            f"from {_read([lines])} where {SIGN} is not null{but_known}) "
            "select * from signed join said using (order_id)"
        )
        pairs = con.execute("select distinct sign, code from signs").fetchall()
        others = [
            f"(sign = {literal(sign)} and code = {literal(code)})"
            for sign, code in pairs
            if _is_another(sign, code)
        ]
        if not others:
            return None
        ((all_orders,),) = con.execute("select count(distinct order_id) from signs").fetchall()
        ((count, sign, code, order, line),) = con.execute(
            "select count(distinct order_id), arg_min(sign, landed_row), "
            "arg_min(code, landed_row), arg_min(order_id, landed_row), min(landed_row) "
            f"from signs where {' or '.join(others)}"
        ).fetchall()
    told = (
        f"amounts of {count:,} of {all_orders:,} orders stand beside the sign of another currency "
        f"than the order's, such as {sign} where order {order} is in {code} (line {line:,})"
    )
    return _Found(told, code, count / all_orders)


def _to_mend(name: str, found: _Found) -> str:
    return (
        f"{name}: {found.told}, and would be taken for {found.code}; mend the amounts, or the "
        "currency of the orders, and land these first"
    )


def _read(paths: Sequence[Path]) -> str:
    files = ", ".join(literal(escape(str(path))) for path in paths)
    return f"read_parquet([{files}], union_by_name = true, hive_partitioning = false)"


def _is_another(sign: str, code: str) -> bool:
    """Return whether a sign cannot stand for a currency, which may be said by a sign too."""
    codes, said = codes_of(sign), codes_of(code)
    return codes is not None and said is not None and codes.isdisjoint(said)
