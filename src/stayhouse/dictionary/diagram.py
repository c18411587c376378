"""The dictionary as pictures: one SVG a room, which asks for nothing from anywhere."""

from collections.abc import Iterator
from html import escape

from stayhouse.dictionary.layout import BOX_WIDTH, HEAD, LINE, Box, Picture, lay_out
from stayhouse.dictionary.marts import Dictionary
from stayhouse.dictionary.pages import grain_of

# Okabe and Ito's hues, dark enough for thin lines on white.
_COLOURS = ("#0072b2", "#b8500a", "#00795a", "#a2417e", "#7a6a00", "#4c4c4c", "#1f8fc4", "#6b3fa0")
_STYLE = """\
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  fill: #222; }
.name { font-weight: bold; font-size: 13px; fill: #fff; }
.guest { fill: #333; }
.key { fill: #555; }
path { fill: none; stroke-width: 1.6; }"""


def diagrams(dictionary: Dictionary) -> dict[str, str]:
    """Return the picture of each room by its path from the folder of the documents."""
    return {
        f"dictionary/{room}.svg": _svg(lay_out(dictionary, room), f"The marts of {room}")
        for room in dictionary.rooms
    }


def _svg(picture: Picture, title: str) -> str:
    width, height = f"{picture.width:.0f}", f"{picture.height:.0f}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_lines(picture),
    ]
    for box in picture.boxes:
        lines += _box(box)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    for line in picture.lines:
        path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in line.points)
        dashes = ' stroke-dasharray="5 4"' if line.is_dashed else ""
        yield f'<path d="{path}" stroke="{_colour(line.colour)}"{dashes}/>'
    for x, y, colour in picture.dots:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_colour(colour)}"/>'


def _box(box: Box) -> Iterator[str]:
    entity = box.entity
    name = entity.full_name if box.is_guest else entity.name
    fill = "#e4e4e4" if box.is_guest else "#33475b"
    css = "name guest" if box.is_guest else "name"
    dashes = ' stroke-dasharray="3 3"' if box.is_guest else ""
    yield "<g>"
    yield f"<title>{escape(f'One row per {grain_of(entity.description)}')}</title>"
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{BOX_WIDTH}" height="{box.height:.1f}" '
        f'rx="5" fill="#fafafa" stroke="#33475b"{dashes}/>'
    )
    yield (
        f'<path d="M{box.x:.1f},{box.y + HEAD - 5:.1f} v-20 q0,-5 5,-5 h{BOX_WIDTH - 10} '
        f'q5,0 5,5 v20 z" style="fill: {fill}"/>'
    )
    yield f'<text class="{css}" x="{box.x + 9:.1f}" y="{box.y + 18:.1f}">{escape(name)}</text>'
    for index, row in enumerate(box.rows):
        y = box.y + HEAD + LINE * (index + 1) - 5
        css = ' class="key"' if row.relation is None else ""
        text = escape(row.text).replace("   ", "\u00a0\u00a0\u00a0")
        yield f'<text{css} x="{box.x + 9:.1f}" y="{y:.1f}">{text}</text>'
    yield "</g>"


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]
