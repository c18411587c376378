"""A small search among hyper-parameters, judged by what they would have predicted out of time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from stayhouse.churn.evaluate import row_log_loss
from stayhouse.churn.rolling import Window, outcome

# Predicts a window by a fit with these hyper-parameters on what was known before it.
Try = Callable[[Mapping[str, Any], Window], np.ndarray]


def candidates_of(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the hyper-parameters to choose from: the common ones, with each candidate's own."""
    common = {name: value for name, value in options.items() if name != "candidates"}
    return [{**common, **own} for own in options.get("candidates") or [{}]]


def choose(
    candidates: Sequence[Mapping[str, Any]], folds: Sequence[Window], predict: Try
) -> Mapping[str, Any]:
    """Return the candidate of the lowest log loss over all rows of the folds, the first of equals.

    The first one where there is no fold, or nothing to choose from: no fit is made then.
    """
    if len(candidates) == 1 or not folds:
        return candidates[0]
    losses = [
        np.concatenate(
            [row_log_loss(outcome(fold.rows), predict(candidate, fold)) for fold in folds]
        ).mean()
        for candidate in candidates
    ]
    return candidates[int(np.argmin(losses))]
