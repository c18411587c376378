"""A person is erased: every relation, file and byte is searched, and nobody else has changed.

Nothing here is shared with the code that erases: who is meant is found again, row by row, from
what landed before.
"""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from tests.building import Run, copy_of_checkout

KEY = "a secret of the erasure test, and of no shop at all"
Row = dict[str, object]
Tables = dict[str, list[Row]]
CORE = ("orders", "sessions", "customer_days", "money_lines")
_WORD = r"[^A-Za-z0-9]+"


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
                f"parts as (select unnest(regexp_split_to_array(cell, '{_WORD}')) as part "
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
                    re.split(_WORD, content.decode("utf-8", "replace"))
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


@dataclass(frozen=True)
class Erasure:
    """A shop before and after: what landed, its core, and what the command said."""

    run: Run
    theirs: People
    ids: set[str]
    texts: set[str]
    before: Tables
    core_before: dict[str, list[tuple[object, ...]]]
    hits_before: dict[str, int]
    raw_before: set[str]
    printed: str


@pytest.fixture(scope="module")
def erasure(tmp_path_factory: pytest.TempPathFactory) -> Erasure:
    folder = copy_of_checkout(tmp_path_factory.mktemp("erasure"))
    run = Run(folder, landing=folder / "landing", project=folder)

    def stayhouse(*argv: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "stayhouse.cli", *argv],
            cwd=folder, env={**run.environment(), "STAYHOUSE_PII_KEY": KEY},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return done.stdout

    made = tmp_path_factory.mktemp("shop") / "made"
    size = ("--customers-per-year", "600", "--days", "300", "--seed", "6")
    stayhouse("shop", *size, "--out", str(made))
    until = ("--data-until", "2024-10-27T00:00:00+00:00")
    stayhouse("land", "shop", str(made / "raw"), *until)
    _ask(folder, landed(folder / "landing"))
    stayhouse("land", "shop", str(folder / "more"), *until)
    shutil.rmtree(folder / "more")
    run.build("--exclude-resource-type", "unit_test")
    stayhouse("publish")

    before = landed(folder / "landing")
    theirs = people(before)
    raw = (made / "raw" / "customers.csv").read_text(errors="replace")
    emails = {
        line.split(",")[2].strip('"')
        for line in raw.splitlines()
        if line.split(",")[0].strip('"') in theirs.customers
    }
    ids, texts = values(before, theirs, set()), words(before, theirs) | emails
    return Erasure(
        run,
        theirs,
        ids,
        texts,
        before,
        core(run, theirs),
        hits(run.database, ids, texts),
        {path for path, _ in raw_hits(_folders(run), ids, texts)},
        stayhouse("erase"),
    )


def _ask(folder: Path, tables: Tables) -> None:
    """Let people ask who make it hard: a guest, one of a shared device, one whom others name."""
    accounts = {row["email_hash"]: row["customer_id"] for row in tables["customers"]}
    guests = [accounts[o["email_hash"]] for o in tables["orders"]
              if o["customer_id"] is None and accounts.get(o["email_hash"])]  # fmt: skip
    users = defaultdict(set)
    for row in tables["events"]:
        if row["visitor_id"] and row["customer_id"]:
            users[row["visitor_id"]].add(row["customer_id"])
    shared = min(min(kinds) for kinds in users.values() if len(kinds) > 1)
    referrer = min(str(row["referred_by"]) for row in tables["customers"] if row["referred_by"])
    asks = sorted({str(guests[0]), str(shared), referrer})
    bystander = next(row for row in tables["events"] if row["customer_id"] not in (None, *asks))
    more = folder / "more"
    more.mkdir()
    lines = "".join(f"{customer},2024-10-01T00:00:00Z\n" for customer in asks)
    (more / "erasure_requests.csv").write_text(f"customer_id,requested_at\n{lines}")
    (more / "events.csv").write_text(
        "event_id,event_type,occurred_at,received_at,visitor_id,customer_id,page_url\n"
        f"told-1,page_view,2024-09-01T10:00:00Z,2024-09-01T10:00:01Z,{bystander['visitor_id']},"
        f"{bystander['customer_id']},/?friend={asks[0]}\n"
        f"torn-1,page_view,{asks[1]}\n"
        "torn-2,page_view\n"
    )


