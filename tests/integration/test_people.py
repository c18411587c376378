"""A shop of a few devices, landed and built as a user would: who is who, and what is told of whom.

Each golden case of identity has devices and customers of its own. People write addresses and
numbers wherever one can write; none of it may reach a public mart.
"""

import csv
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from tests.building import PUBLIC_ROOMS, Run, copy_of_checkout

KEY = "a secret of the people test, and of no shop at all"
MAIL, NUMBER = "greta.graf@mail.example", "+44 7700 900123"
WRITTEN = f"write to {MAIL} or call {NUMBER}, 020 7946 0958, (212) 555-0187, 电话13812345678"
# By other patterns than the ones that redact: anything of the form of an address or a number.
LOOKS_PERSONAL = re.compile(
    r"[^\s@\"/=]+(?:@|%40)[^\s@\"/]+\.[a-z]{2,}|\+\d[\d ]{7,}\d|020 \d{4}|555-\d{4}"
    r"|(?<!\d)138\d{8}(?!\d)",
    re.IGNORECASE,
)

# Device, instant, customer: one event each.
VISITS = {
    "one device, two people": (
        ("d1", "03-01 10:00", ""),
        ("d1", "03-02 10:00", "A"),
        ("d1", "03-03 10:00", ""),
        ("d1", "03-04 10:00", "B"),
        ("d1", "03-05 10:00", ""),
    ),
    "two devices, one person": (("d2", "03-01 10:00", "C"), ("e2", "03-01 12:00", "C")),
    "login after browsing": (
        ("d3", "03-01 10:00", ""),
        ("d3", "03-01 10:05", ""),
        ("d3", "03-01 10:10", "D"),
    ),
    "A, B, A": (
        ("d4", "03-01 10:00", "E"),
        ("d4", "03-02 10:00", "F"),
        ("d4", "03-02 15:00", ""),
        ("d4", "03-03 10:00", "E"),
        ("d4", "03-04 10:00", ""),
    ),
    "logout and another login": (("d5", "03-01 10:00", "G"), ("d5", "03-01 10:20", "H")),
    "five people": (
        ("d6", "03-01 10:00", "P1"),
        ("d6", "03-02 10:00", "P2"),
        ("d6", "03-03 10:00", "P3"),
        ("d6", "03-04 10:00", "P4"),
        ("d6", "03-04 15:00", ""),
        ("d6", "03-05 10:00", "P5"),
        ("d6", "03-06 10:00", ""),
    ),
    "a guest twice, then a customer": (("d7", "03-01 10:00", ""), ("e7", "03-08 10:00", "")),
    "a guest": (("d8", "03-01 10:00", ""),),
}
# By device and instant, who the session counts for; the day is enough where it has one session.
PERSONS = {
    ("d1", "03-01 10:00"): "c:shop:A",
    ("d1", "03-02 10:00"): "c:shop:A",
    ("d1", "03-03 10:00"): "c:shop:A",
    ("d1", "03-04 10:00"): "c:shop:B",
    ("d1", "03-05 10:00"): "c:shop:B",
    ("d2", "03-01 10:00"): "c:shop:C",
    ("e2", "03-01 12:00"): "c:shop:C",
    ("d3", "03-01 10:00"): "c:shop:D",
    ("d4", "03-01 10:00"): "c:shop:E",
    ("d4", "03-02 10:00"): "c:shop:F",
    ("d4", "03-02 15:00"): "c:shop:F",
    ("d4", "03-03 10:00"): "c:shop:E",
    ("d4", "03-04 10:00"): "c:shop:E",
    ("d5", "03-01 10:00"): None,
    ("d6", "03-01 10:00"): "c:shop:P1",
    ("d6", "03-02 10:00"): "c:shop:P2",
    ("d6", "03-03 10:00"): "c:shop:P3",
    ("d6", "03-04 10:00"): "c:shop:P4",
    ("d6", "03-04 15:00"): "c:shop:P4",
    ("d6", "03-05 10:00"): "c:shop:P5",
    ("d6", "03-06 10:00"): None,
    ("d7", "03-01 10:00"): "c:shop:Greta",
    ("e7", "03-08 10:00"): "c:shop:Greta",
    ("d8", "03-01 10:00"): "v:shop:d8",
}
OTHER_MAIL = "nobody.else@mail.example"


def at(instant: str) -> str:
    return f"2024-{instant.replace(' ', 'T')}:00Z"


