"""A stored classifier is believed only as it was stored: anything else ends in one sentence."""

import hashlib
import json
import os

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.neighbors import KNeighborsClassifier

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import apply_classifiers, fit_classifiers, store
from stayhouse.churn.fitted import Fitted

FEATURES = ["recency_days", "purchase_count"]
PLAN = {
    "logistic_regression": {"max_iter": 200},
    "random_forest": {"n_estimators": 5, "min_samples_leaf": 10, "random_state": 7},
    "boosted_trees": {"regression": {}, "max_iter": 5, "random_state": 7},
    "mlp": {"hidden_layer_sizes": [4], "max_iter": 5, "random_state": 7},
    "blend": {},
}
# By hand: which format each classifier is stored in.
FORMATS = {
    "logistic_regression": "json",
    "random_forest": "skops",
    "boosted_trees": "skops",
    "mlp": "skops",
    "blend": "json",
}


def snapshots(split: str, day: int, people: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(day)
    recency = rng.exponential(60, people)
    return pd.DataFrame(
        {
            "person_id": [f"c:shop:{i:05d}" for i in range(people)],
            "cut_off_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=day),
            "split": split,
            "horizon_days": 30,
            "recency_days": recency,
            "purchase_count": np.round(300 / (recency + 10) + rng.random(people)),
            "has_churned": rng.random(people) < recency / (recency + 60),
        }
    )


@pytest.fixture(scope="module")
def stored() -> pd.DataFrame:
    parts = [("train", 0), ("train", 30), ("validation", 120)]
    training = pd.concat([snapshots(*part) for part in parts], ignore_index=True)
    return fit_classifiers(training, FEATURES, PLAN, 0, {"rows": 500})


def row_of(stored: pd.DataFrame, classifier: str, **changes: object) -> dict[str, object]:
    is_wanted = (stored["classifier"] == classifier) & (stored["stage"] == "final")
    (row,) = stored[is_wanted].to_dict("records")
    return {**row, **changes}


def hashed(payload: bytes) -> dict[str, object]:
    return {"payload": payload, "payload_hash": hashlib.sha256(payload).hexdigest()}


def test_each_classifier_says_how_it_came_about(stored: pd.DataFrame) -> None:
    assert dict(zip(stored["classifier"], stored["format"], strict=True)) == FORMATS
    selection, final = (
        stored[(stored["classifier"] == "mlp") & (stored["stage"] == stage)].iloc[0]
        for stage in ("selection", "final")
    )
    assert selection["cut_off_at"] == pd.Timestamp("2024-01-31")
    assert final["cut_off_at"] == pd.Timestamp("2024-04-30")
    # At most 500 rows, by whole people: who has two or three rows is in with all of them.
    assert (selection["row_count"], selection["available_row_count"]) == (500, 800)
    assert (final["row_count"], final["available_row_count"]) == (498, 1200)
    assert json.loads(final["parameters"]) == PLAN["mlp"]
    assert set(json.loads(final["library_versions"])) == {"numpy", "scikit-learn", "skops"}
    assert json.loads(row_of(stored, "blend")["library_versions"]) == {}


@pytest.mark.parametrize("classifier", list(FORMATS))
def test_another_payload_is_refused(stored: pd.DataFrame, classifier: str) -> None:
    payload = bytes(row_of(stored, classifier)["payload"])
    with pytest.raises(StayhouseError, match="its hash differs"):
        store.unpack(row_of(stored, classifier, payload=payload[:-1] + b"x"))


@pytest.mark.parametrize("classifier", ["logistic_regression", "random_forest"])
def test_another_feature_list_is_refused(stored: pd.DataFrame, classifier: str) -> None:
    """Also where whoever changed it changed its hash with it: the bytes know their own list."""
    names = ["purchase_count"]
    with pytest.raises(StayhouseError, match="other features"):
        store.unpack(row_of(stored, classifier, features=json.dumps(names)))
    changes = {"features": json.dumps(names), "feature_hash": store.feature_hash(names)}
    with pytest.raises(StayhouseError, match="other features"):
        store.unpack(row_of(stored, classifier, **changes))


def test_another_version_and_format_are_refused(stored: pd.DataFrame) -> None:
    with pytest.raises(StayhouseError, match="is stored in version 1, and 2 is read"):
        store.unpack(row_of(stored, "mlp", version=1))
    row = row_of(stored, "mlp")
    del row["version"]
    with pytest.raises(StayhouseError, match="version None"):
        store.unpack(row)
    with pytest.raises(StayhouseError, match="format 'pickle', which is not known"):
        store.unpack(row_of(stored, "mlp", format="pickle"))


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"[]", "is not the JSON"),
        (b"no json", "is not the JSON"),
        (b'{"kind": "oracle"}', "kind 'oracle', which is not known"),
        (b'{"kind": "linear", "features": [], "sigmoid": null, "model": {}}', "is not the JSON"),
    ],
)
def test_another_json_is_refused(stored: pd.DataFrame, payload: bytes, sentence: str) -> None:
    with pytest.raises(StayhouseError, match=sentence):
        store.unpack(row_of(stored, "logistic_regression", **hashed(payload)))


def test_a_foreign_type_is_refused_before_it_is_loaded(stored: pd.DataFrame) -> None:
    fitted = KNeighborsClassifier().fit([[0.0], [1.0]] * 5, [True, False] * 5)
    payload = skops.io.dumps({"estimator": fitted, "clock": pytest.Function})
    row = {**store.pack("foreign", "final", Fitted(["recency_days"], fitted)), **hashed(payload)}
    with pytest.raises(StayhouseError, match=r"holds the type .*, which is not trusted"):
        store.unpack(row)


def test_a_pickle_is_never_loaded(stored: pd.DataFrame, tmp_path: os.PathLike[str]) -> None:
    """Neither as skops nor as JSON: bytes that would make a file when unpickled make none."""
    mark = os.path.join(tmp_path, "mark")
    payload = b"cos\nsystem\n(S'touch " + mark.encode() + b"'\ntR."
    for classifier in ("random_forest", "logistic_regression"):
        with pytest.raises(StayhouseError):
            store.unpack(row_of(stored, classifier, **hashed(payload)))
    assert not os.path.exists(mark)


def test_what_is_refused_is_not_applied(stored: pd.DataFrame) -> None:
    with pytest.raises(StayhouseError, match="fit it anew"):
        apply_classifiers(snapshots("today", 300), stored.assign(version=99))
