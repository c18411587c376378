"""Applying stored classifiers to snapshots."""

import numpy as np
import pandas as pd

from stayhouse.churn import store
from stayhouse.churn.calibrate import Sigmoid
from stayhouse.churn.classifiers.blend import Blend
from stayhouse.churn.design import in_row_order
from stayhouse.churn.extras import NETWORKS
from stayhouse.churn.sequences import Readable, attach_sequences

# A split is scored by the stage that has not seen it.
STAGE_OF_SPLIT = {"validation": "selection", "test": "final", "today": "final"}


def apply_classifiers(
    snapshots: pd.DataFrame, stored: pd.DataFrame, sequences: pd.DataFrame | Readable | None = None
) -> pd.DataFrame:
    """Score every snapshot with every stored classifier of the stage that has not seen its split.

    Args:
        snapshots: columns `person_id`, `cut_off_at`, `split` (validation, test or today) and the
            features that the classifiers were fitted on. May be empty.
        stored: rows of `fit_classifiers`. May be empty.
        sequences: rows of `features.customer_sequences`, for networks; read only if one is stored.

    Returns:
        One row per person, cut-off and classifier: `person_id`, `cut_off_at`, `split`,
        `classifier`, `churn_probability` (0 to 1).

    Raises:
        StayhouseError: a stored classifier cannot be believed (`store.unpack`).
    """
    reads_sequences = stored["classifier"].isin(NETWORKS).any()
    ordered = in_row_order(attach_sequences(snapshots, sequences if reads_sequences else None))
    stages = ordered["split"].map(STAGE_OF_SPLIT)
    parts = [
        pd.DataFrame(
            {
                "person_id": pd.Series(dtype="str"),
                "cut_off_at": pd.Series(dtype="datetime64[us]"),
                "split": pd.Series(dtype="str"),
                "classifier": pd.Series(dtype="str"),
                "churn_probability": pd.Series(dtype="float64"),
            }
        )
    ]
    for stage, of_stage in stored.sort_values(["classifier", "stage"]).groupby("stage"):
        part = ordered[stages == stage]
        if part.empty:
            continue
        for classifier, probability in _served(part, of_stage).items():
            scored = part[["person_id", "cut_off_at", "split"]].assign(
                classifier=classifier, churn_probability=probability
            )
            parts.append(scored)
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _served(part: pd.DataFrame, stored: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return P(churned) by classifier, calibrated where it is, in the order of their names."""
    served: dict[str, np.ndarray] = {}
    blends: dict[str, tuple[Blend, Sigmoid | None]] = {}
    for row in stored.to_dict("records"):
        fitted, sigmoid = store.unpack(row)
        if isinstance(fitted.estimator, Blend):
            blends[row["classifier"]] = fitted.estimator, sigmoid
        else:
            served[row["classifier"]] = _calibrated(fitted.probability(part), sigmoid)
    for name, (blend, sigmoid) in blends.items():
        served[name] = _calibrated(blend.of(served), sigmoid)
    return dict(sorted(served.items()))


def _calibrated(probability: np.ndarray, sigmoid: Sigmoid | None) -> np.ndarray:
    return probability if sigmoid is None else sigmoid(probability)
