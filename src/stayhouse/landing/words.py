"""What shops call our columns, in nine languages: the tables ``words.csv`` and its neighbours."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from stayhouse.landing.aliases import Table

LANGUAGES = (
    *("english", "german", "french", "spanish", "polish", "italian", "dutch", "portuguese"),
    "chinese",
)
# In these a word may be a part of a longer one.
_JOINING = ("german", "dutch", "chinese")
# What stands between the words of names in French and its neighbours, or is left out.
_PARTICLES = {
    *("de", "du", "des", "del", "d", "l", "la"),
    *("di", "dell", "della", "dei", "degli", "delle", "do", "da", "dos", "das", "van"),
}
# What is less like a word than this is not that word.
LEAST = 0.85
# A shorter word stands within others by chance: it must be a word of its own.
_SHORT = 5


def folded(name: str) -> str:
    """Return a name as it is compared: lower case, without units in brackets, blanks, signs,
    accents and the particles of French and its neighbours.
    """
    return "".join(_parts(name))


def likeness(name: str, table: str, ours: str) -> float:
    """Return how like a column's name is to what shops call a column of ours: 0, or 0.8 to 1.

    Args:
        name: the column's name in a file.
        table: a canonical table.
        ours: its column, or what ``words.csv`` has beside: product_name, nickname.
    """
    return _likeness(name, {folded(ours), *_words().get((table, ours), ())})


def likeness_anywhere(name: str, ours: str, also: Iterable[str] = ()) -> float:
    """Return how like a column's name is to what a column of ours is called in any table.

    Args:
        name: the column's name in a file.
        ours: our column.
        also: other names that it has, as in a source's sheet.
    """
    words = (words for (_, column), words in _words().items() if column == ours)
    return _likeness(name, {folded(ours), *map(folded, also)}.union(*words))


def _likeness(name: str, words: set[str]) -> float:
    mine = folded(name)
    if mine in words:
        return 1.0
    best = max((SequenceMatcher(None, mine, word).ratio() for word in words), default=0.0)
    return 0.95 * best if best >= LEAST else 0.0


def columns_of(table: str) -> list[str]:
    """Return the columns of a canonical table that have words, in the order of the file."""
    return [ours for name, ours in _words() if name == table]


@cache
def table_called(name: str) -> str | None:
    """Return the canonical table that a file, or a table of a database, is called after."""
    for row in _read("tables.csv"):
        words = (word for language in LANGUAGES for word in row[language].split("|"))
        if folded(name) in map(folded, words):
            return row["table"]
    return None


def speaks_of(name: str, table: str) -> bool:
    """Return whether a name of a file or a column has a word for a canonical table in it."""
    # What stands in brackets is said too.
    parts = _parts(re.sub(r"[()\[\]]", " ", unicodedata.normalize("NFKC", name)))
    apart = f" {' '.join(re.sub('[0-9]', ' ', ' '.join(parts)).split())} "
    whole = "".join(parts)
    row = next(row for row in _read("tables.csv") if row["table"] == table)
    return any(
        folded(word) in whole if language in _JOINING else f" {' '.join(_parts(word))} " in apart
        for language in LANGUAGES
        for word in row[language].split("|")
    )


def is_known(name: str) -> bool:
    """Return whether any column of any table is called so."""
    return folded(name) in set().union(*_words().values())


def is_personal_name(name: str) -> bool:
    """Return whether a column is called like one that names, or leads to, a person."""
    parts = _parts(name)
    whole = "".join(parts)
    return Table.is_personal_name(name) or any(
        word in whole if len(word) >= _SHORT or not word.isascii() else word in parts
        for word in _personal()
    )


@cache
def value_words(column: str) -> dict[str, dict[str, str]]:
    """Return what shops write for our values of a column: by language our value, by word."""
    rows = [row for row in _read("values.csv") if row["our_column"] == column]
    return {
        language: {
            word: row["our_value"]
            for row in rows
            for word in filter(None, row[language].split("|"))
        }
        for language in LANGUAGES
    }


def our_values(column: str) -> set[str]:
    """Return our own values of a column, as far as shops have words for them."""
    return {ours for words in value_words(column).values() for ours in words.values()}


def _parts(name: str) -> list[str]:
    plain = re.sub(r"\(.*?\)|\[.*?\]", " ", unicodedata.normalize("NFKC", name))
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain).lower()
    # Latin letters without accents, and with them a letter that Unicode takes for one of its own.
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", apart)).replace("ł", "l")
    parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", bare))
    return [part for part in parts if part not in _PARTICLES] or parts


@cache
def _words() -> dict[tuple[str, str], set[str]]:
    return {
        (row["table"], row["our_column"]): {
            folded(word)
            for language in LANGUAGES
            for word in filter(None, row[language].split("|"))
        }
        for row in _read("words.csv")
    }


@cache
def _personal() -> list[str]:
    return [folded(word) for row in _read("personal.csv") for word in row["words"].split("|")]


def _read(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
