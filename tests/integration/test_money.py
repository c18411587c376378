"""A shop whose money looks like none of the sample's: from files to orders, by hand."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from stayhouse import landing
from tests.building import Run

KEY = "a secret of the test of money, and of no shop at all"
VARS = "{base_currency: VND, prices_include_tax: {shop: true}, sources: {shop: [orders, order_lines, order_charges, refunds]}}"  # fmt: skip  # noqa: E501
LAWS = (
    "ledger_equals_staged_money", "refunds_leave_their_tax", "orders_equal_ledger",
    "cancelled_orders_leave_nothing", "every_row_is_accounted_for",
)  # fmt: skip
# Lines have no number; prices include tax; two gift cards pay one order.
FIRST = {
    "orders": """order_id,customer_id,ordered_at,status,currency,discount
million,anna,2024-05-01,paid,VND,
bound,anna,2024-05-02,paid,VND,
cards,ben,2024-05-03,paid,VND,12
returned,ben,2024-05-04,paid,VND,
twice,cleo,2024-05-05,paid,VND,
above,cleo,2024-05-06,paid,VND,5
cancelled,dora,2024-05-07,cancelled,VND,
bare,dora,2024-05-08,paid,VND,
mended,eve,2024-05-08,cancelled,VND,
moved,eve,2024-05-01,paid,VND,
""",
    "order_lines": """order_id,product_id,quantity,unit_price,amount
million,p,1,999999.9999,
million,p,1,1000000,
million,p,1000,0.12345,
million,p,100000,0.00004,
million,p,4006381333931,1249,
million,p,9223372036854775807,999999999999.9999,
million,p,9223372036854775807,99999999999999999999999999999999,
million,p,1,1_249.00,
bound,p,1,1000000000000,
bound,p,,,
bound,p,2,,1000000000000
bound,p,1,1000000000000.0001,
cards,p,3,,90
cards,q,1,30,30
returned,p,3,,100
twice,p,1,10,
twice,q,1,20,
twice,q,1,20,
above,p,1,4,
cancelled,p,1,1000000000000,
cancelled,p,1,1000000000000,
mended,p,1,42,
moved,p,1,43,
""",
    "order_charges": """order_id,kind,amount
cards,gift_card,10
cards,gift_card,10
cards,tax,18
returned,tax,16.67
bare,tax,3
""",
    "refunds": """refund_id,order_id,amount,currency,refunded_at
r1,returned,33.33,VND,2024-05-09
r2,returned,33.33,VND,2024-05-09
r3,returned,33.34,VND,2024-05-09
r4,million,2000128,VND,2024-05-09
r5,twice,1,VND,2024-05-04
r6,,7,VND,2024-05-09
r7,bare,33,VND,2024-05-09
r8,cancelled,500,VND,2024-05-09
""",
}
# An order came again with a line less and another price, two with another day.
SECOND = {
    "orders": """order_id,customer_id,ordered_at,status,currency
mended,eve,2024-05-02,cancelled,VND
moved,eve,2024-05-06,cancelled,VND
""",
    "order_lines": """order_id,product_id,quantity,unit_price
