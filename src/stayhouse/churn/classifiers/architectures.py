"""The two networks: what they see, and how a sequence becomes one number.

Needs PyTorch (extra `deep`); nothing else imports it but `networks`.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from stayhouse.base.errors import StayhouseError


class Convolutions(nn.Module):
    """A 1D-CNN over days: what a few days in a row look like, wherever in the sequence they lie.

    Days beyond a sequence's end are put back to zero after each layer, so that they say nothing.
    """

    def __init__(self, channel_count: int, width: int, layers: int, kernel: int) -> None:
        super().__init__()
        sizes = [channel_count, *[width] * layers]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(before, after, kernel, padding=kernel // 2)
            for before, after in pairwise(sizes)
        )
        self.output_size = 3 * width

    def forward(self, steps: Tensor, lengths: Tensor) -> Tensor:
        """Return the last day's, the mean and the highest activations, shape (rows, 3 * width)."""
        mask = _mask(steps, lengths)
        signal = steps.transpose(1, 2)
        for convolution in self.convolutions:
            signal = torch.relu(convolution(signal)) * mask[:, None, :]
        # Activations are at least 0, so the zeros of padding never are the highest.
        mean = signal.sum(dim=2) / lengths.clamp(min=1)[:, None]
        return torch.cat([_at_the_end(signal.transpose(1, 2), lengths), mean, signal.amax(2)], 1)


class Recurrence(nn.Module):
    """A GRU from the earliest day to the latest; what it remembers at the end."""

    def __init__(self, channel_count: int, width: int) -> None:
        super().__init__()
        self.gru = nn.GRU(channel_count, width, batch_first=True)
        self.output_size = width

    def forward(self, steps: Tensor, lengths: Tensor) -> Tensor:
        """Return the state after each sequence's last day, shape (rows, width)."""
        states, _ = self.gru(steps)
        return _at_the_end(states, lengths)


class SequenceNetwork(nn.Module):
    """A sequence and the features of its snapshot in, the log odds of churn out."""

    def __init__(self, encoder: nn.Module, static_count: int, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.hidden = nn.Linear(encoder.output_size + static_count, width)
        self.out = nn.Linear(width, 1)
        # Fitted on the training rows; a missing feature stands in its centre.
        self.register_buffer("centres", torch.zeros(static_count, dtype=torch.float64))
        self.register_buffer("scales", torch.ones(static_count, dtype=torch.float64))

    def forward(self, steps: Tensor, lengths: Tensor, statics: Tensor) -> Tensor:
        """Return log odds, shape (rows,).

        Args:
            steps: float32 (rows, days, channels), the earliest day first, zeros after the end.
            lengths: int64 (rows,), the days that count.
            statics: float64 (rows, features), NaN where missing.
        """
        scaled = torch.nan_to_num((statics - self.centres) / self.scales).clamp(-5, 5)
        seen = torch.cat([self.encoder(steps, lengths), scaled.to(torch.float32)], dim=1)
        return self.out(torch.relu(self.hidden(seen))).squeeze(1)


def build(architecture: Mapping[str, Any]) -> SequenceNetwork:
    """Return the network that a few numbers describe, with the weights that the seed gives.

    Args:
        architecture: `kind` (`cnn` or `gru`), `channel_count`, `static_count`, `width`; for a
            `cnn` also `layers` and `kernel` (odd).

    Raises:
        StayhouseError: the kind is unknown, or the kernel is even.
    """
    size, width = architecture["channel_count"], architecture["width"]
    if architecture["kind"] == "gru":
        encoder: nn.Module = Recurrence(size, width)
    elif architecture["kind"] == "cnn" and architecture["kernel"] % 2:
        encoder = Convolutions(size, width, architecture["layers"], architecture["kernel"])
    else:
        raise StayhouseError(
            f"There is no network of kind {architecture['kind']!r} like this: choose a gru, or a "
            "cnn with a kernel of an odd number of days, in "
            "python_models/churn/train/ml_churn_classifiers.yml."
        )
    return SequenceNetwork(encoder, architecture["static_count"], width)


def _mask(steps: Tensor, lengths: Tensor) -> Tensor:
    places = torch.arange(steps.shape[1])
    return (places[None, :] < lengths[:, None]).to(steps.dtype)


def _at_the_end(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the state of each row's last day that counts; zeros where no day counts."""
    last = (lengths - 1).clamp(min=0)
    found = states[torch.arange(len(states)), last]
    return found * (lengths > 0).to(found.dtype)[:, None]
