"""The season of a total: told where whole years agree on one, on shops drawn with and without."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.purchasing import find_seasons
from stayhouse.purchasing.seasons import season_factor

# A year's share of the window is 1.3 where each of 60 days is: 1.3 / (1 + .3 * 60 / 365).
BUSY_DAYS, BUSY = 60, 1.3
IN_A_YEAR = BUSY / (1 + (BUSY - 1) * BUSY_DAYS / 365)
HORIZONS = pd.DataFrame({"cut_off_number": 1, "horizon_days": [30, 90, 365]})


def drawn(
    new_a_day: float, days: int, busy: float, seed: int, joining: int = 10_000
) -> pd.DataFrame:
    """Buyers who join on each of the first days, and come back less the older they are."""
    rng = np.random.default_rng(seed)
    before = np.arange(days, 0, -1)
    new = rng.poisson(new_a_day, days) * (np.arange(days) < joining)
    rate = 0.02 * np.where((-before) % 365 < BUSY_DAYS, busy, 1.0)
    came = np.zeros((days, 1 + (days - 1) // 30), dtype="int64")
    for age in range(1, days):
        people = new[: days - age] * np.exp(-age / 300)
        came[age:, (age - 1) // 30] += rng.poisson(people * rate[age:])
    day, month = np.nonzero(came)
    return pd.DataFrame(
        {
            "cut_off_number": 1,
            "days_before": np.append(before[new > 0], before[day]),
            "age_month": np.append(np.full((new > 0).sum(), -1), month),
            "order_day_count": np.append(new[new > 0], came[day, month]),
        }
    )


def told(shops: list[pd.DataFrame]) -> dict[int, list[float]]:
    """By horizon, the factor of each shop; 1 where none is told."""
    found = [find_seasons(shop, HORIZONS).set_index("horizon_days") for shop in shops]
    return {
        days: [float(one["season_factor"].get(days, 1.0)) for one in found]
        for days in HORIZONS["horizon_days"]
    }


@pytest.mark.parametrize(
    ("new_a_day", "days", "joining"),
    [(0.3, 1_000, 10_000), (6, 800, 10_000), (6, 1_100, 10_000), (30, 1_000, 90)],
    ids=["few", "many", "many-of-three-years", "all-who-joined-at-first"],
)
def test_a_shop_without_a_season_is_told_none(new_a_day: float, days: int, joining: int) -> None:
    """Whether it grows or only ages; what is told by chance, once in 20 times, is little."""
    factors = told([drawn(new_a_day, days, 1.0, seed, joining) for seed in range(30)])
    for horizon in (30, 90):
        assert sum(factor != 1 for factor in factors[horizon]) <= 4
        assert sum(not 0.95 <= factor <= 1.05 for factor in factors[horizon]) <= 3
    assert set(factors[365]) == {1.0}


def test_most_of_a_season_of_many_buyers_is_kept() -> None:
    factors = told([drawn(10, 1_100, BUSY, seed) for seed in range(12)])
    assert min(factors[30]) > 1.12
    assert np.mean(factors[30]) == pytest.approx(IN_A_YEAR, abs=0.03)
    ninety = (BUSY * 60 + 30) / 90 / (1 + (BUSY - 1) * BUSY_DAYS / 365)
    assert np.mean(factors[90]) == pytest.approx(ninety, abs=0.03)
    assert set(factors[365]) == {1.0}


def years(*more: list[float], horizon: int, days: int = 730) -> tuple[np.ndarray, np.ndarray]:
    """Ten a day, and so many more in the windows of each year, the last year first."""
    came = np.full((len(more), 365), 10.0)
    for year, extra in enumerate(more):
        came[year, np.arange(0, 365, horizon)] += extra
    return came[:, ::-1].ravel()[:days], np.full(min(came.size, days), 10.0)


@pytest.mark.parametrize(("off", "expected"), [(13, None), (14, 1.067784)])
def test_what_chance_makes_once_in_20_times_is_none(off: int, expected: float | None) -> None:
    """Twice 4 * 13 more than 730 are a square of 7.41 chances, 4 * 14 are 8.59: with four degrees
    of freedom, one in 20 is beyond 7.71. Of 56 in 730 one in 8.59 parts is taken off.
    """
    year = [4.0 * off, *[-1.0 * off] * 4]
    assert season_factor(*years(year, year, horizon=73), 73) == expected


@pytest.mark.parametrize(("second", "is_told"), [(12, True), (-12, False)])
def test_one_year_alone_makes_no_season(second: float, is_told: bool) -> None:
    """72 more than 300 in the last year; 12 more, or fewer, in the year before."""
    last, earlier = ([off, *[-off / 12] * 12] for off in (72.0, second))
    found = season_factor(*years(last, earlier, horizon=30), 30)
    assert (found is not None) is is_told


def test_years_that_differ_by_more_than_chance_are_less_sure() -> None:
    """The same window: 400 and 200 more than 730 are no season where years differ by so much."""
    alike = [300.0, *[-75.0] * 4]
    more, fewer = [600.0, *[-150.0] * 4], [20.0, *[-5.0] * 4]
    assert season_factor(*years(alike, alike, horizon=73), 73) is not None
    assert season_factor(*years(more, fewer, horizon=73), 73) is None


@pytest.mark.parametrize(("days", "is_told"), [(730, True), (729, False)])
def test_two_whole_years_are_needed(days: int, is_told: bool) -> None:
    year = [300.0, *[-75.0] * 4]
    found = season_factor(*years(year, year, horizon=73, days=days), 73)
    assert (found is not None) is is_told


def test_nobody_who_came_back_and_nobody_at_all() -> None:
    once = pd.DataFrame(
        {"cut_off_number": 1, "days_before": [800, 5], "age_month": -1, "order_day_count": [3, 4]}
    )
    assert find_seasons(once, HORIZONS).empty
    assert find_seasons(once.head(0), HORIZONS).empty
    assert list(find_seasons(once, HORIZONS.head(0))) == [
        *("cut_off_number", "horizon_days", "season_factor")
    ]
