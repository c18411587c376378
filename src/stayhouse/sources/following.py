"""Staging follows the sheet: what a changed aliases.csv maps, staging and _sources.yml then read.

``new-source`` writes all three from files, and whoever changes its sheet afterwards means the other
two as well. They are changed where they have the form in which ``new-source`` writes them; where
they have another one, what the sheet maps would be read by nothing, and is refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

import yaml

from stayhouse.base.errors import StayhouseError
from stayhouse.landing.aliases import Source, Table, read_source
from stayhouse.landing.kinds import kinds_of
from stayhouse.landing.notation import Notation
from stayhouse.sources.matching import ORDER_DISCOUNT, PLAIN, ROW_NUMBERS, ROWS, canonical_of
from stayhouse.sources.staging import folder_of

# The end of what new-source adds for a column that its files lack.
_ADDED = re.compile(r" {8}\S.* as ([a-z0-9_]+),?")
_BREAK = "\n    "
_COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)


def follow_sheet(root: Path, name: str) -> list[str]:
    """Let staging and ``_sources.yml`` read what a source's sheet maps; say what changed.

    Raises:
        StayhouseError: something that is mapped would be read by nothing; no file has changed.
    """
    folder = root / folder_of(name)
    path = folder / "_sources.yml"
    if not path.is_file():
        return []
    source = read_source(root, name)
    texts = {file: file.read_text(encoding="utf-8") for file in folder.glob(f"stg_{name}__*.sql")}
    texts[path] = path.read_text(encoding="utf-8")
    formats = folder / "format.toml"
    if formats.is_file():
        texts[formats] = formats.read_text(encoding="utf-8")
    described = {
        entry["name"]: entry
        for found in yaml.load(texts[path], Loader=yaml.CSafeLoader)["sources"]
        if found["name"] == name
        for entry in found.get("tables", [])
    }
    before, told = dict(texts), []
    for table in map(source.table, source.own):
        if table.name not in described:
            raise StayhouseError(
                f"{folder_of(name)}/aliases.csv has rows for {table.name}, a table that "
                "_sources.yml beside it does not list and no staging model reads: correct the "
                "table's name, or add it there ('Add a source' in docs/data.md)."
            )
        if new := _follow(root, source, table, texts, path, described[table.name]):
            is_one = len(new) == 1
            told.append(
                f"{folder_of(name)}: staging and _sources.yml read {' and '.join(new)} of "
                f"{table.name} now, as aliases.csv maps {'it' if is_one else 'them'}"
            )
    try:
        for file, text in texts.items():
            if text != before[file]:
                partial = file.with_name(f"{file.name}.partial")
                partial.write_text(text, encoding="utf-8")
                partial.replace(file)
    except OSError as error:
        raise StayhouseError(
            f"{error.filename} cannot be written ({error.strerror}), and staging must read what "
            "aliases.csv maps: mend that and run the command again."
        ) from error
    return told


def _follow(
    root: Path,
    source: Source,
    table: Table,
    texts: dict[Path, str],
    path: Path,
    described: dict[str, Any],
) -> list[str]:
    """Change the texts of a table's files; return the columns that are read from now on."""
    listed = [column["name"] for column in described.get("columns", [])]
    lacking = [column for column in table.landed_columns if column not in listed]
    call = re.compile(rf"\blanded\('{source.name}', '{table.name}'\)")
    masked: dict[str, None] = {}
    models = [file for file in texts if file.suffix == ".sql" and call.search(texts[file])]
    for model in models:
        sql, gone = _without_added(texts[model], call, table.landed_columns)
        texts[model] = sql
        masked |= dict.fromkeys(gone)
    for column in lacking:
        if not any(_reads(texts[model], column) for model in models):
            raise StayhouseError(_unread(table, column))
    new = [column for column in table.landed_columns if column in lacking or column in masked]
    if not new:
        return []
    for model in models:
        texts[model] = _with_facts(root, texts[model], source.name, table, model, new)
    texts[path] = _listed(texts[path], table, described, [*listed, *lacking])
    for formats in [file for file in texts if file.name == "format.toml"]:
        texts[formats] = _with_kinds(root, texts[formats], table, new)
    return new


def _unread(table: Table, column: str) -> str:
    folder = folder_of(table.source)
    names = [repr(a.their_column) for a in table.aliases if a.our_column == column]
    return (
        f"{table.alias_path} maps {' and '.join(names)} of {table.name} to {column}, which neither "
        f"{folder}/_sources.yml nor a staging model there reads, so it would be lost: give it the "
        f"name of a column that staging reads, or ignore, or list {column} in _sources.yml and "
        "read it in the staging model."
    )


def _reads(sql: str, column: str) -> bool:
    """Whether SQL reads a column: it says its name before it makes one of that name."""
    sql = re.sub(rf"cast\(null as [^()]*(\([^()]*\))?\) as {column}\b", "", _COMMENT.sub("", sql))
    first = re.search(rf"( as )?\b{column}\b", sql)
    return first is not None and first[1] is None