def events() -> list[dict[str, str]]:
    visits = [visit for case in VISITS.values() for visit in case]
    return [
        {
            "event_id": f"e{number}",
            "event_type": "product_view",
            "occurred_at": at(instant),
            "received_at": at(instant),
            "visitor_id": device,
            "customer_id": customer,
            "page_url": f"/p/p1?mail={quote(MAIL)}" if device == "d1" else "/p/p1",
            "referrer": f"https://mail.example/?to={MAIL}" if device == "d1" else "",
            "search_term": WRITTEN if device == "d1" else "",
            "text": WRITTEN if device == "d1" else "",
            "properties": json.dumps({"note": WRITTEN}) if device == "d1" else "",
        }
        for number, (device, instant, customer) in enumerate(visits)
    ] + [
        # Rejected, and kept as it came but for what people wrote.
        {
            "event_id": "unknown",
            "event_type": "telephoned",
            "occurred_at": at("03-01 10:00"),
            "visitor_id": "d9",
            "text": WRITTEN,
        }
    ]


def orders() -> list[dict[str, str]]:
    placed = (
        ("first", "d7", "03-01 10:00", MAIL, ""),
        ("second", "e7", "03-08 10:00", MAIL.upper(), ""),
        ("stranger", "d8", "03-01 10:00", OTHER_MAIL, ""),
        ("named", "d2", "03-01 10:00", "", "C"),
    )
    return [
        {
            "order_id": order,
            "customer_id": customer,
            "visitor_id": device,
            "email": mail,
            "ordered_at": at(instant),
            "status": "paid",
            "currency": "GBP",
        }
        for order, device, instant, mail, customer in placed
    ]


def customers() -> list[dict[str, str]]:
    # A second account with the address takes nothing from the first.
    profiles = (("Greta", MAIL, "03-20 10:00"), ("Later", MAIL, "03-21 10:00"), ("", MAIL, ""))
    return [
        {
            "customer_id": customer,
            "signed_up_at": at(instant) if instant else "",
            "email": mail,
            "name": "Greta Graf",
            "phone": NUMBER,
            "marketing_consent": "true",
            "updated_at": at(instant) if instant else "",
        }
        for customer, mail, instant in profiles
    ]


def tables() -> dict[str, list[dict[str, str]]]:
    line = {"line_number": "1", "product_id": "p1", "quantity": "1", "unit_price": "5"}
    return {
        "events": events(),
        "orders": orders(),
        "customers": customers(),
        "order_lines": [{"order_id": order["order_id"], **line} for order in orders()],
        "refunds": [
            {
                "refund_id": "r1",
                "order_id": "named",
                "product_id": "p1",
                "quantity": "1",
                "amount": "1",
                "currency": "GBP",
                "refunded_at": at("03-09 10:00"),
                "reason": WRITTEN,
            }
        ],
        "reviews": [
            {
                "review_id": "v1",
                "customer_id": "C",
                "product_id": "p1",
                "rating": "5",
                "text": WRITTEN,
                "created_at": at("03-10 10:00"),
            }
        ],
        "products": [{"product_id": "p1", "name": "A pot", "updated_at": at("03-01 00:00")}],
    }


