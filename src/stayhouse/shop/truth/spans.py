"""Orders of a person between two instants: how many, and what they come to."""

from typing import Any

import numpy as np

from stayhouse.shop.draws import Ints

# Beyond the last instant of any life, in ms since the start of the run.
_LIFT = 1 << 40


class Spans:
    """Instants of persons, sorted by person and time, each with an amount."""

    def __init__(self, start_ms: int, person: Ints, at_ms: Ints, amount: Ints) -> None:
        self._start_ms = start_ms
        self._places = person * _LIFT + (at_ms - start_ms)
        self._sums = np.append(0, np.cumsum(amount))

    def between(self, person: Ints, from_ms: Any, to_ms: Any) -> tuple[Ints, Ints]:
        """Return how many instants from the one up to the other each person has, and the sums."""
        first = np.searchsorted(self._places, person * _LIFT + (from_ms - self._start_ms))
        last = np.searchsorted(self._places, person * _LIFT + (to_ms - self._start_ms))
        return last - first, self._sums[last] - self._sums[first]
