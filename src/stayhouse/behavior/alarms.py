"""Alarms of a funnel: where a step lost people, from when on, and whether it still does.

Each day the last 1, 3 and 7 days of a step on a device are held against its own 56 days before, as
far as the other devices kept their rate: what all devices lose in the same days is no fault of one.
That is held against the 56 days of all of them together, and told where no one device explains it
and it is more than seasons and campaigns move a shop.
What is found stays an alarm, held against the days before it began, until the rate is back. Those
days never become what the device is used to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.behavior.steps import ALL, Counts, Step, steps_of

DAYS_A_YEAR = 365
COLUMNS = {
    "device": "str",
    "step": "str",
    "found_days": "int64",
    "entered_count": "int64",
    "reached_count": "int64",
    "others_entered_count": "int64",
    "others_reached_count": "int64",
    "usual_entered_count": "int64",
    "usual_reached_count": "int64",
    "usual_ordered_count": "int64",
    "usual_others_entered_count": "int64",
    "usual_others_reached_count": "int64",
    "tail_probability": "float64",
    "alarm_level": "float64",
    "started_on": "datetime64[s]",
    "found_on": "datetime64[s]",
    "ended_on": "datetime64[s]",
    "back_since": "datetime64[s]",
}


@dataclass(frozen=True)
class Rule:
    """When there is an alarm: `meta` of `ml_funnel_alarms`, where each number has its reason.

    Attributes:
        window_days: over how many days each a step is judged, every day.
        usual_days: days before, without those of an alarm, that say what is usual.
        back_days: the rate is back when it is what is usual over so many days ...
        back_min_entered: ... or over more, until so many sessions have entered the step.
        together_days: what follows within so many days on a device is the same alarm.
        kept_share: of the usual rate, what all devices together keep when nothing is broken.
        others_chance: the others of a device lost more than that where so few of them, or fewer,
            took the step with a probability below this one by chance.
    """

    window_days: Sequence[int]
    usual_days: int
    back_days: int
    back_min_entered: int
    together_days: int
    kept_share: float
    others_chance: float


@dataclass
class Alarm:
    """Days by their place in the step's arrays; `end` is the last day, None while it is open.

    `back_since` is the day from which on the rate of an open one is back, so far.
    """

    start: int
    found: int
    window: int
    tail: float
    level: float
    usual: Counts
    end: int | None = None
    back_since: int | None = None


def find_alarms(daily: pd.DataFrame, plan: pd.DataFrame, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row per alarm.

    Args:
        daily: per `local_day`, `device` and `step` the sessions that entered the step
            (`entered_count`), took it (`reached_count`), and of those the ones with an order
            (`ordered_count`). May be empty.
        plan: one row: `false_alarms_a_year` and the last complete day, `last_day`.
        rule: the fields of `Rule`.

    Returns:
        The columns of `COLUMNS`. Counts without a prefix are those of the days of the alarm, of an
        open one up to the day before `back_since`, `usual_` those of the days before it, `others_`
        those of the other devices together.
    """
    judged = Rule(**rule)
    if daily.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    last_day = plan["last_day"].iloc[0]
    steps = steps_of(daily, last_day, judged.kept_share, judged.others_chance)
    levels = _levels(steps, float(plan["false_alarms_a_year"].iloc[0]), judged)
    found = [(step, alarm) for step in steps for alarm in _alarms(step, levels, judged)]
    rows = [_row(step, alarm) for step, alarm in _one_cause_once(found, judged)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _levels(steps: list[Step], false_alarms_a_year: float, rule: Rule) -> np.ndarray:
    """The probability below which a test is an alarm: the year's share of a day by its tests."""
    tests = len(rule.window_days) * sum(step.is_known(rule.usual_days) for step in steps)
    level = false_alarms_a_year / DAYS_A_YEAR / np.maximum(tests, 1)
    return np.asarray(level, dtype="float64")


def _alarms(step: Step, levels: np.ndarray, rule: Rule) -> list[Alarm]:
    alarms: list[Alarm] = []
    days = np.arange(len(levels))
    is_clean = days >= step.first
    after = 0
    while True:
        earliest = alarms[-1].end + 1 if alarms and alarms[-1].end is not None else 0
        tails = [
            step.tails(length, is_clean, rule.usual_days, earliest, float(levels.max()))
            for length in rule.window_days
        ]
        firing = np.flatnonzero((np.min(tails, axis=0) < levels) & (days >= after))
        if not len(firing):
            return alarms
        alarm = _opened(step, int(firing[0]), float(levels[firing[0]]), is_clean, rule, earliest)
        if alarms and alarm.start - earliest < rule.together_days:
            # It was not over: what it was held against still stands.
            found, alarm = alarm.found, alarms.pop()
        else:
            found = alarm.found
        alarms.append(alarm)
        parts = [part.usual(alarm.start, is_clean, rule.usual_days) for part in step.parts]
        back = step.back(alarm.usual, parts, found, rule.back_days, rule.back_min_entered)
        if back is None:
            alarm.end = None
            alarm.back_since = step.back_since(
                alarm.usual, alarm.start, found, rule.back_min_entered
            )
            return alarms
        alarm.end = step.end(alarm.usual, alarm.start, found, back)
        after = back + 1
        is_clean[alarm.start : alarm.end + 1] = False


def _opened(
    step: Step, found: int, level: float, is_clean: np.ndarray, rule: Rule, earliest: int
) -> Alarm:
    """The alarm of a day: it began with those of the last days that are least by chance."""
    lengths = range(1, max(rule.window_days) + 1)
    tails = [step.tails(n, is_clean, rule.usual_days, earliest, level)[found] for n in lengths]
    window = lengths[int(np.argmin(tails))]
    start = found - window + 1
    usual = step.usual(start, is_clean, rule.usual_days)
    return Alarm(start, found, window, float(min(tails)), level, usual)


def _one_cause_once(found: list[tuple[Step, Alarm]], rule: Rule) -> list[tuple[Step, Alarm]]:
    """Of alarms that begin together the one that lasts longest; by device and day.

    Alarms of a device are one, whatever the step; those of a step are one where all devices have it
    and no device has it for longer.
    """

    def last(pair: tuple[Step, Alarm]) -> int:
        return len(pair[0].entered) if pair[1].end is None else pair[1].end

    def weight(pair: tuple[Step, Alarm]) -> tuple[bool, bool, int, float, str]:
        step, alarm = pair
        is_over = alarm.end is not None
        return step.device != ALL, is_over, alarm.start - last(pair), alarm.tail, step.step

    def is_same(one: tuple[Step, Alarm], other: tuple[Step, Alarm]) -> bool:
        is_of_all = one[0].step == other[0].step and last(one) >= last(other) - rule.together_days
        return abs(one[1].start - other[1].start) <= rule.together_days and (
            one[0].device == other[0].device or (one[0].device == ALL and is_of_all)
        )

    kept: list[tuple[Step, Alarm]] = []
    for pair in sorted(found, key=weight):
        if not any(is_same(one, pair) for one in kept):
            kept.append(pair)
    return sorted(kept, key=lambda pair: (pair[0].device, pair[1].start, pair[0].step))


def _row(step: Step, alarm: Alarm) -> dict[str, Any]:
    until = len(step.entered) if alarm.back_since is None else alarm.back_since
    until = until if alarm.end is None else alarm.end + 1
    during = step.between(alarm.start, until)
    usual = {f"usual_{name}_count": count for name, count in asdict(alarm.usual).items()}
    return {
        "device": step.device,
        "step": step.step,
        "found_days": alarm.window,
        **{f"{name}_count": count for name, count in asdict(during).items()},
        **usual,
        "tail_probability": alarm.tail,
        "alarm_level": alarm.level,
        "started_on": step.day(alarm.start),
        "found_on": step.day(alarm.found),
        "ended_on": None if alarm.end is None else step.day(alarm.end),
        "back_since": None if alarm.back_since is None else step.day(alarm.back_since),
    }
