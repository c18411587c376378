"""Without PyTorch the networks are absent, everything else works, and a mart can say why."""

import sys

import numpy as np
import pandas as pd
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import apply_classifiers, fit_classifiers, list_classifiers, store
from stayhouse.churn.extras import NETWORKS, possible
from tests.building import CLOCK
from tests.unit.test_churn_classifiers import FEATURES, snapshots

PLAN: dict[str, dict[str, object]] = {
    "cnn": {}, "recency": {"features": ["recency_days"]}, "gru": {"features": ["recency_days"]},
    "blend": {},
}  # fmt: skip
SEED = pd.DataFrame({"classifier": ["recency", "mlp", "cnn", "gru", "blend"], "simplicity": 1})


class Unread:
    """Sequences that nobody may read."""

    def df(self) -> pd.DataFrame:
        raise AssertionError("read, although no network is there")


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if PyTorch had never been installed."""
    for name in [name for name in sys.modules if name.split(".")[0] == "torch"]:
        monkeypatch.delitem(sys.modules, name)
    for package in (
        "stayhouse.churn.classifiers.networks",
        "stayhouse.churn.classifiers.architectures",
    ):
        monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.setattr("stayhouse.churn.extras.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.mark.usefixtures("no_torch")
def test_without_pytorch_the_networks_are_absent(capsys: pytest.CaptureFixture[str]) -> None:
    training = pd.concat([snapshots("train", 0), snapshots("validation", 120)], ignore_index=True)
    stored = fit_classifiers(training, FEATURES, PLAN, sequences=Unread())
    told = [line for line in capsys.readouterr().err.splitlines() if "left out" in line]
    assert told == ["churn: cnn and gru left out, PyTorch is not installed (`make deep`)"]
    assert set(stored["classifier"]) == {"recency", "blend"}
    scored = apply_classifiers(snapshots("today", 300), stored, Unread())
    assert set(scored["classifier"]) == {"recency", "blend"}
    listed = list_classifiers(SEED, stored, CLOCK).set_index("classifier")
    assert listed["is_fitted"].to_dict() == {
        "blend": True, "cnn": False, "gru": False, "mlp": False, "recency": True,
    }  # fmt: skip
    assert listed["reason"].notna().equals(~listed["is_fitted"])
    for name in NETWORKS:
        assert listed["reason"][name] == "PyTorch is not installed: `make deep` adds it."
    # What is absent for another reason says another one.
    assert "does not list it" in listed["reason"]["mlp"]


@pytest.mark.usefixtures("no_torch")
def test_a_network_of_another_installation_is_refused_in_a_sentence() -> None:
    payload = b"weights"
    row = {
        **dict.fromkeys(store.COLUMNS), "classifier": "gru", "stage": "final",
        "format": "safetensors", "version": store.VERSION, "features": "[]",
        "feature_hash": store.feature_hash([]), "payload": payload,
        "payload_hash": store.hashlib.sha256(payload).hexdigest(),
    }  # fmt: skip
    with pytest.raises(StayhouseError, match="PyTorch is not installed here") as refusal:
        store.unpack(row)
    assert "\n" not in str(refusal.value)


def test_with_pytorch_nothing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stayhouse.churn.extras.find_spec", lambda name: name)
    assert list(possible(PLAN)) == list(PLAN)
    assert capsys.readouterr().err == ""
    listed = list_classifiers(SEED, pd.DataFrame({"classifier": ["gru"]}), CLOCK).set_index(
        "classifier"
    )
    assert listed["reason"].isna()["gru"]
    assert "does not list it" in listed["reason"]["cnn"]


def test_half_an_extra_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "stayhouse.churn.extras.find_spec", lambda name: None if name == "safetensors" else name
    )
    assert list(possible(PLAN)) == ["recency", "blend"]


def test_nothing_fitted_is_a_whole_list() -> None:
    listed = list_classifiers(SEED, store.as_table([]), CLOCK)
    assert sorted(listed["classifier"]) == sorted(SEED["classifier"])
    assert not np.any(listed["is_fitted"])
