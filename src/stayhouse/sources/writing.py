"""The folder of a new source: its sheet, its formats, and staging made from that of our own layout.

The staging model of a table is that of the source in our own layout, under another name. What the
files do not have is added where rows come in, so that it is seen and can be changed.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.notation import Notation
from stayhouse.sources.describing import Described
from stayhouse.sources.following import columns_line
from stayhouse.sources.matching import PRODUCT_NAME, ROW_NUMBERS, ROWS
from stayhouse.sources.staging import folder_of, repeats, staging_sql

_SHEET = ("table", "their_column", "our_column", "required", "personal")
# What one file tells of all that are to come; the encoding and the separator each tells by itself.
_LASTING = ("decimal", "dates", "zone")


def staged_tables(tables: Sequence[Described]) -> dict[str, Described]:
    """Return which landed table each canonical table is made of."""
    found: dict[str, Described] = {}
    for table in tables:
        if table.name == ROWS:
            found |= {"orders": table, "order_lines": table}
        else:
            found[table.name] = table
    rows = found.get("order_lines")
    if rows and "products" not in found and PRODUCT_NAME in rows.landed:
        found["products"] = rows
    return found


def texts_of(
    root: Path, name: str, tables: Sequence[Described], stated: Notation
) -> dict[str, str]:
    """Return the texts of a new source's files by their path from the project's folder.

    Args:
        root: the project's folder.
        name: the source.
        tables: its tables, each once.
        stated: what the options said of how its files are written.
    """
    folder = folder_of(name)
    staged = staged_tables(tables)
    texts = {
        f"{folder}/_sources.yml": _sources_yml(name, tables),
        f"{folder}/aliases.csv": _sheet(tables),
        f"{folder}/format.toml": _formats(tables, stated),
    }
    for canonical, table in staged.items():
        stem = f"{folder}/stg_{name}__{canonical}"
        texts[f"{stem}.sql"] = staging_sql(root, name, canonical, table)
        texts[f"{stem}.yml"] = _yml(name, canonical, table)
    return texts


def with_source(project_file: str, name: str, tables: Sequence[str]) -> str:
    """Return dbt_project.yml with a source in var ``sources``, at its end if new; comments stay.

    Raises:
        StayhouseError: the file has no such var in the form that it comes with.
    """
    found = re.search(r"(?m)^  sources:\n(?:    .*\n)+", project_file)
    if found is None:
        raise StayhouseError(
            "dbt_project.yml has no var sources with a source a line: add "
            f"`{name}: [{', '.join(tables)}]` to it and run the command again."
        )
    line = f"    {name}: [{', '.join(tables)}]\n"
    # An entry goes on for as long as lines are indented more.
    others = re.sub(rf"(?m)^    {name}:.*\n(?:     .*\n)*", "", found[0])
    return project_file[: found.start()] + others + line + project_file[found.end() :]


def _sources_yml(name: str, tables: Sequence[Described]) -> str:
    parts = [
        f"sources:\n  - name: {name}\n    description: What files of {name} were found to hold.\n"
    ]
    parts.append("    tables:\n")
    for table in tables:
        parts.append(f"      - name: {table.name}\n")
        if meta := _meta(table):
            parts.append(f"        config: {{meta: {{{', '.join(meta)}}}}}\n")
        parts.append(columns_line(table.landed))
    return "".join(parts)


def _meta(table: Described) -> list[str]:
    """Return what macros ask of a table: what its rows become, what is hashed, and without which
    column a row is known by its place alone.
    """
    # Each row is a line; what it says of its order stands on the others too.
    meta = ["staged_as: [order_lines]", "by_place: true"] if table.name == ROWS else []
    hashed = dict.fromkeys(c.ours for c in table.columns.values() if c.personal == "hash")
    if hashed:
        meta.append(f"hashed: [{', '.join(hashed)}]")
    if number := ROW_NUMBERS.get(table.name):
        meta.append(f"by_place: {number if number in table.landed else 'true'}")
    return meta


def _sheet(tables: Sequence[Described]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SHEET)
    for table in tables:
        for column in table.columns.values():
            required = "yes" if column.required else "no"
            writer.writerow([table.name, column.name, column.ours, required, column.personal])
    return text.getvalue()


def _formats(tables: Sequence[Described], stated: Notation) -> str:
    lines = ["# How the files are written; docs/data.md says what may stand here."]
    for table in tables:
        lasting = {key: getattr(table.notation, key) for key in _LASTING}
        top = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in {**stated.found, **lasting}.items()
            if value is not None
        ]
        columns = dict(table.notation.columns)
        if table.name == ROWS:
            # A table that is not canonical says what its columns hold.
            columns = {**table.kinds, **columns}
        lines += ["", f"[{table.name}]", *top] if top else []
        if columns:
            lines += ["", f"[{table.name}.columns]"]
            lines += [f"{c} = {json.dumps(v, ensure_ascii=False)}" for c, v in columns.items()]
    return "\n".join(lines) + "\n"


def _yml(name: str, canonical: str, table: Described) -> str:
    what = {
        "orders": "One row per order of a batch, as its first row says it."
        if repeats(table)
        else "One row per landed order (batch and place in its file).",
        "products": "One row per product of a batch, as the first row that has it says it.",
    }
    if table.name != ROWS and canonical in ("products",) and table.name == canonical:
        what = {}
    text = what.get(
        canonical, f"One row per landed row of {table.name} (batch and place in its file)."
    )
    yml = (
        f"models:\n  - name: stg_{name}__{canonical}\n    description: {text}\n    data_tests:\n"
        "      - grain: {arguments: {columns: [batch_id, landed_row]}}\n"
    )
    if canonical in ("orders", "customers"):
        yml += (
            "    columns:\n      - name: email_hash\n"
            "        description: \"{{ doc('email_hash') }}\"\n"
            "        config:\n          meta: {pii: email}\n"
        )
    return yml
