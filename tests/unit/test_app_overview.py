"""The overview of shops that the sample is not: a cohort that stays away, visits before orders."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.parts import key_figures
from app.period import Period
from tests.unit.test_app_feedback import ALERT
from tests.unit.test_app_pages import draw_page, empty_marts, place, put

__all__ = ["place"]

# The clock stands on 14 May; orders are known from 10 March, visits from a year before.
SHOP = """
insert into core.clock by name
    select timestamp '2025-05-14' as as_of_at, date '2025-05-14' as open_day, 'UTC' as time_zone,
        'GBP' as base_currency, false as is_sample;
insert into core.sessions by name
    select date '2024-03-10' as local_day, false as is_bot, true as is_engaged,
        0 as purchase_count;
insert into core.orders by name
    select 'c:shop:' || day as person_id, date '2025-03-10' + day::integer as local_day,
        true as is_order, true as is_net_order, 1 as order_number, 10 as net_sales,
        true as is_settled
    from range(60) as days(day)
"""


def cohorts(*returned: int) -> str:
    """Months of 200 buyers each from January on, and how many of each came back."""
    rows = ", ".join(f"(date '2025-0{i}-01', {n})" for i, n in enumerate(returned, 1))
    return f"""
        insert into retention.cohort_retention by name
        select 'month' as cohort_grain, cohort_start, 'net_order' as start_kind,
            'net_order' as return_kind, 'on' as definition, 'calendar' as clock_kind,
            1 as period_index, 200 as cohort_size, 200 as eligible_count, back as retained_count,
            back / 200 as retention_rate, 0.1 as rate_low, 0.9 as rate_high
        from (values {rows}) as months(cohort_start, back)
    """


def text_of(test: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in test.main if element.type == "html")


@pytest.mark.parametrize(
    ("newest", "is_told"),
    # 120 of 400 came back before; by the pooled z (2.07 and 1.94) 44 is beyond chance, 45 is not.
    [(44, True), (45, False), (60, False), (90, False)],
)
def test_a_cohort_that_stays_away_needs_somebody(place: Path, newest: int, is_told: bool) -> None:
    put(place, *empty_marts(), SHOP, cohorts(60, 60, newest))
    # The list is of today, whatever period is looked at.
    for address in ("", "period=own&period-own=2025-03-10,2025-03-20"):
        text = text_of(draw_page("overview", address=address))
        assert ("Of the buyers of March 2025" in text) is is_told


def test_what_rises_in_what_customers_write_needs_somebody(place: Path) -> None:
    put(place, *empty_marts(), SHOP, ALERT)
    text = text_of(draw_page("overview"))
    assert "Rising in what customers write, beyond chance: Size, April 2025: 50.0 %" in text
    assert "Price of shoes, April 2025" in text
    assert "Website" not in text


@pytest.mark.parametrize(
    ("first", "has_change"), [("2025-03-24", True), ("2025-03-23", False)]
)  # fmt: skip
def test_nothing_is_compared_with_days_before_the_first_order(
    place: Path, first: str, has_change: bool
) -> None:
    put(place, *empty_marts(), SHOP)
    text = text_of(draw_page("overview", address=f"period=own&period-own={first},2025-04-06"))
    assert ("vs the period before" in text) is has_change


@pytest.mark.parametrize(
    ("first", "last", "cut"),
    [
        # Months, since the period is longer than 200 days.
        ("2024-01-01", "2024-12-31", []),
        ("2024-01-02", "2024-12-31", [0]),
        ("2024-01-01", "2024-12-30", [11]),
        # Weeks are counted from the first day: 32 days are four of them and four days.
        ("2024-01-01", "2024-02-01", [4]),
        ("2024-01-01", "2024-02-04", []),
    ],
)
def test_a_part_that_the_period_holds_in_part_is_told(
    first: str, last: str, cut: list[int]
) -> None:
    period = Period("own", date.fromisoformat(first), date.fromisoformat(last), date.min)
    months = key_figures.width_of(period) == 0
    starts = pd.date_range("2024-01-01", last, freq="MS" if months else "7D")
    found = key_figures.cut_off(period, pd.DataFrame({"bucket": starts}))
    assert list(found[found].index) == cut
