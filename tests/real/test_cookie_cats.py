"""Cookie Cats: retention of players of two gates, by the package's functions."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.experiments.effects import Sums, of_rates, sample_ratio
from tests.real.shops import DATA, NEEDS_DATA

pytestmark = NEEDS_DATA


@pytest.fixture(scope="module")
def players() -> pd.DataFrame:
    return pd.read_csv(f"{DATA}/cookie_cats/cookie_cats.csv")


def sums(players: pd.DataFrame, gate: str, column: str) -> Sums:
    y = players.loc[players["version"] == gate, column].to_numpy("float64")
    total, nothing = np.array([y.sum()]), np.zeros(1)
    return Sums(np.array([len(y)]), total, total, nothing, nothing, nothing)


def test_day_1(players: pd.DataFrame) -> None:
    arm, control = (sums(players, gate, "retention_1") for gate in ("gate_40", "gate_30"))
    assert [arm.mean()[0], control.mean()[0]] == pytest.approx([0.442283, 0.448188], abs=5e-7)
    found = of_rates(arm, control)
    # z = 1.784086, of which the two-sided p is .0744.
    assert found.p_value[0] == pytest.approx(0.07441, abs=5e-6)


def test_day_7(players: pd.DataFrame) -> None:
    arm, control = (sums(players, gate, "retention_7") for gate in ("gate_40", "gate_30"))
    assert [arm.mean()[0], control.mean()[0]] == pytest.approx([0.182000, 0.190201], abs=5e-7)
    assert of_rates(arm, control).p_value[0] == pytest.approx(0.001554, abs=5e-7)


def test_the_sample_ratio_warns_and_withholds_nothing(players: pd.DataFrame) -> None:
    units = players["version"].value_counts()[["gate_30", "gate_40"]].to_numpy()
    found = sample_ratio(units, np.array([1, 1]))
    assert found == pytest.approx(0.00861, abs=5e-6)
    assert 0.001 < found < 0.01
