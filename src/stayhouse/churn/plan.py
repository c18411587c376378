"""What the YAML of ml_churn_classifiers asks for: one reading for every door that fits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from stayhouse.base.errors import StayhouseError

YAML = "python_models/churn/train/ml_churn_classifiers.yml"


@dataclass(frozen=True)
class Limits:
    """What a training may cost, and how far back it looks.

    Attributes:
        rows: a stored classifier is fitted on so many rows at most, sampled by person.
        window_rows: a fit that only predicts an earlier cut-off, on so many.
        search_folds: candidates are judged on so many of the latest training cut-offs.
        half_life_days: a row counts for half of one whose cut-off lies so many days later, since
            what moved lately is nearer to what comes.
    """

    rows: int = 200_000
    window_rows: int = 15_000
    search_folds: int = 2
    half_life_days: float = 90

    @property
    def read_rows(self) -> int:
        """Return how many labelled rows are read at all, of the same people as those of the fits.

        Of a fit's own stage there are fewer, and what it predicts is judged on the others.
        """
        return 5 * self.rows

    @classmethod
    def of(cls, limits: Mapping[str, Any] | None) -> "Limits":
        """Return these limits, and the defaults of those that are not named.

        Raises:
            StayhouseError: a name is unknown, or a number is none that could be meant.
        """
        known = [field.name for field in fields(cls)]
        for name, value in (limits or {}).items():
            if name not in known:
                raise StayhouseError(
                    f"{YAML}: limits has no {name!r}: name one of {', '.join(known)}."
                )
            least = 0 if name == "search_folds" else 1
            if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
                raise StayhouseError(
                    f"{YAML}: {name} of limits is {value!r}: give a number, {least} or more."
                )
        return cls(**(limits or {}))


@dataclass(frozen=True)
class Plan:
    """The options of each classifier, and the limits of all."""

    classifiers: Mapping[str, Mapping[str, Any]]
    limits: Limits

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Plan":
        """Read the one row of `int_churn__plan`: `classifiers` and `limits`, each as JSON.

        Raises:
            StayhouseError: as in `Limits.of`.
        """
        (row,) = table.to_dict("records")
        options = json.loads(row["classifiers"])
        return cls(
            {name: own or {} for name, own in options.items()}, Limits.of(json.loads(row["limits"]))
        )

    def again(self, classifier: str, chosen: Mapping[str, Any], features: list[str]) -> Any:
        """Return the hyper-parameters that fit a stored classifier again as it was fitted.

        Args:
            classifier: its name.
            chosen: its hyper-parameters, as stored.
            features: what it reads. Where the plan names features for it, they stay chosen by
                name; where not, each fit chooses among them.
        """
        options = self.classifiers.get(classifier, {})
        kept = {"max_rows": options["max_rows"]} if "max_rows" in options else {}
        return {**chosen, **kept, **({"features": features} if options.get("features") else {})}


def without_these(features: pd.DataFrame | Sequence[str], without: Sequence[str]) -> list[str]:
    """Return the names of the features, in order, but for those that no classifier is to read.

    Args:
        features: a list, or rows of `int_churn__features` with `feature` and `feature_number`.
        without: names to leave out.

    Raises:
        StayhouseError: one of these is no feature.
    """
    if isinstance(features, pd.DataFrame):
        features = features.sort_values("feature_number")["feature"].astype(str).tolist()
    for name in without:
        if name not in features:
            raise StayhouseError(
                f"{YAML}: without names {name!r}, which is no feature: take it off the list."
            )
    return [name for name in features if name not in without]
