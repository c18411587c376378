"""Staging: what lands, under which names, and the columns in which all sources meet."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import jinja2
import yaml

from tests.architecture.house import House, last_cte, line_of, room, without_comments

_FOLDER = "models/staging/"


def staging_is_named_by_source(house: House) -> list[str]:
    """stg_<source>__<entity> lies in models/staging/<source>."""
    return [
        f"{path} is not named by its source: call it {_FOLDER}{source}/stg_{source}__<entity>.sql."
        for model in house.models()
        if room(model) == "staging"
        for path in [str(model["original_file_path"])]
        for source in [path.split("/")[2]]
        if not re.fullmatch(rf"{_FOLDER}{source}/stg_{source}__[a-z0-9_]+\.sql", path)
    ]


def sources_list_what_lands(house: House) -> list[str]:
    """_sources.yml lists exactly the columns that aliases.csv lands for a table."""
    found = []
    for path, text in house.paths(_FOLDER, suffix="/_sources.yml"):
        aliases = path.replace("_sources.yml", "aliases.csv")
        landed: dict[str, set[str]] = {}
        for row in csv.DictReader(io.StringIO(house.files.get(aliases, ""))):
            # Neither a personal column that is dropped nor one that nobody needs is written.
            columns = landed.setdefault(row["table"], set())
            is_written = row["personal"] != "drop" and row["our_column"] != "ignore"
            columns |= {row["our_column"]} if is_written else set()
        for table in (t for source in yaml.safe_load(text)["sources"] for t in source["tables"]):
            listed = {column["name"] for column in table.get("columns", [])}
            lands = landed.get(table["name"], set())
            found += [
                f"{path}: {table['name']} does not list {name}, which {aliases} lands: add it."
                for name in sorted(lands - listed)
            ]
            found += [
                f"{path}: {table['name']} lists {name}, which {aliases} does not land: add an "
                "alias or take it out."
                for name in sorted(listed - lands)
            ]
    return found


def sources_list_what_is_hashed(house: House) -> list[str]:
    """_sources.yml names the columns that aliases.csv hashes: a table that is read has them so."""
    found = []
    for path, text in house.paths(_FOLDER, suffix="/_sources.yml"):
        aliases = path.replace("_sources.yml", "aliases.csv")
        hashed: dict[str, set[str]] = {}
        for row in csv.DictReader(io.StringIO(house.files.get(aliases, ""))):
            if row["personal"] == "hash":
                hashed.setdefault(row["table"], set()).add(row["our_column"])
        for table in (t for source in yaml.safe_load(text)["sources"] for t in source["tables"]):
            meta = (table.get("config") or {}).get("meta") or {}
            if set(meta.get("hashed", [])) != (names := hashed.get(table["name"], set())):
                found.append(
                    f"{path}: {table['name']} does not say what {aliases} hashes: write `config: "
                    f"{{meta: {{hashed: [{', '.join(sorted(names))}]}}}}`."
                )
    return found


def every_provided_table_is_staged(house: House) -> list[str]:
    """Every table in var sources has its staging model."""
    return [
        f"dbt_project.yml: var sources says that {source} provides {table}, and {path} does not "
        "exist: write it, or take the table out."
        for source, tables in _sources(house).items()
        for table in tables
        for path in [_staging_path(source, table)]
        if path not in house.files
    ]


def staging_is_canonical(house: House) -> list[str]:
    """A staging model of a canonical table has all of its columns, and those of landing."""
    tables = _macro_value(house, "macros/sources/canonical_columns.sql")
    landing = _macro_value(house, "macros/sources/landing_columns.sql")
    facts = without_comments(house.files["macros/sources/staged_facts.sql"]).split("%}")[1]
    found = []
    for source, names in _sources(house).items():
        for table in names:
            path = _staging_path(source, table)
            if path in house.files:
                sql = re.sub(
                    r"\{\{ staged_facts\(.*\) \}\}",
                    facts.removesuffix("{%- endmacro "),
                    without_comments(house.files[path]),
                )
                columns = _columns(last_cte(sql)[1])
                found += [
                    f"{path} lacks {name}, a column of every source's {table}: add it to the last "
                    f"CTE, `cast(null as {type_.replace('varchar', 'string')}) as {name}` where "
                    "the source does not say."
                    for name, type_ in {**landing, **tables[table]["columns"]}.items()
                    if name not in columns
                ]
    return found


def sources_are_named_at_home_only(house: House) -> list[str]:
    """A source but the canonical one is named in its folder and in var sources, nowhere else."""
    return [
        f"{path}:{line_of(text, match.start())} names the source {source}: sources meet in core "
        "through union_sources, so let var sources say what it must know, and give unit tests "
        "their own (`overrides: {vars: {sources: …}}`)."
        for source in _sources(house)
        if source != "shop"
        for path, text in house.files.items()
        if not path.startswith((f"{_FOLDER}{source}/", "tests/"))
        # Its one entry there.
        for match in list(_named(source, text))[path == "dbt_project.yml" :]
    ]


def _named(source: str, text: str) -> Iterator[re.Match[str]]:
    """Where a text says a source's name as a word, or as part of a model's name."""
    return re.finditer(rf"(?<![a-z0-9]){source}(?![a-z0-9])", text, re.IGNORECASE)


def _sources(house: House) -> dict[str, list[str]]:
    project = yaml.safe_load(house.files["dbt_project.yml"])
    return dict(project["vars"]["sources"])


def _staging_path(source: str, table: str) -> str:
    return f"{_FOLDER}{source}/stg_{source}__{table}.sql"


def _columns(body: str) -> set[str]:
    """Names a select list gives its columns: the last word of each item."""
    items = re.split(r"\bfrom\b", body)[0].replace("select", " ", 1)
    depth, item, names = 0, "", set()
    for letter in items + ",":
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            names |= set(re.findall(r"(\w+)\s*$", item))
            item = ""
        else:
            item += letter
    return names


class _Returned(Exception):
    pass


def _macro_value(house: House, path: str) -> Any:
    """What a macro without arguments returns."""

    def give(value: Any) -> None:
        raise _Returned(value)

    module = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(
        house.files[path], globals={"return": give}
    )
    name = path.rsplit("/", 1)[-1].removesuffix(".sql")
    try:
        getattr(module.module, name)()
    except _Returned as returned:
        return returned.args[0]
    raise AssertionError(f"{path} returns nothing.")


RULES = (
    staging_is_named_by_source,
    sources_list_what_lands,
    sources_list_what_is_hashed,
    every_provided_table_is_staged,
    staging_is_canonical,
    sources_are_named_at_home_only,
)
