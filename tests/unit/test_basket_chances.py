"""The chance of a rule: Fisher's, exact to nine digits, at counts of every size."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy.stats import fisher_exact

from stayhouse.base.chances import adjusted, chances


def exact(baskets: int, both: int, left: int, right: int) -> Fraction:
    """The tail as a sum of whole numbers."""
    ways = sum(
        comb(right, held) * comb(baskets - right, left - held)
        for held in range(both, min(left, right) + 1)
    )
    return Fraction(ways, comb(baskets, left))


def of(baskets: int, both: int, left: int, right: int) -> float:
    counts = (np.array([count], dtype="int64") for count in (both, left, right))
    return float(chances(baskets, *counts)[0])


def test_each_rule_may_have_baskets_of_its_own() -> None:
    baskets, both = np.array([900, 50, 50]), np.array([9, 9, 0])
    left, right = np.array([30, 30, 20]), np.array([100, 20, 20])
    found = chances(baskets, both, left, right)
    alone = [of(*(int(n) for n in row)) for row in zip(baskets, both, left, right, strict=True)]
    assert list(found) == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("baskets", [1, 2, 5, 9])
def test_every_table_of_few_baskets(baskets: int) -> None:
    for left in range(1, baskets + 1):
        for right in range(1, baskets + 1):
            for both in range(max(1, left + right - baskets), min(left, right) + 1):
                told = exact(baskets, both, left, right)
                assert of(baskets, both, left, right) == pytest.approx(float(told), rel=1e-9)


@pytest.mark.parametrize(
    ("baskets", "both", "left", "right"),
    [
        (9_835, 10, 12, 2_513),
        (20_000, 700, 1_500, 900),
        # Below what chance makes: nearly certain, and not 1.
        (5_147, 2, 150, 170),
        (5_147, 5, 150, 170),
        (5_147, 4, 150, 170),
    ],
)
def test_tails_of_a_shop(baskets: int, both: int, left: int, right: int) -> None:
    told = exact(baskets, both, left, right)
    assert of(baskets, both, left, right) == pytest.approx(float(told), rel=1e-9)
    assert of(baskets, both, left, right) == of(baskets, both, right, left)
    table = [[both, left - both], [right - both, baskets - left - right + both]]
    fisher = fisher_exact(table, alternative="greater").pvalue
    assert of(baskets, both, left, right) == pytest.approx(fisher, rel=1e-8)


def test_a_million_baskets() -> None:
    """One in twenty holds each side: 2,500 with both by chance, 47.5 give or take."""
    table = [[2_600, 47_400], [47_400, 902_600]]
    fisher = fisher_exact(table, alternative="greater").pvalue
    assert of(1_000_000, 2_600, 50_000, 50_000) == pytest.approx(fisher, rel=1e-6)
    assert 0.015 < of(1_000_000, 2_600, 50_000, 50_000) < 0.025


def test_what_was_not_seen_counts_as_a_test() -> None:
    """Of ten tests .004 and .01 are adjusted to .04 and .05, .02 to .0667, and .9 to 1."""
    told = adjusted(np.array([0.01, 0.9, 0.004, 0.02]), 10)
    assert list(told) == pytest.approx([0.05, 1.0, 0.04, 0.2 / 3])
