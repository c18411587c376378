"""What was left in carts, and who could be reminded of it."""

from app import figures, layout, people
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

_CARTS = """
select
    count(*) as cart_count,
    count(*) filter (where state = 'bought') as bought_count,
    count(*) filter (where state = 'open') as open_count,
    count(*) filter (where state = 'abandoned') as abandoned_count,
    coalesce(sum(cart_value) filter (where state = 'abandoned'), 0)::double as abandoned_value,
    coalesce(sum(unvalued_product_count) filter (where state = 'abandoned'), 0)::bigint
        as unvalued_count
from behavior.carts
"""

_RECOVERED = """
select
    recovered_by,
    count(*) as cart_count,
    count(*) / sum(count(*)) over () as share,
    median(day_count) as median_days
from behavior.carts
where recovered_by is not null
group by recovered_by
order by cart_count desc, recovered_by
"""

# Whoever filled another cart since has either bought or has that one; and an order says more than
# an event, which a browser may keep to itself.
_LEFT = """
select
    carts.person_id,
    timezone(time_zone, last_changed_at at time zone 'UTC')::date as left_on,
    cart_value::double as in_cart
from behavior.carts as carts
cross join core.clock
left join (
    select person_id, max(ordered_at) as last_ordered_at
    from core.orders where is_order group by person_id
) as orders on carts.person_id = orders.person_id
where carts.person_id in (select person_id from core.customers)
qualify row_number() over (partition by carts.person_id order by opened_at desc, cart_id) = 1
    and state = 'abandoned'
    and cart_value > 0
    and coalesce(last_ordered_at < last_changed_at, true)
"""


@by_itself
def show(published: Published, currency: str) -> None:
    """Show what became of carts, what brought buyers back, and whose cart still stands."""
    answer = published.ask(_CARTS)
    (row,) = layout.rows(answer.frame)
    if not row["cart_count"]:
        layout.notice(say("funnel.no_cart"), say("funnel.no_cart_remedy"))
        return
    layout.cards([
        (say("funnel.carts_all"), figures.count(row["cart_count"]), ""),
        (say("funnel.carts_bought"), figures.count(row["bought_count"]),
         figures.percent(row["bought_count"] / row["cart_count"])),
        (say("funnel.carts_abandoned"), figures.count(row["abandoned_count"]),
         figures.percent(row["abandoned_count"] / row["cart_count"])),
        (say("funnel.carts_value"), figures.money(row["abandoned_value"], currency),
         say("funnel.carts_unvalued", count=figures.count(row["unvalued_count"]))
         if row["unvalued_count"] else ""),
        (say("funnel.carts_open"), figures.count(row["open_count"]), ""),
    ])  # fmt: skip
    layout.computed("funnel_carts", answer, "behavior.carts")
    column = layout.Column
    recovered = published.ask(_RECOVERED)
    if not recovered.frame.empty:
        layout.section(say("funnel.recovered"), say("funnel.recovered_note"))
        layout.table(
            "funnel_recovered",
            recovered,
            [
                column("recovered_by", say("funnel.recovered_by"),
                       lambda v: name_of("channel", v), is_text=True),
                column("cart_count", say("funnel.carts_bought"), figures.count),
                column("share", say("funnel.share"), figures.percent),
                column("median_days", say("funnel.median_days"), figures.count),
            ],
            "behavior.carts",
        )  # fmt: skip
    layout.section(say("funnel.left"), say("funnel.left_note"))
    people.listed(
        "funnel_people", published, _LEFT, "behavior.carts", "core.orders",
        order="in_cart desc", limit=12,
        extra=[
            column("in_cart", say("funnel.in_cart", currency=currency), figures.count),
            column("left_on", say("funnel.left_on"), figures.day, is_text=True),
        ],
    )  # fmt: skip
