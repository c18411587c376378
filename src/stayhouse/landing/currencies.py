"""Signs of currencies beside a file's amounts, held against what the orders of its lines say."""

from collections.abc import Sequence
from glob import escape
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stayhouse.base.warehouse import literal
from stayhouse.landing.finish import ROWS
from stayhouse.landing.signs import codes_of


def landed_rows(landing: Path, source: str, table: str | None) -> list[Path]:
    """Return the Parquet files of what has landed of a table; none of no table."""
    return sorted((landing / source / (table or "")).glob(f"batch_id=*/{ROWS}"))


def unlike_their_orders(
    signed: pa.Table | None, orders: Sequence[Path], base: str, file_name: str
) -> tuple[str, float]:
    """Return what is wrong with signs that were taken off, and of which share of the orders.

    Amounts of lines are in the currency of their order: beside the sign of another one they would
    be taken for it in silence. Orders that have not landed say nothing, and no more does a sign or
    a currency that nobody knows here.

    Args:
        signed: the signs of each order (``Values.signed``); None: there are none.
        orders: the Parquet files of the table that says the currency of orders.
        base: the currency of an order that says none.
        file_name: the file, for messages.

    Returns:
        An empty sentence and 0 where nothing is wrong.
    """
    # What landed before the sheet had such a column says no currency.
    saying = [path for path in orders if signed and "currency" in pq.read_schema(path).names]
    if not saying:
        return "", 0
    files = ", ".join(literal(escape(str(path))) for path in saying)
    with duckdb.connect() as con:
        con.register("signed", signed)
        found = con.execute(
            "with said as (select distinct order_id, "
            f"coalesce(nullif(upper(trim(currency)), ''), {literal(base)}) as code "
            f"from read_parquet([{files}], union_by_name = true, hive_partitioning = false)) "
            "select sign, code, count(*), arg_min(order_id, line), min(line) "
            "from signed join said using (order_id) group by all order by min(line), code"
        ).fetchall()
    others = [row for row in found if _is_another(row[0], row[1])]
    if not others:
        return "", 0
    count, all_orders = (sum(row[2] for row in rows) for rows in (others, found))
    sign, code, _, order, line = others[0]
    told = (
        f"{file_name}: amounts of {count:,} of {all_orders:,} orders stand beside the sign of "
        f"another currency than the order's, such as {sign} where order {order} is in {code} "
        f"(line {line:,}), and would be taken for {code}; mend the amounts, or the currency of the "
        "orders, and land these first"
    )
    return told, count / all_orders


def _is_another(sign: str, code: str) -> bool:
    """Return whether a sign cannot stand for a currency, which may be said by a sign too."""
    codes, said = codes_of(sign), codes_of(code)
    return codes is not None and said is not None and codes.isdisjoint(said)
