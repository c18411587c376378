"""Ways to put an offence into a house, for the tests of the rules."""

from collections.abc import Callable
from typing import Any

from tests.architecture.house import House, Node

Rule = Callable[[House], list[str]]
Plant = Callable[[House], House]
# A rule, an offence against it, and what its sentence must say.
Offence = tuple[Rule, Plant, list[str]]
# A rule, and a change that comes close to an offence and is none.
Neighbour = tuple[Rule, Plant]

GOOD_SQL = "with final as (\n    {body}\n)\n\nselect * from final\n"


def file(path: str, text: str) -> Plant:
    """A new file."""
    return lambda house: house.with_file(path, text)


def model_sql(path: str, body: str) -> Plant:
    """A new SQL file of the house's form, with this in its last CTE."""
    return file(path, GOOD_SQL.format(body=body))


def edited(path: str, old: str, new: str) -> Plant:
    """A file of the project with one piece of text replaced, which must be there."""

    def plant(house: House) -> House:
        assert old in house.files[path], f"{path} no longer says {old!r}: plant another offence."
        return house.with_file(path, house.files[path].replace(old, new, 1))

    return plant


def model(path: str, *reads: str, **changes: Any) -> Plant:
    """A new model in the manifest, lawful but for what is given; ``reads`` are names of models."""
    folder, name = path.rsplit("/", 1)
    name = name.rsplit(".", 1)[0]
    node: Node = {
        "unique_id": f"model.stayhouse.{name}",
        "resource_type": "model",
        "name": name,
        "original_file_path": path,
        "patch_path": f"stayhouse://{folder}/{name}.yml",
        "language": "python" if path.endswith(".py") else "sql",
        "description": "One row per person.",
        "depends_on": {"nodes": [f"model.stayhouse.{read}" for read in reads]},
        "sources": [],
        "columns": {"person_id": {"description": "The person.", "data_type": "varchar"}},
        "config": {
            "access": "private" if name.startswith(("int_", "ml_")) else "public",
            "contract": {"enforced": True},
            "group": path.split("/")[1],
            "materialized": "table",
        },
    }
    config = {**node["config"], **changes.pop("config", {})}
    node |= {**changes, "config": config}
    return lambda house: house.with_node(node["unique_id"], **node)


def grain(name: str, *columns: str) -> Plant:
    """A grain test on a model."""
    return lambda house: house.with_node(
        f"test.stayhouse.grain_{name}",
        resource_type="test",
        attached_node=f"model.stayhouse.{name}",
        test_metadata={"name": "grain", "kwargs": {"columns": list(columns)}},
    )


def both(*plants: Plant) -> Plant:
    """Several changes, which together are an offence or are none."""

    def plant(house: House) -> House:
        for one in plants:
            house = one(house)
        return house

    return plant
