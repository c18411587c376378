"""What a person ordered: each order with what it held and what it came to."""

from collections.abc import Hashable
from typing import Any

from app import figures, layout
from app.language import name_of, say
from app.published import Published

_ORDERS = """
select
    timezone(time_zone, ordered_at at time zone 'UTC') as local_time,
    orders.order_id, order_number{columns}, status, item_quantity,
    gross_sales::double as gross_sales, discount_amount::double as discount_amount,
    (refund_amount + cancelled_amount)::double as given_back, net_sales::double as net_sales
from core.orders as orders
cross join core.clock{joins}
where orders.person_id = $person and ordered_at < as_of_at
order by ordered_at desc, orders.order_id
"""

_NAMED = 4

# The dearest first, with a dot between them, since a name may hold commas; a product that never
# landed goes by its id.
_HELD = """
left join (
    select source_name, order_id, list(product order by amount desc, product) as products
    from (
        select
            lines.source_name, lines.order_id, sum(lines.amount) as amount,
            case when sum(lines.quantity) <> 1 then sum(lines.quantity) || ' × ' else '' end
                || coalesce(products.name, lines.product_id) as product
        from core.money_lines as lines
        left join core.products as products
            on lines.source_name = products.source_name and lines.product_id = products.product_id
        where lines.person_id = $person and lines.kind = 'item'
        group by lines.source_name, lines.order_id, lines.product_id, products.name
    )
    group by source_name, order_id
) as held on orders.source_name = held.source_name and orders.order_id = held.order_id"""
_PRODUCTS = f""",
    array_to_string(held.products, ' · ') as products,
    array_to_string(held.products[:{_NAMED}], ' · ') as first_products,
    len(held.products) as product_count"""


def show(published: Published, person: str, currency: str) -> None:
    """Show a person's orders, or say that there is none."""
    layout.section(say("customer.orders_list"))
    marts = ["core.orders"]
    columns = joins = ""
    if published.has("core.money_lines") and published.has("core.products"):
        marts += ["core.money_lines", "core.products"]
        columns, joins = _PRODUCTS, _HELD
    answer = published.ask(_ORDERS.format(columns=columns, joins=joins), person=person)
    if answer.frame.empty:
        layout.notice(say("customer.no_order"), say("customer.no_order_remedy"))
        return
    column = layout.Column
    held = [
        column("products", say("customer.held"), is_text=True, is_long=True, write_row=_products)
    ]
    layout.table(
        "customer_orders",
        answer,
        [
            column("local_time", say("axis.ordered_at"), figures.instant, is_text=True),
            column("order_id", say("axis.order"), is_text=True),
            *(held if joins else ()),
            column("status", say("axis.status"), lambda v: name_of("status", v), is_text=True),
            column("gross_sales", say("unit.gross", currency=currency), _amount),
            column("discount_amount", say("unit.discount", currency=currency), _amount),
            column("given_back", say("unit.given_back", currency=currency), _amount),
            column("net_sales", say("unit.net_sales", currency=currency), _amount),
        ],
        *marts,
        limit=10,
    )


def _amount(value: Any) -> str:
    return figures.decimal(value, 2)


def _products(row: dict[Hashable, Any]) -> str:
    """Return the first products of an order, and how many more there are."""
    more = int(row["product_count"]) - _NAMED
    text = str(row["first_products"])
    return say("customer.held_more", products=text, count=more) if more > 0 else text
