"""The sentences of reasons: what they may ask for, and what could not be meant.

A template holds placeholders: `{recency_days}` is the number, `{recency_days?day|# days}` the first
text for 1 and the second for any other, `{recency_days?today|# day ago|# days ago}` the first for 0
too; # in each is the number.
"""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from stayhouse.base.errors import StayhouseError

YAML = "models/features/customer_snapshots.yml"
PLACEHOLDER = re.compile(r"\{(\w+)(?:\?([^|{}]*)\|([^|{}]*)(?:\|([^|{}]*))?)?\}")
LANGUAGES = ("en", "zh")
# What stands in every snapshot besides its features, and may be asked for.
BESIDES = frozenset({"horizon_days"})
# What `when_value` says of a value that is missing.
UNKNOWN = "unknown"


def placeholders(template: Mapping[Any, Any]) -> list[str]:
    """Return the features whose values a template asks for, in either language."""
    texts = [str(template[f"template_{language}"]) for language in LANGUAGES]
    return sorted({found[1] for text in texts for found in PLACEHOLDER.finditer(text)})


def check_templates(templates: pd.DataFrame, features: pd.DataFrame) -> None:
    """Refuse a sentence that could not be meant, and a family that may have nothing to say.

    Args:
        templates: as in `write_reasons`.
        features: `feature`, `family`.

    Raises:
        StayhouseError: it names the sentence, or the family.
    """
    names, speechless = set(features["feature"]), set(features["family"])
    for template in templates.sort_values("template_number").to_dict("records"):
        asked = {name: None if pd.isna(value) else value for name, value in template.items()}
        if problem := _problem(asked, names, set(features["family"])):
            raise StayhouseError(
                f"{YAML}: the sentence {str(asked['template_en'] or asked['template_zh'])!r} of "
                f"{asked['feature'] or asked['family']} cannot be used: {problem}. Correct it, or "
                "take it out."
            )
        narrows = (asked["feature"], asked["direction"], asked["when_value"])
        if not any(narrows) and not placeholders(asked):
            speechless.discard(str(asked["family"]))
    if speechless:
        raise StayhouseError(
            f"{YAML}: the family {min(speechless)} has no sentence for values that are unknown: "
            "end its `sentences` with one that has neither direction, value nor placeholder."
        )


def _problem(template: Mapping[Any, Any], features: set[str], families: set[str]) -> str | None:
    if template["family"] not in families:
        return "no feature is of its family"
    if template["direction"] not in (None, "raises", "lowers"):
        return "direction must be raises or lowers, or left out"
    when = template["when_value"]
    if when not in (None, UNKNOWN):
        if not _is_number(when):
            return "when must be a number or unknown, or left out"
        if template["feature"] is None:
            return "a number in when needs a feature whose value it is"
    for language in LANGUAGES:
        text = str(template[f"template_{language}"] or "")
        if not text.strip():
            return f"{language} is missing"
        if {found[1] for found in PLACEHOLDER.finditer(text)} - features - BESIDES or re.search(
            r"[{}]", PLACEHOLDER.sub("", text)
        ):
            return f"{language} has a placeholder that is no feature"
    return None


def _is_number(text: object) -> bool:
    try:
        float(str(text))
    except ValueError:
        return False
    return True
