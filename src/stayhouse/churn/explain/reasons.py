"""Reasons as sentences, from templates that an analyst edits."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stayhouse.base import currencies
from stayhouse.churn.explain.templates import (
    LANGUAGES,
    PLACEHOLDER,
    UNKNOWN,
    check_templates,
    placeholders,
)

# What is said where no family moves a score.
NOTHING = {"en": "nothing stands out", "zh": "没有特别突出的原因"}
TEXTS = {"person_id": "str", "reason_rank": "int64", "reason_en": "str", "reason_zh": "str"}


def write_reasons(
    reasons: pd.DataFrame, today: pd.DataFrame, templates: pd.DataFrame, features: pd.DataFrame
) -> pd.DataFrame:
    """Write the sentence of each reason: the first template that fits it, or `NOTHING`.

    A template fits where its family, feature, direction and `when_value` (a number, or `unknown`)
    are the reason's, or empty, and every value that it asks for is known.

    Args:
        reasons: `person_id`, `reason_rank`, `family`, `feature`, `direction`, `feature_value`;
            without a family where nothing stands out. May be empty.
        today: `person_id` and the features, one row a person.
        templates: `template_number` (lowest first), `family`, `feature`, `direction`,
            `when_value`, `template_en`, `template_zh`, `base_currency`.
        features: `feature`, `family`, `unit`.

    Returns:
        One row per person and rank with the columns of `TEXTS`.

    Raises:
        StayhouseError: a template could not be meant, or none may fit (`check_templates`).
    """
    check_templates(templates, features)
    today = today.set_index("person_id")
    units = dict(zip(features["feature"], features["unit"], strict=True))
    ordered = reasons.sort_values(["person_id", "reason_rank"], kind="stable", ignore_index=True)
    # Whoever has a family is told below, since each family ends with a sentence that fits all.
    written = {language: np.full(len(ordered), NOTHING[language], object) for language in LANGUAGES}
    choices = templates.sort_values("template_number").to_dict("records")
    # Integers, since a group of a hundred thousand rows is looked at once for each template.
    places = pd.Index(today.index).get_indexer(pd.Index(ordered["person_id"]))
    for key, group in ordered.groupby(["family", "feature", "direction"], sort=True):
        family, feature, direction = key
        left = group.index.to_numpy()
        for template in choices:
            if template["family"] != family or not (
                _is_empty_or(template["feature"], feature)
                and _is_empty_or(template["direction"], direction)
            ):
                continue
            values = {
                name: today[name].astype("float64").to_numpy()[places[left]]
                for name in placeholders(template)
            }
            fits = np.ones(len(left), dtype=bool)
            if not pd.isna(template["when_value"]):
                own = ordered["feature_value"].to_numpy(dtype="float64")[left]
                fits &= _is_value(own, str(template["when_value"]))
            for known in values.values():
                fits &= ~np.isnan(known)
            for language in LANGUAGES:
                written[language][left[fits]] = _filled(
                    template[f"template_{language}"],
                    {name: known[fits] for name, known in values.items()},
                    units,
                    str(template["base_currency"]),
                    int(fits.sum()),
                )
            left = left[~fits]
    return pd.DataFrame(
        {
            "person_id": ordered["person_id"],
            "reason_rank": ordered["reason_rank"],
            **{f"reason_{language}": written[language] for language in LANGUAGES},
        }
    ).astype(TEXTS)


def shown(value: float, unit: str | None, currency: str) -> str:
    """Return a number as a reader says it: shares and chances in per cent, money with its currency.

    A share that is not all is never 100%, and one that is something never 0%. Other numbers are
    whole from 10 on, and have at most one decimal below.
    """
    if unit in ("share", "probability"):
        percent = _rounded(100 * value)
        if value < 1 and percent == 100:
            return ">99%"
        return "<1%" if value > 0 and percent == 0 else f"{percent:.0f}%"
    if unit == "base currency":
        return f"{currencies.amount(value, currency)} {currency}"
    if abs(value) >= 10:
        return f"{_rounded(value):,.0f}"
    return f"{_rounded(10 * value) / 10:.1f}".removesuffix(".0")


def _rounded(value: float) -> float:
    # Half upwards, as people do, and never -0.
    return float(np.floor(value + 0.5)) + 0.0


def _filled(
    template: str,
    values: Mapping[str, np.ndarray],
    units: Mapping[str, str],
    currency: str,
    rows: int,
) -> list[str]:
    """Return the template's sentences, one a row."""
    pieces: list[list[str]] = []
    end = 0
    for found in PLACEHOLDER.finditer(template):
        name, *texts = found.groups()
        pieces.append([template[end : found.start()]] * rows)
        numbers = [shown(value, units.get(name), currency) for value in values[name]]
        if said := [text for text in texts if text is not None]:
            # Two texts are for 1 and for any other number; before them may stand one for 0.
            words = dict(zip(("1", "0"), reversed(said[:-1]), strict=False))
            numbers = [words.get(n, said[-1]).replace("#", n) for n in numbers]
        pieces.append(numbers)
        end = found.end()
    pieces.append([template[end:]] * rows)
    return ["".join(parts) for parts in zip(*pieces, strict=True)]


def _is_value(values: np.ndarray, wanted: str) -> np.ndarray:
    return np.asarray(np.isnan(values) if wanted == UNKNOWN else values == float(wanted))


def _is_empty_or(wanted: object, value: object) -> bool:
    return bool(pd.isna(wanted)) or wanted == value  # type: ignore[call-overload]
