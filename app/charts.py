"""The kinds of chart that pages draw, each with its interval, in the app's colours.

A chart takes a frame and column names; what its axes mean comes in words with their unit.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from app.palette import BLUE, DEEP_BLUE, GREY, SERIES, ink

_BAND = 0.18
# From this share of the top on white is read better than dark on a cell of a light page.
_FULL = 0.87
# 8,000 as it is, 120,000 as 120k.
_SHORT = "abs(datum.value) >= 10000 ? format(datum.value, '~s') : format(datum.value, ',')"
_HEIGHT = 260


def colours(values: Sequence[str], fixed: dict[str, str] | None = None) -> alt.Scale:
    """Return a scale that gives each value a colour of its own, in the palette's order."""
    chosen = [(fixed or {}).get(v, SERIES[i % len(SERIES)]) for i, v in enumerate(values)]
    return alt.Scale(domain=list(values), range=chosen)


def legend(values: Sequence[str]) -> alt.Legend | None:
    """Return a legend above the chart where there is something to tell apart."""
    if len(values) < 2:
        return None
    # A phone shows two dozen letters beside each other.
    columns = len(values) if sum(map(len, values)) <= 24 else 2
    return alt.Legend(orient="top", title=None, columns=columns, labelLimit=150)


def lines(
    frame: pd.DataFrame,
    x: str,
    y: str,
    low: str | None,
    high: str | None,
    *,
    x_title: str,
    y_title: str,
    series: str | None = None,
    y_format: str = ".0%",
    is_date: bool = False,
    from_zero: bool = True,
    points: bool = True,
    rule: float | None = None,
    height: int = _HEIGHT,
) -> alt.LayerChart:
    """Draw one line a series, with its interval as a band around it, and a level to hold it to."""
    kind = "T" if is_date else "Q"
    horizontal = (
        alt.X(f"{x}:T", title=None, axis=_months())
        if is_date
        else alt.X(
            f"{x}:{kind}",
            title=x_title,
            axis=alt.Axis(
                grid=False, tickMinStep=1, tickCount=10, labelFlush=False, labelOverlap=True
            ),
            scale=alt.Scale(nice=False),
        )
    )
    vertical = alt.Y(
        f"{y}:Q",
        title=y_title,
        axis=alt.Axis(format=y_format, tickCount=5, labelFlush=False),
        scale=alt.Scale(zero=from_zero),
    )
    names = list(dict.fromkeys(frame[series])) if series else []
    colour = (
        alt.Color(f"{series}:N", scale=colours(names), legend=legend(names), sort=names)
        if series
        else alt.value(BLUE)
    )
    tips = [
        alt.Tooltip(f"{x}:{kind}", title=x_title, **({"format": "%Y-%m-%d"} if is_date else {}))
    ]
    tips += [alt.Tooltip(f"{series}:N", title="")] if series else []
    tips += [alt.Tooltip(f"{y}:Q", title=y_title, format=_finer(y_format))]
    base = alt.Chart(frame)
    layers = []
    if rule is not None:
        level = alt.Chart(pd.DataFrame({"at": [rule]}))
        layers.append(level.mark_rule(strokeDash=[4, 3], color=GREY).encode(y="at:Q"))
    if low and high:
        tips += [
            alt.Tooltip(f"{low}:Q", title="≥", format=_finer(y_format)),
            alt.Tooltip(f"{high}:Q", title="≤", format=_finer(y_format)),
        ]
        layers.append(
            base.mark_area(opacity=_BAND).encode(
                x=horizontal, y=alt.Y(f"{low}:Q", title=y_title), y2=f"{high}:Q", color=colour
            )
        )
    layers.append(
        base.mark_line(
            strokeWidth=2, point=alt.OverlayMarkDef(size=28) if points else False
        ).encode(x=horizontal, y=vertical, color=colour, tooltip=tips)
    )
    return alt.layer(*layers).properties(height=height)


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
    vertical = alt.Y(f"{category}:N", sort=order, title=None, axis=_names())
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


def heat(
    frame: pd.DataFrame,
    x: str,
    y: str,
    value: str,
    *,
    x_title: str,
    y_title: str,
    legend_title: str,
    tips: Sequence[alt.Tooltip],
    label: str | None = None,
    top: float | None = None,
    dark: bool = False,
    x_sort: Sequence[object] | None = None,
    y_sort: Sequence[object] | None = None,
    cell: int = 24,
) -> alt.LayerChart:
    """Draw a grid whose cells are the bluer the larger their value; labels say it in figures.

    The colour is laid on with more or less cover, so that an empty cell is the page itself, light
    or dark.
    """
    top = top if top is not None else float(frame[value].max() or 1)
    horizontal = alt.X(
        f"{x}:O",
        title=x_title,
        sort=list(x_sort) if x_sort is not None else "ascending",
        axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False, labelFlush=False),
    )
    vertical = alt.Y(
        f"{y}:O",
        title=y_title,
        sort=list(y_sort) if y_sort is not None else "ascending",
        axis=alt.Axis(ticks=False, domain=False, labelFlush=False, labelOverlap=True),
    )
    scale = alt.Scale(domain=[0, top], range=[0.04, 0.95], clamp=True)
    base = alt.Chart(frame)
    layers: list[alt.Chart] = [
        base.mark_rect(color=DEEP_BLUE, cornerRadius=2).encode(
            x=horizontal,
            y=vertical,
            opacity=alt.Opacity(f"{value}:Q", scale=scale, legend=None, title=legend_title),
            tooltip=list(tips),
        )
    ]
    if label is not None:
        # White on the fullest cells; elsewhere the words of the page, dark or light.
        layers.append(
            base.mark_text(fontSize=11, baseline="middle").encode(
                x=horizontal,
                y=vertical,
                text=f"{label}:N",
                color=alt.condition(
                    f"datum['{value}'] > {top * _FULL}", alt.value("#ffffff"), alt.value(ink(dark))
                ),
                tooltip=list(tips),
            )
        )
    rows = frame[y].nunique()
    return alt.layer(*layers).properties(height=cell * rows + 50)


