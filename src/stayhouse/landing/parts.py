"""JSON as landing writes it: numbers in their own digits, without the parts that a sheet hides."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stayhouse.landing.aliases import Alias, Table


class Rejected(Exception):
    """A line that is no row, with the reason code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Number(str):
    """A number in the digits it was written in: 5.10 stays 5.10."""


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        # The usual reader keeps the last of two values and says nothing.
        raise Rejected("duplicate_key")
    return unique


def _not_a_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_pairs,
    parse_float=_Number,
    parse_int=_Number,
    parse_constant=_not_a_number,
)


def text_of(value: Any, hides: Callable[[str], bool]) -> str | None:
    """Return a value of JSON as it lands: an object or list as JSON, without what is hidden."""
    if isinstance(value, dict | list):
        return _json(_shown(value, hides))
    if isinstance(value, str):
        return _text(value, hides)
    return None if value is None else _json(value)


def _json(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        inner = ",".join(f"{_json(key)}:{_json(part)}" for key, part in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Any, hides: Callable[[str], bool]) -> Any:
    if isinstance(value, dict):
        return {key: _shown(part, hides) for key, part in value.items() if not hides(key)}
    if isinstance(value, list):
        return [_shown(part, hides) for part in value if not _is_hidden_entry(part, hides)]
    return value


def _is_hidden_entry(part: Any, hides: Callable[[str], bool]) -> bool:
    """Whether a part of a list is a key and its value, and the key is not shown."""
    return isinstance(part, dict) and isinstance(key := part.get("key"), str) and hides(key)


def without_hidden(column: pa.Array, alias: Alias, table: Table) -> pa.Array:
    """Return a column as it lands: where a sheet ignores the rest, JSON without what it hides.

    Text that is no JSON stays as it is, and so does JSON that holds nothing of it.
    """
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if not (table.ignores_rest and alias.is_written and is_text):
        return column
    if not pc.any(pc.match_substring_regex(column, r"^\s*[\[{]")).as_py():
        return column
    hides = cache(table.hides)
    return pa.array([t and _text(t, hides) for t in column.to_pylist()], pa.string())


def _text(text: str, hides: Callable[[str], bool]) -> str:
    if text.lstrip()[:1] not in ("[", "{"):
        return text
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError, Rejected):
        return text
    shown = _shown(value, hides)
    return text if shown == value else _json(shown)
