"""Which columns of a table hold instants and numbers, and what is plain of them.

Both are asked of the macros that staging reads with, so that there is one home for them: a table
that lands under a canonical name has canonical columns, and ``format.toml`` says it of any other.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment

from stayhouse.landing.aliases import Table
from stayhouse.landing.notation import EPOCHS, Notation

INSTANT, DAY, NUMBER = "instant", "day", "number"
_KIND_OF_TYPE = {"timestamp": INSTANT, "date": DAY, "bigint": NUMBER, "decimal": NUMBER}
_TIME_OF_DAY = re.compile(r"(?<!\d)([01]?\d|2[0-3]):[0-5]\d(?!\d)")
_OFFSET = re.compile(r".*(Z|UTC|GMT|[+-][0-9]{2}:?([0-9]{2})?|[A-Z][a-z]+/[A-Za-z_]+)")
# What `exact_decimal` and `whole_number` may read, before they count digits.
PLAIN_NUMBER = "^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) *$"


def kinds_of(root: Path, table: Table, notation: Notation) -> dict[str, str]:
    """Return what each column of instants, days or numbers holds, by our name.

    Args:
        root: the project's folder.
        table: the table; its personal columns hold nothing that is read here.
        notation: what is stated of its columns.
    """
    canonical = _macro(root, "canonical_columns").get(table.name, {"columns": {}})["columns"]
    found = {name: _KIND_OF_TYPE.get(kind.split("(")[0]) for name, kind in canonical.items()}
    for column, said in notation.columns.items():
        found[column] = INSTANT if said in EPOCHS or "%" in said else said
    hashed = {alias.our_column for alias in table.aliases if alias.personal}
    kinds = (INSTANT, DAY, NUMBER)
    return {
        column: kind
        for column in table.landed_columns
        if (kind := found.get(column)) in kinds and column not in hashed
    }


def without_zone(
    table: Table,
    samples: Mapping[str, Iterable[str | None]],
    kinds: Mapping[str, str],
    stated: Notation,
) -> list[str]:
    """Return a sentence on each column of instants without an offset, where no zone is stated.

    Args:
        table: the table that lands.
        samples: some values of its columns, by their names in the file.
        kinds: what its columns hold.
        stated: what is stated of its files.
    """
    if stated.zone is not None:
        return []
    aliases = {column: table.match(column) for column in samples}
    return [
        sentence
        for column, alias in aliases.items()
        if alias is not None
        and kinds.get(alias.our_column) == INSTANT
        and alias.our_column not in stated.columns
        and (sentence := taken_as_utc(column, filter(None, samples[column])))
    ]


def taken_as_utc(column: str, values: Iterable[str]) -> str | None:
    """Return a sentence on the times of a column that do not say how far from UTC they are.

    Args:
        column: its name in the file.
        values: some of its values, where nothing states a zone; what is no time is not asked.
    """
    times = [value.strip() for value in values if _TIME_OF_DAY.search(value)]
    if not (count := sum(not _OFFSET.fullmatch(value) for value in times)):
        return None
    what = f"{column!r} has no time zone and is"
    if count < len(times):
        what = f"{column!r} has no time zone in {count:,} of {len(times):,} values, which are"
    return (
        f"{what} read as UTC: say --zone, or zone in format.toml, where it is the shop's own time."
    )


def canonical_tables(root: Path) -> list[str]:
    """Return the tables that every source's files become."""
    return list(_macro(root, "canonical_columns"))


def plain_instant(root: Path) -> str:
    """Return the pattern of the instants that staging reads."""
    return str(_macro(root, "utc_pattern"))


def offending_value(root: Path) -> str:
    """Return the SQL of the value that a staged row was rejected for."""
    return str(_macro(root, "offending_value"))


def money_at_stake(root: Path, relations: Mapping[str, str]) -> str:
    """Return a select, for dbt to compile, of what rejected rows of staged tables are worth.

    It gives table_name, reason_code, batch_id, worth and currency, which a line has of its order
    and is null where that has not been accepted. "" where no row of these tables has money.

    Args:
        root: the project's folder.
        relations: each canonical table's relation.
    """
    selects = []
    for table, relation in relations.items():
        known = _macro(root, "canonical_columns")[table]
        if not known.get("raw_amount"):
            continue
        columns = known["columns"]
        amount = f"cast({known['amount']} as decimal(38, 4))"
        currency, rows = "null", relation
        if "currency" in columns:
            currency = "currency"
        elif "order_id" in columns and "orders" in relations:
            currency, rows = "currency", (
                f"{relation} left join (select order_id, max(currency) as currency from "
                f"{relations['orders']} where reason_code is null group by order_id) as orders "
                "using (order_id)"
            )  # fmt: skip
        selects.append(
            f"select '{table}' as table_name, reason_code, batch_id, "
            f"sum(abs({{{{ amount_at_stake('{amount}', {known['raw_amount']}) }}}})) as worth, "
            f"{currency} as currency from {rows} where reason_code is not null group by all"
        )
    return " union all ".join(selects)


def _macro(root: Path, name: str) -> Any:
    """Return what a macro returns, or else writes, that needs little of dbt."""
    texts = [(root / "macros" / path).read_text(encoding="utf-8") for path in _FILES[name]]
    return _rendered("".join(texts), name)


@cache
def _rendered(text: str, name: str) -> Any:
    returned: list[Any] = []
    environment = Environment()
    environment.globals["return"] = returned.append
    template = environment.from_string(text)
    environment.globals["adapter"] = SimpleNamespace(
        dispatch=lambda called, _package: getattr(template.module, f"duckdb__{called}")
    )
    module = template.module
    written = getattr(module, name)()
    # Of a macro that returns what another one returns, the inner value is handed over first.
    return returned[0] if returned else written


_FILES = {
    "canonical_columns": ("sources/canonical_columns.sql",),
    "offending_value": ("reasons/offending_value.sql", "engine/field_in_json.sql"),
    "utc_pattern": ("time_pattern.sql", "engine/utc_instant.sql"),
}
