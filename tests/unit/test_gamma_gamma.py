"""Gamma-Gamma against simulated customers, and the shrunken mean that replaces it."""

import numpy as np
import pytest

from stayhouse.purchasing.gamma_gamma import GammaGamma, Spends, contributions, fit_spends

# Published for CDNOW (Fader and Hardie 2013).
CDNOW = GammaGamma(6.25, 3.74, 15.44)


def simulated(people: int, model: GammaGamma = CDNOW, seed: int = 3) -> Spends:
    """Customers with 1 to 9 repeat purchases, each of them drawn by itself."""
    rng = np.random.default_rng(seed)
    frequency = rng.integers(1, 10, people)
    rate = rng.gamma(model.q, 1 / model.v, people)
    value = np.array(
        [rng.gamma(model.p, 1 / nu, x).mean() for x, nu in zip(frequency, rate, strict=True)]
    )
    return Spends(frequency.astype(float), value, np.ones(people))


def test_planted_parameters_are_found() -> None:
    found = fit_spends(simulated(20_000), shop_mean=1.0)
    assert found.reason == ""
    assert found.model.p == pytest.approx(6.25, rel=0.1)
    assert found.model.q == pytest.approx(3.74, rel=0.05)
    assert found.model.p * found.model.v / (found.model.q - 1) == pytest.approx(35.2, rel=0.02)
    assert abs(found.correlation or 0) < 0.02


def test_expected_value_is_the_mean_of_such_people() -> None:
    """Of who spent about 60 on two purchases, further purchases bring what the model says."""
    rng = np.random.default_rng(4)
    rate = rng.gamma(CDNOW.q, 1 / CDNOW.v, 400_000)
    past = rng.gamma(2 * CDNOW.p, 1 / rate)
    later = rng.gamma(CDNOW.p, 1 / rate)
    about = np.abs(past - 120) < 4
    expected = CDNOW.expected_value(np.array([2.0]), np.array([120.0]))[0]
    assert about.sum() > 3_000
    assert later[about].mean() == pytest.approx(expected, rel=0.03)
    # Of somebody unknown, the mean of all.
    unknown = CDNOW.expected_value(np.array([0.0]), np.array([0.0]))[0]
    assert unknown == pytest.approx(6.25 * 15.44 / 2.74)


def test_the_unit_of_money_says_nothing() -> None:
    """Pence or yen: the same shapes, and the scale in that unit."""
    spends = simulated(500)
    pounds = fit_spends(spends, 1.0)
    pence = fit_spends(Spends(spends.frequency, spends.value * 1e5, spends.weight), 1.0)
    assert pence.model.p == pytest.approx(pounds.model.p, rel=1e-4)
    assert pence.model.v == pytest.approx(1e5 * pounds.model.v, rel=1e-4)


def test_slopes_are_those_of_the_likelihood() -> None:
    spends, at = simulated(50), np.array([5.0, 3.0, 12.0])
    slopes = contributions(spends, at)[1]
    for place, step in enumerate(np.eye(3) * 1e-5):
        rise = contributions(spends, at + step)[0] - contributions(spends, at - step)[0]
        assert slopes[place] == pytest.approx(rise / 2e-5, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(("people", "reason"), [(49, "few_repeat_customers"), (50, "")])
def test_fifty_repeat_customers_are_enough(people: int, reason: str) -> None:
    assert fit_spends(simulated(people), 30.0).reason == reason


def test_groups_count_for_their_people() -> None:
    """Fifty people in ten groups are fifty."""
    few = simulated(10)
    assert fit_spends(few, 30.0).reason == "few_repeat_customers"
    assert fit_spends(Spends(few.frequency, few.value, few.weight * 5), 30.0).reason == ""


@pytest.mark.parametrize("slope", [6.0, -6.0])
def test_who_comes_more_and_spends_otherwise_has_no_such_model(slope: float) -> None:
    spends = simulated(2_000)
    tilted = Spends(
        spends.frequency,
        np.maximum(spends.value + slope * (spends.frequency - 5), 1.0),
        spends.weight,
    )
    found = fit_spends(tilted, 30.0)
    assert found.reason == "value_depends_on_frequency"
    assert abs(found.correlation or 0) > 0.3


@pytest.mark.parametrize(("slope", "fits"), [(0.645, False), (0.615, True)])
def test_three_tenths_of_correlation_are_the_edge(slope: float, fits: bool) -> None:
    """x is 1 or 2, and z is 40 by x and by chance of 1: their correlation is known."""
    x = np.repeat([1.0, 2.0], 200)
    z = 40 + slope * (x - 1.5) + np.tile([-1.0, 1.0], 200)
    correlation = slope / 2 / np.sqrt(slope**2 / 4 + 1)
    found = fit_spends(Spends(x, z, np.ones(400)), 40.0)
    assert found.correlation == pytest.approx(correlation, abs=1e-6)
    assert bool(correlation <= 0.3) is fits
    assert (found.reason != "value_depends_on_frequency") is fits


def test_the_shrunken_mean_weighs_own_purchases_against_five() -> None:
    empty = Spends(*(np.array([]) for _ in range(3)))
    found = fit_spends(empty, shop_mean=30.0)
    assert (found.reason, found.log_likelihood, found.correlation) == (
        "few_repeat_customers", None, None,
    )  # fmt: skip
    x, total = np.array([0.0, 1.0, 5.0, 95.0]), np.array([0.0, 60.0, 300.0, 5700.0])
    expected = [30.0, 30 * 5 / 6 + 60 / 6, 45.0, 60 * 0.95 + 30 * 0.05]
    assert found.model.expected_value(x, total) == pytest.approx(expected)


def test_everybody_the_same_has_no_model_but_a_mean() -> None:
    """No spread of values: the likelihood has no maximum."""
    same = Spends(np.full(100, 2.0), np.full(100, 25.0), np.ones(100))
    found = fit_spends(same, 25.0)
    assert found.reason == "no_convergence"
    assert found.correlation is None
    assert found.model.expected_value(np.array([2.0]), np.array([50.0]))[0] == pytest.approx(25)
