"""What is told of lines that cost many times what their product does."""

from collections.abc import Iterator

import duckdb
import pytest

from stayhouse.reports.prices import price_lines

REMEDY = ": look whether these prices came in another unit, such as cents."


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Five teas for 10 pounds each on 1 January; no other line."""
    with duckdb.connect() as con:
        con.execute("create schema core")
        con.execute("create table core.clock as select 'GBP' as base_currency")
        con.execute(
            "create table core.money_lines (source_name varchar, product_id varchar, currency "
            "varchar, order_id varchar, kind varchar, quantity bigint, native_amount decimal(38, 4)"
            ", amount decimal(38, 4), effective_at timestamp)"
        )
        for number in range(5):
            sold(con, f"o{number}", 10)
        yield con


def sold(
    con: duckdb.DuckDBPyConnection, order: str, price: float, at: str = "2024-01-01 10:00:00",
    *, quantity: int = 1, product: str = "tea", currency: str = "GBP", rate: float = 1,
) -> None:  # fmt: skip
    con.execute(
        "insert into core.money_lines values ('shop', ?, ?, ?, 'item', ?, ?, ?, ?)",
        [product, currency, order, quantity, price * quantity, price * quantity * rate, at],
    )


def told(con: duckdb.DuckDBPyConnection, rate: float = 0.05) -> list[str]:
    return list(price_lines(con, rate))


def test_twenty_times_the_price_of_a_product_is_told_and_less_is_not(con):
    sold(con, "o9", 199.99)
    assert told(con) == []
    sold(con, "o8", 200, "2024-01-03 10:00:00", quantity=2)
    assert told(con) == [
        "1 line of sales in GBP costs 20 times what its product does, or more (400.00 GBP in all, "
        "until 2024-01-03, such as order o8)" + REMEDY
    ]


def test_a_twentieth_of_it_is_told_by_what_is_missing(con):
    sold(con, "o5", 10)
    sold(con, "o9", 0.51)
    assert told(con) == []
    sold(con, "o8", 0.5)
    sold(con, "o7", 0.1, quantity=3)
    assert told(con) == [
        "2 lines of sales in GBP cost a 20th of what its product does, or less (0.80 GBP in all, "
        "until 2024-01-01, such as order o7)" + REMEDY
    ]


def test_of_a_product_that_few_bought_nobody_knows_the_price(con):
    for number in range(3):
        sold(con, f"p{number}", 1, product="pot")
    sold(con, "p9", 100, product="pot")
    assert told(con) == []
    sold(con, "p3", 1, product="pot")
    assert len(told(con)) == 1


def test_what_is_typed_in_by_hand_has_no_usual_price(con):
    for number, price in enumerate([1, 1, 1, 2.1, 2.1, 2.1, 500]):
        sold(con, f"p{number}", price, product="postage")
    assert told(con) == []


def test_a_price_is_one_of_its_currency(con):
    for number in range(5):
        sold(con, f"y{number}", 2000, currency="JPY", rate=0.005)
    assert told(con) == []


def test_a_small_share_of_years_is_told_on_the_day_and_not_later(con):
    """4,000 pounds of sales, of which one line of 200 is 190 too many: 4.5 %."""
    for number in range(395):
        sold(con, f"q{number}", 10)
    sold(con, "o9", 200, "2024-03-01 10:00:00")
    sold(con, "o8", 10, "2024-03-31 10:00:00")
    assert len(told(con)) == 1
    # The thirtieth day is the last that is asked by itself.
    sold(con, "o7", 10, "2024-03-31 10:00:01")
    assert told(con) == []
    assert len(told(con, 0.04)) == 1


def test_what_was_given_away_is_no_price(con):
    sold(con, "o9", 0)
    sold(con, "o8", 5, quantity=0)
    assert told(con) == []
