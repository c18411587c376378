"""Where the boxes of a diagram stand and which way its lines go; lengths in pixels.

A mart stands one column to the right of the marts that it leads to. All lines to one mart run along
one trunk in the gap to its right; a line over more than one column takes a corridor above the
boxes. So lines never cross a box, and where two lines meet without a dot they do not join.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stayhouse.dictionary.marts import Dictionary, Entity, Relation

BOX_WIDTH = 318
LINE = 17
HEAD = 30
_GAP = 22
_LANE = 9
_MARGIN = 16
# Characters of the box's type that fit in its width.
TEXT_WIDTH = 41


@dataclass(frozen=True)
class Row:
    """A line of text in a box: part of the key, or a relation that a line may begin at."""

    text: str
    relation: Relation | None = None


@dataclass
class Box:
    """A mart in the picture; ``is_guest`` marks one of another room."""

    entity: Entity
    rows: list[Row]
    is_guest: bool = False
    column: int = 0
    x: float = 0
    y: float = 0

    @property
    def height(self) -> float:
        """The height with title and rows."""
        return HEAD + LINE * len(self.rows) + 6

    def row_y(self, index: int) -> float:
        """Where the middle of a row is."""
        return self.y + HEAD + LINE * index + LINE / 2 - 1


@dataclass(frozen=True)
class Line:
    """A line along points; dashed where a partner may lack. ``colour`` counts the marts led to."""

    points: tuple[tuple[float, float], ...]
    is_dashed: bool
    colour: int


@dataclass
class Picture:
    """Everything that is drawn, and how large it is."""

    boxes: list[Box]
    lines: list[Line] = field(default_factory=list)
    dots: list[tuple[float, float, int]] = field(default_factory=list)
    width: float = 0
    height: float = 0


def lay_out(dictionary: Dictionary, room: str) -> Picture:
    """Return the picture of a room; marts of other rooms that it leads to stand beside it."""
    boxes = {entity.full_name: _box(entity) for entity in dictionary.of_room(room)}
    for entity in dictionary.of_room(room):
        for relation in entity.relations:
            if relation.to not in boxes:
                boxes[relation.to] = _guest(dictionary.find(relation.to))
    led = {
        name: [r.to for r in box.entity.relations if r.to != name and not box.is_guest]
        for name, box in boxes.items()
    }
    for name, box in boxes.items():
        box.column = _depth(name, led)
    targets = [name for name in boxes if any(name in to for to in led.values())]
    alone = [name for name in boxes if name not in targets and not led[name]]
    picture = Picture(list(boxes.values()))
    bound = [name for name in boxes if name not in alone]
    columns = _columns(bound, boxes, led)
    _stand(picture, columns, [boxes[name] for name in alone], boxes, targets)
    _draw_lines(picture, boxes, targets)
    return picture


def _box(entity: Entity) -> Box:
    rows = [Row(text) for text in _wrapped("key: ", entity.key)]
    for relation in entity.relations:
        own = relation.to == entity.full_name
        end = f"→ {'itself' if own else relation.to.split('.')[1]}"
        texts = _wrapped("", relation.columns, end)
        rows += [Row(text) for text in texts[:-1]]
        rows.append(Row(texts[-1], None if own else relation))
    return Box(entity, rows)


def _guest(entity: Entity) -> Box:
    return Box(entity, [Row(text) for text in _wrapped("key: ", entity.key)], is_guest=True)


def _wrapped(start: str, names: Sequence[str], end: str = "") -> list[str]:
    """Names with commas between them, and an end, in as many lines as they need."""
    words = [f"{name}," for name in names[:-1]] + [*names[-1:], *([end] if end else [])]
    lines = [f"{start}{words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > TEXT_WIDTH:
            lines.append(f"   {word}")
        else:
            lines[-1] += f" {word}"
    return lines


def _depth(name: str, led: Mapping[str, Sequence[str]]) -> int:
    return max((_depth(to, led) + 1 for to in led[name]), default=0)


def _columns(
    bound: Iterable[str], boxes: Mapping[str, Box], led: Mapping[str, Sequence[str]]
) -> list[list[Box]]:
    """The boxes by column, from top to bottom: children near to where their lines come from."""
    columns: list[list[Box]] = []
    places: dict[str, float] = {}
    for name in sorted(bound, key=lambda n: (boxes[n].column, n)):
        while len(columns) <= boxes[name].column:
            columns.append([])
        columns[boxes[name].column].append(boxes[name])
    for column in columns:
        # Boxes with many lines first, then by the mean place of what they lead to.
        column.sort(
            key=lambda b: (
                _mean([places[to] for to in led[b.entity.full_name]]),
                b.entity.full_name,
            )
        )
        for place, box in enumerate(column):
            places[box.entity.full_name] = place / max(1, len(column))
    return columns


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _stand(
    picture: Picture,
    columns: Sequence[Sequence[Box]],
    alone: Sequence[Box],
    boxes: Mapping[str, Box],
    targets: Sequence[str],
) -> None:
    """Give every box its place: the bound ones in columns, the lone ones in rows below."""
    gap = _GAP * 2 + _LANE * (len(targets) + 1)
    # The corridors above the boxes: one for each mart with a line over more than one column.
    top = _MARGIN + _LANE * len(_far(boxes)) + (_LANE if _far(boxes) else 0)
    tallest = max((_tall(column) for column in columns), default=0)
    for place, column in enumerate(columns):
        y = top + (tallest - _tall(column)) / 2
        for box in column:
            box.x, box.y = _MARGIN + place * (BOX_WIDTH + gap), y
            y += box.height + _GAP
    wide = max(len(columns), min(3, len(alone)), 1)
    y = top + tallest + (_GAP if columns else 0)
    for start in range(0, len(alone), wide):
        row = alone[start : start + wide]
        for place, box in enumerate(row):
            box.x, box.y = _MARGIN + place * (BOX_WIDTH + gap), y
        y += max(box.height for box in row) + _GAP
    picture.width = 2 * _MARGIN + wide * BOX_WIDTH + (wide - 1) * gap
    picture.height = max(box.y + box.height for box in picture.boxes) + _MARGIN


def _tall(column: Sequence[Box]) -> float:
    return sum(box.height for box in column) + _GAP * (len(column) - 1)


def _far(boxes: Mapping[str, Box]) -> list[str]:
    """Marts that a line leads to over more than one column."""
    return sorted(
        {
            row.relation.to
            for box in boxes.values()
            for row in box.rows
            if row.relation and box.column - boxes[row.relation.to].column > 1
        }
    )


def _draw_lines(picture: Picture, boxes: Mapping[str, Box], targets: Sequence[str]) -> None:
    far = _far(boxes)
    for colour, name in enumerate(targets):
        parent = boxes[name]
        start = (parent.x + BOX_WIDTH, parent.y + HEAD / 2)
        trunk = start[0] + _GAP + _LANE * colour
        corridor = _MARGIN + _LANE * far.index(name) if name in far else 0.0
        for box in boxes.values():
            for index, row in enumerate(box.rows):
                if row.relation is None or row.relation.to != name:
                    continue
                end = (box.x, box.row_y(index))
                points = [start, (trunk, start[1])]
                if box.column - parent.column > 1:
                    lane = box.x - _GAP - _LANE * (len(targets) - colour)
                    points += [(trunk, corridor), (lane, corridor), (lane, end[1])]
                    picture.dots.append((lane, end[1], colour))
                else:
                    points.append((trunk, end[1]))
                    picture.dots.append((trunk, end[1], colour))
                picture.lines.append(Line((*points, end), row.relation.may_lack, colour))
        picture.dots.append((*start, colour))
