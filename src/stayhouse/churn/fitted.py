"""What a classifier is once it has learned: the columns it reads, and a way to predict."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.base.threads import one_thread
from stayhouse.churn.design import design_matrix


class RefusedError(Exception):
    """The bytes hold what is not to be believed; the message ends a sentence about them."""


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
        with one_thread():
            # What reads more of a person than the features (a network, events) has its own way.
            if hasattr(self.estimator, "predict_churn"):
                return np.asarray(self.estimator.predict_churn(snapshots), dtype="float64")
            predicted = self.estimator.predict_proba(design_matrix(snapshots, self.features))
        classes = list(self.estimator.classes_)
        return np.asarray(predicted[:, classes.index(True)], dtype="float64")
