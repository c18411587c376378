"""What a night makes anew of visitors: those that changed, and no others; the same as a full build.

A row of whom nothing is told gets a mark that no model would write. While it stands, the row is
that of an earlier build.
"""

import csv
import json
from datetime import datetime
from pathlib import Path
from shutil import rmtree

import duckdb
import pytest

from stayhouse import landing
from stayhouse.landing.unland import unland
from tests.building import Run

KEY = "a secret of the tests of visitors, and of no shop at all"
TABLES = ("identity_sightings", "identity_map", "sessions", "visitor_days")
MARKED = ("sessions", "visitor_days")
UNTIL = datetime(2024, 5, 10)
MAIL = "somebody@example.com"
Row = dict[str, str]


def visit(visitor: str, instant: str, customer: str = "") -> Row:
    return {
        "event_id": f"{visitor} {instant}", "event_type": "page_view", "visitor_id": visitor,
        "customer_id": customer, "occurred_at": f"2024-05-{instant}:00Z",
        "received_at": f"2024-05-{instant}:01Z", "page_url": "/a",
    }  # fmt: skip


def order(visitor: str, instant: str, email: str = "", is_test: str = "false") -> Row:
    return {
        "order_id": f"{visitor} {instant}", "visitor_id": visitor, "email": email,
        "ordered_at": f"2024-05-{instant}:00Z",
        "status": "paid", "currency": "GBP", "is_test": is_test,
    }  # fmt: skip


class Nights:
    """A shop that lands night by night, its warehouse, and one built whole of the same files."""

    def __init__(self, folder: Path, parsed: Path) -> None:
        self.run = Run(folder / "nightly", landing=folder / "landing", parsed=parsed)
        self.whole = Run(folder / "whole", landing=folder / "landing", parsed=parsed)
        self.settings: dict[str, object] = {}
        for run in (self.run, self.whole):
            run.folder.mkdir()

    def land(self, **tables: list[Row]) -> None:
        assert self.run.landing is not None
        for table, rows in tables.items():
            path = self.run.folder / f"{table}.csv"
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            landing.land(
                self.run.project, self.run.landing, "shop", path, data_until=UNTIL, key=KEY
            )

    def build(self, *models: str) -> None:
        """Build these models, and nothing that they read; without any, all of the tables' own."""
        chosen = models or tuple(f"+{table}" for table in TABLES)
        self._build(self.run, chosen)

    def _build(self, run: Run, chosen: tuple[str, ...]) -> None:
        variables = json.dumps({"as_of": "2024-05-10", **self.settings})
        run.build("--select", *chosen, "--exclude-resource-type", "test", "--vars", variables)

    def mark(self) -> None:
        """Mark each visitor's rows in the tables that have a device, as a build would not."""
        with duckdb.connect(str(self.run.database)) as con:
            for table in MARKED:
                con.execute(f"update core.{table} set device_type = 'marked'")

    def marked(self) -> list[set[object]]:
        """Return whose rows still have their mark, by table."""
        return [
            {
                visitor
                for (visitor,) in self.run.query(
                    f"select visitor_id from core.{table} where device_type = 'marked'"
                )
            }
            for table in MARKED
        ]

    def check_rows(self) -> None:
        """Hold every row, but for its mark, against a warehouse that is built whole."""
        rmtree(self.whole.folder)
        self.whole.folder.mkdir()
        self._build(self.whole, tuple(f"+{table}" for table in TABLES))
        for table in TABLES:
            shown = "* replace (null::varchar as device_type)" if table in MARKED else "*"
            sql = f"select {shown} from core.{table} order by all"
            assert self.run.query(sql) == self.whole.query(sql), table


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Nights:
    """One known, one who bought by address, one of nobody, a shared device, one who never came."""
    nights = Nights(tmp_path_factory.mktemp("visitors"), parsed)
    nights.land(
        events=[
            visit("known", "01T10:00"), visit("known", "02T10:00", "A"),
            visit("buyer", "01T11:00"), visit("nobody", "01T12:00"),
            visit("shared", "01T13:00", "A"), visit("shared", "02T13:00", "B"),
        ],
        orders=[order("buyer", "01T11:05", MAIL), order("unseen", "01T11:10", "x@example.com")],
    )  # fmt: skip
    nights.build()
    return nights


@pytest.fixture(autouse=True)
def _marked(nights: Nights) -> None:
    nights.mark()


EVERYBODY = {"known", "buyer", "nobody", "shared"}


def test_without_news_every_row_stays(nights: Nights) -> None:
    nights.build()
    assert nights.marked() == [EVERYBODY] * 2


def test_where_the_log_was_not_asked_everybody_is_made_anew(nights: Nights) -> None:
    """As whoever builds two models by name does: what has changed would stay as it was."""
    nights.build(*MARKED)
    assert nights.marked() == [set()] * 2


