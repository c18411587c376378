"""Lists to choose from, which keep what was chosen when their words change.

Streamlit knows an option by what is written for it. In another language nothing is written as
before, so the choice itself is put back before its list is drawn.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from app.language import say

Option = TypeVar("Option")


def one(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    write: Callable[[Any], str] = str,
    default: int = 0,
) -> Option:
    """Let one option be chosen; at first, and where it is gone, the default stands."""
    kept = st.session_state.get(key)
    st.session_state[key] = kept if kept in options else options[default]
    chosen: Option = st.selectbox(
        label, options, format_func=write, placeholder=say("app.choose"), key=key
    )
    return chosen


def some(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    write: Callable[[Any], str] = str,
    default: Sequence[Option] = (),
) -> list[Option]:
    """Let some options be chosen, or none, which means all."""
    kept = st.session_state.get(key, default)
    st.session_state[key] = [option for option in kept if option in options]
    return st.multiselect(label, options, format_func=write, placeholder=say("app.all"), key=key)
