"""Trackers of one site: from their exports to sessions and orders, and pandas counts the same."""

import hmac
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from stayhouse import cli
from tests.building import CHECKOUT, Run
from tests.conftest import KEY
from tests.integration.tracked_site import TYPES, Site, tracked_site
from tests.integration.trackers import (
    GOOGLE_PAUSE,
    PERSONAL,
    TWICE,
    WITHOUT_CONSENT,
    ids_of_google,
    write_ga4,
    write_orders,
    write_posthog,
    write_snowplow,
)

MARTS = ("sessions", "events", "customers", "orders", "data_quality")


def _without_plugin(action: pd.Series) -> str:
    """A tracker that knows no products tells of pages alone."""
    is_page = action["kind"] in ("product", "list", "checkout") and action["visitor"] % 2 == 0
    return "page" if is_page else str(action["kind"])


def _hashed(customer: str) -> str:
    return hmac.digest(KEY.encode(), customer.lower().encode(), "sha256").hex()


@dataclass(frozen=True)
class Tracker:
    """What a tracker takes an action for, and its ids of a visitor and of a customer."""

    kind: Callable[[pd.Series], str]
    visitor: Callable[[int], str]
    customer: Callable[[str], str]


SOURCES = {
    "snowplow": Tracker(_without_plugin, "d-{}".format, _hashed),
    "posthog": Tracker(lambda action: str(action["kind"]), "dev-{}".format, _hashed),
    "ga4": Tracker(lambda action: str(action["kind"]), "{}.1700000000".format, str),
}


@pytest.fixture(scope="module")
def site() -> Site:
    return tracked_site()


