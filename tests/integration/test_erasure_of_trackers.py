"""A tracker that lands in a shop's source: who is erased leaves it, and nobody else does.

Its rows name a customer where staging says so, in a column that is called otherwise.
"""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from stayhouse import cli
from tests.building import copy_of_checkout
from tests.conftest import KEY

HER, OTHER = "7100000000037", "7100000000074"
ORDERS = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem price\n"
CUSTOMERS = "Customer ID,Email\n"
# Four digits of it are the number of her order.
STRANGER = "968a8efe-1334-0d47-9b69-7a52fd13b576"


def event(uuid: str, distinct_id: str, device: str, is_known: bool, **more: str) -> str:
    properties = {"$device_id": device, "$is_identified": is_known, **more}
    line = {
        "uuid": uuid,
        "event": "Order Completed" if more else "$pageview",
        "distinct_id": distinct_id,
        "properties": properties,
        "timestamp": "2025-09-02T19:30:34.000+00:00",
        "created_at": "2025-09-02T19:30:36.000+00:00",
    }
    return json.dumps(line) + "\n"


EVENTS = (
    # Hers: before she said who she is, afterwards, and on a device that she shares.
    event("h1", f"dev-{HER}", f"dev-{HER}", False)
    + event("h2", HER, f"dev-{HER}", True)
    + event("h3", HER, f"dev-{HER}", True, order_id="#1334")
    + event("h4", HER, "family", True)
    # Others'.
    + event(STRANGER, "w798143372bae", "w798143372bae", False)
    + event("o1", OTHER, "family", True)
    + event("o2", "family", "family", False)
)
LATER = event("h5", HER, "new", True) + event("o3", OTHER, "another", True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose shop has a tracker."""
    root = copy_of_checkout(tmp_path_factory.mktemp("house"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert cli.main(["new-source", "shopify", "--tracker", "posthog"]) == 0
    return root


@pytest.fixture
def run(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    monkeypatch.chdir(house)
    monkeypatch.setenv("STAYHOUSE_LANDING", str(house / "landing"))
    monkeypatch.setenv("STAYHOUSE_PII_KEY", KEY)
    monkeypatch.setenv("STAYHOUSE_DB", str(house / "stayhouse.duckdb"))

    def command(*words: str) -> str:
        assert cli.main(list(words)) == 0
        return capsys.readouterr().out

    return command


def land(house: Path, run: Callable[..., str], name: str, text: str) -> str:
    path = house / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return run("land", "shopify", str(path))


def events(house: Path) -> dict[str, tuple[str, str]]:
    with duckdb.connect() as con:
        rows = con.execute(
            "select event_id, distinct_id, properties from read_parquet(?) order by event_id",
            [f"{house}/landing/shopify/events/*/*.parquet"],
        ).fetchall()
    return {row[0]: (row[1], json.loads(row[2])["$device_id"]) for row in rows}


def test_who_is_erased_leaves_the_tracker_and_nobody_else_does(
    house: Path, run: Callable[..., str]
) -> None:
    row = "paid,SEK,10.00,10.00,2025-09-02 21:30:34 +0200,10.00\n"
    orders = f"#1334,her@x.org,{row}#1335,other@x.org,{row}"
    land(house, run, "orders_export.csv", ORDERS + orders)
    land(house, run, "customers.csv", f"{CUSTOMERS}'{HER},her@x.org\n'{OTHER},other@x.org\n")
    land(house, run, "events.jsonl", EVENTS)
    land(house, run, "erasure_requests.csv", "email,requested_at\nher@x.org,2025-11-27\n")
    printed = run("erase", "--no-build")
    assert events(house) == {
        STRANGER: ("w798143372bae", "w798143372bae"),
        "o1": (OTHER, "family"),
        "o2": ("family", "family"),
    }
    assert "shopify.events: 4 of 7 rows were erased" in printed
    assert "rows of other people" not in printed
    assert "The erasure is complete." in printed
    # Nor does she come back, whatever the file, nor her device.
    printed = land(house, run, "events.jsonl", EVENTS + LATER)
    assert "5 of erased people left out" in printed
    assert sorted(events(house)) == sorted([STRANGER, "o1", "o2", "o3"])


def test_a_guest_of_a_platform_that_gives_all_guests_one_number_goes_alone(
    house: Path, run: Callable[..., str]
) -> None:
    """Staging takes customer 0 for nobody."""
    rows = [("11", "0", "her@x.org"), ("12", "0", "other@x.org"), ("13", "7", "third@x.org")]
    lines = [
        json.dumps(
            {
                **{"number": number, "id": number, "status": "completed", "customer_id": customer},
                **{"billing": {"email": email}, "currency": "EUR"},
                "date_created_gmt": "2025-09-02T19:30:34",
            }
        )
        for number, customer, email in rows
    ]
    path = house / "in" / "orders.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("land", "woocommerce", str(path))
    asks = house / "in" / "erasure_requests.csv"
    asks.write_text("email,requested_at\nher@x.org,2025-11-27\n", encoding="utf-8")
    run("land", "woocommerce", str(asks))
    assert "woocommerce.orders: 1 of 3 rows were erased" in run("erase", "--no-build")
