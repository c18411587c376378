"""CHANGELOG.md names what the version that stands changes in a contract, and nothing else."""

import json
import re

import pytest

import stayhouse
from tests.architecture.contracts import BEFORE, Contracts, contracts
from tests.architecture.house import House
from tests.building import CHECKOUT

# A mart, a column of it (or its key), what it was and what it is; empty where it was or is not.
Change = tuple[str, str, str, str]

CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(\w+\.\w+)` \|([^|]+)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)


def changes(before: Contracts, now: Contracts) -> set[Change]:
    """What became of the contracts of before; a mart that is new breaks nobody's query."""
    found = set()
    for mart, was in before.items():
        is_now = now.get(mart, {})
        found |= {
            (mart, column, was.get(column, ""), is_now.get(column, ""))
            for column in was.keys() | is_now.keys()
            if was.get(column) != is_now.get(column)
        }
    return found


def told(part: str) -> list[Change]:
    """What the table of a version says: a row may name several columns of one mart."""
    return [
        (mart, column, was.strip(), is_now.strip())
        for mart, columns, was, is_now in _ROW.findall(part)
        for column in re.findall(r"`(\w+)`", columns)
    ]


def test_a_change_of_a_contract_is_told() -> None:
    before = {
        "core.a": {"key": "x", "x": "bigint", "y": "varchar", "same": "date"},
        "core.gone": {"key": "x"},
    }
    now = {
        "core.a": {"key": "x, z", "x": "varchar", "z": "date", "same": "date"},
        "core.new": {"key": "x"},
    }
    rows = """
| `core.a` | `y` | varchar | |
| `core.gone` | `key` | x | |
| `core.a` | `key` | x | x, z |
| `core.a` | `x` | bigint | varchar |
| `core.a` | `z` | | date |
"""
    assert changes(before, now) == set(told(rows))


def test_the_newest_version_tells_what_it_changes(house: House) -> None:
    held = json.loads(BEFORE.read_text(encoding="utf-8"))
    newest, before = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:3]
    assert newest.startswith(stayhouse.__version__)
    assert before.startswith(held["version"])
    rows, made = told(newest), changes(held["marts"], contracts(house.manifest))
    sentences = [
        f"CHANGELOG.md has the row | `{mart}` | `{column}` | {was} | {now} |, and that is not what "
        f"has changed since {held['version']}: take it out."
        for mart, column, was, now in sorted(set(rows) - made)
    ] + [
        f"The contract of {mart} has changed since {held['version']}: add the row "
        f"| `{mart}` | `{column}` | {was} | {now} | to CHANGELOG.md."
        for mart, column, was, now in sorted(made - set(rows))
    ]
    if sentences:
        pytest.fail("\n".join(sentences), pytrace=False)
    # Who reads from above meets first what breaks a query: gone, then of another kind, then new.
    assert rows == sorted(rows, key=lambda row: (row[3] != "", row[2] == ""))
