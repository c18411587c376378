"""Applying stored classifiers to snapshots."""

import pandas as pd

from stayhouse.churn import store
from stayhouse.churn.design import in_row_order

# A split is scored by the stage that has not seen it.
STAGE_OF_SPLIT = {"validation": "selection", "test": "final", "today": "final"}


def apply_classifiers(snapshots: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Score every snapshot with every stored classifier of the stage that has not seen its split.

    Args:
        snapshots: columns `person_id`, `cut_off_at`, `split` (validation, test or today) and the
            features that the classifiers were fitted on. May be empty.
        stored: rows of `fit_classifiers`. May be empty.

    Returns:
        One row per person, cut-off and classifier: `person_id`, `cut_off_at`, `split`,
        `classifier`, `churn_probability` (0 to 1).

    Raises:
        StayhouseError: a stored classifier cannot be believed (`store.unpack`).
    """
    ordered = in_row_order(snapshots)
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
    for row in stored.sort_values(["classifier", "stage"]).to_dict("records"):
        part = ordered[stages == row["stage"]]
        if part.empty:
            continue
        fitted, sigmoid = store.unpack(row)
        probability = fitted.probability(part)
        if sigmoid is not None:
            probability = sigmoid(probability)
        scored = part[["person_id", "cut_off_at", "split"]].assign(
            classifier=row["classifier"], churn_probability=probability
        )
        parts.append(scored)
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]
