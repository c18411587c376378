"""The networks: they see order, say the same on every run, and believe no bytes unseen.

Needs the extra `deep`, so `make test` leaves it out and `make test-deep` runs it.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import safetensors.torch
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from stayhouse.base.errors import StayhouseError
from stayhouse.churn import apply_classifiers, fit_classifiers, store
from stayhouse.churn.classifiers.architectures import build
from stayhouse.churn.classifiers.networks import Network, decode_network, encode_network
from stayhouse.churn.fit import fit_classifier
from stayhouse.churn.fitted import Fitted
from stayhouse.churn.formats import RefusedError
from stayhouse.churn.sequences import CHANNELS, SEQUENCE, attach_sequences

COMMON = {
    "width": 16, "epochs": 8, "batch_size": 128, "learning_rate": 0.01, "weight_decay": 0.01,
    "max_rows": 60_000, "random_state": 7,
}  # fmt: skip
PLAN: dict[str, dict[str, Any]] = {"cnn": {**COMMON, "layers": 2, "kernel": 5}, "gru": COMMON}
FEATURES = ["purchase_count", "always_missing_here"]
START = pd.Timestamp("2024-01-01")


def shop(split: str, day: int, people: int = 1500) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People who churn when their carts come after their purchases, and stay the other way round.

    Everybody has three visits with a cart and three purchases on the same seven days; only their
    order tells, so no count of anything does.
    """
    rng = np.random.default_rng(day)
    cut_off_at = START + pd.Timedelta(days=day)
    is_late = rng.random(people) < 0.5
    churned = np.where(rng.random(people) < 0.1, ~is_late, is_late)
    persons = [f"c:shop:{i:05d}" for i in range(people)]
    snapshots = pd.DataFrame(
        {
            "person_id": persons,
            "cut_off_at": cut_off_at,
            "split": split,
            "horizon_days": 30,
            "purchase_count": 3 + rng.integers(0, 2, people),
            "always_missing_here": np.nan,
            "has_churned": churned,
        }
    )
    # Of days 1 to 7 before the cut-off one, by chance, is a visit without a cart.
    rows = []
    for person, carts_are_late in zip(persons, is_late, strict=True):
        kinds = (
            ["cart"] * 3 + ["purchase"] * 3 if carts_are_late else ["purchase"] * 3 + ["cart"] * 3
        )
        kinds.insert(int(rng.integers(0, 7)), "visit")
        for place, kind in enumerate(kinds):
            gap = 1 if place < 6 else None
            rows.append((person, place + 1, gap, int(kind == "cart"), kind == "purchase"))
    days = pd.DataFrame(
        rows, columns=["person_id", "days_before", "gap_days", "cart_add_count", "is_purchase"]
    ).assign(cut_off_at=cut_off_at, is_visit=True)
    days["net_sales"] = np.where(days["is_purchase"], 20.0, 0.0)
    return snapshots, days


