"""What the parameters of a fit would be, had other customers come: a bootstrap in one step.

Customers are drawn again, with replacement, from their groups, and the fit takes one Newton step
from its optimum towards that of the drawn ones: a refit that starts there ends there, to the first
order, at the cost of a product of matrices.
"""

from collections.abc import Callable

import numpy as np

# More groups are drawn in blocks of neighbours, which are alike.
_MAX_BLOCKS = 5_000
# Steps of logarithms. Where the likelihood is flat, a step would else lead anywhere.
_LARGEST_STEP = 1.0
_DIFFERENCE = 1e-4

# The slopes of each customer's log-likelihood in log-parameters, shape (parameters, groups).
Slopes = Callable[[np.ndarray], np.ndarray]


def redrawn(
    slopes: Slopes, optimum: np.ndarray, weight: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the parameters of ``count`` refits, shape (count, parameters).

    Args:
        slopes: of one customer of each group.
        optimum: the parameters fitted, above 0, shape (parameters,).
        weight: customers of each group, shape (groups,).
        count: of refits.
        rng: what draws.
    """
    logs = np.log(optimum)
    each = slopes(logs)
    curvature = np.array(
        [
            ((slopes(logs + step) - slopes(logs - step)) * weight).sum(axis=1) / (2 * _DIFFERENCE)
            for step in np.eye(len(logs)) * _DIFFERENCE
        ]
    )
    block = np.arange(len(weight)) * min(len(weight), _MAX_BLOCKS) // len(weight)
    people = np.bincount(block, weight)
    sums = np.array([np.bincount(block, weight * one) for one in each])
    customers = int(weight.sum())
    drawn = rng.multinomial(customers, people / people.sum(), size=count)
    # Of everybody drawn, less what is left of the slope at an optimum in six digits.
    steps = (drawn / people) @ sums.T - sums.sum(axis=1)
    moved = steps @ np.linalg.pinv(-(curvature + curvature.T) / 2, rcond=1e-6, hermitian=True)
    return np.asarray(np.exp(logs + np.clip(moved, -_LARGEST_STEP, _LARGEST_STEP)))
