"""What the kinds of chart share: colours by name, legends, axes, formats."""

from collections.abc import Sequence

import altair as alt

from app.language import language
from app.palette import SERIES

# 8,000 as it is, 120,000 as 120k.
SHORT = "abs(datum.value) >= 10000 ? format(datum.value, '~s') : format(datum.value, ',')"
HEIGHT = 260


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
    return alt.Legend(orient="top", title=None, columns=columns, labelLimit=150, symbolOpacity=1)


def date_format(has_day: bool) -> str:
    """Return how the reader's language writes a date on a chart, in the words of d3-time-format."""
    if language() == "zh":
        return "%Y年%-m月%-d日" if has_day else "%Y年%-m月"
    return "%-d %b %Y" if has_day else "%b %Y"


def date_axis(has_days: bool = False) -> alt.Axis:
    """Return an axis of dates, written as months or days."""
    form = date_format(has_day=has_days)
    return alt.Axis(format=form, grid=False, labelOverlap=True, labelFlush=False, tickCount=8)


def name_axis() -> alt.Axis:
    """Return an axis of names, which stand beside their marks."""
    return alt.Axis(labelLimit=150, labelFlush=False, ticks=False, domain=False, grid=False)


def finer(axis_format: str) -> str:
    """Return the format of a tip, which has room for a digit more than its axis."""
    return (
        ".1%" if axis_format == ".0%" else ",.2f" if axis_format in {"~s", ",.1f"} else axis_format
    )