def together(*shops: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    snapshots, days = zip(*shops, strict=True)
    return pd.concat(snapshots, ignore_index=True), pd.concat(days, ignore_index=True)


@pytest.fixture(scope="module")
def training() -> tuple[pd.DataFrame, pd.DataFrame]:
    return together(shop("train", 0), shop("train", 30), shop("validation", 120))


@pytest.fixture(scope="module")
def stored(training: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    snapshots, days = training
    return fit_classifiers(snapshots, FEATURES, PLAN, sequences=days)


def aucs(stored: pd.DataFrame, test: tuple[pd.DataFrame, pd.DataFrame]) -> dict[str, float]:
    scored = apply_classifiers(test[0], stored, test[1])
    joined = scored.merge(test[0], on=["person_id", "cut_off_at"])
    return {
        str(name): float(roc_auc_score(part["has_churned"], part["churn_probability"]))
        for name, part in joined.groupby("classifier")
    }


def test_what_only_the_order_of_days_tells_is_found(stored: pd.DataFrame) -> None:
    """One in ten does the opposite of what the order says: the best AUC that there is, is .9."""
    snapshots, days = shop("test", 210)
    found = aucs(stored, (snapshots, days))
    assert set(found) == {"cnn", "gru"}
    assert min(found.values()) > 0.87, found
    assert max(found.values()) < 0.93, found
    # A bag of the same days says nothing: sums of all channels that do not hold a time.
    array = np.stack(list(attach_sequences(snapshots, days)[SEQUENCE]))
    timeless = [i for i, name in enumerate(CHANNELS) if "days" not in name and "years" not in name]
    bag = np.column_stack([array[:, :, timeless].sum(axis=1), snapshots["purchase_count"]])
    counted = LogisticRegression().fit(bag, snapshots["has_churned"]).predict_proba(bag)[:, 1]
    assert roc_auc_score(snapshots["has_churned"], counted) < 0.56


def test_a_shuffled_label_teaches_nothing(training: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    snapshots, days = training
    labels = np.random.default_rng(5).permutation(snapshots["has_churned"].to_numpy())
    fitted = fit_classifiers(snapshots.assign(has_churned=labels), FEATURES, PLAN, sequences=days)
    # The signal is one-dimensional, a chance tilt along it would show: several tests are pooled.
    found = []
    for day in (210, 300, 390, 480):
        test, test_days = shop("test", day)
        order = np.random.default_rng(day + 1).permutation(len(test))
        shuffled = test.assign(has_churned=test["has_churned"].to_numpy()[order])
        found.append(aucs(fitted, (shuffled, test_days)))
    for kind in PLAN:
        assert 0.46 <= np.mean([one[kind] for one in found]) <= 0.54, found


def test_scores_do_not_depend_on_row_order_run_or_threads(
    training: tuple[pd.DataFrame, pd.DataFrame], stored: pd.DataFrame
) -> None:
    snapshots, days = training
    threads = torch.get_num_threads()
    torch.manual_seed(99)
    torch.set_num_threads(2)
    drawn = torch.random.get_rng_state()
    again = fit_classifiers(
        snapshots.sample(frac=1, random_state=3),
        FEATURES,
        PLAN,
        sequences=days.sample(frac=1, random_state=4),
    )
    test, test_days = shop("test", 210)
    networks(again)[0].predict_churn(attach_sequences(test, test_days))
    # Nobody else's settings are touched.
    assert torch.get_num_threads() == 2
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.equal(torch.random.get_rng_state(), drawn)
    torch.set_num_threads(threads)
    once = apply_classifiers(test, stored, test_days)
    other = apply_classifiers(test.sample(frac=1, random_state=5), again, test_days)
    pd.testing.assert_frame_equal(once, other, check_exact=False, rtol=0, atol=1e-6)


def networks(stored: pd.DataFrame) -> list[Network]:
    rows = stored[stored["stage"] == "final"].to_dict("records")
    return [store.unpack(row)[0].estimator for row in rows]


def test_neither_padding_nor_company_changes_a_score(stored: pd.DataFrame) -> None:
    """Sequences of 1 to 7 days: scored together, alone, and with a stranger's long one."""
    test, days = shop("test", 210, people=50)
    kept = (days["person_id"].str[-2:].astype(int) % 7) + 1
    mixed = attach_sequences(test, days[days["days_before"] <= kept])
    assert mixed[SEQUENCE].map(len).nunique() == 7
    long = mixed.iloc[:1].copy()
    long[SEQUENCE] = pd.Series([np.tile(mixed[SEQUENCE].iloc[6], (9, 1))], index=long.index)
    for network in networks(stored):
        together = network.predict_churn(mixed)
        alone = [network.predict_churn(mixed.iloc[[i]])[0] for i in range(len(mixed))]
        padded = network.predict_churn(pd.concat([mixed, long]))[:-1]
        np.testing.assert_allclose(alone, together, rtol=0, atol=1e-6)
        np.testing.assert_allclose(padded, together, rtol=0, atol=1e-6)


def test_a_person_without_any_day_has_a_score(stored: pd.DataFrame) -> None:
    test, days = shop("test", 210, people=20)
    for network in networks(stored):
        told = network.predict_churn(attach_sequences(test, days.iloc[:0]))
        assert ((told > 0) & (told < 1)).all()


def test_a_stored_network_is_the_one_that_was_fitted(stored: pd.DataFrame) -> None:
    """Weights come back bit for bit, with the features and the sigmoid beside them."""
    test, days = shop("test", 210, people=200)
    attached = attach_sequences(test, days)
    for network in networks(stored):
        payload = encode_network(network, {"sigmoid": [1.5, 0.25]})
        back, notes = decode_network(payload)
        assert notes == {"sigmoid": [1.5, 0.25]}
        # The column without a value is left out by the choice of features.
        assert back.features == network.features == ["purchase_count"]
        np.testing.assert_array_equal(back.predict_churn(attached), network.predict_churn(attached))
        assert payload == encode_network(back, notes)
    assert set(stored["format"]) == {"safetensors"}
    assert (stored["payload"].map(len) < 100_000).all()


def rewritten(stored: pd.DataFrame, header: Mapping[str, Any], **tensors: torch.Tensor) -> bytes:
    """A network of the store with another header or other weights."""
    network = networks(stored)[1]
    assert network.architecture["kind"] == "gru"
    state = {**network.module.state_dict(), **tensors}
    content = {
        "architecture": network.architecture, "channels": CHANNELS,
        "features": network.features, "notes": {}, **header,
    }  # fmt: skip
    return bytes(safetensors.torch.save(state, metadata={"stayhouse": json.dumps(content)}))


def test_bytes_that_are_no_network_of_ours_are_refused(stored: pd.DataFrame) -> None:
    assert decode_network(rewritten(stored, {}))
    wide = {**networks(stored)[1].architecture, "width": 10**5}
    refused = {
        b"": "is not the safetensors",
        b"\x80\x04K\x01.": "is not the safetensors",
        rewritten(stored, {})[:-4]: "is not the safetensors",
        bytes(safetensors.torch.save({"w": torch.zeros(1)})): "is not the safetensors",
        rewritten(stored, {"architecture": {"kind": "oracle"}}): "is not the safetensors",
        # Refused by its shapes, before anybody makes room for 120 GB of weights.
        rewritten(stored, {"architecture": wide}): "not of the shapes",
        rewritten(stored, {}, **{"out.bias": torch.zeros(2)}): "not of the shapes",
        rewritten(stored, {}, **{"out.bias": torch.zeros(1, dtype=torch.float64)}): "the shapes",
        rewritten(stored, {}, surplus=torch.zeros(1)): "not of the shapes",
        rewritten(stored, {"features": []}): "not of the shapes",
        rewritten(stored, {"channels": CHANNELS[::-1]}): "other channels",
    }
    for payload, sentence in refused.items():
        with pytest.raises(RefusedError, match=sentence):
            decode_network(payload)


def test_the_store_says_so_in_one_sentence(stored: pd.DataFrame) -> None:
    row = stored[stored["stage"] == "final"].iloc[0].to_dict()
    changed = bytes(row["payload"])[:-1] + b"x"
    with pytest.raises(StayhouseError, match=r"^The stored classifier 'cnn' .* its hash differs"):
        store.unpack({**row, "payload": changed})
    short = rewritten(stored, {"channels": []})
    digest = store.hashlib.sha256(short).hexdigest()
    with pytest.raises(StayhouseError, match="trained on other channels") as refusal:
        store.unpack({**row, "payload": short, "payload_hash": digest})
    assert "dbt build --select ml_churn_classifiers+" in str(refusal.value)
    other = json.dumps(["tenure_days"])
    with pytest.raises(StayhouseError, match="lists other features"):
        store.unpack(
            {**row, "features": other, "feature_hash": store.feature_hash(["tenure_days"])}
        )


def test_what_a_network_cannot_do_without_is_named(
    training: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    snapshots, days = training
    with pytest.raises(StayhouseError, match="was given snapshots alone"):
        fit_classifiers(snapshots, FEATURES, {"gru": COMMON})
    with pytest.raises(StayhouseError, match="'cnn' lacks the parameter 'kernel'"):
        fit_classifiers(snapshots, FEATURES, {"cnn": {**COMMON, "layers": 1}}, sequences=days)
    with pytest.raises(StayhouseError, match="no network of kind 'cnn'"):
        build({"kind": "cnn", "channel_count": 8, "static_count": 0, "width": 4,
               "layers": 1, "kernel": 4})  # fmt: skip


def test_a_gru_by_hand() -> None:
    """One day, one unit: the state is (1 - z) * tanh(new), by the GRU's own equations."""
    module = build({"kind": "gru", "channel_count": 1, "static_count": 1, "width": 1})
    state = {name: torch.zeros_like(value) for name, value in module.state_dict().items()}
    state["encoder.gru.weight_ih_l0"] = torch.tensor([[0.0], [0.5], [2.0]])
    state["hidden.weight"] = torch.tensor([[1.0, 0.25]])
    state["out.weight"], state["out.bias"] = torch.tensor([[3.0]]), torch.tensor([-1.0])
    state["centres"], state["scales"] = torch.tensor([10.0]).double(), torch.tensor([5.0]).double()
    module.load_state_dict(state)
    steps, lengths = torch.tensor([[[0.7]]]), torch.tensor([1])
    remembered = (1 - 1 / (1 + np.exp(-0.35))) * np.tanh(1.4)
    for static, scaled in ((20.0, 2.0), (np.nan, 0.0), (1000.0, 5.0)):
        told = module(steps, lengths, torch.tensor([[static]]).double())
        assert float(told.detach()) == pytest.approx(3 * (remembered + 0.25 * scaled) - 1, abs=1e-6)


def test_a_convolution_by_hand() -> None:
    """Sums of two days, and a half: 2.5 and 7.5; the 5.5 beyond the end does not count."""
    module = build({"kind": "cnn", "channel_count": 1, "static_count": 0, "width": 1,
                    "layers": 1, "kernel": 3})  # fmt: skip
    module.encoder.convolutions[0].weight.data = torch.tensor([[[1.0, 1.0, 0.0]]])
    module.encoder.convolutions[0].bias.data = torch.tensor([0.5])
    seen = module.encoder(torch.tensor([[[2.0], [5.0], [0.0]]]), torch.tensor([2]))
    # The last day's, the mean of both days, the highest.
    assert seen.tolist() == [[7.5, 5.0, 7.5]]


def test_no_more_rows_than_allowed(training: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Whole people: with all their cut-offs, or with none."""
    snapshots, days = training
    stored = fit_classifiers(
        snapshots, FEATURES, {"gru": {**COMMON, "epochs": 1, "max_rows": 1000}}, 0, sequences=days
    )
    counts = stored.set_index("stage")["row_count"]
    # 1500 people have two training cut-offs, and three in all.
    assert counts["selection"] == 1000
    assert counts["final"] == 999


def test_the_seam_of_the_model_comparison(training: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    snapshots, days = training
    part = attach_sequences(snapshots, days)
    fitted = fit_classifier("gru", {**COMMON, "epochs": 1}, FEATURES, part)
    assert isinstance(fitted, Fitted)
    assert fitted.probability(part).shape == (len(part),)
