"""One figure for each of a few names: dots with their interval, bars with their share."""

import altair as alt
import pandas as pd

from app.charts import scales
from app.palette import BLUE, GREY, ink


def dots(
    frame: pd.DataFrame,
    category: str,
    value: str,
    low: str,
    high: str,
    *,
    title: str,
    value_format: str = ".1%",
    rule: float | None = None,
    stressed: str | None = None,
    from_zero: bool = False,
) -> alt.LayerChart:
    """Draw one dot a category, its interval as a line through it, best read from the left."""
    order = list(frame[category])
    vertical = alt.Y(f"{category}:N", sort=order, title=None, axis=scales.name_axis())
    colour = (
        alt.condition(f"datum.{stressed}", alt.value(BLUE), alt.value(GREY))
        if stressed
        else alt.value(BLUE)
    )
    scale = alt.Scale(zero=from_zero, nice=True)
    axis = alt.Axis(format=value_format.replace(".1%", ".0%"), tickCount=5, labelFlush=False)
    tips = [
        alt.Tooltip(f"{category}:N", title=""),
        alt.Tooltip(f"{value}:Q", title=title, format=value_format),
        alt.Tooltip(f"{low}:Q", title="≥", format=value_format),
        alt.Tooltip(f"{high}:Q", title="≤", format=value_format),
    ]
    base = alt.Chart(frame)
    layers = [
        base.mark_rule(strokeWidth=2).encode(
            y=vertical,
            x=alt.X(f"{low}:Q", title=title, scale=scale, axis=axis),
            x2=f"{high}:Q",
            color=colour,
        ),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            y=vertical, x=f"{value}:Q", color=colour, tooltip=tips
        ),
    ]
    if rule is not None:
        at = pd.DataFrame({"at": [rule]})
        layers.insert(0, alt.Chart(at).mark_rule(strokeDash=[4, 3], color=GREY).encode(x="at:Q"))
    return alt.layer(*layers).properties(height=max(90, 34 * len(frame) + 40))


def shares(
    frame: pd.DataFrame, category: str, value: str, label: str, *, title: str,
    dark: bool, fixed: dict[str, str] | None = None, key: str | None = None,
) -> alt.LayerChart:  # fmt: skip
    """Draw one bar a category from the left, its figure written at its end."""
    order = list(frame[category])
    vertical = alt.Y(f"{category}:N", sort=order, title=None, axis=scales.name_axis())
    top = float(frame[value].max() or 1)
    horizontal = alt.X(
        f"{value}:Q", title=title, scale=alt.Scale(domain=[0, top * 1.25]), axis=None
    )
    colour = alt.value(BLUE)
    if fixed and key:
        keys = list(frame[key])
        colour = alt.Color(f"{key}:N", scale=scales.colours(keys, fixed), legend=None)
    base = alt.Chart(frame)
    tips = [alt.Tooltip(f"{category}:N", title=""), alt.Tooltip(f"{label}:N", title=title)]
    return alt.layer(
        base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=2).encode(
            y=vertical, x=horizontal, color=colour, tooltip=tips
        ),
        base.mark_text(align="left", dx=5, fontSize=12, color=ink(dark)).encode(
            y=vertical, x=f"{value}:Q", text=f"{label}:N"
        ),
    ).properties(height=32 * len(frame) + 20)
