"""The visits that a tracker sees, as part of a shop's own source.

A source is one shop: its tables share the ids of customers, orders and products. So the staging of
a tracker is copied under the shop's name, and a person's visits and orders are one person's.
"""

import csv
import io
import re
from pathlib import Path

import yaml

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.sources.staging import folder_of

EVENTS = "events"
_CUSTOMER = "customer_id"


def trackers_of(root: Path) -> list[str]:
    """Return the sources that bring events and nothing else."""
    return sorted(
        name for name, tables in project.setting(root, "sources").items() if tables == [EVENTS]
    )


def tracker_texts(root: Path, name: str, tracker: str) -> dict[str, str]:
    """Return the staging of a tracker under a shop's name, by path from the project's folder.

    Raises:
        StayhouseError: it is no tracker.
    """
    trackers = trackers_of(root)
    if tracker not in trackers:
        raise StayhouseError(
            f"{tracker!r} is no tracker: --tracker takes a source that brings events alone, one "
            f"of {', '.join(trackers)}."
        )
    of_tracker = re.compile(rf"(?<![a-z0-9]){tracker}(?![a-z0-9])")
    return {
        f"{folder_of(name)}/{of_tracker.sub(name, path.name)}": of_tracker.sub(
            name, path.read_text(encoding="utf-8")
        )
        for path in sorted((root / folder_of(tracker)).iterdir())
    }


def joined(texts: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    """Return the texts of a source with those of its tracker: one sheet, one list of tables.

    Raises:
        StayhouseError: both have the events, or the list of tables has an unknown form.
    """
    all_texts = dict(texts)
    for path, text in added.items():
        mine = texts.get(path)
        if mine is None:
            all_texts[path] = text
        elif path.endswith("aliases.csv"):
            all_texts[path] = _with_rows(mine, text)
        elif path.endswith("_sources.yml"):
            all_texts[path] = _with_tables(path, mine, text)
        else:
            raise StayhouseError(
                f"{path} stands, and the source has events of its own: keep those of the tracker "
                "as a source of their own."
            )
    return all_texts


def _with_rows(mine: str, added: str) -> str:
    """Return a sheet with the rows of a tracker's at its end.

    Its ids of customers land as those of the shop do, hashed or not, or they would never meet.
    Landing refuses addresses in a column that is not hashed, whoever sends them.
    """
    rows = list(csv.DictReader(io.StringIO(added)))
    of_shop = [
        row["personal"]
        for row in csv.DictReader(io.StringIO(mine))
        if row["our_column"] == _CUSTOMER
    ]
    for row in rows:
        is_hashed_id = row["personal"] == "hash" and row["our_column"].endswith("_id")
        if of_shop and (is_hashed_id or row["our_column"] == _CUSTOMER):
            row["personal"] = of_shop[0]
    text = io.StringIO()
    csv.DictWriter(text, list(rows[0]), lineterminator="\n").writerows(rows)
    return mine.rstrip("\n") + "\n" + text.getvalue()


def _with_tables(path: str, mine: str, added: str) -> str:
    """Return a list of a source's tables with the tables of another list at its end."""
    expected, other = yaml.safe_load(mine), yaml.safe_load(added)
    expected["sources"][0]["tables"] += other["sources"][0]["tables"]
    text = mine.rstrip("\n") + "\n" + added.split("    tables:\n", 1)[-1]
    # An edit of text is an edit of that one list, or none.
    if yaml.safe_load(text) != expected:
        raise StayhouseError(
            f"{path} has a form in which a table would be lost: put the tables at its end, "
            "indented by six blanks, and run the command again."
        )
    return text
