"""The public marts as their YAML declares them: key, columns, relations, and who asks for them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_REF = re.compile(r"ref\('(\w+)'\)")


@dataclass(frozen=True)
class Column:
    """A column: name, type and meaning; ``block`` names the docs block it is described by."""

    name: str
    data_type: str
    description: str
    block: str


@dataclass(frozen=True)
class Relation:
    """How a mart finds its one partner in another: ``columns`` here equal ``of`` there.

    Attributes:
        columns: the columns of the mart that has the relation.
        to: the partner's mart as ``room.name``.
        of: the partner's columns, in the same order.
        may_lack: a row may name a partner that is not there.
    """

    columns: tuple[str, ...]
    to: str
    of: tuple[str, ...]
    may_lack: bool


@dataclass(frozen=True)
class Entity:
    """A public mart.

    Attributes:
        asked_by: the labels of the pages of the app that ask for it.
        defined_in: the heading of its section of docs/definitions.md; empty where none names it.
    """

    room: str
    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    relations: tuple[Relation, ...]
    asked_by: tuple[str, ...]
    defined_in: str

    @property
    def full_name(self) -> str:
        """The mart as a reader of the warehouse names it, such as ``core.orders``."""
        return f"{self.room}.{self.name}"


@dataclass(frozen=True)
class Dictionary:
    """Every public mart, and the question of each room, in the order of ``models/groups.yml``."""

    rooms: Mapping[str, str]
    entities: tuple[Entity, ...]

    def of_room(self, room: str) -> list[Entity]:
        """Return the marts of a room by name."""
        return [entity for entity in self.entities if entity.room == room]

    def find(self, full_name: str) -> Entity:
        """Return the mart of that name (``room.name``)."""
        return next(entity for entity in self.entities if entity.full_name == full_name)

    def leading_to(self, full_name: str) -> Iterator[tuple[Entity, Relation]]:
        """Every relation that leads to a mart, with the mart that has it."""
        for entity in self.entities:
            for relation in entity.relations:
                if relation.to == full_name:
                    yield entity, relation


def read(manifest: Mapping[str, Any], definitions: str = "") -> Dictionary:
    """Return the public marts above staging that dbt's manifest describes.

    Args:
        manifest: the content of ``manifest.json``.
        definitions: the text of ``docs/definitions.md``; without it no mart has a section.
    """
    sections = _sections(definitions)
    nodes: dict[str, dict[str, Any]] = manifest["nodes"]
    public = {
        unique_id: node
        for unique_id, node in nodes.items()
        if node["resource_type"] == "model"
        and node["config"].get("access") == "public"
        and node["config"].get("contract", {}).get("enforced")
        and node["fqn"][1] != "staging"
    }
    tests: dict[tuple[str, str], dict[str, Any]] = {
        (node["attached_node"], node["test_metadata"]["name"]): node["test_metadata"]["kwargs"]
        for node in nodes.values()
        if node["resource_type"] == "test" and node.get("test_metadata")
    }
    names = {
        key: f"{node['schema']}.{node['alias']}"
        for unique_id, node in public.items()
        for key in (unique_id, node["name"])
    }
    # A page that dbt read anew stands behind those that it had read before.
    pages = sorted(manifest["exposures"].values(), key=lambda page: page["label"])
    entities = [
        Entity(
            room=node["schema"],
            name=node["alias"],
            description=_line(node["description"]),
            key=tuple(tests.get((unique_id, "grain"), {}).get("columns", ())),
            columns=tuple(_column(column) for column in node["columns"].values()),
            relations=tuple(_relations(tests.get((unique_id, "relations"), {}), names)),
            asked_by=tuple(
                page["label"] for page in pages if unique_id in page["depends_on"]["nodes"]
            ),
            defined_in=sections.get(names[unique_id], ""),
        )
        for unique_id, node in public.items()
    ]
    held = {entity.room for entity in entities}
    rooms = {
        group["name"]: str(group["description"] or "")
        for group in manifest["groups"].values()
        if group["name"] in held
    }
    order = {room: place for place, room in enumerate(rooms)}
    return Dictionary(rooms, tuple(sorted(entities, key=lambda e: (order[e.room], e.name))))


def _column(column: Mapping[str, Any]) -> Column:
    blocks = column.get("doc_blocks") or [""]
    return Column(
        column["name"],
        column["data_type"] or "",
        _line(column["description"]),
        str(blocks[0]).split(".")[-1],
    )


def _relations(test: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Relation]:
    for related in test.get("related", ()):
        match = _REF.search(related["to"])
        # A relation to what is no public mart is an offence against the house, told there.
        if match and match[1] in names:
            yield Relation(
                tuple(related["columns"]),
                names[match[1]],
                tuple(related.get("of", related["columns"])),
                bool(related.get("may_lack", False)),
            )


def _sections(definitions: str) -> dict[str, str]:
    """The heading of the section that names a mart in its line of marts, by mart."""
    found, heading = dict[str, str](), ""
    for line in definitions.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("Marts: "):
            found |= dict.fromkeys(re.findall(r"`([\w.]+)`", line), heading)
    return found


def _line(text: str) -> str:
    return " ".join(text.split())