def _folders(run: Run) -> list[Path]:
    """Whatever erasing answers for: the whole project but its sources, with all it made."""
    assert run.landing is not None
    made = ("target", "logs", "published", "stayhouse.duckdb", "stayhouse.duckdb.wal")
    return [run.landing, *(path for name in made if (path := run.folder / name).exists())]


def test_the_search_finds_them_before(erasure: Erasure) -> None:
    """Otherwise finding nothing afterwards would say nothing."""
    assert len(erasure.theirs.customers) >= 4
    assert erasure.theirs.devices
    assert erasure.theirs.shared
    assert len(erasure.ids) > 30
    assert len(erasure.texts) > 5
    for relation in ("core.events", "core.orders", "core.rejected_events", "core.customers"):
        assert erasure.hits_before[relation], relation
    places = {Path(path).relative_to(erasure.run.folder).parts[0] for path in erasure.raw_before}
    assert {"landing", "published", "stayhouse.duckdb"} <= places
    assert any(path.endswith("rejected_lines.csv") for path in erasure.raw_before)


def test_no_relation_holds_a_value_of_theirs(erasure: Erasure) -> None:
    assert hits(erasure.run.database, erasure.ids, erasure.texts) == {}
    published = erasure.run.folder / "published" / "stayhouse.duckdb"
    with duckdb.connect(str(published.resolve()), read_only=True) as con:
        assert con.execute("select count(*) from core.orders").fetchall()[0][0] > 1000


def test_no_landed_row_and_no_byte_of_a_file_holds_a_value_of_theirs(erasure: Erasure) -> None:
    assert erasure.run.landing is not None
    for table, rows in landed(erasure.run.landing).items():
        cells = {str(cell) for row in rows for cell in row.values() if cell is not None}
        assert not erasure.ids & {part for cell in cells for part in re.split(_WORD, cell)}, table
        assert not {text for text in erasure.texts for cell in cells if text in cell}, table
    assert list(raw_hits(_folders(erasure.run), erasure.ids, erasure.texts)) == []
    assert [path.name for path in (erasure.run.folder / "published" / "versions").iterdir()] == [
        "2"
    ]


def test_of_everybody_else_every_landed_row_stays(erasure: Erasure) -> None:
    assert erasure.run.landing is not None
    after = landed(erasure.run.landing)
    for table, rows in erasure.before.items():
        expected = [dict(row) for row in rows if not erasure.theirs.owns(table, row)]
        for row in expected:
            if row.get("referred_by") in erasure.theirs.customers:
                row["referred_by"] = None
            if row.get("event_id") == "told-1":
                row["page_url"] = "/?friend=erased"
        assert after[table] == expected, table
        if table in ("customers", "orders", "events", "reviews", "erasure_requests"):
            assert len(expected) < len(rows), table


def test_the_core_of_everybody_else_is_the_same_row_for_row(erasure: Erasure) -> None:
    after = core(erasure.run, erasure.theirs)
    for mart, rows in erasure.core_before.items():
        assert len(rows) > 1000, mart
        # Somebody else came by a link of a person who was erased: the visit stays, the name not.
        expected = [tuple(_unnamed(value, erasure.theirs) for value in row) for row in rows]
        assert after[mart] == expected, mart


def _unnamed(value: object, theirs: People) -> object:
    start = "/?friend="
    if isinstance(value, str) and value.startswith(start):
        return f"{start}erased" if value.removeprefix(start) in theirs.customers else value
    return value


def test_the_command_tells_what_went_without_naming_anybody(erasure: Erasure) -> None:
    assert "The erasure is complete." in erasure.printed
    assert "Published version 2; earlier versions are removed." in erasure.printed
    assert "shop.events: " in erasure.printed
    assert not erasure.ids & set(re.split(_WORD, erasure.printed))
