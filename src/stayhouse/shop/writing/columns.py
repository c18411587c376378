"""Turn columns of numbers into columns of text, fast: each is a pyarrow array of strings."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stayhouse.shop.draws import Ints

_DAY_SECONDS = 86_400
_DAYS_AT_ONCE = 4_000  # instants of one table lie within so many days, but for planted oddities


def coded(codes: Any, words: Sequence[str]) -> Any:
    """Return the word of each code; null where the code is below 0."""
    index = np.asarray(codes).astype(np.int32)
    missing = index < 0
    indices = pa.array(index, mask=missing) if missing.any() else pa.array(index)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def by_value(values: Any, to_text: Callable[[int], str]) -> Any:
    """Return a text for each whole number, made once for each distinct one; null below 0."""
    distinct, places = np.unique(np.asarray(values), return_inverse=True)
    is_null = distinct < 0
    words = [to_text(value) for value in distinct[~is_null].tolist()]
    # A dictionary with a word twice is written in more ways than one.
    different = {word: code for code, word in enumerate(dict.fromkeys(words))}
    codes = np.array([-1] * int(is_null.sum()) + [different[word] for word in words], np.int64)
    return coded(codes[places] if len(codes) else places, list(different))


def number(values: Any, prefix: str = "") -> Any:
    """Return whole numbers as text behind a prefix; null below 0."""
    whole = np.asarray(values).astype(np.int64)
    missing = whole < 0
    text = pa.array(whole, mask=missing).cast(pa.string())
    return pc.binary_join_element_wise(prefix, text, "") if prefix else text


def joined(*parts: Any) -> Any:
    """Return texts put behind one another, null where any of them is null."""
    return pc.binary_join_element_wise(*parts, "")


def money(cents: Any) -> Any:
    """Return cents as decimal text with two places; null below 0."""
    whole = np.asarray(cents).astype(np.int64)
    units, rest = np.divmod(np.maximum(whole, 0), 100)
    fraction = _CENT_TEXT.take(pa.array(rest.astype(np.int32)))
    return joined(number(np.where(whole < 0, -1, units)), fraction)


def instant(at_ms: Any) -> Any:
    """Return instants as ISO 8601 text in UTC, to the millisecond; null below 0."""
    whole = np.asarray(at_ms).astype(np.int64)
    safe = np.maximum(whole, 0)
    day, within = np.divmod(safe, _DAY_SECONDS * 1000)
    second, milli = np.divmod(within, 1000)
    first = int(day.min()) if len(day) else 0
    span = int(day.max()) - first + 1 if len(day) else 0
    if span <= _DAYS_AT_ONCE:
        dates = [str(np.datetime64(first + item, "D")) for item in range(span)]
        words = pa.array(dates, pa.string())
        days = words.take(pa.array((day - first).astype(np.int32)))
    else:
        days = by_value(day, lambda value: str(np.datetime64(value, "D"))).cast(pa.string())
    seconds = _SECOND_TEXT.take(pa.array(second.astype(np.int32)))
    fraction = _FRACTION_TEXT.take(pa.array(milli.astype(np.int32)))
    text = pc.binary_join_element_wise(days, seconds, fraction, "")
    missing = whole < 0
    return pc.if_else(pa.array(missing), None, text) if missing.any() else text


def flag(values: Any) -> Any:
    """Return true or false as text; null below 0."""
    return coded(values, ("false", "true"))


def empty(count: int) -> Any:
    """Return a column of nulls."""
    return pa.nulls(count, pa.string())


def replaced(column: Any, rows: Ints, texts: Sequence[str | None]) -> Any:
    """Return the column with other texts at these positions, in ascending order."""
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    if not pa.types.is_dictionary(column.type):
        return pc.replace_with_mask(column, pa.array(mask), pa.array(texts, pa.string()))
    known = column.dictionary.to_pylist()
    new = [word for word in texts if word is not None]
    places = {word: place for place, word in enumerate(dict.fromkeys([*known, *new]))}
    dictionary = pa.array(list(places), pa.string())
    codes = [None if word is None else places[word] for word in texts]
    indices = pc.replace_with_mask(column.indices, pa.array(mask), pa.array(codes, pa.int32()))
    return pa.DictionaryArray.from_arrays(indices, dictionary)


def plain(table: Any) -> Any:
    """Return a table with every column as plain strings."""
    return table.cast(pa.schema([(name, pa.string()) for name in table.schema.names]))


_SECOND_TEXT = pa.array(
    [
        f"T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        for second in range(_DAY_SECONDS)
    ],
    pa.string(),
)
_CENT_TEXT = pa.array([f".{cent:02d}" for cent in range(100)], pa.string())
_FRACTION_TEXT = pa.array(["Z", *(f".{milli:03d}Z" for milli in range(1, 1000))], pa.string())