@dataclass(frozen=True)
class People:
    """The project's copy that the shop was built in, and the folder of its raw files."""

    run: Run
    raw: Path

    @property
    def published(self) -> Path:
        return self.run.project / "published" / "stayhouse.duckdb"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    folder = copy_of_checkout(tmp_path_factory.mktemp("people"))
    run = Run(folder, landing=folder / "landing", project=folder)
    raw = tmp_path_factory.mktemp("raw")
    for table, rows in tables().items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (raw / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    with (raw / "customers.csv").open("a") as file:
        file.write(f'"broken {MAIL}\n')
    # dbt sees the key as well: a shop exports it once, for everything.
    environment = {**run.environment(), "STAYHOUSE_PII_KEY": KEY}
    land = ("-m", "stayhouse.cli", "land", "shop", str(raw), "--data-until", "2024-06-01")
    publish = ("-m", "stayhouse.cli", "publish")
    build = run.command("build", "--exclude-resource-type", "unit_test")
    for words in ([sys.executable, *land], build, [sys.executable, *publish]):
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return People(run, raw)


@pytest.mark.parametrize("case", VISITS)
def test_sessions_are_whose_they_were(people: People, case: str) -> None:
    devices = {device for device, _, _ in VISITS[case]}
    found = {
        (device, started): person
        for device, started, person in people.run.query(
            "select visitor_id, strftime(started_at, '%m-%d %H:%M'), person_id from core.sessions"
        )
        if device in devices
    }
    assert found == {key: person for key, person in PERSONS.items() if key[0] in devices}


def test_orders_are_whose_they_were(people: People) -> None:
    assert dict(people.run.query("select order_id, person_id from core.orders")) == {
        "first": "c:shop:Greta",
        "second": "c:shop:Greta",
        "stranger": "v:shop:d8",
        "named": "c:shop:C",
    }


@pytest.mark.parametrize(
    ("day", "persons"),
    [
        ("2024-03-20 10:00:00", {"v:shop:d7", "v:shop:e7"}),
        ("2024-03-20 10:00:01", {"c:shop:Greta"}),
    ],
)
def test_a_guest_is_a_device_until_the_sign_up_is_known(
    people: People, day: str, persons: set[str]
) -> None:
    """Read as the description of `identity_sightings` tells a reader to."""
    found = people.run.query(
        f"""
        select distinct coalesce('c:shop:' || i.customer_id, 'v:shop:' || o.visitor_id)
        from core.orders as o
        left join core.identity_sightings as i
            on o.visitor_id = i.visitor_id and i.known_at < timestamp '{day}'
        where o.visitor_id in ('d7', 'e7')
        """
    )
    assert {person for (person,) in found} == persons


def test_conflicts_stand_in_a_table(people: People) -> None:
    found = people.run.query(
        "select conflict_kind, customer_id, other_customer_id from core.identity_conflicts"
    )
    assert set(found) == {
        ("session_of_two_customers", "G", "H"),
        ("device_of_many_customers", "P1", "P5"),
        ("email_of_two_customers", "Greta", "Later"),
    }


def texts(database: Path, rooms: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return every text of every table of some rooms, with the column that it stands in."""
    found = []
    with duckdb.connect(str(database), read_only=True) as con:
        columns = con.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type = 'VARCHAR' and list_contains(?, table_schema)",
            [list(rooms)],
        ).fetchall()
        for room, table, column in columns:
            rows = con.execute(
                f'select distinct "{column}" from "{room}"."{table}" where "{column}" is not null'
            ).fetchall()
            found += [(f"{room}.{table}.{column}", text) for (text,) in rows]
    return found


def test_no_public_mart_tells_how_to_reach_somebody(people: People) -> None:
    assert len(LOOKS_PERSONAL.findall(WRITTEN)) >= 5
    with duckdb.connect(str(people.published), read_only=True) as con:
        rooms = tuple(
            str(room)
            for (room,) in con.execute(
                "select distinct table_schema from information_schema.tables"
            ).fetchall()
        )
    assert set(rooms) >= set(PUBLIC_ROOMS)
    found = texts(people.published, rooms)
    # The texts are there, without what was personal in them.
    assert {where for where, text in found if "[email]" in text and "[phone]" in text} >= {
        "core.events.search_term",
        "core.events.text",
        "core.events.properties",
        "core.reviews.text",
        "core.rejected_events.raw_values",
    }
    assert [(where, text) for where, text in found if LOOKS_PERSONAL.search(text)] == []


def test_no_public_mart_holds_the_value_of_a_tagged_column(people: People) -> None:
    hashes = {
        str(value)
        for table in ("orders", "customers")
        for (value,) in people.run.query(
            f"select email_hash from core.int_{table}__versions where email_hash is not null"
        )
    }
    assert len(hashes) == 2
    published = texts(people.published, PUBLIC_ROOMS)
    assert [where for where, text in published if any(h in text for h in hashes)] == []


def test_the_key_is_in_no_file(people: People) -> None:
    """Nor are the name and the number, which are not written at the door."""
    files = [path for path in people.run.project.rglob("*") if path.is_file()]
    made = {
        path.relative_to(people.run.project).parts[0]: path
        for path in files
        if path.stat().st_size > 0
    }
    assert set(made) >= {"landing", "target", "logs", "published", "stayhouse.duckdb"}
    for path in files:
        if "tests" in path.relative_to(people.run.project).parts:
            continue
        content = path.read_bytes()
        assert KEY.encode() not in content, path
        assert b"Greta Graf" not in content, path
