"""Classifiers as rows of a table: bytes that can be checked before they are believed."""

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import pandas as pd

from stayhouse.base.errors import StayhouseError
from stayhouse.churn.calibrate import Sigmoid
from stayhouse.churn.fitted import Fitted, RefusedError
from stayhouse.churn.formats import FORMATS, format_of
from stayhouse.churn.selection import Choice

# Of the columns below and of what the payloads hold; raised when an older row cannot be read.
VERSION = 2

COLUMNS = [
    "classifier", "stage", "format", "features", "feature_hash", "selection", "parameters",
    "library_versions", "payload", "payload_hash", "version", "row_count", "available_row_count",
    "is_calibrated", "cut_off_at",
]  # fmt: skip


@dataclass(frozen=True)
class Notes:
    """How a classifier came about, for whoever reads the store.

    Attributes:
        parameters: its hyper-parameters, as chosen.
        choices: what was decided about every feature.
        cut_off_at: the latest training cut-off.
        row_count: how many labelled rows it was fitted on.
        available_row_count: how many there were before sampling.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    cut_off_at: pd.Timestamp | None = None
    row_count: int = 0
    available_row_count: int = 0


def pack(
    classifier: str,
    stage: str,
    fitted: Fitted,
    sigmoid: Sigmoid | None = None,
    notes: Notes | None = None,
) -> dict[str, Any]:
    """Return the row that stores one fitted classifier.

    Args:
        classifier: its name.
        stage: `selection` (fitted for validation) or `final` (fitted for test and today).
        fitted: what it reads and what it learned.
        sigmoid: what its probabilities go through afterwards; None for nothing.
        notes: how it came about.
    """
    notes = notes or Notes()
    name = format_of(fitted)
    # Plain numbers, so that a sigmoid asks for no trust in another type.
    numbers = None if sigmoid is None else [sigmoid.slope, sigmoid.intercept]
    payload = FORMATS[name].encode(fitted, numbers)
    return {
        "classifier": classifier,
        "stage": stage,
        "format": name,
        "features": json.dumps(fitted.features),
        "feature_hash": feature_hash(fitted.features),
        "selection": json.dumps([asdict(choice) for choice in notes.choices]),
        "parameters": json.dumps(dict(notes.parameters), sort_keys=True),
        "library_versions": json.dumps({name: version(name) for name in FORMATS[name].libraries}),
        "payload": payload,
        "payload_hash": hashlib.sha256(payload).hexdigest(),
        "version": VERSION,
        "row_count": notes.row_count,
        "available_row_count": notes.available_row_count,
        "is_calibrated": sigmoid is not None,
        "cut_off_at": notes.cut_off_at,
    }


def as_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows of `pack` as a table with typed columns, also where there is none."""
    kinds = {
        **dict.fromkeys(["version", "row_count", "available_row_count"], "int64"),
        "is_calibrated": "bool",
        "cut_off_at": "datetime64[us]",
    }
    return pd.DataFrame([dict(row) for row in rows], columns=COLUMNS).astype(kinds)


def unpack(row: Mapping[Hashable, Any]) -> tuple[Fitted, Sigmoid | None]:
    """Return the classifier and the sigmoid (None: uncalibrated) of a stored row.

    Raises:
        StayhouseError: the row is of another version or an unknown format, the bytes do not match
            their hash, the features do not match theirs or are not those in the bytes, or the
            payload holds a type that is not trusted.
    """
    name = f"The stored classifier {row['classifier']!r} ({row['stage']})"
    remedy = "run `dbt build --select ml_churn_classifiers+` to fit it anew."
    if row.get("version") != VERSION:
        raise StayhouseError(
            f"{name} is stored in version {row.get('version')!r}, and {VERSION} is read: {remedy}"
        )
    if row["format"] not in FORMATS:
        raise StayhouseError(
            f"{name} is stored in the format {row['format']!r}, which is not known: {remedy}"
        )
    payload = bytes(row["payload"])
    if hashlib.sha256(payload).hexdigest() != row["payload_hash"]:
        raise StayhouseError(f"{name} is not what was stored, its hash differs: {remedy}")
    features = list(json.loads(row["features"]))
    if feature_hash(features) != row["feature_hash"]:
        raise StayhouseError(f"{name} lists other features than it was fitted on: {remedy}")
    try:
        fitted, numbers = FORMATS[row["format"]].decode(payload)
    except RefusedError as refusal:
        raise StayhouseError(f"{name} {refusal}: {remedy}") from refusal
    if fitted.features != features:
        raise StayhouseError(f"{name} lists other features than it was fitted on: {remedy}")
    return fitted, None if numbers is None else Sigmoid(*numbers)


def feature_hash(features: Sequence[str]) -> str:
    """Return a hash of the feature names and their order."""
    return hashlib.sha256("\n".join(features).encode()).hexdigest()
