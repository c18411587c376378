"""What the page What goes together must show after a choice."""

from tests.app.checks import chosen
from tests.app.conftest import Site, Visit


def the_rules_of(visit: Visit, site: Site, name: str) -> None:
    """The rules of a product begin with it, and their shares are those of its orders."""
    told = visit.table("baskets_rules")
    shown = visit.csv("baskets_rules")
    assert name == chosen(visit, "baskets-product")
    if name == "any product":
        # Each set of products once, and what cannot be chance before what may be.
        ((sets,),) = site.rows("""
            select count(*) from (
                select distinct list_sort(list_append(if(item_count = 2, [left_items],
                    from_json(left_items, '["VARCHAR"]')), right_item))
                from behavior.basket_rules where level = 'product' and is_beyond_parts
            )
        """)
        assert len(shown) == sets
        assert shown["is_significant"].is_monotonic_decreasing
    else:
        orders = site.rows(f"""
            select count(distinct order_id) from core.money_lines
            inner join core.products using (product_id)
            where kind = 'item' and name = '{name}'
                and order_id in (select order_id from core.orders, core.clock
                    where is_order and ordered_at < as_of_at)
        """)
        single = shown[shown["left_names"] == name]
        assert set(single["left_count"]) == {orders[0][0]}
        assert all(name in left for left in shown["left_names"])
        assert len(single) > 0
    for (sentence, both, is_more), row in zip(told, shown.itertuples(), strict=False):
        assert f"with “{row.left_names}”, {100 * row.confidence:.0f} hold" in sentence
        assert f"“{row.right_name}” too: {row.lift:.1f} times" in sentence
        assert int(both) == row.both_count
        assert (is_more == "yes") == row.is_significant
        assert (is_more == "no") == (row.lift < 1)
