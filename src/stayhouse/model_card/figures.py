"""Pictures as SVG, drawn by hand: a few lines, points with intervals, and bars.

Colours and fonts come from the page's style sheet, so that a picture follows light and dark.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 440, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 24, 14, 46

Point = tuple[float, float]
Format = Callable[[float], str]


@dataclass(frozen=True)
class Series:
    """One line of a plot, with what is written about it.

    Attributes:
        name: stands in the legend; empty for a line without an entry.
        points: x and y, in the order in which they are joined.
        style: a class of the style sheet: `a`, `b`, `c` or `guide`.
        intervals: lower and upper y of each point; empty for none.
        has_marks: whether each point gets a dot.
    """

    name: str
    points: Sequence[Point]
    style: str
    intervals: Sequence[tuple[float, float]] = field(default=())
    has_marks: bool = False


def percent(value: float) -> str:
    """Return a share as whole per cent."""
    return f"{100 * value:.0f}%"


def plot(
    title: str,
    series: Sequence[Series],
    x_label: str,
    y_label: str,
    x_ticks: Sequence[float],
    y_ticks: Sequence[float],
    x_format: Format = percent,
    y_format: Format = percent,
) -> str:
    """Return lines and points over two axes, as SVG.

    Args:
        title: what the picture shows, read out to whoever does not see it.
        series: drawn in this order.
        x_label, y_label: the axes' names.
        x_ticks, y_ticks: where the axes are marked; the first and last are their ends.
        x_format, y_format: how a mark is written.
    """

    def x(value: float) -> float:
        share = (value - x_ticks[0]) / (x_ticks[-1] - x_ticks[0])
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        share = (value - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])
        return HEIGHT - _BOTTOM - min(max(share, 0.0), 1.0) * (HEIGHT - _TOP - _BOTTOM)

    parts = []
    for tick in y_ticks:
        parts.append(_line("grid", x(x_ticks[0]), y(tick), x(x_ticks[-1]), y(tick)))
        parts.append(_text(_LEFT - 7, y(tick) + 4, y_format(tick), "end"))
    for tick in x_ticks:
        parts.append(_text(x(tick), HEIGHT - _BOTTOM + 17, x_format(tick), "middle"))
    parts.append(_text((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 8, x_label, "middle", "label"))
    middle = (_TOP + HEIGHT - _BOTTOM) / 2
    parts.append(
        f'<text class="label" text-anchor="middle" transform="translate(13 {middle:.1f}) '
        f'rotate(-90)">{escape(y_label)}</text>'
    )
    for one in series:
        places = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in one.points)
        parts.append(f'<polyline class="line {one.style}" points="{places}"/>')
        for (a, _), (low, high) in zip(one.points, one.intervals, strict=False):
            parts.append(_line(f"bar {one.style}", x(a), y(low), x(a), y(high)))
        if one.has_marks:
            parts += [
                f'<circle class="mark {one.style}" cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5"/>'
                for a, b in one.points
            ]
    legend = "".join(
        f'<li><span class="key {one.style}"></span>{escape(one.name)}</li>'
        for one in series
        if one.name
    )
    return _figure(title, WIDTH, HEIGHT, parts) + (f'<ul class="legend">{legend}</ul>')


def bars(title: str, rows: Sequence[tuple[str, float, str, str]], width: int = 440) -> str:
    """Return horizontal bars, as SVG.

    Args:
        title: what the picture shows.
        rows: name, length (0 or more), what is written behind the bar, and its style.
        width: of the picture.
    """
    step, top, name_width = 26, 4, 190
    longest = max((length for _, length, _, _ in rows), default=0.0) or 1.0
    room = width - name_width - 96
    parts = []
    for number, (name, length, note, style) in enumerate(rows):
        place = top + number * step
        end = name_width + length / longest * room
        parts.append(_text(name_width - 8, place + 15, name, "end"))
        parts.append(
            f'<rect class="fill {style}" x="{name_width}" y="{place + 3}" '
            f'width="{max(end - name_width, 1):.1f}" height="16" rx="2"/>'
        )
        parts.append(_text(end + 6, place + 15, note, "start"))
    return _figure(title, width, top + step * len(rows) + 4, parts)


def spans(
    title: str, rows: Sequence[tuple[str, float, float, float]], guide: float, width: int = 440
) -> str:
    """Return values with their intervals between 0 and 1, one a row, beside a guide line.

    Args:
        title: what the picture shows.
        rows: name, value, lower and upper end.
        guide: the value that the others are compared with.
        width: of the picture.
    """
    step, top, left, right = 24, 4, 150, 24

    def x(value: float) -> float:
        return left + value * (width - left - right)

    bottom = top + step * len(rows)
    parts = [_line("grid", x(tick), top, x(tick), bottom) for tick in (0, 0.25, 0.5, 0.75, 1)]
    parts.append(_line("line guide", x(guide), top, x(guide), bottom))
    for number, (name, value, low, high) in enumerate(rows):
        place = top + number * step + 12
        parts.append(_text(left - 8, place + 4, name, "end"))
        parts.append(_line("bar a", x(low), place, x(high), place))
        parts.append(f'<circle class="mark a" cx="{x(value):.1f}" cy="{place}" r="3.5"/>')
    parts += [_text(x(tick), bottom + 16, percent(tick), "middle") for tick in (0, 0.5, 1)]
    return _figure(title, width, bottom + 24, parts)


def _figure(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _line(style: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, style: str = "tick") -> str:
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