def _without_added(
    sql: str, call: re.Pattern[str], landed: list[str]
) -> tuple[str, dict[str, None]]:
    """Return SQL that adds no column that lands, and which it added."""
    start = "with landed as (\n    select\n        *,\n"
    head, _, rest = sql.partition(start)
    body, end, tail = rest.partition("\n    from {{ landed(")
    if not end or not call.search(end + tail.split("\n", 1)[0]):
        return sql, {}
    kept: list[list[str]] = []
    gone: dict[str, None] = {}
    comment = ""
    for item, column in _added(body):
        says = next((line for line in item if line.startswith("        --")), "")
        if column in landed:
            gone[column] = None
            # It goes before the next one of its kind.
            comment = says if item[-1].strip().startswith("cast(null as string)") else ""
            continue
        is_next = comment and not says and item[-1].strip().startswith("cast(null as string)")
        kept.append([comment, *item] if is_next else item)
        comment = ""
    if not gone:
        return sql, {}
    items = ",\n".join("\n".join(item).removesuffix(",") for item in kept)
    if not items:
        return f"{head}with landed as (\n    select *{end.replace(_BREAK, ' ')}{tail}", gone
    return f"{head}{start}{items}{end}{tail}", gone


def _added(body: str) -> Iterator[tuple[list[str], str]]:
    item: list[str] = []
    for line in body.split("\n"):
        item.append(line)
        if found := _ADDED.fullmatch(line):
            yield item, found[1]
            item = []


def _with_facts(
    root: Path, sql: str, source: str, table: Table, model: Path, new: list[str]
) -> str:
    """Return SQL that shows no hash, and tells rows apart by the columns of its own table."""
    call = rf"(landed_facts\(\s*'{source}', '{table.name}')"
    if "email_hash" in new and "hidden=[" not in sql:
        sql = re.sub(call, r"\1, hidden=['email_hash']", sql, count=1)
    canonical = model.stem.removeprefix(f"stg_{source}__")
    if table.name == ROWS and "unhashed=[" in sql:
        own = set(read_source(root, PLAIN).tables[canonical].landed_columns)
        own = own - {"discount"} | {ORDER_DISCOUNT} if canonical == "orders" else own
        for column in new:
            if column not in own:
                sql = sql.replace("unhashed=[\n", f"unhashed=[\n                '{column}',\n", 1)
    return sql


def _listed(text: str, table: Table, described: dict[str, Any], columns: list[str]) -> str:
    """Return ``_sources.yml`` with the columns of a table, and what they mean to macros."""
    meta = dict((described.get("config") or {}).get("meta") or {})
    before = dict(meta)
    if hashed := list(dict.fromkeys(a.our_column for a in table.aliases if a.personal == "hash")):
        meta["hashed"] = hashed
    if ROW_NUMBERS.get(table.name) in columns and meta.get("by_place") is True:
        meta["by_place"] = ROW_NUMBERS[table.name]
    if meta == before and columns == [c["name"] for c in described.get("columns", [])]:
        return text
    block = f"      - name: {table.name}\n"
    if meta:
        said = ", ".join(f"{key}: {_flow(value)}" for key, value in meta.items())
        block += f"        config: {{meta: {{{said}}}}}\n"
    block += columns_line(columns)
    form = re.compile(
        rf"      - name: {table.name}\n(        config: \{{meta: .*\n)?"
        r"        columns: \[[^\]]*\]\n"
    )
    if not form.search(text):
        raise StayhouseError(
            f"{folder_of(table.source)}/_sources.yml does not list "
            f"{', '.join(c for c in columns if f'name: {c}' not in text) or 'all columns'} of "
            f"{table.name}, which aliases.csv maps, and is not in the form that new-source "
            "writes: list them there as columns of the table."
        )
    return form.sub(lambda _: block, text, count=1)


def columns_line(columns: list[str]) -> str:
    """Return the columns of a table as ``_sources.yml`` lists them."""
    listed = ", ".join(f"{{name:\0{column}}}" for column in columns)
    line = fill(f"columns: [{listed}]", 98, initial_indent=" " * 8, subsequent_indent=" " * 10)
    return line.replace("\0", " ") + "\n"


def _flow(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_kinds(root: Path, text: str, table: Table, new: list[str]) -> str:
    """Return ``format.toml`` that says what new columns of a table hold that is not canonical."""
    if table.name != ROWS:
        return text
    plain = read_source(root, PLAIN)
    kinds = {ORDER_DISCOUNT: "number"}
    for name in canonical_of(ROWS):
        kinds |= kinds_of(root, plain.tables[name], Notation())
    section = f"[{ROWS}.columns]\n"
    lines = [
        f'{column} = "{kinds[column]}"\n'
        for column in new
        if column in kinds and not re.search(rf"(?m)^{column} = ", text.partition(section)[2])
    ]
    if not lines:
        return text
    if section not in text:
        return f"{text.rstrip()}\n\n{section}{''.join(lines)}"
    return text.replace(section, section + "".join(lines), 1)
