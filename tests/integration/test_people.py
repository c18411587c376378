"""A shop of a few devices, landed and built as a user would: who is who, and what is told of whom.

What people write of themselves may not reach a public mart. What is wrong with campaigns and
experiments fails no build.
"""

import csv
import hashlib
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from stayhouse.landing.personal import hasher
from tests import outreach
from tests.building import PUBLIC_ROOMS, Run, copy_of_checkout
from tests.devices import MAIL, MAILED, ORDERS, OTHER_MAIL, PERSONS, VISITS, WRITTEN, tables

KEY = "a secret of the people test, and of no shop at all"
# By other patterns than the ones that redact: anything of the form of an address or a number.
LOOKS_PERSONAL = re.compile(
    r"[^\s@\"/=]+(?:@|%40)[^\s@\"/]+\.[a-z]{2,}|\+\d[\d ]{7,}\d|020 \d{4}|555-\d{4}"
    r"|(?<!\d)138\d{8}(?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class People:
    """The project's copy that the shop was built in, and the folder of its raw files."""

    run: Run
    raw: Path

    @property
    def published(self) -> Path:
        return self.run.project / "published" / "stayhouse.duckdb"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> People:
    folder = copy_of_checkout(tmp_path_factory.mktemp("people"))
    run = Run(folder, landing=folder / "landing", project=folder, parsed=parsed)
    raw = tmp_path_factory.mktemp("raw")
    for table, rows in {**tables(), **outreach.tables()}.items():
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


def by_mail(person: str | None) -> str | None:
    """Return who an address stands for, by docs/decisions/core/buyers-known-by-address.md."""
    if person is None or "@" not in person:
        return person
    return "e:shop:" + hashlib.md5(f"person|shop|{hasher(KEY)(person)}".encode()).hexdigest()


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
    assert found == {key: by_mail(person) for key, person in PERSONS.items() if key[0] in devices}


def test_orders_are_whose_they_were(people: People) -> None:
    found = people.run.query(
        "select order_id, person_id from core.orders where order_id not like 'mailed %'"
    )
    assert dict(found) == {order: by_mail(placed[-1]) for order, placed in ORDERS.items()}


def test_exposures_are_whose_they_were(people: People) -> None:
    found = {
        (experiment, arm, unit): (person, is_planned, exposed)
        for experiment, arm, unit, person, is_planned, exposed in people.run.query(
            "select experiment_id, arm, unit_id, person_id, is_planned, "
            "strftime(exposed_at, '%m-%d %H:%M') from core.exposures"
        )
    }
    assert found == {
        unit: (by_mail(person), is_planned, exposed)
        for unit, (person, is_planned, exposed) in outreach.EXPOSED.items()
    }


def test_arms_have_their_share_and_one_is_the_control(people: People) -> None:
    arms = people.run.query("select experiment_id, arm, share, is_control from core.experiments")
    assert {(experiment, arm): rest for experiment, arm, *rest in arms} == {
        arm: [share, is_control] for arm, (share, is_control) in outreach.SHARES.items()
    }


def test_what_is_wrong_with_campaigns_and_experiments_is_told(people: People) -> None:
    """The build went well; a message of a campaign that nobody knows is a message."""
    fates = people.run.query(
        "select table_name, disposition, reason_code, sum(row_count)::bigint "
        "from core.data_quality group by all"
    )
    tables = {table for table, _, _ in outreach.FATES}
    assert {tuple(fate): rows for *fate, rows in fates if fate[0] in tables} == outreach.FATES
    messages = people.run.query(
        "select m.campaign_id, c.campaign_id is not null from core.contacts as m "
        "left join core.campaigns as c on m.campaign_id = c.campaign_id"
    )
    assert set(messages) == {("k", True), ("unknown", False)}


def test_buyers_by_e_mail_are_counted_as_people(people: People) -> None:
    """Against a count of the raw files: each address is one person, in every mart of people."""
    orders = pd.read_csv(people.raw / "orders.csv", parse_dates=["ordered_at"])
    orders = orders[~orders["is_test"]]
    address = orders["email"].str.strip().str.lower().str.normalize("NFC")
    orders["person"] = orders["customer_id"].fillna(address).fillna(orders["visitor_id"])
    # The two orders that are someone's by their device alone.
    orders.loc[orders["order_id"] == "no_address", "person"] = OTHER_MAIL
    orders.loc[orders["order_id"] == "at_home", "person"] = "C"
    mailed = orders[orders["order_id"].isin(MAILED)]
    count = mailed["person"].nunique()
    assert (len(mailed), count) == (80, 27)
    marts = {
        "core.orders": "order_id like 'mailed %'",
        "core.money_lines": "order_id like 'mailed %'",
        "core.customer_days": "true",
        "retention.customer_lifecycle": "true",
        "retention.purchase_rhythm": "true",
        "segments.rfm_segments": "true",
        "segments.rfm_history": "true",
        "features.customer_snapshots": "cut_off_at = (select as_of_at from core.clock)",
    }
    known = "', '".join(by_mail(person) or "" for person in (OTHER_MAIL, "staff@mail.example"))
    for mart, where in marts.items():
        found = people.run.query(
            f"select count(distinct person_id) from {mart} "
            f"where {where} and person_id like 'e:shop:%' and person_id not in ('{known}')"
        )
        assert found == [(count,)], mart

    orders = orders.dropna(subset=["person"])
    orders["month"] = orders["ordered_at"].dt.month
    orders["cohort"] = orders.groupby("person")["month"].transform("min")
    cells = people.run.query(
        """
        select month(cohort_start), period_index, cohort_size, retained_count
        from retention.cohort_retention
        where cohort_grain = 'month' and start_kind = 'order' and definition = 'on'
        """
    )
    assert len(cells) == 9
    for cohort, index, size, retained in cells:
        of_cohort = orders[orders["cohort"] == cohort]
        back = of_cohort[of_cohort["month"] == cohort + index]
        assert (size, retained) == (of_cohort["person"].nunique(), back["person"].nunique())


@pytest.mark.parametrize(
    ("day", "persons"),
    [
        ("2024-03-01 10:00:00", set()),
        ("2024-03-20 10:00:00", {MAIL}),
        ("2024-03-20 10:00:01", {"c:shop:Greta"}),
    ],
)
def test_a_guest_is_an_address_until_the_sign_up_is_known(
    people: People, day: str, persons: set[str]
) -> None:
    """Read as the description of `identity_sightings` tells a reader to."""
    found = people.run.query(
        f"""
        select distinct person_id from core.identity_sightings
        where visitor_id in ('d7', 'e7') and known_at < timestamp '{day}'
        qualify
            customer_id is not null or max(customer_id) over (partition by visitor_id) is null
        """
    )
    assert {person for (person,) in found} == {by_mail(person) for person in persons}


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
    assert len(hashes) == 31
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
