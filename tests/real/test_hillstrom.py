"""Hillstrom's e-mail test, by the package's functions: its customers have no ids to land by."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.experiments.effects import Sums, of_means
from tests.real.shops import DATA, NEEDS_DATA

pytestmark = NEEDS_DATA
ARMS = ["Mens E-Mail", "Womens E-Mail", "No E-Mail"]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.read_csv(f"{DATA}/hillstrom/hillstrom.csv")


def sums(people: pd.DataFrame, arm: str, column: str) -> Sums:
    y = people.loc[people["segment"] == arm, column].to_numpy("float64")
    nothing = np.zeros(1)
    return Sums(
        np.array([len(y)]), np.array([y.sum()]), np.array([(y**2).sum()]), nothing, nothing, nothing
    )


@pytest.mark.parametrize(
    ("column", "means"),
    [
        ("visit", (0.182757, 0.151400, 0.106167)),
        ("conversion", (0.012531, 0.008837, 0.005726)),
        ("spend", (1.422617, 1.077202, 0.652789)),
    ],
)
def test_means_are_those_published(
    people: pd.DataFrame, column: str, means: tuple[float, ...]
) -> None:
    found = [float(sums(people, arm, column).mean()[0]) for arm in ARMS]
    assert found == pytest.approx(means, abs=5e-7)


@pytest.mark.parametrize(
    ("arm", "effect", "low", "high"),
    [
        ("Mens E-Mail", 0.769827, 0.485140, 1.054515),
        ("Womens E-Mail", 0.424412, 0.168957, 0.679868),
    ],
)
def test_spend_by_welch(
    people: pd.DataFrame, arm: str, effect: float, low: float, high: float
) -> None:
    """The published intervals take 63,997 degrees of freedom and differ by 5e-6."""
    found = of_means(sums(people, arm, "spend"), sums(people, "No E-Mail", "spend"))
    assert found.effect[0] == pytest.approx(effect, abs=5e-7)
    assert [found.low[0], found.high[0]] == pytest.approx([low, high], abs=1e-6)
    published = {0.769827: [0.485144, 1.054510], 0.424412: [0.168960, 0.679865]}[effect]
    assert [found.low[0], found.high[0]] == pytest.approx(published, abs=1e-5)
