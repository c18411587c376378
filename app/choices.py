"""Lists to choose from, which keep what was chosen and carry it in the page's address.

Streamlit knows an option by what is written for it, and forgets it with the page. So the choice
itself is kept, and put back before its list is drawn: in another language, after another page, and
from the address that somebody was sent. The address holds a choice's code under its key, and only
what was chosen, never a default.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from app import pictured
from app.language import say

Option = TypeVar("Option")

_KEPT = "choices"


def one(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    write: Callable[[Any], str] = str,
    default: int = 0,
    has_label: bool = True,
) -> Option:
    """Let one option be chosen; at first, and where it is gone, the default stands.

    Args:
        label: what the list is called.
        options: what there is to choose from; ``str`` of each is its code in the address.
        key: the name of the choice, in the address too.
        write: says an option in the reader's words.
        default: the number of the option that stands until another one is chosen.
        has_label: whether what the list is called is to be seen, or only to be heard.
    """
    st.session_state[key] = _standing(key, options, options[default])
    chosen: Option = st.selectbox(
        label, options, format_func=write, placeholder=say("app.choose"), key=key,
        on_change=keep, args=(key,), label_visibility="visible" if has_label else "collapsed",
    )  # fmt: skip
    carry(key)
    pictured.choose(label, write(chosen))
    return chosen


def few(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    write: Callable[[Any], str] = str,
    default: int = 0,
) -> Option:
    """Let one of a few options be chosen, all of them in sight, always one; else as `one`."""
    chosen = _buttons(label, options, key, write, options[default], required=True)
    return options[default] if chosen is None else chosen


def maybe(
    label: str, options: Sequence[Option], *, key: str, write: Callable[[Any], str] = str
) -> Option | None:
    """Let one of a few options be chosen, or none, as at first."""
    return _buttons(label, options, key, write, None)


def some(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    write: Callable[[Any], str] = str,
    default: Sequence[Option] = (),
) -> list[Option]:
    """Let some options be chosen, or none, which means all."""
    kept = _kept().get(key)
    if kept is None:
        asked = st.query_params.get(key)
        codes = None if asked is None else asked.split(",")
        kept = default if codes is None else [o for o in options if str(o) in codes]
        if codes is not None:
            _kept()[key] = kept
    st.session_state[key] = [option for option in kept if option in options]
    chosen: list[Option] = st.multiselect(
        label, options, format_func=write, placeholder=say("app.all"), key=key,
        on_change=keep, args=(key,),
    )  # fmt: skip
    carry(key)
    pictured.choose(label, ", ".join(write(option) for option in chosen))
    return chosen


def keep(key: str) -> None:
    """Keep what was just chosen; where it was taken back, nothing."""
    _kept()[key] = st.session_state[key]
    if st.session_state[key] is None:
        del _kept()[key]
        st.query_params.pop(key, None)


def days(key: str, default: tuple[date, date]) -> tuple[date, date]:
    """Return the first and last day that were chosen under a key, or that the address names."""
    standing = _kept().get(key)
    if standing is None and (asked := st.query_params.get(key)):
        with suppress(ValueError):
            standing = _kept()[key] = tuple(date.fromisoformat(d) for d in asked.split(","))
    return (standing[0], standing[-1]) if standing else default


def _buttons(
    label: str, options: Sequence[Option], key: str, write: Callable[[Any], str],
    default: Option | None, required: bool = False,
) -> Option | None:  # fmt: skip
    st.session_state[key] = _standing(key, options, default)
    chosen: Option | None = st.segmented_control(
        label, options, format_func=write, key=key, on_change=keep, args=(key,), required=required
    )
    carry(key)
    pictured.choose(label, "" if chosen is None else write(chosen))
    return chosen


def _standing(key: str, options: Sequence[Option], default: Any) -> Any:
    # Not what the list shows now: that may be the default of the page before.
    kept = _kept().get(key)
    if kept in options:
        return options[options.index(kept)]
    asked = st.query_params.get(key)
    for option in options:
        if str(option) == asked:
            _kept()[key] = option
            return option
    return default


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault(_KEPT, {})
    return kept


def carry(key: str) -> None:
    """Let the address say what was chosen, by whom it is opened next."""
    if key not in _kept():
        return
    kept = _kept()[key]
    many = kept if isinstance(kept, list | tuple) else [kept]
    st.query_params[key] = ",".join(str(option) for option in many)
