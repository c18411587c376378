"""Parts inside of JSON objects that have a row of their own in the sheet, such as billing.email."""

from typing import Any

from stayhouse.landing.aliases import Alias, Table


def inner_aliases(table: Table) -> tuple[Alias, ...]:
    """Return the aliases of a table that may name a part of an object, in the sheet's order."""
    return tuple(alias for alias in table.aliases if "." in alias.their_column)


def lifted(value: dict[str, Any], inner: tuple[Alias, ...]) -> dict[str, Any]:
    """Return a line's object with such parts beside its own keys, by their dotted names.

    Of several parts that are one of our columns, the first of the sheet that is there.
    """
    found: dict[str, Any] = {}
    taken: set[str] = set()
    for alias in inner:
        part: Any = value
        for name in alias.their_column.split("."):
            part = part.get(name) if isinstance(part, dict) else None
        if part is not None and alias.our_column not in taken:
            found[alias.their_column] = part
            taken.add(alias.our_column)
    return found | value
