"""Training, applying and storing the networks: on the CPU, one thread, the same on every run.

Needs PyTorch (extra `deep`): `stayhouse.churn.extras` says whether it is there.
"""

import json
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import safetensors
import safetensors.torch
import torch

from stayhouse.base.errors import StayhouseError
from stayhouse.churn.classifiers.architectures import SequenceNetwork, build
from stayhouse.churn.design import design_matrix
from stayhouse.churn.fitted import RefusedError
from stayhouse.churn.parts import Part
from stayhouse.churn.sequences import CHANNELS, Ragged

_ROWS_SCORED_AT_ONCE = 2048
# Batches of one block are cut from rows of like length: less padding, and still another mix of
# rows in every epoch.
_BATCHES_OF_A_BLOCK = 16
_HEADER = "stayhouse"
_PARAMETERS = (
    "width", "epochs", "batch_size", "learning_rate", "weight_decay", "random_state",
)  # fmt: skip
_UNREADABLE = (
    safetensors.SafetensorError, StayhouseError, KeyError, TypeError, ValueError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class Network:
    """A network that has learned, and what it reads."""

    architecture: dict[str, Any]
    features: list[str]
    module: SequenceNetwork

    store_format = "safetensors"

    def predict_churn(self, snapshots: pd.DataFrame) -> np.ndarray:
        """Return P(churned) of each snapshot, shape (rows,).

        Args:
            snapshots: with the features and the column `sequence` (`attach_sequences`).

        Raises:
            StayhouseError: a feature or the sequence is not there.
        """
        ragged = Ragged(snapshots)
        statics = design_matrix(snapshots, self.features)
        probability = np.empty(len(snapshots))
        # By length, so that a batch holds little padding.
        order = np.argsort(ragged.lengths, kind="stable")
        with _reproducible(0), torch.inference_mode():
            for start in range(0, len(order), _ROWS_SCORED_AT_ONCE):
                rows = order[start : start + _ROWS_SCORED_AT_ONCE]
                log_odds = self.module(*_tensors(ragged, statics, rows))
                probability[rows] = torch.sigmoid(log_odds.to(torch.float64)).numpy()
        return probability


def fit_network(kind: str, parameters: Mapping[str, Any], part: Part) -> Network:
    """Train a network on labelled snapshots, in the order in which they stand.

    Args:
        kind: `cnn` or `gru`.
        parameters: `width`, `epochs`, `batch_size`, `learning_rate`, `weight_decay`,
            `random_state`; for a `cnn` also `layers` and `kernel`.
        part: its rows carry `sequence`; its features join before the last layers.

    Raises:
        StayhouseError: the sequence is not there, or a parameter is missing.
    """
    missing = {*_PARAMETERS, *(("layers", "kernel") if kind == "cnn" else ())} - set(parameters)
    if missing:
        raise StayhouseError(
            f"The network {kind!r} lacks the parameter {min(missing)!r}: add it in "
            "python_models/churn/train/ml_churn_classifiers.yml."
        )
    ragged, statics = Ragged(part.rows), part.matrix
    truth = torch.from_numpy(part.truth.astype("float32"))
    weights = torch.from_numpy((part.weights / part.weights.mean()).astype("float32"))
    architecture = {
        "kind": kind,
        "channel_count": len(CHANNELS),
        "static_count": len(part.features),
        **{name: parameters[name] for name in ("width", "layers", "kernel") if name in parameters},
    }
    rng = np.random.default_rng(parameters["random_state"])
    with _reproducible(parameters["random_state"]):
        module = build(architecture)
        centres, scales = _centres_and_scales(statics)
        module.centres[:] = torch.from_numpy(centres)
        module.scales[:] = torch.from_numpy(scales)
        loss = _train(module, parameters, ragged, statics, truth, weights, rng)
    print(
        f"churn: {kind} trained on {len(truth)} rows, {parameters['epochs']} epochs: "
        f"log loss {loss:.4f} in the last one",
        file=sys.stderr,
    )
    return Network(architecture, list(part.features), module.eval())


def encode_network(network: Network, notes: Mapping[str, Any]) -> bytes:
    """Return a network as safetensors: weights, and in the header JSON what they are weights of.

    Args:
        network: the network.
        notes: what else its reader must know; JSON types only.
    """
    header = json.dumps(
        {
            "architecture": network.architecture,
            "channels": CHANNELS,
            "features": network.features,
            "notes": dict(notes),
        },
        sort_keys=True,
    )
    tensors = {name: tensor.contiguous() for name, tensor in network.module.state_dict().items()}
    return bytes(safetensors.torch.save(tensors, metadata={_HEADER: header}))


def decode_network(payload: bytes) -> tuple[Network, dict[str, Any]]:
    """Return the network and the notes that `encode_network` wrote.

    Nothing in the bytes is run: they hold numbers and JSON.

    Raises:
        RefusedError: the bytes are no network of ours, its weights are not of the shapes that its
            architecture has, or it was trained on other channels than sequences have now.
    """
    try:
        size = int.from_bytes(payload[:8], "little")
        header = json.loads(json.loads(payload[8 : 8 + size])["__metadata__"][_HEADER])
        architecture, features = dict(header["architecture"]), list(header["features"])
        channels, notes = tuple(header["channels"]), dict(header["notes"])
        tensors = safetensors.torch.load(payload)
        # No memory before the shapes are known to be right.
        with torch.device("meta"):
            module = build(architecture)
    except _UNREADABLE as error:
        raise RefusedError("is not the safetensors that a network is stored as") from error
    if channels != CHANNELS:
        raise RefusedError("was trained on other channels of a sequence than there are now")
    expected = {name: (tensor.shape, tensor.dtype) for name, tensor in module.state_dict().items()}
    found = {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}
    if expected != found or len(features) != architecture["static_count"]:
        raise RefusedError("holds weights that are not of the shapes of its architecture")
    module.load_state_dict(tensors, assign=True)
    return Network(architecture, features, module.eval()), notes


def _train(
    module: SequenceNetwork,
    parameters: Mapping[str, Any],
    ragged: Ragged,
    statics: np.ndarray,
    truth: torch.Tensor,
    weights: torch.Tensor,
    rng: np.random.Generator,
) -> float:
    """Run the epochs; return the weighted mean log loss over the last one."""
    size = int(parameters["batch_size"])
    batch_count = -(-len(truth) // size)
    optimizer = torch.optim.AdamW(
        module.parameters(), lr=parameters["learning_rate"], weight_decay=parameters["weight_decay"]
    )
    # Up for a tenth of the steps, down to nothing by the last: a fixed number of epochs then ends
    # settled, and no rows need be held back to say when to stop.
    step_count = batch_count * int(parameters["epochs"])

    def pace(step: int) -> float:
        rise = min(1.0, (step + 1) / (step_count / 10))
        return rise * (1 + math.cos(math.pi * step / step_count)) / 2

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    total = 0.0
    for _ in range(int(parameters["epochs"])):
        total = 0.0
        for rows in _batches(ragged.lengths, size, rng):
            log_odds = module(*_tensors(ragged, statics, rows))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                log_odds, truth[rows], weight=weights[rows]
            )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
    return total / len(truth)


def _batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    rows = rng.permutation(len(lengths))
    block = size * _BATCHES_OF_A_BLOCK
    cut: list[np.ndarray] = []
    for start in range(0, len(rows), block):
        of_block = rows[start : start + block]
        alike = of_block[np.argsort(lengths[of_block], kind="stable")]
        cut += [alike[at : at + size] for at in range(0, len(alike), size)]
    for place in rng.permutation(len(cut)):
        yield cut[place]


def _tensors(
    ragged: Ragged, statics: np.ndarray, rows: np.ndarray
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return (
        torch.from_numpy(ragged.batch(rows)),
        torch.from_numpy(ragged.lengths[rows]),
        torch.from_numpy(statics[rows]),
    )


def _centres_and_scales(statics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of the known values of each feature; 0 and 1 where none says."""
    is_known = ~np.isnan(statics)
    counts = np.maximum(is_known.sum(axis=0), 1)
    centres = np.where(is_known, statics, 0).sum(axis=0) / counts
    deviations = np.where(is_known, statics - centres, 0)
    scales = np.sqrt((deviations**2).sum(axis=0) / counts)
    return centres, np.where(scales > 0, scales, 1.0)


@contextmanager
def _reproducible(seed: int) -> Iterator[None]:
    """One thread, deterministic algorithms, a seed of its own; all as before afterwards."""
    threads = torch.get_num_threads()
    was_deterministic = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(was_deterministic)
            torch.set_num_threads(threads)
