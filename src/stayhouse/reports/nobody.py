"""Orders that can be nobody's, with their money: they are sales, and no customer comes back."""

from dataclasses import dataclass

import duckdb

from stayhouse.reports.losses import money_of, share

NOBODYS = """
with orders as (
    select o.source_name, o.order_id, o.person_id
    from core.orders as o
    cross join core.clock
    where o.is_order and o.ordered_at < clock.as_of_at
),

sales as (
    select o.person_id, m.amount
    from core.money_lines as m
    inner join orders as o on m.source_name = o.source_name and m.order_id = o.order_id
    cross join core.clock
    where m.effective_at < clock.as_of_at
        and m.kind in ('item', 'discount', 'refund', 'cancellation')
)

select
    (select count(*) from orders where person_id is null),
    (select count(*) from orders),
    (select coalesce(sum(amount), 0)::double from sales where person_id is null),
    (select coalesce(sum(amount), 0)::double from sales),
    (select any_value(base_currency) from core.clock)
"""


@dataclass(frozen=True)
class NobodysOrders:
    """Orders before the clock that can be nobody's, among all orders, and their net sales."""

    order_count: int
    all_orders: int
    net_sales: float
    all_sales: float
    currency: str

    @property
    def share(self) -> float:
        """The larger share, of orders or of net sales."""
        of_orders = self.order_count / self.all_orders if self.all_orders else 0.0
        return max(of_orders, self.net_sales / self.all_sales if self.all_sales > 0 else 0.0)

    @property
    def told(self) -> str:
        """What that means, as a sentence without its full stop."""
        of_orders = self.order_count / self.all_orders if self.all_orders else 0.0
        words = "order names nobody" if self.order_count == 1 else "orders name nobody"
        worth = money_of(self.net_sales, self.currency)
        return (
            f"{self.order_count:,} {words} ({share(of_orders)} of {self.all_orders:,}), with net "
            f"sales of {worth}: no customer_id, e-mail or visitor, so nobody who comes back is "
            "found in them"
        )


def nobodys_orders(con: duckdb.DuckDBPyConnection) -> NobodysOrders:
    """Return the orders before the clock that have no person.

    Raises:
        duckdb.Error: the file lacks the marts.
    """
    return NobodysOrders(*con.execute(NOBODYS).fetchall()[0])
