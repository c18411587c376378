"""Rows as lines of plain text."""

from collections.abc import Container, Sequence

_CELL_WIDTH = 40


def cell(value: object) -> str:
    """Return a value as a cell: nothing for null, long texts cut."""
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= _CELL_WIDTH else f"{text[: _CELL_WIDTH - 1]}…"


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: Container[int] = ()
) -> list[str]:
    """Return aligned lines under a header.

    Args:
        header: the names of the columns.
        rows: their cells.
        right: the places of columns that are set to the right.
    """
    cells = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if place in right else text.ljust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
