"""The dictionary as Markdown: an index, and a page a room with its diagram in Mermaid."""

import re
from collections.abc import Iterator, Sequence

from stayhouse.documents.dictionary.marts import Dictionary, Entity, Relation

# A column described by one docs block in so many keys is one that people join by.
_SHARED_KEYS = 2

_INDEX = """\
# Data dictionary

Made by `make docs` from the YAML beside the models; do not edit. It holds every public mart:
{marts} marts with {columns:,} columns in {rooms} rooms. Types are DuckDB's; instants are UTC.

**Key** = the columns that make a row, never repeated (test `grain`). **Relation** = each row finds
exactly one partner by these columns, or none where one of them is null (test `relations`); *may
lack* = a source may name a partner that it never sent. Keys and relations are tested in every
build. In the diagram of a room a dashed line is a relation that may lack its partner. What the
numbers mean stands in [definitions.md](definitions.md): each mart links to its section.
"""


def pages(dictionary: Dictionary) -> dict[str, str]:
    """Return every page by its path from the folder of the documents."""
    made = {"dictionary.md": _index(dictionary)}
    for room in dictionary.rooms:
        made[f"dictionary/{room}.md"] = _room(dictionary, room)
    return made


def _index(dictionary: Dictionary) -> str:
    text = _INDEX.format(
        marts=len(dictionary.entities),
        columns=sum(len(entity.columns) for entity in dictionary.entities),
        rooms=len(dictionary.rooms),
    )
    for room, question in dictionary.rooms.items():
        rows = [
            (
                f"[`{e.name}`](dictionary/{room}.md#{e.name})",
                _grain_of(e.description),
                ", ".join(e.asked_by),
            )
            for e in dictionary.of_room(room)
        ]
        text += f"\n## [{room}](dictionary/{room}.md): {_lower(question)}\n\n"
        text += _table(("mart", "one row per", "pages of the app"), rows)
    text += (
        "\n## What joins across marts\n\nColumns that mean the same everywhere (one docs block), "
        "and are part of a key in several marts.\n\n"
    )
    return text + _table(("column", "meaning", "in the key of", "also in"), _shared(dictionary))


def _shared(dictionary: Dictionary) -> Iterator[tuple[str, ...]]:
    blocks: dict[str, list[tuple[Entity, str, str]]] = {}
    for entity in dictionary.entities:
        for column in entity.columns:
            if column.block:
                blocks.setdefault(column.block, []).append(
                    (entity, column.name, column.description)
                )
    for block, uses in sorted(blocks.items()):
        keys = [entity.full_name for entity, name, _ in uses if name in entity.key]
        others = [entity.full_name for entity, name, _ in uses if name not in entity.key]
        if len(keys) >= _SHARED_KEYS:
            yield (
                f"`{block}`",
                uses[0][2],
                ", ".join(f"`{name}`" for name in keys),
                ", ".join(f"`{name}`" for name in others) or "-",
            )


def _room(dictionary: Dictionary, room: str) -> str:
    text = (
        f"# {room}: {_lower(dictionary.rooms[room])}\n\nMade by `make docs` from the YAML beside "
        "the models; do not edit. [All rooms](../dictionary.md)\n\n"
        f"{_diagram(dictionary, room)}"
    )
    for entity in dictionary.of_room(room):
        text += f"\n## {entity.name}\n\n{entity.description}\n\n"
        text += "".join(f"- {fact}\n" for fact in _facts(dictionary, entity))
        rows = [
            (
                f"`{column.name}`" + (" (key)" if column.name in entity.key else ""),
                column.data_type,
                column.description,
            )
            for column in entity.columns
        ]
        text += "\n" + _table(("column", "type", "meaning"), rows)
    return text


def _diagram(dictionary: Dictionary, room: str) -> str:
    """The keys of a room's marts, and a line for each relation, as Mermaid draws them."""
    own = dictionary.of_room(room)
    partners = [dictionary.find(relation.to) for entity in own for relation in entity.relations]
    lines = ["```mermaid", "erDiagram", "    direction LR"]
    for entity in dict.fromkeys([*own, *partners]):
        lines.append(f'    "{entity.full_name}" {{')
        for column in entity.columns:
            if column.name in entity.key:
                data_type = re.sub(r"\W+", "_", column.data_type)
                lines.append(f"        {data_type} {column.name} PK")
        lines.append("    }")
    for entity in own:
        for relation in entity.relations:
            line = "}o..o|" if relation.may_lack else "}o--o|"
            by = ", ".join(relation.columns)
            lines.append(f'    "{entity.full_name}" {line} "{relation.to}" : "{by}"')
    return "\n".join([*lines, "```", ""])


def _facts(dictionary: Dictionary, entity: Entity) -> Iterator[str]:
    yield f"Key: {_names(entity.key)}"
    for relation in entity.relations:
        yield f"Relation: {_names(relation.columns)} to {_link(entity, relation.to)}{_of(relation)}"
    found = [
        f"{_link(entity, other.full_name)} by {_names(relation.columns)}"
        for other, relation in dictionary.leading_to(entity.full_name)
        if other != entity
    ]
    if found:
        yield "Reached from: " + "; ".join(found)
    if entity.asked_by:
        yield "Pages of the app: " + ", ".join(entity.asked_by)
    anchor = re.sub(r"[^\w -]", "", entity.defined_in.lower()).replace(" ", "-")
    yield f"Definitions: [{entity.defined_in or 'all'}](../definitions.md{anchor and '#'}{anchor})"


def _of(relation: Relation) -> str:
    of = f" {_names(relation.of)}" if relation.of != relation.columns else ""
    return of + (", may lack" if relation.may_lack else "")


def _link(entity: Entity, full_name: str) -> str:
    room, name = full_name.split(".")
    page = "" if room == entity.room else f"{room}.md"
    return f"[`{full_name}`]({page}#{name})"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _grain_of(description: str) -> str:
    """What one row is, from a description that opens with "One row per ..."."""
    text = description.removeprefix("One row per ")
    for end in (": ", ". "):
        text = text.split(end, 1)[0]
    return text.rstrip(".")


def _lower(question: str) -> str:
    return question[:1].lower() + question[1:]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )
