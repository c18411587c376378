"""A step of the funnel, day by day: on one device beside the other ones, and on all of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import bdtr, betaln, gammaln, logsumexp

# All devices together, as if they were one.
ALL = "all"


@dataclass(frozen=True)
class Counts:
    """Sessions of some days: on the device, and on all others together."""

    entered: int
    reached: int
    ordered: int
    others_entered: int
    others_reached: int


@dataclass(frozen=True)
class Step:
    """Each count an array of whole numbers, shape (days,); `first` is the device's first day.

    Of all devices together (`ALL`) the others are one visit a day that takes the step, so that they
    never change; `parts` are the same step on each device, and only `kept_share` of the usual rate
    is asked for. What the others of a device lost counts as `_kept_of` says.
    """

    device: str
    step: str
    first_day: pd.Timestamp
    first: int
    entered: np.ndarray
    reached: np.ndarray
    ordered: np.ndarray
    others_entered: np.ndarray
    others_reached: np.ndarray
    kept_share: float
    others_chance: float
    parts: tuple["Step", ...] = ()

    def day(self, place: int) -> pd.Timestamp:
        """Return the day at a place of the arrays."""
        return self.first_day + pd.Timedelta(days=place)

    def between(self, start: int, until: int) -> Counts:
        """Return the counts of the days from `start` up to the one before `until`."""
        return self._of(np.arange(start, until))

    def usual(self, start: int, is_clean: np.ndarray, days: int) -> Counts:
        """Return the counts of so many clean days before `start`, the latest ones."""
        clean = np.flatnonzero(is_clean[:start])
        return self._of(clean[-days:])

    def _of(self, days: np.ndarray) -> Counts:
        return Counts(
            int(self.entered[days].sum()),
            int(self.reached[days].sum()),
            int(self.ordered[days].sum()),
            int(self.others_entered[days].sum()),
            int(self.others_reached[days].sum()),
        )

    def is_known(self, days: int) -> np.ndarray:
        """Return by day whether the device has been seen so long, and of late, shape (days,)."""
        total = _sums_before(self.entered)
        place = np.arange(len(self.entered))
        of_late = total[place] - total[np.maximum(place - days, 0)]
        return np.asarray((place - days >= self.first) & (of_late > 0))

    def tails(
        self, length: int, is_clean: np.ndarray, days: int, earliest: int, level: float
    ) -> np.ndarray:
        """Return how likely so few, or fewer, took the step in the `length` days up to each day.

        Shape (days,); 1 where it is not below `level`, and where nothing can be said: fewer than
        `days` clean days before, nobody on another device, or days before `earliest`. Of all
        devices 1 too where it may be the fault of one: the others of one kept their rate, as far
        as one can say.
        """
        place = np.arange(len(self.entered))
        start = place - length + 1
        clean = np.flatnonzero(is_clean)
        before = np.searchsorted(clean, start)
        is_judged = (start >= earliest) & (before >= days)
        # Places that are not judged are read too, as the first ones that are in the arrays.
        high, low = np.maximum(before, days), np.maximum(before - days, 0)
        high = np.minimum(high, len(clean))

        def usual(counts: np.ndarray) -> np.ndarray:
            total = _sums_before(counts[clean])
            return np.asarray(total[high] - total[np.minimum(low, len(clean))])

        def now(counts: np.ndarray) -> np.ndarray:
            total = _sums_before(counts)
            return np.asarray(total[place + 1] - total[np.maximum(start, 0)])

        entered, reached = now(self.entered), now(self.reached)
        for part in self.parts:
            others = (part.others_entered, part.others_reached)
            kept = self._kept_of(*map(usual, others), *map(now, others))
            is_judged &= ~(kept >= self.kept_share)
        expected = self._expected_rate(
            usual(self.entered), usual(self.reached),
            usual(self.others_entered), usual(self.others_reached),
            now(self.others_entered), now(self.others_reached),
        )  # fmt: skip
        tails = np.ones(len(place))
        is_below = is_judged & (reached < entered * np.nan_to_num(expected))
        by_chance = bdtr(reached[is_below].astype("float64"), entered[is_below], expected[is_below])
        # Few are left, for what costs more.
        for at in np.flatnonzero(is_below)[by_chance < level]:
            tails[at] = tail(reached[at], entered[at], expected[at], usual(self.entered)[at])
        return tails

    def back(
        self, usual: Counts, parts: list[Counts], found: int, days: int, least: int
    ) -> int | None:
        """Return the day on which the rate is back; None where it is not.

        It is back when it is as expected in the last `days` days, or in more, until `least`
        sessions have entered the step in them; all after the day `found`. `parts` is what is usual
        of each part: of all devices it is back too when it is so without one of them.
        """
        total = _sums_before(self.entered)
        last = np.arange(found + days, len(self.entered))
        enough = np.searchsorted(total, total[last + 1] - least, side="right") - 1
        first = np.minimum(last - days + 1, enough)
        last, first = last[first > found], first[first > found]

        def now(counts: np.ndarray) -> np.ndarray:
            sums = _sums_before(counts)
            return np.asarray(sums[last + 1] - sums[first])

        expected = self._expected_rate(
            usual.entered, usual.reached, usual.others_entered, usual.others_reached,
            now(self.others_entered), now(self.others_reached),
        )  # fmt: skip
        is_back = now(self.reached) >= now(self.entered) * np.nan_to_num(expected, nan=np.inf)
        for part, of_part in zip(self.parts, parts, strict=True):
            then = (of_part.others_entered, of_part.others_reached)
            change = _change(*then, now(part.others_entered), now(part.others_reached))
            is_back |= change >= self.kept_share
        places = np.flatnonzero(is_back)
        return int(last[places[0]]) if len(places) else None

    def _expected_rate(
        self,
        entered: np.ndarray | int,
        reached: np.ndarray | int,
        others_entered: np.ndarray | int,
        others_reached: np.ndarray | int,
        others_entered_now: np.ndarray,
        others_reached_now: np.ndarray,
    ) -> np.ndarray:
        """Return the usual rate, less what the others lost of theirs; nan if that is unknown.

        What the others gained is not asked: there are weeks in which one device gains.
        """
        others = (others_entered, others_reached, others_entered_now, others_reached_now)
        kept = np.minimum(self._kept_of(*others), 1.0)  # the minimum keeps nan
        with np.errstate(divide="ignore", invalid="ignore"):
            usual = np.divide(reached, entered)
        return np.asarray(usual * kept * (self.kept_share if self.parts else 1.0))

    def _kept_of(
        self,
        entered: np.ndarray | int,
        reached: np.ndarray | int,
        entered_now: np.ndarray,
        reached_now: np.ndarray,
    ) -> np.ndarray:
        """Return what others kept of their usual rate; nan if that is unknown.

        It is `kept_share` at least, but where so few of them, or fewer, took the step with a
        probability below `others_chance`: a handful of visits may be at half by chance.
        """
        change = _change(entered, reached, entered_now, reached_now)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.clip(np.divide(reached, entered), 0, 1)
        is_chance = bdtr(reached_now.astype("float64"), entered_now, rate) >= self.others_chance
        return np.where(is_chance, np.maximum(change, self.kept_share), change)

    def end(self, usual: Counts, start: int, found: int, back: int) -> int:
        """Return the last bad day, of those from `found` to `back`: the one that fits them best.

        Up to it the step is taken as in the first days of the alarm, and after it as usual.
        """
        first = self.between(start, found + 1)
        bad, good = ((one.reached + 0.5) / (one.entered + 1) for one in (first, usual))
        days = slice(found, back + 1)
        reached, missed = self.reached[days], self.entered[days] - self.reached[days]
        fit = reached * np.log(bad / good) + missed * np.log((1 - bad) / (1 - good))
        return found + int(np.argmax(np.cumsum(fit)))

    def back_since(self, usual: Counts, start: int, found: int, least: int) -> int | None:
        """Return the day from which on the rate of an open alarm is back, so far; None if it isn't.

        It is what follows the last bad day, if that is no less than expected, of `least` sessions.
        """
        place = self.end(usual, start, found, len(self.entered) - 1) + 1
        since = self.between(place, len(self.entered))
        (expected,) = self._expected_rate(
            usual.entered, usual.reached, usual.others_entered, usual.others_reached,
            np.array([since.others_entered]), np.array([since.others_reached]),
        )  # fmt: skip
        is_back = since.entered >= least and since.reached >= since.entered * expected
        return place if is_back else None


def tail(reached: int, entered: int, rate: float, sessions: int) -> float:
    """Return the probability that so few take a step whose rate so many sessions have told.

    It is the exact tail of a binomial distribution, over all that the rate may be (beta): with the
    rate taken for known, a week against eight was an alarm by chance twice as often as it may be.
    """
    a, b = sessions * rate + 0.5, sessions * (1 - rate) + 0.5
    count = np.arange(reached + 1)
    ways = gammaln(entered + 1) - gammaln(count + 1) - gammaln(entered - count + 1)
    return float(np.exp(logsumexp(ways + betaln(count + a, entered - count + b) - betaln(a, b))))


def _change(
    entered: np.ndarray | int,
    reached: np.ndarray | int,
    entered_now: np.ndarray,
    reached_now: np.ndarray,
) -> np.ndarray:
    """Return a rate over what it was; nan if one of them is unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(reached_now, entered_now) / np.divide(reached, entered))


