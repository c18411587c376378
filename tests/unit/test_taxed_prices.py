"""The law that warns where prices include tax and orders tell none: it stays in net sales."""

import duckdb
import jinja2
import pytest

from stayhouse.base import project

LAW = project.project_root() / "tests/laws/prices_that_include_tax_have_taxes.sql"
RATE = 0.05
Line = tuple[str, str, str, str]


def warned(lines: list[Line]) -> list[tuple[str, str]]:
    """Return the orders, with their source, that the law tells of.

    Prices of shop and market include tax.
    """
    sql = (
        jinja2.Environment()
        .from_string(LAW.read_text("utf-8"))
        .render(
            ref=lambda name: name,
            prices_include_tax=lambda source: f"{source} in ('shop', 'market')",
            setting={"rejection_warn_rate": RATE}.__getitem__,
            config=lambda **_: "",
        )
    )
    with duckdb.connect() as con:
        con.execute(
            "create table money_lines (source_name varchar, order_id varchar, kind varchar, "
            "native_amount decimal(38, 4))"
        )
        if lines:
            con.executemany("insert into money_lines values (?, ?, ?, ?)", lines)
        return sorted(con.execute(sql).fetchall())


SOLD = [("shop", "a", "item", "10"), ("shop", "a", "item", "5"), ("shop", "b", "item", "7")]
BOTH = [("shop", "a"), ("shop", "b")]


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([], BOTH),
        # A charge of nothing tells no tax, nor does one of shipping or of another source.
        ([("shop", "a", "tax", "0")], BOTH),
        ([("shop", "a", "shipping", "4"), ("other", "a", "tax", "2")], BOTH),
        ([("shop", "a", "tax", "0.0001")], [("shop", "b")]),
        ([("shop", "a", "tax", "-2"), ("shop", "b", "tax", "1")], []),
        # What was free needs none, and is no order to count among.
        ([("shop", "free", "item", "0"), *((("shop", n, "tax", "1")) for n in "ab")], []),
    ],
)
def test_orders_without_tax_are_told(others: list[Line], found: list[tuple[str, str]]) -> None:
    assert warned(SOLD + others) == found


@pytest.mark.parametrize(("untaxed", "is_told"), [(5, False), (6, True)])
def test_a_few_that_were_sold_free_of_tax_are_not(untaxed: int, is_told: bool) -> None:
    sold = [("shop", str(n), "item", "10") for n in range(100)]
    taxes = [("shop", str(n), "tax", "2") for n in range(untaxed, 100)]
    told = warned(sold + taxes)
    assert len(told) == (untaxed if is_told else 0)
    # Each source is judged by its own orders.
    assert warned([*sold, *taxes, ("market", "a", "item", "10")]) == [("market", "a"), *told]


def test_prices_without_tax_and_a_source_without_sales_need_none() -> None:
    assert warned([("other", "a", "item", "10")]) == []
    assert warned([]) == []
    assert warned([("shop", "a", "refund", "-10")]) == []
