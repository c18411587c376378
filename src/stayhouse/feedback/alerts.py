"""Themes that customers speak of more than they used to, week by week and month by month.

Of each complete week and month the share of texts that speak of a theme is held against that of the
year before it. The past is a sample too, so the test is Fisher's, one-sided: were the texts of both
mixed, how likely would as many of those that speak of the theme lie in the period?

All tests of a week, or of a month, are a family. A year has 365.25 / 7 = 52.18 weeks and 12 months,
so 64.18 families, and each may raise `false_alarms_a_year` / 64.18 false alarms in expectation
(.062 of 4). A test of a family of m is an alert at that over m or less. A theme that did not change
comes so low with at most that probability, since the test is exact; so the m tests of a family
raise at most their part, and all families of a year at most `false_alarms_a_year`. Expectations add
up whatever depends on what: a category's texts are among all texts, a week's among the month's, and
other themes may have changed.

Which tests are made is told by how many texts there are and by how many speak of the theme in both
times together, which the test takes as given; never by how they fall.

Benjamini and Hochberg's p stands beside it, to read a family's list by. It bounds the false ones'
share of a list and not their count: see docs/decisions/feedback/alerts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stayhouse.base.chances import adjusted, chances

FAMILIES_A_YEAR = 365.25 / 7 + 12
_KEYS = ["source_name", "level", "level_value", "theme", "grain", "period_start"]
COLUMNS = {
    "source_name": "str",
    "level": "str",
    "level_value": "str",
    "theme": "str",
    "grain": "str",
    "reason_code": "str",
    "text_count": "int64",
    "mention_count": "int64",
    "text_count_before": "int64",
    "mention_count_before": "int64",
    "p_value": "float64",
    "p_adjusted": "float64",
    "alert_level": "float64",
    "is_alert": "bool",
    "is_last_period": "bool",
    "period_start": "datetime64[s]",
}


@dataclass(frozen=True)
class Rule:
    """Which tests are made: `meta` of `ml_feedback_alerts`, where each number has its reason.

    Attributes:
        least_before: by grain, in how many periods of the year before a level must have texts ...
        least_texts: ... how many texts it must have in the period ...
        least_mentions: ... and how many must speak of the theme, in the period and before together.
    """

    least_before: Mapping[str, int]
    least_texts: int
    least_mentions: int


def find_alerts(periods: pd.DataFrame, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row per row of `periods`, in the order of its keys.

    Args:
        periods: per `source_name`, `level`, `level_value`, `theme`, `grain` (`week` or `month`) and
            `period_start`: of the period and of the year before it the texts (`text_count`,
            `text_count_before`) and those that speak of the theme (`mention_count`,
            `mention_count_before`), `periods_before`, `is_last_period` and
            `false_alarms_a_year`. May be empty.
        rule: the fields of `Rule`.

    Returns:
        The columns of `COLUMNS`. `reason_code` says why a test was not made (`too_little_past`,
        `too_few_texts`, `too_few_mentions`) and is null where it was; `p_value`, `p_adjusted` (of
        Benjamini and Hochberg) and `alert_level` are null where it was not.
    """
    if periods.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    found = periods.sort_values(_KEYS, ignore_index=True)
    reasons = _reasons(found, Rule(**rule))
    found["reason_code"] = np.select(list(reasons.values()), list(reasons), default="")
    found["reason_code"] = found["reason_code"].where(found["reason_code"] != "", None)
    tested = found[found["reason_code"].isna()]
    p_values = _p_values(tested)
    p_adjusted, tests = np.ones(len(tested)), np.ones(len(tested))
    for family in tested.groupby(["grain", "period_start"]).indices.values():
        p_adjusted[family] = adjusted(p_values[family], len(family))
        tests[family] = len(family)
    told = pd.DataFrame(
        {
            "p_value": p_values,
            "p_adjusted": p_adjusted,
            "alert_level": tested["false_alarms_a_year"] / FAMILIES_A_YEAR / tests,
        },
        index=tested.index,
    )
    found = found.join(told)
    found["is_alert"] = found["p_value"] <= found["alert_level"]
    return found[list(COLUMNS)].astype(COLUMNS)


def _reasons(periods: pd.DataFrame, rule: Rule) -> dict[str, pd.Series]:
    """By its code, where each reason not to test holds; the first that does is told."""
    mentions = periods["mention_count"] + periods["mention_count_before"]
    least_before = periods["grain"].map(dict(rule.least_before))
    return {
        "too_little_past": periods["periods_before"] < least_before,
        "too_few_texts": periods["text_count"] < rule.least_texts,
        "too_few_mentions": mentions < rule.least_mentions,
    }


def _p_values(tested: pd.DataFrame) -> np.ndarray:
    """How likely so many of the period's texts, or more, speak of the theme by chance."""
    texts, mentions = tested["text_count"], tested["mention_count"]
    return chances(
        (texts + tested["text_count_before"]).to_numpy("int64"),
        mentions.to_numpy("int64"),
        texts.to_numpy("int64"),
        (mentions + tested["mention_count_before"]).to_numpy("int64"),
    )