def steps_of(
    daily: pd.DataFrame, last_day: pd.Timestamp, kept_share: float, others_chance: float
) -> list[Step]:
    """Return each step of each device and of all, all over the same days without a gap."""
    first_day = pd.Timestamp(daily["local_day"].min())
    days = pd.date_range(first_day, max(pd.Timestamp(last_day), daily["local_day"].max()))
    steps = []
    for name, rows in daily.groupby("step", sort=True):
        counts = {
            kind: rows.pivot(index="local_day", columns="device", values=f"{kind}_count")
            .reindex(days)
            .fillna(0)
            .astype("int64")
            for kind in ("entered", "reached", "ordered")
        }
        entered, reached, ordered = (counts[kind] for kind in ("entered", "reached", "ordered"))
        parts = [
            Step(
                device=str(device),
                step=str(name),
                first_day=first_day,
                first=int(np.flatnonzero(entered[device])[0]),
                entered=entered[device].to_numpy(),
                reached=reached[device].to_numpy(),
                ordered=ordered[device].to_numpy(),
                others_entered=(entered.sum(axis=1) - entered[device]).to_numpy(),
                others_reached=(reached.sum(axis=1) - reached[device]).to_numpy(),
                kept_share=kept_share,
                others_chance=others_chance,
            )
            for device in entered.columns
            if entered[device].any()
        ]
        always = np.ones(len(days), dtype="int64")
        steps += [
            *parts,
            Step(
                device=ALL,
                step=str(name),
                first_day=first_day,
                first=min((part.first for part in parts), default=len(days)),
                entered=entered.sum(axis=1).to_numpy(),
                reached=reached.sum(axis=1).to_numpy(),
                ordered=ordered.sum(axis=1).to_numpy(),
                others_entered=always,
                others_reached=always,
                kept_share=kept_share,
                others_chance=others_chance,
                parts=tuple(parts),
            ),
        ]
    return steps


def _sums_before(counts: np.ndarray) -> np.ndarray:
    """Return the sum of all counts before each place, and of all: shape (counts + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)])
