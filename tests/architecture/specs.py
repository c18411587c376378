"""What stands beside a model: its YAML, with grain, key, and the contract of a public mart."""

from collections import Counter

from tests.architecture.house import House, Node, is_private_name, room

# A docs block that fewer columns use is one more place to look for what one column means.
_FEWEST_SHARING = 2


def every_model_has_its_spec(house: House) -> list[str]:
    """One YAML a model, beside it, of the same name."""
    return [
        f"{path} has no spec beside it: describe the model in {spec}."
        for model in house.models()
        for path in [str(model["original_file_path"])]
        for spec in [path.rsplit(".", 1)[0] + ".yml"]
        if _spec_path(model) != spec
    ]


def descriptions_open_with_the_grain(house: House) -> list[str]:
    """A reader learns first what one row is."""
    return [
        f"{node['original_file_path']}: the description of {node['name']} does not open with its "
        "grain: begin it with 'One row per …'."
        for node in (*house.models(), *house.seeds())
        if not node["description"].strip().startswith("One row per ")
    ]


def every_grain_is_tested(house: House) -> list[str]:
    """A grain test on exactly the columns that make a row, or the reason why none do."""
    tested = _grains(house)
    return [
        f"{node['original_file_path']}: {node['name']} has no grain test: add "
        "`- grain: {arguments: {columns: […]}}` to data_tests in its YAML; a private model whose "
        "rows nothing tells apart says why in `config: {meta: {without_grain: …}}`."
        for node in (*house.models(), *house.seeds())
        if node["unique_id"] not in tested
        and not (
            node["config"].get("access") == "private"
            and node["config"].get("meta", {}).get("without_grain")
        )
    ]


def grains_are_columns_of_the_model(house: House) -> list[str]:
    """The grain of a public mart is made of columns that its contract names."""
    tested = _grains(house)
    return [
        f"{model['patch_path'].split('://')[-1]}: the grain of {model['name']} names {column}, "
        "which is none of its columns: list it, or mend the test."
        for model in _marts(house)
        for column in tested.get(model["unique_id"], ())
        if column not in model["columns"]
    ]


def marts_have_contracts(house: House) -> list[str]:
    """A public model outside staging promises its columns and their types."""
    return [
        f"{model['original_file_path']} is public without an enforced contract: add "
        "`contract: {enforced: true}` to config in its YAML."
        for model in _marts(house)
        if not model["config"].get("contract", {}).get("enforced")
    ]


def mart_columns_are_described(house: House) -> list[str]:
    """Every column of a mart has a type and a meaning."""
    return [
        f"{model['original_file_path']}: column {name} has no {lack}: add it in the model's YAML."
        for model in _marts(house)
        for name, column in model["columns"].items()
        for lack, value in (
            ("description", column["description"].strip()),
            ("data_type", column["data_type"]),
        )
        if not value
    ]


def docs_blocks_are_shared(house: House) -> list[str]:
    """What several columns mean stands in a docs block, what one means in its model's YAML."""
    blocks = {
        block_id: block
        for block_id, block in house.manifest["docs"].items()
        if block["original_file_path"].startswith("models/columns/")
    }
    columns = [
        (node, name, column)
        for node in (*house.models(), *house.seeds())
        for name, column in node["columns"].items()
    ]
    uses = Counter(used for _, _, column in columns for used in column.get("doc_blocks") or ())
    by_words = {_one_line(block["block_contents"]): block["name"] for block in blocks.values()}
    return [
        f"{block['original_file_path']}: docs block {block['name']} is for no two columns: write "
        "its words as the description in the YAML of the column that has it, and take it out here."
        for block_id, block in blocks.items()
        if uses[block_id] < _FEWEST_SHARING
    ] + [
        f"{node['original_file_path']}: column {name} has the words of docs block "
        f"{by_words[words]}: use it, or say how the column differs."
        for node, name, column in columns
        for words in [_one_line(column["description"])]
        if words in by_words and not column.get("doc_blocks")
    ]


def names_say_who_may_read(house: House) -> list[str]:
    """int_ and ml_ are private; everything else is public."""
    return [
        f"{model['original_file_path']} is {access} but its name says {said}: "
        + (
            "take `access: public` out of its YAML, or give it a plain noun."
            if said == "private"
            else "set `access: public` in its YAML, or name it int_<noun>__<stage>."
        )
        for model in house.models()
        for access in [model["config"]["access"]]
        for said in ["private" if is_private_name(model["name"]) else "public"]
        if access != said
    ]


def python_models_are_named_ml(house: House) -> list[str]:
    """ml_ is for Python, in python_models, and for nothing else."""
    return [
        f"{model['original_file_path']} is {model['language']}: a Python model is named ml_<noun> "
        "and lies in python_models, a SQL model is not and lies in models."
        for model in house.models()
        if (
            model["language"] == "python",
            str(model["original_file_path"]).startswith("python_models/"),
            model["name"].startswith("ml_"),
        )
        not in {(True, True, True), (False, False, False)}
    ]


def _marts(house: House) -> list[Node]:
    return [
        model
        for model in house.models()
        if model["config"]["access"] == "public" and room(model) != "staging"
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _spec_path(node: Node) -> str:
    return str(node["patch_path"] or "").split("://")[-1]


def _grains(house: House) -> dict[str, list[str]]:
    """Columns of the grain test by the id of the model or seed it is on."""
    return {
        node["attached_node"]: node["test_metadata"]["kwargs"]["columns"]
        for node in house.manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "grain"
    }


RULES = (
    every_model_has_its_spec,
    descriptions_open_with_the_grain,
    every_grain_is_tested,
    grains_are_columns_of_the_model,
    marts_have_contracts,
    mart_columns_are_described,
    docs_blocks_are_shared,
    names_say_who_may_read,
    python_models_are_named_ml,
)
