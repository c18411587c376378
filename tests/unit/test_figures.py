"""Numbers, money and dates as the readers of two languages write them."""

from collections.abc import Iterator
from datetime import date

import pytest
import streamlit as st

from app import figures


@pytest.fixture
def chinese() -> Iterator[None]:
    st.session_state["language"] = "zh"
    yield
    del st.session_state["language"]


@pytest.mark.parametrize(
    ("value", "currency", "digits", "text"),
    [
        (1234.5, "GBP", 0, "£1,234"),
        (1235.5, "GBP", 0, "£1,236"),
        (1234.5, "USD", 2, "$1,234.50"),
        (-0.4, "EUR", 0, "€0"),
        (-1234.5, "EUR", 1, "−€1,234.5"),
        (0, "JPY", 0, "¥0"),
        (1235.5, "JPY", 2, "¥1,236"),
        # A sign of letters is apart from the figure.
        (99, "SEK", 0, "SEK\u00a099"),
        (99, "BRL", 0, "R$99"),
        # No currency of the world, and none at all.
        (99, "ZZZ", 0, "ZZZ\u00a099"),
        (1234.5, "", 2, "1,234.50"),
        (None, "GBP", 0, "–"),
        (float("nan"), "GBP", 0, "–"),
    ],
)
def test_money(value: float | None, currency: str, digits: int, text: str) -> None:
    assert figures.money(value, currency, digits) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (999.5, "GBP", "£999.50"),
        (1000, "GBP", "£1,000"),
        (-12.5, "GBP", "−£12.50"),
        (-1234.5, "GBP", "−£1,234"),
        (999.5, "JPY", "¥1,000"),
        (12, "JPY", "¥12"),
        (12, "BHD", "BHD\u00a012.00"),
        (12, "", "12.00"),
        (None, "GBP", "–"),
    ],
)
def test_a_small_amount_has_the_decimals_of_its_currency(
    value: float | None, currency: str, text: str
) -> None:
    assert figures.small_money(value, currency) == text


def test_one_is_a_person() -> None:
    assert [figures.people(n) for n in (0, 1, 2, 1200)] == [
        "0 people", "1 person", "2 people", "1,200 people",
    ]  # fmt: skip


def test_a_count_of_money_is_rounded_and_not_cut() -> None:
    assert [figures.count(v) for v in (12345, 2180.83, 2180.49, -0.2, -1.7, None)] == [
        "12,345", "2,181", "2,180", "0", "−2", "–",
    ]  # fmt: skip


def test_dates() -> None:
    day = date(2025, 4, 7)
    assert figures.day(day) == "7 Apr 2025"
    assert figures.month(day) == "April 2025"
    assert figures.instant("2025-04-07 09:05:59") == "7 Apr 2025 09:05"
    assert figures.day(None) == figures.month(None) == figures.instant(None) == "–"


@pytest.mark.usefixtures("chinese")
def test_in_chinese() -> None:
    assert figures.month(date(2025, 4, 7)) == "2025年4月"
    assert figures.day(date(2025, 4, 7)) == "2025年4月7日"
    assert figures.money(1234, "CNY") == "¥1,234"
    assert figures.money(1234, "USD") == "US$1,234"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "below 0.001"),
        # It would be rounded up to what it is below.
        (0.00099999, "below 0.001"),
        (0.001, "0.001"),
        (0.0174, "0.017"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_a_chance_is_never_nothing(value: float | None, text: str) -> None:
    assert figures.chance(value) == text


def test_a_chance_in_chinese(chinese: None) -> None:
    assert figures.chance(0.0) == "低于 0.001"