def bars(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    y_title: str,
    series: str | None = None,
    fixed: dict[str, str] | None = None,
    names: Sequence[str] | None = None,
    x_title: str,
    domain: Sequence[str] | None = None,
    faded: str | None = None,
    height: int = _HEIGHT,
) -> alt.Chart:
    """Draw stacked bars over periods (written out, in order); what is below 0 hangs down."""
    names = list(names if names is not None else dict.fromkeys(frame[series]) if series else [])
    encoding = {
        "x": alt.X(
            f"{x}:O",
            title=None,
            sort=None,
            axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, labelFlush=False),
            scale=alt.Scale(
                paddingInner=0.25, **({"domain": list(domain)} if domain is not None else {})
            ),
        ),
        "y": alt.Y(
            f"{y}:Q", title=y_title, axis=alt.Axis(labelExpr=_SHORT, tickCount=5, labelFlush=False)
        ),
        "tooltip": [
            alt.Tooltip(f"{x}:O", title=x_title),
            *([alt.Tooltip(f"{series}:N", title="")] if series else []),
            alt.Tooltip(f"{y}:Q", title=y_title, format=",.0f"),
        ],
    }
    encoding["color"] = (
        alt.Color(f"{series}:N", scale=colours(names, fixed), legend=legend(names), sort=names)
        if series
        else alt.value(BLUE)
    )
    if series:
        # Stacked in the legend's order, from the axis outwards.
        frame = frame.assign(_order=[names.index(v) for v in frame[series]])
        encoding["order"] = alt.Order("_order:Q")
    if faded:
        encoding["opacity"] = alt.condition(f"datum.{faded}", alt.value(0.45), alt.value(1))
    return alt.Chart(frame).mark_bar().encode(**encoding).properties(height=height)


def shares(
    frame: pd.DataFrame, category: str, value: str, label: str, *, title: str,
    dark: bool, fixed: dict[str, str] | None = None, key: str | None = None,
) -> alt.LayerChart:  # fmt: skip
    """Draw one bar a category from the left, its figure written at its end."""
    order = list(frame[category])
    vertical = alt.Y(f"{category}:N", sort=order, title=None, axis=_names())
    top = float(frame[value].max() or 1)
    horizontal = alt.X(
        f"{value}:Q", title=title, scale=alt.Scale(domain=[0, top * 1.25]), axis=None
    )
    colour = alt.value(BLUE)
    if fixed and key:
        keys = list(frame[key])
        colour = alt.Color(f"{key}:N", scale=colours(keys, fixed), legend=None)
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


def _months() -> alt.Axis:
    return alt.Axis(format="%Y-%m", grid=False, labelOverlap=True, labelFlush=False, tickCount=8)


def _names() -> alt.Axis:
    return alt.Axis(labelLimit=150, labelFlush=False, ticks=False, domain=False, grid=False)


def _finer(axis_format: str) -> str:
    return (
        ".1%" if axis_format == ".0%" else ",.2f" if axis_format in {"~s", ",.1f"} else axis_format
    )


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
            y=alt.Y(f"{y}:Q", title=y_title, axis=alt.Axis(tickCount=4, labelExpr=_SHORT)),
            color=alt.Color(
                f"{series}:N", scale=colours(names, fixed), legend=legend(names), sort=list(names)
            ),
            tooltip=[
                alt.Tooltip(f"{start}:Q", title="≥", format=".0%"),
                alt.Tooltip(f"{end}:Q", title="<", format=".0%"),
                alt.Tooltip(f"{series}:N", title=""),
                alt.Tooltip(f"{y}:Q", title=y_title, format=","),
            ],
        )
        .properties(height=260)
    )  # fmt: skip


def against_diagonal(
    frame: pd.DataFrame, x: str, y: str, low: str, high: str, *, x_title: str, y_title: str
) -> alt.LayerChart:
    """Draw what happened over what was foretold; the dashed line is where both are equal."""
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


def strip(
    frame: pd.DataFrame, x: str, row: str, *, order: Sequence[str], fixed: dict[str, str],
    tips: Sequence[alt.Tooltip],
) -> alt.Chart:  # fmt: skip
    """Draw one tick a day in rows by kind."""
    return (
        alt.Chart(frame)
        .mark_tick(thickness=2, height=22, opacity=1)
        .encode(
            x=alt.X(f"{x}:T", title=None, axis=_months()),
            y=alt.Y(f"{row}:N", sort=list(order), title=None, axis=alt.Axis(grid=False)),
            color=alt.Color(f"{row}:N", scale=colours(order, fixed), legend=None),
            tooltip=list(tips),
        )
        .properties(height=120)
    )
