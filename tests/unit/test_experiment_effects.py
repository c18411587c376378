"""Effects of arms: against simulations, scipy and figures that textbooks print."""

import numpy as np
import pytest
from scipy import stats

from stayhouse.experiments import effects
from stayhouse.experiments.effects import Sums


def sums(y: np.ndarray, x: np.ndarray | None = None) -> Sums:
    """Sums of units, the last axis; one comparison a row of the others."""
    y = np.atleast_2d(np.asarray(y, dtype="float64"))
    x = np.zeros_like(y) if x is None else np.atleast_2d(np.asarray(x, dtype="float64"))
    n = np.full(y.shape[0], y.shape[1], dtype="float64")
    return Sums(n, y.sum(1), (y * y).sum(1), x.sum(1), (x * x).sum(1), (x * y).sum(1))


def test_means_are_tested_as_scipy_tests_them() -> None:
    rng = np.random.default_rng(1)
    arm, control = rng.normal(1, 3, 80), rng.normal(0, 1, 200)
    found = effects.of_means(sums(arm), sums(control))
    known = stats.ttest_ind(arm, control, equal_var=False)
    low, high = known.confidence_interval()
    assert found.p_value[0] == pytest.approx(known.pvalue)
    assert [found.low[0], found.high[0]] == pytest.approx([low, high])


def test_a_thousand_tests_of_nothing() -> None:
    """33 to 69 false ones are what two standard errors and a half about 50 leave."""
    rng = np.random.default_rng(7)
    arm, control = (sums(rng.exponential(1, (1000, 400))) for _ in range(2))
    assert 33 <= (effects.of_means(arm, control).p_value < 0.05).sum() <= 69
    arm, control = (sums(rng.random((1000, 400)) < 0.2) for _ in range(2))
    assert 33 <= (effects.of_rates(arm, control).p_value < 0.05).sum() <= 69


def test_the_sequential_interval_holds_at_every_look() -> None:
    """A thousand tests of nothing, looked at 25 times: at most 50 are ever beyond it, and far more
    beyond the fixed one."""
    rng = np.random.default_rng(11)
    y = rng.exponential(1, (2, 1000, 5000))
    beyond, beyond_fixed = np.zeros(1000, bool), np.zeros(1000, bool)
    for units in range(200, 5001, 200):
        found = effects.of_means(sums(y[0, :, :units]), sums(y[1, :, :units]))
        half = effects.sequential_half_width(found.standard_error, np.full(1000, 2 * units))
        beyond |= np.abs(found.effect) > half
        beyond_fixed |= found.p_value < 0.05
    assert beyond.sum() <= 50
    assert beyond_fixed.sum() > 150


def test_the_sequential_interval_at_ten_thousand_units() -> None:
    half = effects.sequential_half_width(np.ones(1), np.array([10_000]))
    assert half[0] / stats.norm.isf(0.025) == pytest.approx(1.562, abs=0.0005)


def test_what_was_known_before_takes_its_share_of_the_variance() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(0, 1, (2, 500))
    y = 0.5 * x + rng.normal(0, 1, (2, 500)) + np.array([[0.3], [0.0]])
    arm, control = (sums(y[i], x[i]) for i in range(2))
    found, ratio = effects.adjusted_by_before(arm, control)
    centred = [np.concatenate([v - v.mean() for v in values]) for values in (x, y)]
    rho = np.corrcoef(*centred)[0, 1]
    assert ratio[0] == pytest.approx(1 - rho**2, abs=1e-9)
    # As a regression of y on the arm and x has it.
    design = np.column_stack([np.ones(1000), np.repeat([1, 0], 500), x.ravel()])
    assert found.effect[0] == pytest.approx(np.linalg.lstsq(design, y.ravel())[0][1], abs=1e-3)
    plain = effects.of_means(arm, control)
    narrower = (found.high - found.low) / (plain.high - plain.low)
    assert narrower[0] == pytest.approx(np.sqrt(ratio[0]), abs=0.005)


def test_without_a_before_the_effect_is_the_plain_one() -> None:
    arm, control = sums(np.array([1.0, 2, 4])), sums(np.array([0.0, 1, 1, 5]))
    found, ratio = effects.adjusted_by_before(arm, control)
    plain = effects.of_means(arm, control)
    assert ratio[0] == 1
    assert [found.effect[0], found.low[0], found.high[0], found.p_value[0]] == pytest.approx(
        [plain.effect[0], plain.low[0], plain.high[0], plain.p_value[0]]
    )


