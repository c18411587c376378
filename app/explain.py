"""Why a figure changed: exact divisions of a change into the parts that made it."""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

# 95 %, both sides.
_Z = NormalDist().inv_cdf(0.975)


def factor_effects(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Divide the change of a product among its factors; the parts add up to the change.

    The logarithmic mean divisia index: ``L(P1, P0) * ln(x1 / x0)`` for each factor, with
    ``L(a, b) = (a - b) / ln(a / b)``. Ang, The LMDI approach to decomposition analysis, Energy
    Policy 33 (2005), equation 6.

    Args:
        before: the factors then, all above 0.
        after: the factors now, in the same order, all above 0.
    """
    then, now = math.prod(before), math.prod(after)
    weight = then if math.isclose(then, now) else (now - then) / math.log(now / then)
    return [weight * math.log(y / x) for x, y in zip(before, after, strict=True)]


def group_effects(
    before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]
) -> dict[str, float]:
    """Divide the change of a rate among groups; the parts add up to the change.

    A group's part is that of its own rate (at its mean share) and that of its share (at how far
    its mean rate is from the mean rate of all), as Kitagawa divided rates (1955).

    Args:
        before: hits and trials of each group then.
        after: the same now; a group without trials at one time kept the rate of the other.
    """
    trials_then = sum(trials for _, trials in before.values())
    trials_now = sum(trials for _, trials in after.values())
    if not trials_then or not trials_now:
        return {}
    overall = (
        sum(hits for hits, _ in before.values()) / trials_then
        + sum(hits for hits, _ in after.values()) / trials_now
    ) / 2
    effects = {}
    for group in sorted(before.keys() | after.keys()):
        hits_then, n_then = before.get(group, (0, 0))
        hits_now, n_now = after.get(group, (0, 0))
        if not n_then and not n_now:
            continue
        rate_then = hits_then / n_then if n_then else hits_now / n_now
        rate_now = hits_now / n_now if n_now else hits_then / n_then
        share_then, share_now = n_then / trials_then, n_now / trials_now
        effects[group] = (rate_now - rate_then) * (share_then + share_now) / 2 + (
            share_now - share_then
        ) * ((rate_then + rate_now) / 2 - overall)
    return effects


def differ(hits: int, trials: int, other_hits: int, other_trials: int, questions: int = 1) -> bool:
    """Return whether two rates differ by more than chance allows, 19 times in 20 (pooled z).

    Where the pair was picked of several, ``questions`` says of how many (Bonferroni).
    """
    pooled = (hits + other_hits) / (trials + other_trials)
    variance = pooled * (1 - pooled) * (1 / trials + 1 / other_trials)
    if variance == 0:
        return False
    z = (hits / trials - other_hits / other_trials) / math.sqrt(variance)
    return abs(z) > NormalDist().inv_cdf(1 - 0.025 / questions)


def difference(
    hits: int, trials: int, other_hits: int, other_trials: int
) -> tuple[float, float, float]:
    """Return how much larger a rate is than another one, with its 95 % interval.

    The hybrid score interval, made of the Wilson intervals of both: Newcombe, Interval estimation
    for the difference between independent proportions, Statistics in Medicine 17 (1998), method 10.

    Args:
        hits: of the first rate.
        trials: of the first rate, above 0.
        other_hits: of the rate that it is compared with.
        other_trials: of that, above 0.
    """
    rate, other = hits / trials, other_hits / other_trials
    (low, high), (other_low, other_high) = _wilson(hits, trials), _wilson(other_hits, other_trials)
    below = math.hypot(rate - low, other_high - other)
    above = math.hypot(high - rate, other - other_low)
    return rate - other, rate - other - below, rate - other + above


def _wilson(hits: int, trials: int) -> tuple[float, float]:
    middle = hits + _Z**2 / 2
    spread = _Z * math.sqrt(hits * (trials - hits) / trials + _Z**2 / 4)
    return (middle - spread) / (trials + _Z**2), (middle + spread) / (trials + _Z**2)
