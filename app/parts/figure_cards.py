"""A row of figures: what each is compared with, its course, and what it means on a click."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app import figures
from app.palette import BLUE
from app.safety import escape


@dataclass(frozen=True)
class Figure:
    """One figure of a row.

    Attributes:
        label: its name.
        value: what it is, written.
        notes: what it is compared with, a line each.
        means: its definition, shown when somebody asks.
        line: its course over the period; nulls leave gaps.
    """

    label: str
    value: str
    notes: str
    means: str
    line: Sequence[Any]


def show(key: str, items: Sequence[Figure]) -> None:
    """Show figures side by side, each with its course; a click on one opens its definition."""
    with st.container(key=f"{key}-figures"):
        st.html('<div class="sh-row">' + "".join(map(_figure, items)) + "</div>")


def _figure(figure: Figure) -> str:
    notes = "".join(f"<div>{escape(note)}</div>" for note in figure.notes.splitlines())
    return (
        f'<details class="sh-card"><summary><div class="sh-label">{escape(figure.label)}</div>'
        f'<div class="sh-value">{escape(figure.value)}</div>{_course(figure.line)}'
        f'<div class="sh-note">{notes}</div></summary><p>{escape(figure.means)}</p></details>'
    )


def _course(line: Sequence[Any]) -> str:
    """Draw a course as a line without axes, from 0 to its largest value; gaps are closed."""
    known = [(i, float(v)) for i, v in enumerate(line) if not figures.is_nothing(v)]
    if len(known) < 2:
        return ""
    low = min(0.0, *(value for _, value in known))
    top = max(value for _, value in known)
    height = (top - low) or 1.0
    points = " ".join(
        f"{100 * i / (len(line) - 1):.1f},{21 - 20 * (value - low) / height:.1f}"
        for i, value in known
    )
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 22" preserveAspectRatio="none">'
        f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="1.5" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    # Streamlit takes drawings out of a page's HTML, and lets images be.
    code = base64.b64encode(drawing.encode()).decode()
    return f'<img class="sh-course" alt="" src="data:image/svg+xml;base64,{code}">'