@pytest.fixture(scope="module")
def built(site: Site, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """One warehouse of the site's orders and of all its trackers."""
    folder = tmp_path_factory.mktemp("trackers")
    write_orders(site, folder / "shop")
    write_snowplow(site, folder / "snowplow")
    write_ga4(site, folder / "ga4")
    write_posthog(site, folder / "posthog")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        for name in ("shop", "snowplow", "posthog", "ga4/first", "ga4/second"):
            assert cli.main(["land", name.split("/")[0], str(folder / name)]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    selected = [f"+{mart}" for mart in MARTS]
    run.build("--select", *selected)
    return run


def told(site: Site, source: str) -> Site:
    """The site as a tracker takes it, with the ids that it gives."""
    tracker = SOURCES[source]
    actions = site.actions.assign(
        kind=site.actions.apply(tracker.kind, axis=1),
        visitor=site.actions["visitor"].map(tracker.visitor),
        customer=site.actions["customer"].map(tracker.customer, na_action="ignore"),
    )
    return Site(actions, site.orders)


@pytest.mark.parametrize("source", SOURCES)
def test_every_action_is_an_event_of_its_type(built: Run, site: Site, source: str) -> None:
    expected = Counter(told(site, source).actions["kind"].map(TYPES))
    assert len(expected) >= 7
    found = built.query(
        "select event_type, count(*) from core.events "
        f"where source_name = '{source}' group by event_type"
    )
    assert dict(found) == expected


def test_a_day_that_is_exported_again_brings_what_is_new(built: Run, site: Site) -> None:
    fates = built.query(
        "select source_name, disposition, reason_code, sum(row_count) from core.data_quality "
        "where table_name = 'events' group by all"
    )
    count = len(site.actions)
    # The first export of the days lacked every tenth event.
    early = sum(place % 10 > 0 for place in range(count))
    nobody = sum(place % 10 > 0 for place in range(count, count + WITHOUT_CONSENT))
    assert set(fates) == {
        ("snowplow", "accepted", "accepted", count),
        ("posthog", "accepted", "accepted", count),
        ("posthog", "repeated_copy", "repeated_copy", TWICE),
        ("ga4", "accepted", "accepted", count),
        ("ga4", "repeated_copy", "repeated_copy", early),
        # What is wrong in both exports is lost once.
        ("ga4", "superseded", "missing_actor", nobody),
        ("ga4", "rejected", "missing_actor", WITHOUT_CONSENT),
    }
    ids = built.query("select event_id from core.events where source_name = 'ga4'")
    assert {name for (name,) in ids} == ids_of_google(site)


def test_sessions_of_google_are_counted_beside_ours(built: Run, site: Site) -> None:
    """By the query of the source's page; the property ends a session later than we do."""
    page = (CHECKOUT / "docs/sources/ga4.md").read_text(encoding="utf-8")
    found = built.query(page.split("```sql\n")[1].split("```")[0])
    ours, theirs = len(site.sessions()), len(site.sessions(GOOGLE_PAUSE))
    assert ("ga4", ours, theirs) in found
    assert f"we count {ours} sessions and Google {theirs}" in page


@pytest.mark.parametrize("source", SOURCES)
def test_sessions(built: Run, site: Site, source: str) -> None:
    expected = told(site, source).sessions()
    names = ("utm_source", "utm_medium", "utm_campaign")
    rows = [
        (
            *(s.visitor, s.started_at.to_pydatetime(), s.ended_at.to_pydatetime(), s.events),
            *(s.pages, s.products, s.adds, s.checkouts, s.purchases, s.engaged, s.device),
            *(s.campaign or (None, None, None)),
        )
        for s in expected.itertuples()
    ]
    found = built.query(
        "select visitor_id, started_at, ended_at, event_count, page_view_count, "
        "product_view_count, cart_add_count, checkout_start_count, purchase_count, is_engaged, "
        f"device_type, {', '.join(names)} from core.sessions where source_name = '{source}'"
    )
    assert sorted(found, key=repr) == sorted(rows, key=repr)
    # What these sessions turn on is there: pings that hold one together, pauses that cut one.
    views = told(site, source).actions.query("kind != 'ping'")
    assert len(Site(views, site.orders).sessions()) > len(expected) > 250
    assert 0 < (~expected["engaged"]).sum() < len(expected)
    assert len(told(site, source).sessions(timedelta(seconds=1_801))) < len(expected)


@pytest.mark.parametrize("source", SOURCES)
def test_a_visitor_is_whom_a_log_in_named(built: Run, site: Site, source: str) -> None:
    customers = told(site, source).customers()
    assert len(customers) > customers.nunique() > 20
    found = built.query(
        "select distinct visitor_id, customer_id from core.sessions "
        f"where source_name = '{source}' and customer_id is not null"
    )
    assert dict(found) == customers.to_dict()
    ids = built.query(f"select customer_id from core.customers where source_name = '{source}'")
    assert {name for (name,) in ids} == set(customers)


@pytest.mark.parametrize("source", SOURCES)
def test_sessions_meet_the_orders_of_the_shop_by_their_number(
    built: Run, site: Site, source: str
) -> None:
    """The query of docs/data.md, by campaign."""
    sold = site.actions.dropna(subset="order")
    sessions = site.sessions()
    starts = sessions.sort_values("started_at")[["visitor", "started_at", "campaign"]]
    met = pd.merge_asof(
        sold.drop(columns="campaign").sort_values("at"),
        starts, left_on="at", right_on="started_at", by="visitor",
    ).merge(site.orders[["order", "net"]], on="order")  # fmt: skip
    source_of = met["campaign"].map(lambda c: c[0] if isinstance(c, tuple) else "none")
    expected = met.groupby(source_of)["net"].sum()
    page = (CHECKOUT / "docs/data.md").read_text(encoding="utf-8").split("orders of a shop\n")[1]
    found = built.query(page.split("```sql\n")[1].split("```")[0])
    ours = {name or "none": net for of, name, _, net in found if of == source}
    assert ours == expected.to_dict()
    assert sum(count for of, _, count, _ in found if of == source) == len(sold)
    assert len(sold) == len(site.orders) - 20 > 50


def test_nothing_personal_lands(built: Run) -> None:
    for path in sorted((built.folder / "landing").rglob("*.parquet")):
        with duckdb.connect() as con:
            text = str(con.execute("select * from read_parquet(?)", [str(path)]).fetchall())
        for value in (*PERSONAL.values(), "nym.example", "ad-id-of-a-phone"):
            assert value not in text, path
