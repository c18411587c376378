"""The app's words: one file a language in ``app/words``, read by key.

What a feature and its family are called stands in the YAML of features.customer_snapshots.

A key that no file holds (a page somebody is just writing) reads as its own last part, so that a
new page works before its words are written. Tests hold the files to the same keys.
"""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
import yaml
from babel.numbers import get_currency_symbol

LANGUAGES = {"en": "English", "zh": "中文"}
_WORDS = Path(__file__).parent / "words"
FEATURES = Path(__file__).parents[1] / "models" / "features" / "customer_snapshots.yml"


# Of the page that is being drawn in this thread: Streamlit needs .08 ms to say what was chosen, and
# a page asks two thousand times.
_spoken: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """Return the language of this visit: what was chosen, what the address says, or English."""
    return _spoken.get() or chosen_language()


def chosen_language() -> str:
    """Return the language of this visit as Streamlit knows it now."""
    tongue = st.session_state.get("language") or st.query_params.get("lang")
    return tongue if tongue in LANGUAGES else "en"


@contextmanager
def speaking(tongue: str) -> Iterator[None]:
    """Say everything in one language until the page is drawn."""
    token = _spoken.set(tongue)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(key: str, **values: object) -> str:
    """Return the words of a key in the visit's language, with values put in.

    A `currency` among them is a code, and said by its sign.
    """
    if "currency" in values:
        values["currency"] = sign_of(str(values["currency"]))
    return say_in(language(), key, **values)


def sign_of(currency: str) -> str:
    """Return the sign of a currency in the visit's language: £; of an unknown one its code."""
    return get_currency_symbol(currency, locale=language()) if currency else ""


def say_in(tongue: str, key: str, **values: object) -> str:
    """Return the words of a key in a language, with values put in."""
    words = catalogue(tongue).get(key)
    return words.format(**values) if words is not None else _plain(key.rsplit(".", 1)[-1])


def name_of(kind: str, value: object) -> str:
    """Return a mart's value (a segment, a channel) as people say it; an unknown one as it is."""
    words = catalogue(language()).get(f"names.{kind}.{value}")
    return words if words is not None else _plain(str(value))


@cache
def catalogue(tongue: str) -> dict[str, str]:
    """Return every key of a language with its words."""
    text = (_WORDS / f"{tongue}.toml").read_text(encoding="utf-8")
    return {**dict(_flat(tomllib.loads(text))), **dict(_labels(tongue))}


def _labels(tongue: str) -> Iterator[tuple[str, str]]:
    """Return the names of features and families in a language."""
    (snapshots,) = yaml.safe_load(FEATURES.read_text(encoding="utf-8"))["models"]
    for family, said in snapshots["config"]["meta"]["families"].items():
        yield f"names.family.{family}", said["label"][tongue]
    for column in snapshots["columns"]:
        if meta := column.get("config", {}).get("meta"):
            yield f"names.feature.{column['name']}", meta["label"][tongue]


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _plain(value: str) -> str:
    return value.replace("_", " ")
