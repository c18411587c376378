"""Who is erased, and where a warehouse, its files and its bytes still tell of them.

Nothing here is shared with the code that erases: who is meant is found again, row by row, from
what landed before.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.building import Run

Row = dict[str, object]
Tables = dict[str, list[Row]]
CORE = ("orders", "sessions", "customer_days", "money_lines")
WORD = r"[^A-Za-z0-9]+"


@dataclass
class People:
    """Who asked, and everything that is theirs alone."""

    customers: set[str]
    emails: set[str]
    orders: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)

    def owns(self, table: str, row: Row) -> bool:
        customer = row.get("customer_id")
        if customer is not None:
            return customer in self.customers
        if row.get("order_id") in self.orders or row.get("email_hash") in self.emails:
            return True
        if table == "exposures":
            return row["unit_id"] in self.customers | self.devices
        if table == "events":
            # An event without any actor still has an id that its tracker made of the visitor's.
            visitor = row["visitor_id"] or str(row["event_id"]).split("-")[0]
            return visitor in self.devices
        return False


def landed(landing: Path) -> Tables:
    tables: Tables = {}
    for folder in sorted((landing / "shop").iterdir()):
        with duckdb.connect() as con:
            rows = con.execute(
                f"from read_parquet('{folder}/*/data.parquet', union_by_name = true, "
                "hive_partitioning = true)"
            )
            names = [column[0] for column in rows.description]
            tables[folder.name] = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return tables


def people(tables: Tables) -> People:
    asked = {str(row["customer_id"]) for row in tables["erasure_requests"]}
    found = People(
        asked,
        {
            str(row["email_hash"])
            for table in ("customers", "orders")
            for row in tables[table]
            if row["customer_id"] in asked
        },
    )
    for row in tables["orders"]:
        if row["customer_id"] in asked or (
            row["customer_id"] is None and row["email_hash"] in found.emails
        ):
            found.orders.add(str(row["order_id"]))
    found.orders.discard("None")
    users = defaultdict(set)
    for row in [*tables["events"], *tables["orders"]]:
        if row["visitor_id"] is not None:
            mine = row["customer_id"] in asked or row["order_id"] in found.orders
            named = row["customer_id"] or row.get("email_hash")
            if mine or named:
                users[str(row["visitor_id"])].add(mine)
    found.devices = {device for device, kinds in users.items() if kinds == {True}}
    found.shared = {device for device, kinds in users.items() if kinds == {True, False}}
    return found


def values(tables: Tables, theirs: People, emails: set[str]) -> set[str]:
    """Every word that would tell that one of them was here."""
    found = theirs.customers | theirs.emails | theirs.orders | theirs.devices | emails
    for table, column in (
        ("refunds", "refund_id"), ("reviews", "review_id"), ("contacts", "contact_id"),
    ):  # fmt: skip
        found |= {str(row[column]) for row in tables[table] if theirs.owns(table, row)}
    return found - {"None"}


def words(tables: Tables, theirs: People) -> set[str]:
    """What they wrote, as far as nobody else wrote the same."""
    mine, others = set(), set()
    for table in ("reviews", "events"):
        for row in tables[table]:
            (mine if theirs.owns(table, row) else others).add(str(row["text"]))
    # A review of several sentences may hold the one sentence of another.
    told = "\n".join(sorted(others))
    return {text for text in mine if len(text) > 20 and text not in told}


def hits(database: Path, ids: set[str], texts: set[str]) -> dict[str, int]:
    """Count the values that hold one of the ids as a word, or one of the texts, by relation."""
    found: dict[str, int] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("create temp table ids as select unnest(?) as id", [sorted(ids)])
        con.execute("create temp table texts as select unnest(?) as text", [sorted(texts)])
        columns = con.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "where database_name = current_database() and not internal group by all"
        ).fetchall()
        assert len(columns) > 60
        for schema, name, names in columns:
            relation = f'"{schema}"."{name}"'
            listed = ", ".join(f'cast("{column}" as varchar)' for column in names)
            count = con.execute(
                f"with cells as (select distinct unnest([{listed}]) as cell from {relation}), "
                f"parts as (select unnest(regexp_split_to_array(cell, '{WORD}')) as part "
                "from cells) "
                "select (select count(*) from parts where part in (select id from ids)) + "
                "(select count(*) from cells join texts on contains(cell, text))"
            ).fetchall()[0][0]
            if count:
                found[f"{schema}.{name}"] = count
    return found


def raw_hits(folders: list[Path], ids: set[str], texts: set[str]) -> Iterator[tuple[str, str]]:
    """Yield files whose bytes or names hold a value; what is packed may hold three letters of
    any kind by chance, so there only what is long counts."""
    for folder in folders:
        for path in [folder] if folder.is_file() else (p for p in folder.rglob("*") if p.is_file()):
            is_packed = path.suffix in (".parquet", ".duckdb", ".wal", ".pickle", ".msgpack")
            content = path.name.encode() + b" " + path.read_bytes()
            looked_for = {v for v in ids | texts if len(v) >= 10 or not is_packed}
            if is_packed:
                found = {v for v in looked_for if v.encode() in content}
            else:
                found = looked_for.intersection(
                    re.split(WORD, content.decode("utf-8", "replace"))
                ) | {v for v in texts if v.encode() in content}
            for value in found:
                yield str(path), value


def core(run: Run, theirs: People) -> dict[str, list[tuple[object, ...]]]:
    """Rows of core of everybody who is not erased and met no erased person on a device."""
    devices = theirs.devices | theirs.shared
    names = "select unnest(?) as id"
    rows = {}
    with duckdb.connect(str(run.database), read_only=True) as con:
        con.execute(f"create temp table devices as {names}", [sorted(devices)])
        con.execute(f"create temp table customers as {names}", [sorted(theirs.customers)])
        con.execute(f"create temp table orders as {names}", [sorted(theirs.orders)])
        # Whom such a device was ever laid out to.
        con.execute(
            "create temp table met as select person_id from core.sessions "
            "where visitor_id in (from devices) and person_id is not null union "
            "select person_id from core.orders where visitor_id in (from devices) "
            "and person_id is not null union select 'v:shop:' || id from devices "
            "union select 'c:shop:' || id from customers"
        )
        assert con.execute("select count(*) from met").fetchall()[0][0] > len(theirs.customers)
        for mart in CORE:
            columns = {row[0] for row in con.execute(f"describe core.{mart}").fetchall()}
            unmet = "person_id is null or person_id not in (from met)"
            if "visitor_id" in columns:
                unmet = f"({unmet}) and (visitor_id is null or visitor_id not in (from devices))"
            if "order_id" in columns:
                unmet = f"({unmet}) and order_id not in (from orders)"
            rows[mart] = con.execute(f"from core.{mart} where {unmet} order by all").fetchall()
    return rows
