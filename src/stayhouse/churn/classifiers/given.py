"""A probability that a snapshot carries already: nothing is learned but what fills a gap."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stayhouse.churn.parts import Part


@dataclass(frozen=True)
class GivenProbability:
    """P(churned) is a column of the snapshot; `median` log odds stand in where it has no value."""

    median: float

    kind = "given"
    store_format = "json"
    classes_ = (False, True)

    def predict_proba(self, matrix: np.ndarray) -> np.ndarray:
        """Return P(stayed) and P(churned), shape (rows, 2), of log odds, shape (rows, 1)."""
        odds = np.where(np.isnan(matrix[:, 0]), self.median, matrix[:, 0])
        churned = 1 / (1 + np.exp(-odds))
        return np.column_stack([1 - churned, churned])

    def to_numbers(self) -> dict[str, Any]:
        """Return what `from_numbers` reads."""
        return {"median": self.median}

    @classmethod
    def from_numbers(cls, numbers: Mapping[str, Any]) -> "GivenProbability":
        """Return the model that `to_numbers` wrote."""
        return cls(float(numbers["median"]))


def fit_given(parameters: Mapping[str, Any], part: Part) -> GivenProbability:
    """Take the one feature, a probability, for the score."""
    return GivenProbability(float(np.nanmedian(part.matrix[:, 0])))
