"""The law that warns where prices include tax and no order tells any: it stays in net sales."""

import duckdb
import jinja2
import pytest

from stayhouse.base import project

LAW = project.project_root() / "tests/laws/prices_that_include_tax_have_taxes.sql"


def warned(lines: list[tuple[str, str, str, str]]) -> list[tuple[str, int]]:
    """Return the sources and their orders that the law tells of; shop's prices include tax."""
    sql = (
        jinja2.Environment()
        .from_string(LAW.read_text("utf-8"))
        .render(
            ref=lambda name: name,
            prices_include_tax=lambda source: f"{source} = 'shop'",
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
        return con.execute(sql).fetchall()


SOLD = [("shop", "a", "item", "10"), ("shop", "a", "item", "5"), ("shop", "b", "item", "7")]


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([], [("shop", 2)]),
        # A charge of nothing tells no tax, nor does one of shipping or of another source.
        ([("shop", "a", "tax", "0")], [("shop", 2)]),
        ([("shop", "a", "shipping", "4"), ("other", "a", "tax", "2")], [("shop", 2)]),
        ([("shop", "a", "tax", "0.0001")], []),
        ([("shop", "a", "tax", "-2")], []),
    ],
)
def test_a_source_without_any_tax_is_told(
    others: list[tuple[str, str, str, str]], found: list[tuple[str, int]]
) -> None:
    assert warned(SOLD + others) == found


def test_prices_without_tax_and_a_source_without_sales_need_none() -> None:
    assert warned([("other", "a", "item", "10")]) == []
    assert warned([]) == []
    assert warned([("shop", "a", "refund", "-10")]) == []