def test_where_nothing_varies_the_interval_is_the_point() -> None:
    found = effects.of_means(sums(np.full(5, 2.0)), sums(np.full(5, 1.5)))
    assert (found.effect[0], found.low[0], found.high[0]) == (0.5, 0.5, 0.5)
    assert np.isnan(found.p_value[0])
    found = effects.of_rates(sums(np.ones(5)), sums(np.ones(4)))
    assert (found.effect[0], found.low[0], found.high[0]) == (0, 0, 0)
    assert np.isnan(found.p_value[0])


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_units_have_no_interval(count: int) -> None:
    arm, control = sums(np.ones((1, count))), sums(np.array([1.0, 0, 1]))
    found = effects.of_means(arm, control)
    assert np.isnan(found.low[0])
    assert np.isnan(found.p_value[0])
    assert np.isnan(found.effect[0]) == (count == 0)


def test_a_lift_is_relative_to_the_control() -> None:
    """Against a bootstrap of the ratio of means."""
    rng = np.random.default_rng(5)
    y = rng.exponential(1, (2, 2000)) * np.array([[1.2], [1.0]])
    arm, control = sums(y[0]), sums(y[1])
    lift, low, high = effects.relative_lift(arm, control, is_rate=False)
    assert lift[0] == pytest.approx(y[0].mean() / y[1].mean() - 1)
    drawn = rng.integers(0, 2000, (2, 3000, 2000))
    ratios = y[0][drawn[0]].mean(axis=1) / y[1][drawn[1]].mean(axis=1) - 1
    assert [low[0], high[0]] == pytest.approx(np.quantile(ratios, [0.025, 0.975]), abs=0.006)


def test_a_lift_of_few_units_is_by_the_distribution_of_its_effect() -> None:
    """By hand. Of means 6 and 2, ratio 3, with variances 4 / 4 and 1 / 4: error sqrt(13 / 4) / 2,
    and t of (13 / 4)^2 / (1 / 3 + (9 / 4)^2 / 3) = 5.2268 degrees of freedom, 2.53739. Of rates .5
    and .25 of eight: error sqrt(.25 / 8 + 4 * .1875 / 8) / .25, and 1.96 of the normal."""
    arm, control = sums(np.array([9.0, 5, 5, 5])), sums(np.array([3.5, 1.5, 1.5, 1.5]))
    lift, low, high = effects.relative_lift(arm, control, is_rate=False)
    half = 2.53739 * np.sqrt(3.25) / 2
    assert [lift[0], low[0], high[0]] == pytest.approx([2, 2 - half, 2 + half], abs=1e-4)
    arm, control = sums(np.repeat([1.0, 0], 4)), sums(np.repeat([1.0, 0], [2, 6]))
    lift, low, high = effects.relative_lift(arm, control, is_rate=True)
    half = 1.959964 * np.sqrt(0.125) / 0.25
    assert [lift[0], low[0], high[0]] == pytest.approx([1, 1 - half, 1 + half], abs=1e-5)


def test_values_that_are_all_alike_have_a_lift_without_width() -> None:
    lift, low, high = effects.relative_lift(sums(np.full(5, 3.0)), sums(np.full(5, 2.0)), False)
    assert (lift[0], low[0], high[0]) == (0.5, 0.5, 0.5)


def test_a_control_of_nothing_has_no_lift() -> None:
    arm, control = sums(np.array([1.0, 0, 1])), sums(np.zeros(3))
    lift, low, high = effects.relative_lift(arm, control, is_rate=False)
    assert np.isnan([lift[0], low[0], high[0]]).all()


def test_sample_ratios() -> None:
    # Kohavi, Tang and Xu (2020), chapter 21: 821,588 and 815,482 of one to one have 1.8e-6.
    assert effects.sample_ratio(np.array([821_588, 815_482]), np.array([1, 1])) == pytest.approx(
        1.8e-6, abs=0.05e-6
    )
    # Weights are of any sum, and an arm of none is left out.
    assert effects.sample_ratio(np.array([30, 10, 7]), np.array([6, 2, 0])) == 1
    assert np.isnan(effects.sample_ratio(np.array([30, 7]), np.array([1, 0])))
    assert np.isnan(effects.sample_ratio(np.array([0, 0]), np.array([1, 1])))


def test_tests_made_together_are_corrected_together() -> None:
    """The example of Benjamini and Hochberg (1995): of 15 the first four stay below .05."""
    p = np.array([.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262,
                  .5719, .6528, .7590, 1.0])  # fmt: skip
    found = effects.adjusted(np.append(p, np.nan))
    assert (found < 0.05).sum() == 4
    assert np.isnan(found[-1])
    assert (found[:-1] >= p).all()
    assert np.isnan(effects.adjusted(np.array([np.nan]))).all()
