"""Currencies without rates, with rates of other days, and with the sample's invented ones."""

from collections.abc import Iterator

import duckdb
import pytest
from babel.numbers import get_currency_precision

from stayhouse.base.currencies import CODES, WITHOUT_DECIMALS
from stayhouse.reports.currencies import rate_lines
from stayhouse.reports.losses import money_of

MARTS = """
create schema core;
create table core.clock as select 'GBP' as base_currency, false as is_sample;
create table core.data_quality (
    table_name varchar, reason_code varchar, currency varchar, example varchar, row_count bigint,
    amount decimal(38, 4), disposition varchar
);
insert into core.data_quality values
    ('orders', 'accepted', 'EUR', null, 900, 100000, 'accepted'),
    ('refunds', 'invalid_amount', 'SEK', null, 7, 7, 'rejected'),
    -- Landed again, in a currency that has rates: what is no loss needs no rate.
    ('orders', 'unknown_currency', 'SEK', 'SEK', 5, 100, 'superseded');
create table core.money_lines (
    currency varchar, effective_at timestamp, rate decimal(18, 8), is_rate_carried boolean,
    native_amount decimal(18, 4)
);
insert into core.money_lines values
    ('GBP', '2001-01-01', 1, false, 5), ('NOK', '2024-01-15', 0.07, false, 50);
"""
REMEDY = "; 'stayhouse rates' brings rates (docs/data.md)."
OR_OWN = f"{REMEDY[:-1]}, or set var base_currency where it is the shop's own."


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of a shop whose currencies are in order."""
    with duckdb.connect() as con:
        con.execute(MARTS)
        yield con


def unrated(con: duckdb.DuckDBPyConnection, *rows: tuple[object, ...]) -> None:
    insert = "insert into core.data_quality values (?, 'unknown_currency', ?, ?, ?, ?, 'rejected')"
    con.executemany(insert, [list(row) for row in rows])


def sold(con: duckdb.DuckDBPyConnection, *rows: tuple[object, ...]) -> None:
    con.executemany("insert into core.money_lines values (?, ?, ?, ?, ?)", [list(r) for r in rows])


def test_a_shop_in_order_is_told_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert rate_lines(con) == []


def test_a_currency_without_a_rate_is_named_once(con: duckdb.DuckDBPyConnection) -> None:
    unrated(
        con,
        ("orders", "SEK", "SEK", 1200, "56000.25"), ("orders", "SEK", "SEK", 33, "788.75"),
        # An order without lines has no money; its currency is the example.
        ("orders", None, "SEK", 1, None), ("refunds", "SEK", "SEK", 1, "20"),
        ("channel_costs", "ISK", "ISK", 2, "7"),
    )  # fmt: skip
    assert rate_lines(con) == [
        "ISK has no rate in GBP: 2 channel costs (7 ISK) in no figure" + OR_OWN,
        "SEK has no rate in GBP: 1,234 orders (56,789.00 SEK) and 1 refund (20.00 SEK) in no "
        "figure" + OR_OWN,
    ]


def test_what_is_no_currency_needs_no_rate(con: duckdb.DuckDBPyConnection) -> None:
    unrated(
        con,
        ("orders", None, "eu\x1bro", 3, None), ("orders", None, '{"order_id":"1"}', 2, "119.4"),
    )  # fmt: skip
    assert rate_lines(con) == [
        "What is named is no currency, such as 'eu ro': 3 orders in no figure; it is three capital "
        "letters, such as GBP.",
        "No currency is named: 2 orders (119.40) in no figure; it is three capital letters, such "
        "as GBP.",
    ]


def test_the_nearest_rate_is_told_beyond_a_week(con: duckdb.DuckDBPyConnection) -> None:
    """Of NOK 15 January has a rate: seven days to either side are a holiday, eight are not."""
    sold(con, ("NOK", "2024-01-08", 0.07, True, 9), ("NOK", "2024-01-22 23:59:59", 0.07, True, 9))
    assert rate_lines(con) == []
    sold(con, ("NOK", "2024-01-07 23:59:59", 0.07, True, 10), ("NOK", "2024-01-23", 0.07, True, -5))
    sold(con, ("CHF", "2019-01-01", 0.8, True, 100))
    assert rate_lines(con) == [
        "CHF: 1 line of the ledger (100.00 CHF) of days without any rate takes the last rate "
        "before it, else the first" + REMEDY,
        "NOK: 2 lines of the ledger (15.00 NOK) before 2024-01-15 or after 2024-01-15, the first "
        "and the last day of a sale that has a rate, take the last rate before them, else the first"
        + REMEDY,
    ]


def test_a_sale_at_a_weekend_tells_of_no_missing_rate(con: duckdb.DuckDBPyConnection) -> None:
    """Sunday 7 January 2024 is eight days before the first sale on a day that has a rate."""
    sold(con, ("NOK", "2024-01-07", 0.07, True, 9))
    assert rate_lines(con) == []
    sold(con, ("NOK", "2024-01-05", 0.07, True, 1))
    (line,) = rate_lines(con)
    assert line.startswith("NOK: 2 lines of the ledger (10.00 NOK) before 2024-01-15")


def test_the_samples_rates_are_for_the_sample(con: duckdb.DuckDBPyConnection) -> None:
    """0.87157 pounds is a euro of the planted world on 1 January 2023, a Sunday."""
    sold(con, ("EUR", "2023-01-01", "0.87157", False, 10), ("USD", "2023-01-01", "0.82", False, 1))
    assert rate_lines(con) == [
        "EUR is converted at the sample's rates, which are invented: " + REMEDY[2:]
    ]
    sold(con, ("EUR", "2023-01-03", "0.88", False, 10))
    assert rate_lines(con) == []


@pytest.mark.parametrize("change", ["is_sample = true", "base_currency = 'JPY'"])
def test_the_sample_itself_is_in_order(con: duckdb.DuckDBPyConnection, change: str) -> None:
    sold(con, ("EUR", "2023-01-01", "0.87157", False, 10))
    con.execute(f"update core.clock set {change}")
    assert rate_lines(con) == []


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (160083000, "JPY", "160,083,000 JPY"), (1234.5, "GBP", "1,234.50 GBP"),
        (1234.5, "KRW", "1,234 KRW"), (1234.5, "", "1,234.50"),
    ],
)  # fmt: skip
def test_an_amount_has_no_more_decimals_than_its_currency(
    amount: float, currency: str, text: str
) -> None:
    assert money_of(amount, currency) == text


def test_a_currency_without_decimals_has_none_in_the_app_either() -> None:
    assert WITHOUT_DECIMALS <= CODES
    assert {get_currency_precision(code) for code in WITHOUT_DECIMALS} == {0}