twice,p,1,10
twice,q,1,21
""",
}
D = Decimal
# Gross, discount, refunds, net; a discount above it, a refund above it, a refund before it.
ORDERS = {
    "million": (D("2000127.4499"), D(0), D(2000128), D("-0.5501"), False, True, False),
    "bound": (D(2000000000000), D(0), D(0), D(2000000000000), False, False, False),
    "cards": (D(102), D(12), D(0), D(90), False, False, False),
    "returned": (D("83.33"), D(0), D("83.33"), D(0), False, False, False),
    "twice": (D(31), D(0), D(1), D(30), False, False, True),
    "above": (D(4), D(5), D(0), D(-1), True, False, False),
    "cancelled": (D(2000000000000), D(0), D(500), D(0), False, False, False),
    "bare": (D(0), D(0), D(33), D(-33), False, False, False),
    "mended": (D(42), D(0), D(0), D(0), False, False, False),
    "moved": (D(43), D(0), D(0), D(0), False, False, False),
}
REJECTED = {
    "amount_out_of_range": 1, "invalid_price": 1, "invalid_quantity": 1, "quantity_out_of_range": 3
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """The shop in two landings, built up to its orders."""
    folder = tmp_path_factory.mktemp("money")
    run = Run(folder, landing=folder / "landing", parsed=parsed)
    assert run.landing is not None
    for name, files in (("first", FIRST), ("second", SECOND)):
        (folder / name).mkdir()
        for table, text in files.items():
            (folder / name / f"{table}.csv").write_text(text)
        landing.land(
            run.project,
            run.landing,
            "shop",
            folder / name,
            data_until=datetime(2024, 5, 10),
            key=KEY,
        )
    words = ("+orders", "+rejected_rows", "+data_quality", *LAWS)
    run.build("--select", *words, "--vars", VARS)
    return run


def test_every_order_is_what_was_paid_without_tax(shop: Run) -> None:
    rows = shop.query(
        "select order_id, gross_sales, discount_amount, refund_amount, net_sales, "
        "has_discount_above_order, has_refund_above_order, has_refund_before_order from core.orders"
    )
    assert {row[0]: row[1:] for row in rows} == ORDERS


def test_an_order_that_first_came_as_cancelled_was_never_a_sale(shop: Run) -> None:
    """The clock lies before its batch was exported, which says no time of the cancellation."""
    assert taken_back(shop, "cancelled") == [
        (datetime(2024, 5, 7), D(-2000000000000)),
        (datetime(2024, 5, 9), D(500)),
    ]
    assert shop.query("select is_net_at_clock from core.orders where order_id = 'cancelled'") == [
        (False,)
    ]


def test_a_cancellation_goes_along_with_its_orders_day(shop: Run) -> None:
    """Without a time it is as old as the order; from a later batch, as that batch's end."""
    assert taken_back(shop, "mended") == [(datetime(2024, 5, 2), D(-42))]
    assert taken_back(shop, "moved") == [(datetime(2024, 5, 10), D(-43))]


def taken_back(shop: Run, order: str) -> list[tuple[object, ...]]:
    """When and what the cancellations of an order take back."""
    return shop.query(
        "select effective_at, native_amount from core.money_lines "
        f"where kind = 'cancellation' and order_id = '{order}' order by effective_at"
    )


def test_no_row_stops_the_build(shop: Run) -> None:
    assert reasons(shop, "rejected") == REJECTED


def test_what_contradicts_its_order_is_told(shop: Run) -> None:
    told = reasons(shop, "accepted")
    assert {reason: count for reason, count in told.items() if reason != "accepted"} == {
        "discount_above_order": 1, "order_lacks_lines": 2, "order_without_lines": 1,
        "refund_above_order": 1, "refund_before_order": 1, "refund_without_order": 1,
    }  # fmt: skip


def reasons(shop: Run, disposition: str) -> dict[object, object]:
    """How many rows each reason has."""
    return dict(
        shop.query(
            "select reason_code, cast(sum(row_count) as bigint) from core.data_quality "
            f"where disposition = '{disposition}' group by reason_code"
        )  # type: ignore[arg-type]
    )


def test_two_gift_cards_are_two_lines_of_the_ledger(shop: Run) -> None:
    cards = "select line_id, amount from core.money_lines where kind = 'gift_card' order by line_id"
    assert shop.query(cards) == [("gift_card|cards", D(-10)), ("gift_card|cards|#2", D(-10))]


@pytest.mark.parametrize(
    ("order", "amount"), [("order_id is null", -7), ("order_id = 'bare'", -33)]
)
def test_a_refund_of_no_order_or_of_one_without_lines_counts_as_it_came(
    shop: Run, order: str, amount: int
) -> None:
    alone = f"select amount from core.money_lines where kind = 'refund' and {order}"
    assert shop.query(alone) == [(D(amount),)]
