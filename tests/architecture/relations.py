"""What marts say of their relations: to other marts, by columns that both have."""

import re

from tests.architecture.house import House, Node, is_private_name, room
from tests.architecture.rooms import FLOORS

_REF = re.compile(r"^ref\('(\w+)'\)$")


def relations_lead_to_marts(house: House) -> list[str]:
    """A relation is between two public marts, and leads to one that the first one may read."""
    models = {str(model["name"]): model for model in house.models()}
    found = []
    for model, related in _related(house):
        match = _REF.match(related["to"])
        partner = models.get(match[1]) if match else None
        if is_private_name(model["name"]):
            mistake = "is private: relations are what readers of marts join by, so take it out"
        elif partner is None or is_private_name(partner["name"]) or room(partner) == "staging":
            mistake = f"leads to {related['to']}, which is no public mart: name one, or take it out"
        elif room(partner) != room(model) and FLOORS[room(partner)] >= FLOORS[room(model)]:
            mistake = (
                f"leads to {partner['name']}, which stands no lower: let the higher one lead to it"
            )
        else:
            continue
        found.append(f"{_spec(model)}: a relation of {model['name']} {mistake}.")
    return found


def relations_name_columns_of_both(house: House) -> list[str]:
    """The columns are there on both sides, in pairs of one type."""
    models = {str(model["name"]): model for model in house.models()}
    found = []
    for model, related in _related(house):
        match = _REF.match(related["to"])
        if not match or match[1] not in models:
            continue
        partner = models[match[1]]
        here, there = related["columns"], related.get("of", related["columns"])
        if len(here) != len(there):
            found.append(
                f"{_spec(model)}: the relation of {model['name']} to {match[1]} has {len(here)} "
                f"columns here and {len(there)} there: name as many."
            )
            continue
        for mine, theirs in zip(here, there, strict=True):
            types = [
                node["columns"].get(column, {}).get("data_type")
                for node, column in ((model, mine), (partner, theirs))
            ]
            if None in types or types[0] != types[1]:
                found.append(
                    f"{_spec(model)}: the relation of {model['name']} to {match[1]} takes {mine} "
                    f"({types[0] or 'not listed'}) for {theirs} ({types[1] or 'not listed'}): name "
                    "columns of both marts, of one type."
                )
    return found


def _related(house: House) -> list[tuple[Node, dict[str, object]]]:
    nodes = house.manifest["nodes"]
    return [
        (nodes[node["attached_node"]], related)
        for node in nodes.values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "relations"
        for related in node["test_metadata"]["kwargs"]["related"]
    ]


def _spec(node: Node) -> str:
    return str(node["patch_path"]).split("://")[-1]


RULES = (relations_lead_to_marts, relations_name_columns_of_both)
