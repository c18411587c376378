"""Landing notes when it happened, and nothing that it is told can lie further ahead than a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from stayhouse.base.errors import StayhouseError
from stayhouse.landing import land
from tests.conftest import KEY, Project

EVENTS = "event_id,event_type,occurred_at,received_at\n"
NOON = datetime(2024, 6, 1, 12)


def events(project: Project, *received: str) -> str:
    rows = "".join(f"e{i},login,2024-05-01,{at}\n" for i, at in enumerate(received))
    return str(project.file("events.csv", EVENTS + rows))


def test_each_row_and_the_manifest_say_when_they_landed(project: Project) -> None:
    path = project.root / events(project, "2024-05-31", "2024-05-30")
    land(project.root, project.landing, "shop", path, landed_at=NOON, key=KEY)
    assert project.batch("shop", "events")["landed_at"] == "2024-06-01T12:00:00"
    assert project.batch("shop", "events")["data_until"] == "2024-05-31T00:00:00"
    assert project.rows("shop", "events", "landed_at") == [(NOON,), (NOON,)]


def test_the_machine_says_when_where_nobody_does(project, done):
    before = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    done("land", "shop", events(project, "2024-05-31"))
    after = datetime.now(UTC).replace(tzinfo=None)
    landed_at = datetime.fromisoformat(project.batch("shop", "events")["landed_at"])
    assert before <= landed_at <= after


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2024-06-02T12:00:00", "2024-06-02T12:00:00"),
        ("2024-06-02 14:00:00 +0200", "2024-06-02T12:00:00"),
        ("2024-06-02 14:00:00 +0100", "2024-05-31T00:00:00"),
        ("2024-06-02T12:00:00.000001", "2024-05-31T00:00:00"),
        ("2099-01-01", "2024-05-31T00:00:00"),
    ],
)
def test_a_receipt_ahead_of_the_landing_moves_no_clock(project, received, expected):
    path = project.root / events(project, "2024-05-31", received)
    land(project.root, project.landing, "shop", path, landed_at=NOON, key=KEY)
    assert project.batch("shop", "events")["data_until"] == expected


def test_where_every_receipt_lies_ahead_nothing_says_how_far_the_data_reach(project):
    path = project.root / events(project, "2099-01-01")
    land(project.root, project.landing, "shop", path, landed_at=NOON, key=KEY)
    assert project.batch("shop", "events")["data_until"] is None


def test_data_until_may_lie_a_day_ahead_and_no_further(project):
    path = project.root / events(project, "2024-05-31")
    day = NOON + timedelta(days=1)
    with pytest.raises(StayhouseError, match="2024-06-02T12:00:01 is more than a day after"):
        land(
            project.root, project.landing, "shop", path,
            data_until=day + timedelta(seconds=1), landed_at=NOON, key=KEY,
        )  # fmt: skip
    assert not project.landing.exists()
    land(project.root, project.landing, "shop", path, data_until=day, landed_at=NOON, key=KEY)
    assert project.batch("shop", "events")["data_until"] == "2024-06-02T12:00:00"


ORDERS = "order_id,status,currency,ordered_at,promised_at\n"


def orders(project: Project, *ordered: str, promised: str = "2024-06-01") -> Path:
    rows = "".join(f"o{i},paid,EUR,{at},{promised}\n" for i, at in enumerate(ordered))
    return project.root / str(project.file("orders.csv", ORDERS + rows))


def notes(project: Project, path: Path) -> list[str]:
    landed = land(project.root, project.landing, "shop", path, landed_at=NOON, key=KEY)
    return [str(note) for found in landed.rejections for note in found]


@pytest.mark.parametrize(
    ("ordered", "is_ahead"),
    [
        ("2024-06-02T12:00:00Z", False),
        ("2024-06-02T12:00:00.000001Z", True),
        ("2024-06-02 01:00:00 -1200", True),
        ("2024-06-02 00:00:00 -1200", False),
        ("2024-06-03T01:00:00+13:00", False),
        ("2024-6-2", False),
        ("2024-6-3", True),
        ("2031-05-01", True),
    ],
)
def test_what_says_it_happened_more_than_a_day_after_the_landing_is_told(
    project, ordered, is_ahead
):
    told = notes(project, orders(project, "2024-05-30", ordered))
    sentence = (
        "ordered_at: 1 value is more than a day ahead of this landing, such as "
        f"{ordered} (line 3): the build rejects such rows."
    )
    assert told == ([sentence] if is_ahead else [])


def test_a_file_of_the_future_does_not_land_and_a_plan_may_lie_ahead(project):
    path = orders(project, "2031-05-01", "2031-05-01", "2031-05-02")
    words = r"of the 3 rows of orders\.csv: ordered_at: 3 values are more than a day ahead of this"
    with pytest.raises(StayhouseError, match=words):
        notes(project, path)
    assert not list(project.landing.glob("shop/orders/batch_id=*"))
    place = (project.root, project.landing, "shop", path)
    land(*place, landed_at=NOON, key=KEY, accepts_rejected=True)
    assert project.batch("shop", "orders")["rows_landed"] == 3
    assert notes(project, orders(project, "2024-05-30", promised="2031-05-01")) == []


@pytest.mark.parametrize(("ordered", "is_told"), [("2024-03-31", False), ("2024-03-30", True)])
def test_a_batch_that_ends_long_before_the_one_before_is_told(project, ordered, is_told):
    """Sixty days are no wonder, sixty-one are: such as 5 April, read as 4 May."""
    assert notes(project, orders(project, "2024-01-01", "2024-05-30")) == []
    sentence = (
        f"WARNING: ordered_at ends on {ordered}, and in the batch before on 2024-05-30: look "
        "whether day and month are in each other's place; of a file from before, this is as it "
        "should be."
    )
    path = orders(project, ordered, "2024-01-05", "9999-01-01", "not a day")
    told = notes(project, path)
    assert (sentence in told) == is_told
    # The next night is held against that batch, which a person has looked at.
    assert notes(project, orders(project, "2024-05-31")) == []


def typed_orders(project: Project, kind: str, *ordered: str) -> Path:
    """Orders as Parquet has them: instants, or days, by their type."""
    path = project.root / "orders.parquet"
    rows = ", ".join(f"('o{i}', 'paid', 'EUR', {kind} '{at}')" for i, at in enumerate(ordered))
    names = "order_id, status, currency, ordered_at"
    duckdb.sql(f"select * from (values {rows}) as o({names})").write_parquet(str(path))
    return path


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "date"])
def test_instants_by_type_are_held_to_the_same(project, kind):
    path = typed_orders(project, kind, "2031-05-01", "2031-05-01", "2031-05-02")
    with pytest.raises(StayhouseError, match="3 values are more than a day ahead of this landing"):
        notes(project, path)
    told, *zone = notes(project, typed_orders(project, kind, "2024-05-30", "2031-05-01"))
    assert [("no time zone" in note) for note in zone] == [True] * (kind == "timestamp")
    assert told.startswith("ordered_at: 1 value is more than a day ahead of this landing, such as")
    assert "2031-05-01" in told
    assert notes(project, typed_orders(project, kind, "2024-03-31")) == []
    (told,) = notes(project, typed_orders(project, kind, "2024-01-30"))
    assert told.startswith("WARNING: ordered_at ends on 2024-01-30, and in the batch before on")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--data-until", "2099-01-01"], "--data-until 2099-01-01T00:00:00 is more than a day"),
        (["--landed-at", "2099-01-01"], "--landed-at 2099-01-01 has not come yet"),
        (["--landed-at", "soon"], "--landed-at 'soon' is no instant"),
    ],
)
def test_what_has_not_come_is_refused(project, refused, option, words):
    assert words in refused("land", "shop", events(project, "2024-05-31"), *option)
    assert not project.landing.exists()
