"""The seed of holidays: the days of the planted shop's seasons, and days for everybody else."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from stayhouse.shop.parameters import COUNTRIES
from stayhouse.shop.population import seasons

SEED = Path(__file__).parents[2] / "seeds" / "holidays.csv"
YEARS = range(2023, 2031)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def black_friday(year: int) -> date:
    """The day after Thanksgiving, the fourth Thursday of November."""
    november = (date(year, 11, day) for day in range(1, 31))
    return [day for day in november if day.weekday() == 3][3] + timedelta(days=1)


def test_black_friday_as_newspapers_had_it() -> None:
    known = ["2023-11-24", "2024-11-29", "2025-11-28", "2026-11-27"]
    assert [str(black_friday(year)) for year in range(2023, 2027)] == known


def test_the_days_are_those_on_which_the_planted_shop_is_otherwise(
    rows: list[dict[str, str]],
) -> None:
    """Both ways, in each country: a day without a season of the year, but for its weekday."""
    found = defaultdict(set)
    for row in rows:
        found[row["country"]].add(row["local_day"])
    assert set(found) == {*COUNTRIES, "*"}
    for country in COUNTRIES:
        first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        otherwise = {
            str(day)
            for day in days
            if seasons._day_factor(day, country, 0.0, 1)
            != pytest.approx(seasons._WEEKDAYS[day.weekday()])
        }
        assert found[country] == otherwise


def test_each_year_has_its_black_friday_everywhere(rows: list[dict[str, str]]) -> None:
    found = {(row["country"], row["local_day"]) for row in rows if row["name"] == "Black Friday"}
    assert found == {(c, str(black_friday(year))) for c in (*COUNTRIES, "*") for year in YEARS}


@pytest.mark.parametrize(
    ("country", "named"),
    [
        ("'GB'", ["2024-12-24", "2024-12-25", "2024-12-26"]),
        ("'US'", ["2024-12-25"]),
        ("'SG'", []),
        ("'FR'", ["2024-12-25"]),
        ("null", ["2024-12-25"]),
    ],
)
def test_no_country_loses_a_day(country: str, named: list[str]) -> None:
    """Joined as the description of the seed says."""
    found = duckdb.connect().execute(
        f"""
        with holidays as (from read_csv('{SEED}')),
        days as (select unnest(range(date '2024-12-20', date '2024-12-31', interval 1 day))::date
            as local_day, {country}::varchar as country)
        select d.local_day::varchar, h.name from days as d
        left join holidays as h
            on d.local_day = h.local_day
            and h.country = case
                when d.country in (select country from holidays) then d.country else '*'
            end
        order by all
        """
    )
    found_days = found.fetchall()
    assert [day for day, _ in found_days] == [f"2024-12-{day}" for day in range(20, 31)]
    assert [day for day, name in found_days if name] == named
