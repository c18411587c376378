"""The visits that a tracker sees, as part of a shop's own source.

A source is one shop: its tables share the ids of customers, orders and products. So the staging of
a tracker is copied under the shop's name, and a person's visits and orders are one person's.
"""

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

import yaml

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.sources.staging import folder_of

EVENTS = "events"
# The source whose tables are those of the tracking plan.
PLAN = "shop"
_CUSTOMER = "customer_id"
_SHEET, _TABLES = "aliases.csv", "_sources.yml"


def trackers_of(root: Path) -> list[str]:
    """Return the sources that can see a shop's visits: those of events alone, and the plan."""
    sources = project.setting(root, "sources").items()
    return sorted(name for name, tables in sources if tables == [EVENTS] or name == PLAN)


def tracked_tables(root: Path, tracker: str, provided: Collection[str]) -> list[str]:
    """Return the tables that a tracker adds to a source which provides some.

    That is the events, or of the tracking plan every table that the source lacks.

    Raises:
        StayhouseError: it is no tracker, or adds nothing.
    """
    trackers = trackers_of(root)
    if tracker not in trackers:
        raise StayhouseError(
            f"{tracker!r} is no tracker: --tracker takes a source that brings events alone, or "
            f"{PLAN} for files in our own columns: one of {', '.join(trackers)}."
        )
    if tracker != PLAN:
        return [EVENTS]
    tables = [t for t in project.setting(root, "sources")[PLAN] if t not in provided]
    if not tables:
        raise StayhouseError(
            "The source has every table of the tracking plan: land your files under its name, by "
            "'stayhouse land'."
        )
    return tables


def tracker_texts(root: Path, name: str, tracker: str, tables: Collection[str]) -> dict[str, str]:
    """Return the staging of some tables of a tracker under a shop's name, by path from the
    project's folder.
    """
    is_name = rf"(?<![a-z0-9]){tracker}(?![a-z0-9])"
    texts = {}
    for path in sorted((root / folder_of(tracker)).iterdir()):
        text = path.read_text(encoding="utf-8")
        if tracker == PLAN:
            if path.name == _SHEET:
                text = _rows_of(text, tables)
            elif path.name == _TABLES:
                text = _listed(text, tables)
            elif path.stem.partition("__")[2] not in tables:
                continue
        place = f"{folder_of(name)}/{re.sub(is_name, name, path.name)}"
        texts[place] = re.sub(is_name, name, text)
    return texts


def _rows_of(sheet: str, tables: Collection[str]) -> str:
    """Return a sheet with its header and the rows of some tables."""
    header, *rows = sheet.splitlines(keepends=True)
    return header + "".join(row for row in rows if row.partition(",")[0] in tables)


def _listed(text: str, tables: Collection[str]) -> str:
    """Return a list of a source's tables with some of them."""
    head, *entries = re.split(r"(?m)^(?=      - name: )", text)
    wanted = {f"      - name: {table}" for table in tables}
    return head + "".join(entry for entry in entries if entry.partition("\n")[0] in wanted)


def joined(texts: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    """Return the texts of a source with those of a tracker: one sheet, one list of tables.

    Raises:
        StayhouseError: both have the events, or the list of tables has an unknown form.
    """
    all_texts = dict(texts)
    for path, text in added.items():
        mine = texts.get(path)
        if mine is None:
            all_texts[path] = text
        elif path.endswith(_SHEET):
            all_texts[path] = _with_rows(mine, text)
        elif path.endswith(_TABLES):
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
