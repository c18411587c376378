"""Random numbers that depend on a key and a purpose, never on a shared stream.

Each customer, visit, order and event has a 64-bit key made from its parent's. A number is a
hash of (key, purpose, counter), so it is the same whatever else is drawn, in whatever chunk.
"""

import hashlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
# Quantiles of the standard normal are cut here, so that no planted value is absurd.
_NORMAL_LIMIT = 4.0


def root_key(seed: int) -> Keys:
    """Return the key of a whole run, shape (1,)."""
    return _mix(np.array([seed % 2**64], dtype=np.uint64) + _GOLDEN)


def keys(parents: Keys, purpose: str, counter: Any = 0) -> Keys:
    """Return one key for each of ``parents``, by purpose and counter (number or array)."""
    hashed = _mix(parents ^ _purpose_bits(purpose))
    if isinstance(counter, int) and counter == 0:
        return hashed
    counters = np.atleast_1d(np.asarray(counter)).astype(np.uint64)
    return _mix(hashed + (counters + np.uint64(1)) * _GOLDEN)


def uniform(parents: Keys, purpose: str, counter: Any = 0) -> Floats:
    """Return numbers strictly between 0 and 1, one for each key."""
    bits = (keys(parents, purpose, counter) >> np.uint64(11)).astype(np.float64)
    return bits * 2.0**-53 + 2.0**-54


def normal(parents: Keys, purpose: str, counter: Any = 0) -> Floats:
    """Return standard normal numbers, cut at 4 standard deviations."""
    drawn: Floats = special.ndtri(uniform(parents, purpose, counter))
    return np.clip(drawn, -_NORMAL_LIMIT, _NORMAL_LIMIT)


def exponential(parents: Keys, purpose: str, counter: Any = 0) -> Floats:
    """Return exponential numbers with mean 1."""
    return -np.log(uniform(parents, purpose, counter))


def integers(parents: Keys, purpose: str, size: int, counter: Any = 0) -> Ints:
    """Return whole numbers from 0 up to ``size`` - 1, equally likely."""
    return np.floor(uniform(parents, purpose, counter) * size).astype(np.int64)


def choice(parents: Keys, purpose: str, probabilities: Any, rows: Any = None) -> Ints:
    """Return an index for each key, drawn from ``probabilities``.

    ``probabilities`` has shape (k,), or (n, k) with ``rows`` saying which of the n applies to
    each key. Rows need not sum to one exactly: what is missing belongs to the last index.
    """
    table = np.atleast_2d(np.asarray(probabilities, dtype=np.float64))
    chosen = cumulative_choice(np.cumsum(table, axis=1), uniform(parents, purpose), rows)
    return chosen


def cumulative_choice(cumulative: Floats, draws: Floats, rows: Any = None) -> Ints:
    """Return the first index whose cumulative probability exceeds each draw.

    ``cumulative`` has shape (n, k); ``rows`` picks the row of each draw (row 0 without it).
    """
    width = cumulative.shape[1]
    # Rows laid end to end, each lifted by its number, are one sorted array: one search for all.
    steps = np.arange(cumulative.shape[0], dtype=np.float64)[:, None] * 2.0
    flat = (np.minimum(cumulative, 1.0) + steps).ravel()
    row = np.zeros(len(draws), dtype=np.int64) if rows is None else np.asarray(rows, np.int64)
    found = np.searchsorted(flat, draws + row * 2.0, side="right") - row * width
    places: Ints = np.clip(found, 0, width - 1)
    return places


def starts_of(counts: Ints) -> Ints:
    """Return where each group begins when groups of these sizes are laid end to end."""
    return np.cumsum(counts) - counts


def numbers_within(counts: Ints) -> Ints:
    """Return 0, 1, ... within each group, for groups of these sizes laid end to end."""
    return np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(starts_of(counts), counts)


def running_total(values: Ints, counts: Ints) -> Ints:
    """Return running sums of whole numbers within each group (exact, whatever the chunk)."""
    total: Ints = np.cumsum(values)
    starts = starts_of(counts)
    before = np.where(starts > 0, total[np.maximum(starts - 1, 0)], 0) if len(total) else starts
    sums: Ints = total - np.repeat(before, counts)
    return sums


def _mix(bits: Keys) -> Keys:
    """The finaliser of splitmix64: every bit of the input reaches every bit of the output."""
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_1
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
    return bits ^ (bits >> np.uint64(31))


@cache
def _purpose_bits(purpose: str) -> np.uint64:
    digest = hashlib.sha256(purpose.encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little"))
