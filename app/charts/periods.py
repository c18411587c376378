"""What goes on over periods: lines with their band, stacked bars, a strip of days."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from app.charts import scales
from app.palette import BLUE, GREY

_BAND = 0.18


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
    has_days: bool = False,
    from_zero: bool = True,
    points: bool = True,
    rule: float | None = None,
    apart: str | None = None,
    extra: Sequence[alt.Tooltip] = (),
    height: int = scales.HEIGHT,
) -> alt.LayerChart:
    """Draw one line a series, with its interval as a band around it, and a level to hold it to.

    A column of truth values says which points stand apart, hollow and not joined to the line.
    Dates are written as months, with their days where `has_days`.
    """
    kind = "T" if is_date else "Q"
    horizontal = (
        alt.X(f"{x}:T", title=None, axis=scales.date_axis(has_days))
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
        alt.Color(
            f"{series}:N", scale=scales.colours(names), legend=scales.legend(names), sort=names
        )
        if series
        else alt.value(BLUE)
    )
    form = {"format": scales.date_format(has_day=True)} if is_date else {}
    tips = [alt.Tooltip(f"{x}:{kind}", title=x_title, **form)]
    tips += [alt.Tooltip(f"{series}:N", title="")] if series else []
    tips += [alt.Tooltip(f"{y}:Q", title=y_title, format=scales.finer(y_format))]
    base = alt.Chart(frame[~frame[apart].astype(bool)] if apart else frame)
    layers = []
    if rule is not None:
        level = alt.Chart(pd.DataFrame({"at": [rule]}))
        layers.append(level.mark_rule(strokeDash=[4, 3], color=GREY).encode(y="at:Q"))
    if low and high:
        tips += [
            alt.Tooltip(f"{low}:Q", title="≥", format=scales.finer(y_format)),
            alt.Tooltip(f"{high}:Q", title="≤", format=scales.finer(y_format)),
        ]
    tips += extra
    if low and high:
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
    if apart and frame[apart].any():
        lone = alt.Chart(frame[frame[apart].astype(bool)]).encode(x=horizontal, color=colour)
        # The rules of several series would hide each other's points.
        if low and high and not series:
            layers.append(
                lone.mark_rule(opacity=_BAND * 2).encode(
                    y=alt.Y(f"{low}:Q", title=y_title), y2=f"{high}:Q"
                )
            )
        layers.append(
            lone.mark_point(
                size=36 if points else 12, filled=False, strokeWidth=1.5, opacity=1
            ).encode(y=vertical, tooltip=tips)
        )
    return alt.layer(*layers).properties(height=height)


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
    height: int = scales.HEIGHT,
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
            f"{y}:Q",
            title=y_title,
            axis=alt.Axis(labelExpr=scales.SHORT, tickCount=5, labelFlush=False),
        ),
        "tooltip": [
            alt.Tooltip(f"{x}:O", title=x_title),
            *([alt.Tooltip(f"{series}:N", title="")] if series else []),
            alt.Tooltip(f"{y}:Q", title=y_title, format=",.0f"),
        ],
    }
    encoding["color"] = (
        alt.Color(
            f"{series}:N",
            scale=scales.colours(names, fixed),
            legend=scales.legend(names),
            sort=names,
        )
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


def strip(
    frame: pd.DataFrame, x: str, row: str, *, order: Sequence[str], fixed: dict[str, str],
    tips: Sequence[alt.Tooltip],
) -> alt.Chart:  # fmt: skip
    """Draw one tick a day in rows by kind."""
    return (
        alt.Chart(frame)
        .mark_tick(thickness=2, height=22, opacity=1)
        .encode(
            x=alt.X(f"{x}:T", title=None, axis=scales.date_axis()),
            y=alt.Y(f"{row}:N", sort=list(order), title=None, axis=alt.Axis(grid=False)),
            color=alt.Color(f"{row}:N", scale=scales.colours(order, fixed), legend=None),
            tooltip=list(tips),
        )
        .properties(height=120)
    )
