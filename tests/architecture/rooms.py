"""Who reads whom: data goes up, floor by floor, and never comes down."""

from stayhouse.base.rooms import FLOORS
from tests.architecture.house import House, Node, is_private_name, room, schema_name


def every_room_has_a_floor(house: House) -> list[str]:
    """A model lies in a room of the house."""
    return [
        f"{model['original_file_path']} lies in no room of the house: move it to one of "
        f"{', '.join(FLOORS)}, or give the new room a floor in src/stayhouse/base/rooms.py."
        for model in house.models()
        if room(model) not in FLOORS
    ]


def data_goes_up(house: House) -> list[str]:
    """A model reads its own room and public models of lower floors."""
    nodes = house.manifest["nodes"]
    found = []
    for model in house.models():
        for parent_id in model["depends_on"]["nodes"]:
            parent = nodes.get(parent_id)
            if parent is None or parent["resource_type"] != "model":
                continue
            if {room(model), room(parent)} <= FLOORS.keys():
                mistake = _mistake(model, parent)
                if mistake:
                    found.append(
                        f"{model['original_file_path']} reads {schema_name(parent)}, {mistake}."
                    )
    return found


def _mistake(reader: Node, read: Node) -> str | None:
    here, there = room(reader), room(read)
    if here == there:
        if here == "staging" and _source(reader) != _source(read):
            return "staging of another source: sources meet in core, through union_sources"
        return None
    if there == "staging" and here != "core":
        return (
            "which is staging, and only core reads staging: read the mart of core that holds those "
            "rows, or add the column to it"
        )
    if FLOORS[here] == FLOORS[there]:
        above = ", ".join(name for name, floor in FLOORS.items() if floor > FLOORS[here])
        return (
            f"which stands on the same floor: move the model to a higher room ({above or 'none'}) "
            "or read what both need from a lower one, such as core"
        )
    if FLOORS[here] < FLOORS[there]:
        return (
            f"which stands on a higher floor, and data never comes down: move the model up to "
            f"{there} or compute what it needs from floors below {here}"
        )
    if is_private_name(read["name"]):
        return f"which is private to its room: read a public model of {there}, or publish one there"
    return None


def sources_are_read_by_their_staging(house: House) -> list[str]:
    """A landed table is read by the staging models of its own source only."""
    return [
        f"{model['original_file_path']} reads the landed table {source}.{table}: only "
        f"models/staging/{source} does, so read its staging model in core, or a mart of core."
        for model in house.models()
        for source, table in model["sources"]
        if not str(model["original_file_path"]).startswith(f"models/staging/{source}/")
    ]


def groups_are_rooms(house: House) -> list[str]:
    """A model's group is its room, so that dbt keeps what is private inside of it."""
    return [
        f"{model['original_file_path']} is in group {model['config'].get('group')}, not "
        f"{room(model)}: set +group: {room(model)} for the folder in dbt_project.yml and name the "
        "group in models/groups.yml."
        for model in house.models()
        if model["config"].get("group") != room(model)
    ]


def _source(node: Node) -> str:
    return str(node["original_file_path"]).split("/")[2]


RULES = (every_room_has_a_floor, data_goes_up, sources_are_read_by_their_staging, groups_are_rooms)
