"""A chart as a picture for a slide, with its title, its definition and its date on it."""

import io
import textwrap

import altair as alt

from app.palette import BACKGROUNDS, GREY, ink
from app.pictured import Said

_WIDTH = 900
# About as many letters of a definition as stand beside each other over the width, by script.
_LATIN, _HAN = 140, 68


def png(
    drawing: alt.Chart | alt.LayerChart, said: Said, sql: str, definition: str, dark: bool
) -> bytes:
    """Return a chart as PNG, twice as large as on a screen.

    Args:
        drawing: the chart, as the page shows it.
        said: what stands above it, what was chosen, and up to when its data is known.
        sql: the query that gave its rows.
        definition: how it is computed, broken into lines below the title.
        dark: whether the page is dark; words on marks are of the page's colour.
    """
    colour = ink(dark)
    is_han = any("\u4e00" <= letter <= "\u9fff" for letter in definition)
    lines = [
        line for text in (said.chosen(sql), definition)
        for line in textwrap.wrap(text, _HAN if is_han else _LATIN)
    ]  # fmt: skip
    words = alt.TitleParams(
        text=said.heading, subtitle=[*lines, said.date], anchor="start", offset=14,
        color=colour, subtitleColor=colour, fontSize=18, subtitleFontSize=11,
    )  # fmt: skip
    parts = {"labelColor": colour, "titleColor": colour}
    whole = (
        drawing.properties(title=words, width=_WIDTH, padding=20)
        .configure(background=BACKGROUNDS[dark])
        .configure_view(strokeWidth=0)
        .configure_axis(gridColor=GREY, gridOpacity=0.3, **parts)
        .configure_legend(**parts)
    )
    made = io.BytesIO()
    whole.save(made, format="png", scale_factor=2)
    return made.getvalue()
