"""Messages of Segment, as JSON lines or as tables hold them: to the marts, and pandas agrees."""

from pathlib import Path

import pandas as pd
import pytest

from stayhouse import cli
from tests.building import Run
from tests.conftest import KEY
from tests.integration.segment_site import KINDS, Site, segment_site

MARTS = ("events", "orders", "money_lines", "customers", "data_quality")


@pytest.fixture(scope="module")
def tracked() -> Site:
    return segment_site()


@pytest.fixture(scope="module")
def books(tracked: Site) -> pd.DataFrame:
    """What a person counts of each order."""
    return pd.DataFrame(tracked.orders).set_index("order_id")


def built_of(folder: Path, file: Path, parsed: Path, marts: tuple[str, ...]) -> Run:
    """Land a file and build marts of it; the laws of staging and of the ledger hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        assert cli.main(["land", "twilio_segment", str(file), "--table", "events"]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    selected = [f"+{mart}" for mart in marts]
    run.build("--select", *selected)
    return run


@pytest.fixture(scope="module")
def stored(tracked: Site, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    folder = tmp_path_factory.mktemp("segment")
    tracked.write_json(folder / "messages.jsonl")
    return built_of(folder, folder / "messages.jsonl", parsed, MARTS)


@pytest.fixture(scope="module")
def table(tracked: Site, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    folder = tmp_path_factory.mktemp("segment_table")
    tracked.write_table(folder / "messages.csv")
    return built_of(folder, folder / "messages.csv", parsed, ("events", "money_lines"))


def ledger(run: Run) -> pd.DataFrame:
    """The ledger by order and kind; all of this site's amounts are exact in a float."""
    found = run.frame(
        "select order_id, kind, sum(native_amount)::double as amount "
        "from core.money_lines group by all"
    )
    return found.pivot(index="order_id", columns="kind", values="amount").fillna(0.0)


def test_events_are_what_the_specification_calls_them(stored: Run, tracked: Site) -> None:
    kinds = [KINDS[message.get("event", message["type"])] for message in tracked.messages]
    counted = pd.Series(kinds).value_counts().to_dict()
    held = stored.query("select event_type, count(*) from core.events group by event_type")
    assert dict(held) == counted
    assert set(counted) == set(KINDS.values())
    # The corrected time, not the device's.
    at = dict(stored.query("select event_id, occurred_at from core.events"))
    for message in tracked.messages[::37]:
        told = pd.Timestamp(message["timestamp"]).tz_localize(None)
        assert at[message["messageId"]] == told


@pytest.mark.parametrize("form", ["stored", "table"])
def test_every_order_is_worth_what_a_person_counts(
    form: str, books: pd.DataFrame, request: pytest.FixtureRequest
) -> None:
    money = ledger(request.getfixturevalue(form))
    assert set(money.index) == set(books.index)
    money = money.loc[books.index]
    assert (money["item"] == books["goods"]).all()
    assert (-money["discount"] == books["discount"]).all()
    for kind, told in (("refund", -books["refunded"]), ("tax", books["tax"])):
        assert (money[kind] - told).abs().max() < 0.001, (kind, money[kind], told)
    assert (money["shipping"] == books["shipping"]).all()
    net = money[["item", "discount", "refund", "cancellation"]].sum(axis=1)
    expected = (books["goods"] - books["discount"] - books["refunded"]).mask(books["cancelled"], 0)
    assert (net - expected).abs().max() < 0.001
    # What this test turns on is there.
    assert (books["refunded"] > 0).sum() > 15
    assert books["cancelled"].sum() > 5
    assert (books["discount"] > 0).sum() > 10


def test_an_order_keeps_its_day_when_it_is_told_again(stored: Run, books: pd.DataFrame) -> None:
    ordered = dict(stored.query("select order_id, ordered_at from core.orders"))
    assert all(ordered[number] == at for number, at in books["ordered_at"].items())
    status = dict(stored.query("select order_id, status from core.orders"))
    assert {number for number, word in status.items() if word == "cancelled"} == set(
        books.index[books["cancelled"]]
    )


def test_devices_and_accounts_are_one_person(stored: Run, books: pd.DataFrame) -> None:
    """The anonymous visit before the account is its owner's; accounts have what they told."""
    orders = stored.frame("select order_id, person_id from core.orders").set_index("order_id")
    people = orders["person_id"].loc[books.index]
    assert people.groupby(books["person"]).nunique().max() == 1
    known = books["user"].dropna()
    assert (people.loc[known.index] == "c:twilio_segment:" + known).all()
    accounts = stored.query(
        "select distinct gender, city, country, signed_up_at::varchar, has_profile "
        "from core.customers"
    )
    assert accounts == [("f", "York", "GB", "2025-01-01 00:00:00", True)]


def test_nothing_is_lost_and_nothing_personal_landed(stored: Run, tracked: Site) -> None:
    kept = dict(
        stored.query(
            "select disposition, sum(row_count)::int from core.data_quality "
            "where table_name = 'events' group by disposition"
        )
    )
    copies = len(tracked.messages[::50])
    assert kept == {"accepted": len(tracked.messages), "repeated_copy": copies}
    lost = stored.query(
        "select table_name, reason_code from core.data_quality "
        "where disposition in ('rejected', 'orphaned')"
    )
    assert lost == []
    parquet = f"{stored.folder}/landing/twilio_segment/events/*/*.parquet"
    personal = stored.query(
        f"select count(*) from read_parquet('{parquet}') as t "
        "where regexp_matches(t::varchar, '(?i)onym|@|192\\.0\\.2\\.7|High Road|7946')"
    )
    assert personal == [(0,)]
