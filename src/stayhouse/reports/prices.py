"""Lines that cost many times what their product does: prices in another unit, such as cents."""

from collections.abc import Iterator
from datetime import date

import duckdb

from stayhouse.reports.losses import harmless, money_of

# No offer and no rise goes so far, and a hundredth or a hundred times is what a unit makes.
_TIMES = 20
# Of fewer lines nobody knows what a product usually costs.
_LEAST_LINES = 5
# The days before the last sale that are asked by themselves: a night is a small share of years.
_RECENT_DAYS = 30

# A product has a usual price where the middle third of its lines lies within a factor of two, which
# leaves out postage, vouchers and whatever is typed in by hand.
_UNUSUAL = f"""
with lines as (
    select
        source_name, product_id, currency, order_id, amount, effective_at,
        native_amount::double / quantity as price,
        effective_at >= max(effective_at) over () - interval {_RECENT_DAYS} day as is_recent
    from core.money_lines
    where kind = 'item' and quantity > 0 and native_amount > 0
),

usual as (
    select
        source_name, product_id, currency,
        quantile_cont(price, [1 / 3, 0.5, 2 / 3]) as middle
    from lines
    where product_id is not null
    group by all
    having count(*) >= {_LEAST_LINES} and middle[3] <= 2 * middle[1]
),

judged as (
    select
        l.*,
        u.middle[2] as usual_price,
        coalesce(l.price >= {_TIMES} * usual_price, false) as is_dear,
        coalesce({_TIMES} * l.price <= usual_price, false) as is_cheap,
        case
            when is_dear or is_cheap then abs(l.amount - l.amount * usual_price / l.price) else 0
        end as off
    from lines as l
    left join usual as u using (source_name, product_id, currency)
)

select
    is_dear,
    currency,
    count(*)::bigint,
    sum(amount)::double,
    max(effective_at)::date,
    arg_max(order_id, off),
    (select any_value(base_currency) from core.clock),
    greatest(
        sum(off) / (select sum(amount) from lines),
        coalesce(sum(off) filter (is_recent) / (select sum(amount) from lines where is_recent), 0)
    )
from judged
where is_dear or is_cheap
group by is_dear, currency
order by 1 desc, 2
"""


def price_lines(con: duckdb.DuckDBPyConnection, rate: float) -> Iterator[str]:
    """Yield a sentence on each currency's lines that cost far from what their product does.

    Args:
        con: a connection to the warehouse, or to a published file.
        rate: the share of all sales, or of those of the last days, that they must be off by.

    Raises:
        duckdb.Error: the file lacks the marts.
    """
    rows: list[tuple[bool, str, int, float, date, str, str, float]] = con.execute(
        _UNUSUAL
    ).fetchall()
    for is_dear, currency, count, amount, last, order_id, base, share in rows:
        if share <= rate:
            continue
        lines, cost = ("1 line", "costs") if count == 1 else (f"{count:,} lines", "cost")
        how = f"{_TIMES} times what its product does, or more" if is_dear else (
            f"a {_TIMES}th of what its product does, or less"
        )  # fmt: skip
        yield (
            f"{lines} of sales in {harmless(currency)} {cost} {how} "
            f"({money_of(amount, base)} in all, until {last}, such as order {harmless(order_id)}): "
            "look whether these prices came in another unit, such as cents."
        )
