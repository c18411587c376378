"""Resampled areas against scikit-learn on the customers that were drawn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from stayhouse.churn.bootstrap import RESAMPLES, Draws, areas, draw, interval


def test_areas_are_scikit_learns_on_the_drawn_customers() -> None:
    """Few distinct probabilities, so that most customers are tied with another."""
    rng = np.random.default_rng(3)
    truth = rng.random(60) < 0.4
    probability = np.round(np.clip(0.3 * truth + 0.7 * rng.random(60), 0, 1), 1)
    draws = draw(60)
    found = areas(truth, probability, draws)
    assert {len(values) for values in found.values()} == {RESAMPLES}
    for number in (0, 19, 20, 199):
        drawn = np.repeat(np.arange(60), draws.counts[number].astype(int))
        assert len(drawn) == 60
        churned, predicted = truth[drawn], probability[drawn]
        assert found["roc_auc"][number] == pytest.approx(roc_auc_score(churned, predicted))
        assert found["pr_auc_churn"][number] == pytest.approx(
            average_precision_score(churned, predicted)
        )
        assert found["pr_auc_buy"][number] == pytest.approx(
            average_precision_score(~churned, -predicted)
        )


def test_a_resample_of_one_outcome_has_no_area() -> None:
    draws = Draws(np.array([[2.0, 0.0], [1.0, 1.0]]))
    found = areas(np.array([True, False]), np.array([0.9, 0.1]), draws)
    assert np.isnan(found["roc_auc"]).tolist() == [True, False]
    assert found["roc_auc"][1] == 1
    assert interval(found["roc_auc"]) == (1, 1)
    assert np.isnan(interval(np.array([np.nan]))).all()


def test_means_are_those_of_the_drawn_values() -> None:
    draws = Draws(np.array([[2.0, 0.0, 1.0]]))
    assert draws.means(np.array([3.0, 9.0, 6.0])) == pytest.approx([(3 + 3 + 6) / 3])


def test_draws_are_the_same_every_time() -> None:
    assert (draw(7).counts == draw(7).counts).all()
    assert (draw(7).counts.sum(axis=1) == 7).all()
