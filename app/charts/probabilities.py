"""Probabilities from 0 to 1: how many people have which, and whether they came true."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from app.charts import scales
from app.palette import BLUE, GREY


def histogram(
    frame: pd.DataFrame, start: str, end: str, y: str, series: str, *,
    names: Sequence[str], fixed: dict[str, str], x_title: str, y_title: str,
) -> alt.Chart:  # fmt: skip
    """Draw how many there are in each step from 0 to 1."""
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                f"{start}:Q", bin="binned", title=x_title, scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", grid=False, tickCount=5, labelFlush=False),
            ),
            x2=f"{end}:Q",
            y=alt.Y(f"{y}:Q", title=y_title, axis=alt.Axis(tickCount=4, labelExpr=scales.SHORT)),
            color=alt.Color(
                f"{series}:N", scale=scales.colours(names, fixed), legend=scales.legend(names),
                sort=list(names),
            ),
            tooltip=[
                alt.Tooltip(f"{start}:Q", title="≥", format=".0%"),
                alt.Tooltip(f"{end}:Q", title="<", format=".0%"),
                alt.Tooltip(f"{series}:N", title=""),
                alt.Tooltip(f"{y}:Q", title=y_title, format=","),
            ],
        )
        .properties(height=scales.HEIGHT)
    )  # fmt: skip


def against_diagonal(
    frame: pd.DataFrame, x: str, y: str, low: str, high: str, *, x_title: str, y_title: str
) -> alt.LayerChart:
    """Draw what happened over what was predicted; the dashed line is where both are equal."""
    whole = alt.Scale(domain=[0, 1])
    ends = alt.Chart(pd.DataFrame({"x": [0, 1], "y": [0, 1]}))
    horizontal = alt.X(
        f"{x}:Q", title=x_title, scale=whole, axis=alt.Axis(format=".0%", tickCount=5, grid=False)
    )
    base = alt.Chart(frame)
    return alt.layer(
        ends.mark_line(strokeDash=[4, 3], color=GREY, strokeWidth=1).encode(x="x:Q", y="y:Q"),
        base.mark_rule(strokeWidth=2, color=BLUE).encode(
            x=horizontal,
            y=alt.Y(
                f"{low}:Q", title=y_title, scale=whole, axis=alt.Axis(format=".0%", tickCount=5)
            ),
            y2=f"{high}:Q",
        ),
        base.mark_point(filled=True, size=60, opacity=1, color=BLUE).encode(
            x=horizontal,
            y=f"{y}:Q",
            tooltip=[
                alt.Tooltip(f"{x}:Q", title=x_title, format=".1%"),
                alt.Tooltip(f"{y}:Q", title=y_title, format=".1%"),
            ],
        ),
    ).properties(height=300)
