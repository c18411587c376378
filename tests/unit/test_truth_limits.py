"""The page of truth says which of its limits does not hold."""

from pathlib import Path

import pandas as pd
import pytest

from tests.building import Run
from tests.truth import populations, returns
from tests.truth.estimates import allowed_misses
from tests.truth.returns import Returns
from tests.truth.shop import Shop


def cells(more: int, misses: int) -> pd.DataFrame:
    """100 cells of 50 people each, of whom half return in truth, and so many more were found."""
    return pd.DataFrame(
        {
            "return_kind": "visit",
            "period_index": 7,
            "eligible_count": 50,
            "retained_count": [25 + more] + [25] * 99,
            "true_rate": 0.5,
            "reference_size": 1000,
            "misses": [number < misses for number in range(100)],
            "miss_probability": 0.05,
        }
    )


def orders(inside: int, inside_of_frequent: int) -> pd.DataFrame:
    """1,000 next orders of people without a gap yet, and 100 of those with nine."""
    return pd.DataFrame(
        {
            "gap_count": [0] * 1000 + [9] * 100,
            "is_inside": [number < inside for number in range(1000)]
            + [number < inside_of_frequent for number in range(100)],
            "is_after_median": False,
        }
    )


def referral(low: float) -> pd.Series:
    """A k whose interval begins there, where .15 was planted."""
    return pd.Series({"planted": 0.15, "k_factor": 0.2, "k_low": low, "k_high": 0.3})


# Two shops alike have 200 cells and 10,000 people. At most 10 + 2.326 * sqrt(9.5) = 17.2 misses are
# lawful (12 + 2.326 * sqrt(11.4) = 19.9 where an exact count misses 1.2 times as often), and
# 3.3 * sqrt(10000 / 4 * 1.05) = 169.1 people too many or too few.
@pytest.mark.parametrize(
    ("more", "misses", "inside", "inside_of_frequent", "low", "words"),
    [
        (84, 8, 850, 90, 0.1, None),
        (0, 9, 850, 90, 0.1, "18 intervals of `visit` retention miss the true rate, more than 17."),
        (85, 8, 850, 90, 0.1, "Retention of `visit` at index 7 is +3.32 standard deviations"),
        (-85, 8, 850, 90, 0.1, "Retention of `visit` at index 7 is -3.32 standard deviations"),
        (0, 8, 760, 90, 0.1, "hold 77.3%, not 78% to 88%."),
        (0, 8, 890, 90, 0.1, "hold 89.1%, not 78% to 88%."),
        (0, 8, 850, 73, 0.1, "hold 73.0% of those after 5 or more gaps, not 74% to 93%."),
        (0, 8, 850, 94, 0.1, "hold 94.0% of those after 5 or more gaps, not 74% to 93%."),
        (0, 8, 850, 90, 0.16, "The interval of k holds the planted one in 0 of 2 shops"),
    ],
)
def test_each_limit(
    more: int,
    misses: int,
    inside: int,
    inside_of_frequent: int,
    low: float,
    words: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(returns, "activity_cells", lambda _: cells(more, misses))
    monkeypatch.setattr(returns, "next_orders", lambda _: orders(inside, inside_of_frequent))
    monkeypatch.setattr(returns, "referral_k", lambda _: referral(low))
    monkeypatch.setattr(populations, "dependence", lambda: pd.Series({"visit": 1.0}))
    found = Returns()
    for seed in (1, 2):
        found.add(Shop(Run(Path("nowhere")), Path("nowhere"), 100, seed))
    failures = found.failures()
    assert len(failures) == (words is not None), failures
    assert words is None or words in failures[0]
    assert "2,200 next orders" in found.text()


@pytest.mark.parametrize(("misses", "lawful"), [(9, True), (10, False)])
def test_an_exact_count_that_misses_more_is_allowed_for(
    misses: int, lawful: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two shops of 100 cells each: 18 or 20 misses, where 19.9 are lawful."""
    both = pd.concat([cells(0, misses)] * 2)
    assert (both["misses"].sum() <= allowed_misses(both, 1.2)) == lawful
    assert both["misses"].sum() > allowed_misses(both)


def test_a_population_is_held_against_the_others() -> None:
    """The interval of 31 of 50 holds a half: .12 squared is below 1.96 squared * .25 / 50. That
    of 32 does not. Where the others are 99 people, nothing is known of the true rate.
    """
    names = ["return_kind", "cohort_start", "period_index"]
    keys = pd.MultiIndex.from_tuples([("visit", day, 7) for day in range(3)], names=names)
    own = pd.DataFrame({"reference_size": 50, "reference_retained": [32, 31, 32]}, index=keys)
    others = pd.DataFrame(
        {"reference_size": [100, 100, 99], "reference_retained": [50, 50, 49]}, index=keys
    )
    found = populations.held(own, own + others)
    assert found["misses"].tolist() == [True, False]
    assert found["by_chance"].between(0.05, 0.25).all()
