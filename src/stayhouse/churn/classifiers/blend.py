"""A blend of classifiers: the mean of their log odds, which needs no weights to be learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stayhouse.base.errors import StayhouseError
from stayhouse.churn.design import CERTAINTY, log_odds


@dataclass(frozen=True)
class Blend:
    """The classifiers whose log odds are averaged, as they are served (calibrated or not)."""

    members: tuple[str, ...]

    kind = "blend"
    store_format = "json"

    def of(self, probabilities: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return P(churned), shape (rows,), from that of each classifier by name.

        Raises:
            StayhouseError: a member has none.
        """
        absent = [name for name in self.members if name not in probabilities]
        if absent:
            raise StayhouseError(
                f"The stored blend needs {absent[0]!r}, which is not stored: run "
                "`dbt build --select ml_churn_classifiers+` to fit both anew."
            )
        odds = [log_odds(probabilities[name], CERTAINTY) for name in self.members]
        return np.asarray(1 / (1 + np.exp(-np.mean(odds, axis=0))))

    def to_numbers(self) -> dict[str, Any]:
        """Return what `from_numbers` reads."""
        return {"members": list(self.members)}

    @classmethod
    def from_numbers(cls, numbers: Mapping[str, Any]) -> "Blend":
        """Return the blend that `to_numbers` wrote."""
        return cls(tuple(numbers["members"]))
