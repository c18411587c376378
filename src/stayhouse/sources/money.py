"""What the money of order lines is, by its values: a column's name does not tell.

The sum that stands on a row may be that of the line or of the whole order, before a discount or
after it; and so may the discount.
"""

from collections.abc import Sequence

from stayhouse.landing.aliases import IGNORE
from stayhouse.sources.matching import ORDER_DISCOUNT
from stayhouse.sources.rows import PlainRows

# Stands on every row of an order and counts on its first one.
ORDER_TOTAL = "order_total"
_GOODS = "unit_price * quantity"


def judged(
    rows: PlainRows, landed: Sequence[str], has_products: bool
) -> dict[str, tuple[str, str]]:
    """Return the columns that are other than their names said: what they become, and why.

    Args:
        rows: the rows of a file.
        landed: our columns that it has.
        has_products: whether a row says what was bought; else a row is an order.
    """
    found: dict[str, tuple[str, str]] = {}
    has = set(landed)
    if "amount" in has and not (has_products and {"unit_price", "quantity"} <= has):
        # Without a price nothing tells whether a discount is off already.
        for name in sorted({"discount", ORDER_DISCOUNT} & has):
            found[name] = IGNORE, "does not land: the sum is taken as it was paid."
    if not has_products:
        return found
    discount = "discount" if "discount" in has else None
    if "amount" in has and {"unit_price", "quantity"} <= has:
        is_goods = f"abs(amount - {_GOODS}) <= greatest(0.005 * quantity, 0.01 * amount)"
        is_less = f"abs(amount + discount - {_GOODS}) <= 0.01"
        if discount and rows.are_mostly(is_less, "discount > 0"):
            found["amount"] = IGNORE, "is price x quantity less the discount: it does not land."
        elif rows.are_mostly(is_goods):
            pass
        elif rows.is_of_order("amount"):
            found["amount"] = (
                IGNORE,
                "is the sum of the order: its lines are unit price x quantity, and it does not "
                "land. Where it is less than their sum, a discount is missing.",
            )
        else:
            why = "does not land: what a line cost in all is another figure than its price says."
            found["unit_price"] = IGNORE, why
            if discount:
                found["discount"] = IGNORE, why
    elif "amount" in has and rows.is_of_order("amount"):
        found["amount"] = ORDER_TOTAL, "is the sum of the order: it counts once, on its first line."
    if discount and "discount" not in found and rows.is_of_order("discount"):
        why = "is the discount of the order, repeated on its rows."
        found["discount"] = (IGNORE if ORDER_DISCOUNT in has else ORDER_DISCOUNT), why
    return found
