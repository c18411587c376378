"""What sections are made of: rows of marts, tables, numbers as text."""

from collections.abc import Sequence
from html import escape
from typing import Any

import duckdb

Row = dict[str, Any]

_TEXT = ' class="text long"'


def rows_of(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """Return the rows of a query by column name."""
    result = con.execute(sql)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many digits behind the point; a dash where there is none."""
    if value is None or value != value:
        return "-"
    return f"{value:,.{digits}f}"


def share(value: float | None) -> str:
    """Return a share in per cent with one digit."""
    return "-" if value is None or value != value else f"{100 * value:.1f}%"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a number with its interval."""
    if value is None or low is None or high is None:
        return number(value)
    return f"{number(value)} ({number(low)} to {number(high)})"


def span_of(value: float | None, low: float | None, high: float | None) -> str:
    """Return a share with its interval."""
    if value is None or low is None or high is None:
        return share(value)
    return f"{share(value)} ({share(low)} to {share(high)})"


def plain(name: str) -> str:
    """Return a name of a mart as words."""
    return {"bg_nbd": "BG/NBD", "mlp": "MLP", "cnn": "CNN", "gru": "GRU"}.get(
        name, name.replace("_", " ")
    )


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of text, escaped."""
    kind = f' class="{style}"' if style else ""
    return f"<p{kind}>{escape(text)}</p>"


def points(texts: Sequence[str]) -> str:
    """Return a list of sentences, escaped."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[Any]],
    chosen: Sequence[bool] = (),
    texts: Sequence[int] = (),
) -> str:
    """Return a table, escaped, that scrolls sideways where it is too wide.

    Args:
        header: the columns' names.
        rows: the cells.
        chosen: whether a row is set off; empty for none.
        texts: the columns that hold sentences.
    """
    head = "".join(
        f'<th scope="col"{_TEXT if column in texts else ""}>{escape(name)}</th>'
        for column, name in enumerate(header)
    )
    lines = []
    for place, row in enumerate(rows):
        style = ' class="chosen"' if place < len(chosen) and chosen[place] else ""
        cells = "".join(_cell(str(cell), column in texts) for column, cell in enumerate(row))
        lines.append(f"<tr{style}>{cells}</tr>")
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def figure(caption: str, picture: str) -> str:
    """Return a picture with what it shows."""
    return f"<figure><figcaption>{escape(caption)}</figcaption>{picture}</figure>"


def _cell(text: str, is_long: bool) -> str:
    return f"<td{_TEXT if is_long else ''}>{escape(text)}</td>"
