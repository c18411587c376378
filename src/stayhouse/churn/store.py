"""Classifiers as rows of a table: bytes that can be checked before they are believed."""

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import skops.io

from stayhouse.churn.calibrate import Sigmoid
from stayhouse.churn.fitted import Fitted
from stayhouse.errors import StayhouseError

# The types beyond skops' own that a stored classifier may hold. Anything else is refused before
# it runs; a new kind of classifier adds its types here, by name, on purpose.
TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)

COLUMNS = [
    "classifier", "stage", "is_calibrated", "features", "feature_hash", "parameters", "payload",
    "payload_hash",
]  # fmt: skip


def pack(
    classifier: str,
    stage: str,
    fitted: Fitted,
    sigmoid: Sigmoid | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the row that stores one fitted classifier.

    Args:
        classifier: its name.
        stage: `selection` (fitted for validation) or `final` (fitted for test and today).
        fitted: what it reads and what it learned.
        sigmoid: what its probabilities go through afterwards; None for nothing.
        parameters: the hyper-parameters that it was fitted with.
    """
    # Plain numbers, so that a sigmoid asks for no trust in another type.
    numbers = None if sigmoid is None else [sigmoid.slope, sigmoid.intercept]
    payload = skops.io.dumps({"estimator": fitted.estimator, "sigmoid": numbers})
    return {
        "classifier": classifier,
        "stage": stage,
        "is_calibrated": sigmoid is not None,
        "features": json.dumps(fitted.features),
        "feature_hash": feature_hash(fitted.features),
        "parameters": json.dumps(dict(parameters or {})),
        "payload": payload,
        "payload_hash": hashlib.sha256(payload).hexdigest(),
    }


def unpack(row: Mapping[Hashable, Any]) -> tuple[Fitted, Sigmoid | None]:
    """Return the classifier and the sigmoid (None: uncalibrated) of a stored row.

    Raises:
        StayhouseError: the bytes do not match their hash, the features do not match theirs, or
            the payload holds a type that is not trusted.
    """
    name = f"The stored classifier {row['classifier']!r} ({row['stage']})"
    remedy = "run `dbt build --select ml_churn_classifiers+` to fit it anew."
    payload = bytes(row["payload"])
    if hashlib.sha256(payload).hexdigest() != row["payload_hash"]:
        raise StayhouseError(f"{name} is not what was stored, its hash differs: {remedy}")
    features = list(json.loads(row["features"]))
    if feature_hash(features) != row["feature_hash"]:
        raise StayhouseError(f"{name} lists other features than it was fitted on: {remedy}")
    foreign = sorted(set(skops.io.get_untrusted_types(data=payload)) - set(TRUSTED_TYPES))
    if foreign:
        raise StayhouseError(f"{name} holds the type {foreign[0]}, which is not trusted: {remedy}")
    loaded = skops.io.loads(payload, trusted=list(TRUSTED_TYPES))
    numbers = loaded["sigmoid"]
    sigmoid = None if numbers is None else Sigmoid(*numbers)
    return Fitted(features, loaded["estimator"]), sigmoid


def feature_hash(features: Sequence[str]) -> str:
    """Return a hash of the feature names and their order."""
    return hashlib.sha256("\n".join(features).encode()).hexdigest()