def test_an_event_makes_its_visitor_anew(nights: Nights) -> None:
    """The third day names the visitor of nobody, and so the first day's session too."""
    nights.land(events=[visit("nobody", "03T10:00", "C")])
    nights.build()
    assert nights.marked() == [EVERYBODY - {"nobody"}] * 2
    persons = nights.run.query("select person_id from core.sessions where visitor_id = 'nobody'")
    assert persons == [("c:shop:C",)] * 2


def test_an_order_without_an_event_makes_its_visitor_anew(nights: Nights) -> None:
    nights.land(orders=[order("known", "04T10:00", "other@example.com")])
    nights.build()
    assert nights.marked() == [EVERYBODY - {"known"}] * 2


def test_an_account_makes_those_anew_who_had_bought_by_its_address(nights: Nights) -> None:
    """It came after the order, whose rows are as they were."""
    nights.land(customers=[
        {"customer_id": "D", "email": MAIL, "signed_up_at": "2024-05-05T10:00:00Z",
         "updated_at": "2024-05-05T10:00:00Z"},
    ])  # fmt: skip
    nights.build()
    assert nights.marked() == [EVERYBODY - {"buyer"}] * 2
    found = nights.run.query("select customer_id from core.sessions where visitor_id = 'buyer'")
    assert found == [("D",)]
    nights.check_rows()


def test_a_test_order_tells_nothing(nights: Nights) -> None:
    nights.land(orders=[order("shared", "05T10:00", "third@example.com", is_test="true")])
    nights.build()
    assert nights.marked() == [EVERYBODY] * 2


def test_a_build_that_broke_off_after_the_log_is_made_good(nights: Nights) -> None:
    """What changed stands in the log, and the tables after it are of the night before."""
    nights.land(events=[visit("shared", "06T10:00", "C")])
    nights.build("+int_visitors__changed", "identity_sightings")
    assert nights.marked() == [EVERYBODY] * 2
    nights.land(events=[visit("known", "06T11:00")])
    nights.build()
    assert nights.marked() == [EVERYBODY - {"shared", "known"}] * 2
    nights.check_rows()


def test_a_table_between_that_was_left_out_is_made_good(nights: Nights) -> None:
    """Sessions are made beside a map of the night before: they are made once more after it."""
    nights.land(events=[visit("nobody", "06T12:00", "E")])
    nights.build("+int_visitors__changed", "sessions")
    nights.mark()
    nights.build()
    assert nights.marked()[0] == EVERYBODY - {"nobody"}
    nights.check_rows()


def test_of_a_visitor_of_whom_nothing_tells_any_more_no_row_stays(nights: Nights) -> None:
    """A batch of orders is taken back, which alone told of the two that had changed last.

    The build after that breaks off, so that a table had taken a change that the log has no more.
    """
    gone = [order("gone", "07T10:00", "gone@example.com"), order("left", "07T10:00", "l@x.example")]
    nights.land(orders=gone)
    nights.build()
    told = "select distinct visitor_id from core.{} where visitor_id in ('gone', 'left')"
    places = ("int_visitors__changed", "identity_sightings", "identity_map")
    assert [len(nights.run.query(told.format(place))) for place in places] == [2, 2, 2]
    assert nights.run.landing is not None
    unland(nights.run.project, nights.run.landing, "shop", table="orders", number=4)
    nights.build("+int_visitors__changed", "identity_sightings")
    nights.land(events=[visit("nobody", "07T11:00")])
    nights.build()
    assert [len(nights.run.query(told.format(place))) for place in places] == [0, 0, 0]
    assert nights.marked() == [EVERYBODY - {"nobody"}] * 2
    nights.check_rows()


@pytest.mark.parametrize(
    ("name", "value"),
    [("bot_max_events", 1), ("shared_device_max_customers", 1), ("time_zone", "Asia/Tokyo")],
)
def test_another_setting_makes_everybody_anew(nights: Nights, name: str, value: object) -> None:
    """Also where it stands in the SQL of a table before: a bot's day is told by its sessions."""
    nights.settings = {name: value}
    nights.build()
    assert nights.marked() == [set()] * 2
    nights.mark()
    nights.settings = {}
    nights.build()
    assert nights.marked() == [set()] * 2


def test_a_log_that_is_lost_makes_everybody_anew(nights: Nights) -> None:
    """It counts from one again, so that a change of now has the number of an old one."""
    with duckdb.connect(str(nights.run.database)) as con:
        con.execute("drop table core.int_visitors__changed")
    nights.land(events=[visit("nobody", "08T10:00")])
    nights.build()
    assert nights.marked() == [set()] * 2
    nights.check_rows()
