"""The periods of the app: which days each has, what it is compared with, and at its edges."""

from datetime import date

import pytest

from app.period import Period, span

BEGIN = date(2024, 1, 1)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "last", "first_day", "last_day"),
    [
        ("7", "2025-05-13", "2025-05-07", "2025-05-13"),
        ("28", "2025-05-13", "2025-04-16", "2025-05-13"),
        ("90", "2025-05-13", "2025-02-13", "2025-05-13"),
        # A month is over with its last day, and not the day before.
        ("month", "2025-04-29", "2025-03-01", "2025-03-31"),
        ("month", "2025-04-30", "2025-04-01", "2025-04-30"),
        ("month", "2024-12-31", "2024-12-01", "2024-12-31"),
        ("month", "2024-02-29", "2024-02-01", "2024-02-29"),
        ("quarter", "2025-03-30", "2024-10-01", "2024-12-31"),
        ("quarter", "2025-03-31", "2025-01-01", "2025-03-31"),
        ("year", "2025-12-30", "2024-01-01", "2024-12-31"),
        ("year", "2025-12-31", "2025-01-01", "2025-12-31"),
        ("all", "2025-05-13", "2024-01-01", "2025-05-13"),
    ],
)
def test_the_days_of_a_period(kind: str, last: str, first_day: str, last_day: str) -> None:
    assert span(kind, BEGIN, d(last)) == (d(first_day), d(last_day))


@pytest.mark.parametrize("kind", ["7", "28", "90", "month", "quarter", "year", "all"])
def test_a_shop_of_one_day_has_that_day(kind: str) -> None:
    assert span(kind, d("2025-05-13"), d("2025-05-13")) == (d("2025-05-13"), d("2025-05-13"))


def test_a_month_that_the_history_begins_in_is_cut() -> None:
    assert span("month", d("2025-04-10"), d("2025-05-13")) == (d("2025-04-10"), d("2025-04-30"))


@pytest.mark.parametrize(
    ("kind", "first", "last", "before", "year_ago"),
    [
        # The day of the week stays: 364 days.
        ("7", "2025-05-07", "2025-05-13", "2025-04-30 2025-05-06", "2024-05-08 2024-05-14"),
        ("month", "2025-03-01", "2025-03-31", "2025-02-01 2025-02-28", "2024-03-01 2024-03-31"),
        ("month", "2025-01-01", "2025-01-31", "2024-12-01 2024-12-31", "2024-01-01 2024-01-31"),
        ("quarter", "2025-01-01", "2025-03-31", "2024-10-01 2024-12-31", "2024-01-01 2024-03-31"),
        # The history does not reach back: by a day, and it would.
        ("month", "2024-01-01", "2024-01-31", None, None),
        ("own", "2024-01-11", "2024-01-20", "2024-01-01 2024-01-10", None),
        ("own", "2024-01-10", "2024-01-19", None, None),
        ("year", "2024-01-01", "2024-12-31", None, None),
        ("all", "2024-01-01", "2025-05-13", None, None),
    ],
)  # fmt: skip
def test_what_a_period_is_compared_with(
    kind: str,
    first: str,
    last: str,
    before: tuple[str, str] | None,
    year_ago: tuple[str, str] | None,
) -> None:
    period = Period(kind, d(first), d(last), BEGIN)
    for made, asked in ((period.before(), before), (period.year_ago(), year_ago)):
        days = made and f"{made.first} {made.last}"
        assert days == asked


def test_a_leap_day_belongs_to_its_month_of_another_year() -> None:
    february = Period("month", d("2025-02-01"), d("2025-02-28"), BEGIN)
    assert february.year_ago() == Period("month", d("2024-02-01"), d("2024-02-29"), BEGIN)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2025-04-01", "2025-04-30", "April 2025"),
        ("2025-04-01", "2025-04-29", "1 Apr 2025 – 29 Apr 2025"),
        ("2025-04-02", "2025-04-30", "2 Apr 2025 – 30 Apr 2025"),
        ("2025-04-07", "2025-04-07", "7 Apr 2025"),
    ],
)
def test_a_period_says_its_days(first: str, last: str, words: str) -> None:
    assert Period("own", d(first), d(last), BEGIN).write() == words
