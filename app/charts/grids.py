"""A figure for each pair of two orders: the triangle of cohorts, the map of scores."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from app.palette import DEEP_BLUE, GREY, ink

# From this share of the top on white is read better than dark on a cell of a light page.
_FULL = 0.87
# A grey cell says that its value says little, not how much it is.
_FAINT = 0.28
# What a click on a cell is called.
CLICK = "cell"


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
    grey: str | None = None,
    dashed: str | None = None,
    ringed: str | None = None,
    click: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw a grid whose cells are the bluer the larger their value; labels say it in figures.

    The colour is laid on with more or less cover, so that an empty cell is the page itself, light
    or dark. Columns of truth values say which cells are grey, however large their value, which
    have a dashed edge and which a full one; a click on a cell tells its values of some columns.
    """
    top = top if top is not None else float(frame[value].max() or 1)
    # Names of two words stand on two lines above the grid.
    is_wrapped = any(" " in str(name) for name in x_sort or ())
    horizontal = alt.X(
        f"{x}:O",
        title=x_title,
        sort=list(x_sort) if x_sort is not None else "ascending",
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            ticks=False,
            domain=False,
            labelFlush=False,
            labelPadding=14 if is_wrapped else 2,
            # The last word of a name stands on a line of its own.
            labelExpr="replace(datum.label, /^(.*) ([^ ]+)$/, '$1') == datum.label ? datum.label : "
            "[replace(datum.label, /^(.*) ([^ ]+)$/, '$1'), "
            "replace(datum.label, /^(.*) ([^ ]+)$/, '$2')]",
        ),
    )
    vertical = alt.Y(
        f"{y}:O",
        title=y_title,
        sort=list(y_sort) if y_sort is not None else "ascending",
        axis=alt.Axis(
            ticks=False, domain=False, labelFlush=False, labelOverlap=True, labelLimit=170
        ),
    )
    scale = alt.Scale(domain=[0, top], range=[0.04, 0.95], clamp=True)
    base = alt.Chart(frame)
    cover = alt.Opacity(f"{value}:Q", scale=scale, legend=None, title=legend_title)
    is_grey = f"datum['{grey}']" if grey else "false"
    cells = base.mark_rect(color=DEEP_BLUE, cornerRadius=2).encode(
        x=horizontal,
        y=vertical,
        color=alt.condition(is_grey, alt.value(GREY), alt.value(DEEP_BLUE)),
        opacity=alt.condition(is_grey, alt.value(_FAINT), cover),
        tooltip=list(tips),
    )
    if click:
        cells = cells.add_params(alt.selection_point(name=CLICK, fields=list(click), toggle=False))
    layers: list[alt.Chart] = [cells]
    for edge, dash, width in ((dashed, [3, 2], 1), (ringed, [1, 0], 2)):
        if edge is not None and frame[edge].any():
            layers.append(
                base.transform_filter(f"datum['{edge}']")
                .mark_rect(filled=False, stroke=ink(dark), strokeWidth=width, strokeDash=dash,
                           cornerRadius=2)
                .encode(x=horizontal, y=vertical)
            )  # fmt: skip
    if label is not None:
        # White on the fullest cells; elsewhere the words of the page, dark or light.
        layers.append(
            base.mark_text(fontSize=11, baseline="middle").encode(
                x=horizontal,
                y=vertical,
                text=f"{label}:N",
                color=alt.condition(
                    f"datum['{value}'] > {top * _FULL} && !({is_grey})",
                    alt.value("#ffffff"),
                    alt.value(ink(dark)),
                ),
                # Without tips of its own it lets a click through to the cell.
                **({} if click else {"tooltip": list(tips)}),
            )
        )
    rows = frame[y].nunique()
    return alt.layer(*layers).properties(height=cell * rows + (100 if is_wrapped else 50))
