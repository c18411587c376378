"""What a classifier is once it has learned: the columns it reads, and a way to foretell."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from stayhouse.churn.design import design_matrix


@dataclass(frozen=True)
class Fitted:
    """A classifier that has learned: the columns it reads, in order, and what it learned."""

    features: list[str]
    estimator: Any

    def probability(self, snapshots: pd.DataFrame) -> np.ndarray:
        """Return P(churned) of each snapshot, shape (rows,), before any calibration.

        Raises:
            StayhouseError: a feature is not a column.
        """
        classes = list(self.estimator.classes_)
        # One thread: the order in which threads add floats up changes the last digit.
        with threadpool_limits(limits=1):
            foretold = self.estimator.predict_proba(design_matrix(snapshots, self.features))
        return np.asarray(foretold[:, classes.index(True)], dtype="float64")
