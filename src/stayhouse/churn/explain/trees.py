"""The contributions of gradient-boosted trees: Shapley values of each tree, exactly.

The worth of a set of features is the tree's expected value where these are known and every other
split sends a customer left or right by its share of the training rows (path-dependent TreeSHAP:
Lundberg et al., From local explanations to global understanding with explainable AI for trees,
Nature Machine Intelligence 2, 2020, algorithm 1).

The Shapley value is the integral over t from 0 to 1 of the slope of the game's multilinear
extension along its diagonal (Owen, Multilinear extensions of games, Management Science 18, 1972).
A leaf that is reached by conditions on d features has the worth v * product(known ? holds : share),
so its part of feature i is

    v * (holds_i - share_i) * integral of product over j <> i of (share_j * (1 - t) + holds_j * t),

a polynomial of degree d - 1, which ceil(d / 2) Gauss-Legendre points integrate exactly. Customers
whom all splits of a tree send alike share one row of it: a tree of 12 leaves has few of them.
"""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier

from stayhouse.churn.explain.linear import is_linear, linear_contributions

_CELLS = 2_000_000


def is_trees_on_regression(estimator: Any) -> bool:
    """Return whether this is boosted trees that read a regression's score and the features."""
    return (
        isinstance(estimator, StackingClassifier)
        and isinstance(estimator.final_estimator_, HistGradientBoostingClassifier)
        and is_linear(estimator.estimators_[0])
    )


def stacked_contributions(
    stacked: StackingClassifier, matrix: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the contributions of trees on a regression, by feature, and the base.

    Args:
        stacked: reads the regression's score, then the features.
        matrix: features, shape (rows, features), with NaN for what is missing.

    Returns:
        Contributions in log-odds, shape (rows, features), and the base.
    """
    regression = stacked.estimators_[0]
    score = regression.decision_function(matrix)
    by_column, base = tree_contributions(stacked.final_estimator_, np.column_stack([score, matrix]))
    of_score, _ = linear_contributions(regression, matrix)
    return by_column[:, 1:] + spread(by_column[:, 0], of_score), base


def spread(amounts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Lay each row's amount out over its columns, by the weights of the amount's own sign.

    In proportion to all weights a row whose weights cancel out would get parts of any size; so an
    amount that raises is laid to what raises the regression's score, and one that lowers to what
    lowers it. Where nothing has the amount's sign the size of the weights decides; where all are 0
    the parts are equal.

    Args:
        amounts: shape (rows,).
        weights: shape (rows, columns).

    Returns:
        Shape (rows, columns); each row sums to its amount.
    """
    same = np.where(np.sign(weights) == np.sign(amounts)[:, None], np.abs(weights), 0.0)
    nothing = same.sum(axis=1) == 0
    same[nothing] = np.abs(weights[nothing])
    same[same.sum(axis=1) == 0] = 1.0
    return np.asarray(same / same.sum(axis=1, keepdims=True) * amounts[:, None])


def tree_contributions(
    model: HistGradientBoostingClassifier, matrix: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the Shapley values of boosted trees, by column, and the base: their expected value.

    Args:
        model: fitted on two classes.
        matrix: shape (rows, columns), with NaN for what is missing.

    Returns:
        Contributions in log-odds, shape (rows, columns), and the base.
    """
    base = float(np.ravel(model._baseline_prediction)[0])
    # Columns are read and written one by one.
    values = np.asfortranarray(matrix)
    missing = np.isnan(values)
    total = np.zeros(values.shape, order="F")
    for (predictor,) in model._predictors:
        base += _add_tree(predictor.nodes, values, missing, total)
    return np.ascontiguousarray(total), base


def _add_tree(
    nodes: np.ndarray, values: np.ndarray, missing: np.ndarray, total: np.ndarray
) -> float:
    """Add one tree's Shapley values to the total; return its expected value."""
    splits = np.flatnonzero(nodes["is_leaf"] == 0)
    if len(splits) == 0:
        return float(nodes["value"][0])
    patterns, place = _patterns(nodes[splits], values, missing)
    columns, share, holds, worth = _conditions(nodes, splits, patterns)
    depth = int((share < 1).sum(axis=1).max())
    points, weights = np.polynomial.legendre.leggauss((depth + 1) // 2)
    parts = np.empty((len(patterns), len(columns)))
    step = max(1, _CELLS // share.size)
    for start in range(0, len(patterns), step):
        some = slice(start, start + step)
        held = holds[some]
        integral = np.zeros(held.shape)
        for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
            factors = share * (1 - point) + held * point
            integral += weight * factors.prod(axis=2, keepdims=True) / factors
        parts[some] = np.einsum("l,plc->pc", worth, (held - share) * integral)
    for number, column in enumerate(columns):
        total[:, column] += parts[place, number]
    return float(worth @ share.prod(axis=1))


def _patterns(
    splits: np.ndarray, values: np.ndarray, missing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct ways in which splits send rows left, and each row's place among them.

    Shapes: booleans (patterns, splits), and (rows,).
    """
    left = np.empty((len(values), len(splits)), dtype=bool, order="F")
    for number, split in enumerate(splits):
        column = split["feature_idx"]
        left[:, number] = values[:, column] <= split["num_threshold"]
        if split["missing_go_to_left"]:
            left[:, number] |= missing[:, column]
    if len(splits) > 62:
        patterns, place = np.unique(left, axis=0, return_inverse=True)
        return patterns, place.ravel()
    codes = np.zeros(len(values), dtype="int64")
    for number in range(len(splits)):
        codes |= left[:, number].astype("int64") << number
    if len(splits) <= 16:
        seen = np.zeros(1 << len(splits), dtype=bool)
        seen[codes] = True
        distinct, place = np.flatnonzero(seen), (np.cumsum(seen) - 1)[codes]
    else:
        distinct, place = np.unique(codes, return_inverse=True)
    return (distinct[:, None] >> np.arange(len(splits)) & 1).astype(bool), place


def _conditions(
    nodes: np.ndarray, splits: np.ndarray, patterns: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what leads to each leaf, by the columns that the tree reads.

    Returns:
        The columns; the share of training rows that a leaf's conditions on a column let through,
        shape (leaves, columns), 1 where there are none; whether they hold, shape (patterns,
        leaves, columns); the leaves' values.
    """
    columns = np.unique(nodes["feature_idx"][splits])
    number_of = {int(node): number for number, node in enumerate(splits)}
    place_of = {int(column): place for place, column in enumerate(columns)}
    leaves = int((nodes["is_leaf"] != 0).sum())
    share = np.ones((leaves, len(columns)))
    holds = np.ones((len(patterns), leaves, len(columns)), dtype=bool)
    worth = np.empty(leaves)
    leaf = 0
    waiting: list[tuple[int, list[tuple[int, bool]]]] = [(0, [])]
    while waiting:
        node, path = waiting.pop()
        if nodes["is_leaf"][node]:
            worth[leaf] = nodes["value"][node]
            for above, goes_left in path:
                place = place_of[int(nodes["feature_idx"][above])]
                child = nodes["left" if goes_left else "right"][above]
                share[leaf, place] *= nodes["count"][child] / nodes["count"][above]
                holds[:, leaf, place] &= patterns[:, number_of[above]] == goes_left
            leaf += 1
            continue
        for goes_left in (True, False):
            child = int(nodes["left" if goes_left else "right"][node])
            waiting.append((child, [*path, (node, goes_left)]))
    return columns, share, holds, worth
