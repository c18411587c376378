"""The tour's text: a template in which every figure is a question to the marts.

``{{ query | form }}`` stands for the one value of a query. A block of SQL that is followed by a
line ``{{ rows }}`` is run, and its rows stand there as a table.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

Rows = Sequence[tuple[object, ...]]
Ask = Callable[[str], tuple[list[str], Rows]]

# No .md: dbt would read its braces as a page of its own.
TEMPLATE = Path(__file__).with_name("template.txt")
_VALUE = re.compile(r"\{\{ (select .+?) \| (\w+) \}\}", re.DOTALL)
_BLOCK = re.compile(r"(```sql\n(.*?)```\n)\n\{\{ rows \}\}\n", re.DOTALL)

FORMS: dict[str, Callable[[object], str]] = {
    "count": lambda value: f"{int(str(value)):,}",
    "money": lambda value: f"{Decimal(str(value)):,.0f}",
    "percent": lambda value: f"{Decimal(str(value)):.1%}",
    "decimal": lambda value: f"{Decimal(str(value)):.3f}",
    "day": lambda value: f"{value:%Y-%m-%d}",
    "text": str,
}


def fill(template: str, ask: Ask) -> str:
    """Return a template with every question answered.

    Args:
        template: the text with its questions.
        ask: returns the names of the columns and the rows of a query.

    Raises:
        ValueError: a question has not exactly one answer, or a figure was typed by hand.
    """
    if typed := _typed(template):
        raise ValueError(f"The tour's template has figures that no query gives: {typed}.")
    text = _BLOCK.sub(lambda match: f"{match[1]}\n{_table(*ask(match[2]))}", template)
    return _VALUE.sub(lambda match: FORMS[match[2]](_one(match[1], ask)), text)


def _typed(template: str) -> list[str]:
    """Figures of three or more digits, with a point or a percent sign, outside of questions."""
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", _VALUE.sub("", template), flags=re.DOTALL)
    return re.findall(r"\b\d+[.,]\d+|\b\d{3,}\b|\b\d+ ?%", prose)


def _one(sql: str, ask: Ask) -> object:
    rows = ask(sql)[1]
    if len(rows) != 1 or len(rows[0]) != 1 or rows[0][0] is None:
        raise ValueError(f"A question of the tour has no single answer: {sql}")
    return rows[0][0]


def _table(columns: Sequence[str], rows: Rows) -> str:
    lines = [list(columns), ["---"] * len(columns), *([_cell(v) for v in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return str(value)
