"""Personal columns: marked where they come in, and in no mart."""

import csv
import io
import re
from typing import Any

from tests.architecture.house import House, Node, is_private_name, last_cte, room, without_comments

_FOLDER = "models/staging/"
_WRITTEN = {"text", "properties", "raw_values"}


def hashed_columns_are_tagged(house: House) -> list[str]:
    """What an alias file hashes is tagged `meta: {pii: …}` in the staging model that has it."""
    return [
        f"{_FOLDER}{source}/stg_{source}__{table}.yml: {column} is hashed on landing and is not "
        "tagged: add `config: {meta: {pii: …}}` to the column."
        for source, table, column in _hashed(house)
        for model in house.models()
        if model["name"] == f"stg_{source}__{table}" and column not in _tagged(model)
        if re.search(rf"\b{column}\b", house.files.get(str(model["original_file_path"]), column))
    ]


def personal_columns_keep_their_tag(house: House) -> list[str]:
    """A private model that hands a personal column on tags it too."""
    names = _personal_names(house)
    return [
        f"{path} hands on {name}, which is personal, without a tag: add "
        f"`config: {{meta: {{pii: …}}}}` to the column in its YAML, or leave it out."
        for model in house.models()
        for path in [str(model["original_file_path"])]
        if room(model) != "staging" and is_private_name(model["name"])
        for _, body in [last_cte(without_comments(house.files.get(path, "")))]
        for name in sorted(names - _tagged(model))
        # Below `from` it may join.
        if re.search(rf"\b{name}\b", body.split("\n    from ")[0])
    ]


def marts_hold_no_personal_column(house: House) -> list[str]:
    """No tagged column is in a mart, nor one of its name."""
    names = _personal_names(house)
    return [
        f"{model['original_file_path']} publishes {name}, which is personal: leave it out; what "
        "people need of it is an id or a flag."
        for model in house.models()
        if room(model) != "staging" and not is_private_name(model["name"])
        for name in sorted((names & set(model["columns"])) | _tagged(model))
    ]


def what_people_write_stays_in_core(house: House) -> list[str]:
    """Free text is in core alone, where erasure and redaction come first; other marts name it."""
    return [
        f"{model['original_file_path']} publishes {name}, what people wrote: give the review_id or "
        "event_id; whoever may read the words joins core."
        for model in house.models()
        if room(model) not in ("staging", "core") and not is_private_name(model["name"])
        for name in model["columns"]
        if name in _WRITTEN or name.endswith("_text")
    ]


def _hashed(house: House) -> list[tuple[str, str, str]]:
    """Source, table and column of every alias that is hashed.

    The keyed hash of an id is a pseudonym that joins rows as the id did: it may be seen.
    """
    return [
        (path.split("/")[2], row["table"], row["our_column"])
        for path, text in house.paths(_FOLDER, suffix="/aliases.csv")
        for row in csv.DictReader(io.StringIO(text))
        if row["personal"] == "hash" and not row["our_column"].endswith("_id")
    ]


def _personal_names(house: House) -> set[str]:
    tagged = {name for model in house.models() for name in _tagged(model)}
    return tagged | {column for _, _, column in _hashed(house)}


def _tagged(model: Node) -> set[str]:
    return {name for name, column in model["columns"].items() if "pii" in _meta(column)}


def _meta(column: dict[str, Any]) -> dict[str, Any]:
    config = column.get("config") or {}
    return {**(column.get("meta") or {}), **(config.get("meta") or {})}


RULES = (
    hashed_columns_are_tagged,
    personal_columns_keep_their_tag,
    marts_hold_no_personal_column,
    what_people_write_stays_in_core,
)
