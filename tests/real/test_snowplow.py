"""Events of a Snowplow tracker, against the sessions its vendor expects from them.

What the vendor's table and ours say differently, in full:

- One event (app ``skip-me``) names no visitor: the vendor leaves its app out, we reject it for
  naming nobody.
- The one refund is an interaction, as list clicks, promotions and events without a type are; the
  vendor counts it in no column.
- A view of a list counts as a product view in both; a vendor's checkout step is a checkout step or
  a transaction, and ours are ``checkout_start`` or ``purchase``.
- The tracker cuts sessions by its own id, we cut them at a pause of 30 minutes: here alike.
- The vendor dates sessions by the collector's clock and what happened in them by the device's,
  corrected; we date both by the collector's and keep the other in ``properties``.
- The other expected columns (carts, steps by number, transacted products) have no mart here.
"""

from pathlib import Path

import duckdb
import pytest

from stayhouse import cli
from tests.building import Run
from tests.conftest import KEY
from tests.real.shops import DATA, NEEDS_DATA

pytestmark = NEEDS_DATA
FOLDER = Path(str(DATA)) / "snowplow_ecommerce"
EVENTS = FOLDER / "snowplow_ecommerce_events.csv"
EXPECTED = f"""
    read_csv(
        '{FOLDER / "expected" / "snowplow_ecommerce_sessions_expected.csv"}',
        header = true, all_varchar = true
    )
"""
# The sessions of the tracker, by its own id, beside those that the vendor expects.
TRACKED = f"""
    with found as (
        select
            *,
            properties->>'session_id' as session_id,
            (properties->>'derived_tstamp')::timestamptz as derived_at
        from core.events
        where source_name = 'snowplow'
    ),

    tracked as (
        select
            session_id,
            any_value(visitor_id) as visitor_id,
            count(distinct visitor_id) as visitor_count,
            count(*) filter (where event_type = 'product_view') as product_view_count,
            count(*) filter (where event_type = 'add_to_cart') as cart_add_count,
            count(*) filter (where event_type = 'remove_from_cart') as cart_removal_count,
            count(*) filter (where event_type = 'checkout_start') as checkout_count,
            count(*) filter (where event_type = 'purchase') as purchase_count,
            sum((properties->>'revenue')::decimal(18, 2)) filter (where event_type = 'purchase')
                as revenue,
            min(derived_at) filter (where event_type = 'product_view') as first_product_view_at,
            max(derived_at) filter (where event_type = 'product_view') as last_product_view_at,
            min(occurred_at) as started_at,
            max(occurred_at) as ended_at
        from found
        group by session_id
    ),

    expected as (
        select
            *,
            app_id = 'ecom-accel' as is_web,
            start_tstamp::timestamptz at time zone 'UTC' as started_at,
            end_tstamp::timestamptz at time zone 'UTC' as ended_at
        from {EXPECTED}
    )
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """The events alone, landed and built: no orders, no customers."""
    folder = tmp_path_factory.mktemp("snowplow")
    landing = folder / "landing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(landing))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        assert cli.main(["land", "snowplow", str(EVENTS)]) == 0
    run = Run(folder, landing, parsed=parsed)
    marts = ("+sessions", "+events", "+rejected_events", "+data_quality")
    run.build("--select", *marts)
    return run


def test_every_event_has_one_fate(built: Run) -> None:
    fates = """
        select disposition, reason_code, sum(row_count) from core.data_quality group by all
        order by all
    """
    assert built.query(fates) == [("accepted", "accepted", 832), ("rejected", "missing_actor", 1)]
    refused = "select raw_values->>'event_id' from core.rejected_events order by reason_code"
    assert built.query(refused) == [("611b0eeb-d77d-485d-b7c7-9324c930e955",)]


def test_event_types_by_action(built: Run) -> None:
    """410 events have no action type; the rest as the action file of the data set counts them."""
    counts = "select event_type, count(*) from core.events group by event_type"
    assert dict(built.query(counts)) == {
        "interaction": 410 + 35 + 2 + 1,  # no type, list clicks, promotions, a refund
        "product_view": 179 + 100,  # and list views
        "add_to_cart": 38,
        "remove_from_cart": 15,
        "checkout_start": 38,
        "purchase": 14,
    }


def test_sessions_by_the_trackers_id_start_and_end_as_expected(built: Run) -> None:
    equal = f"""
        {TRACKED}
        select
            is_web,
            count(*),
            count(*) filter (
                where t.started_at = e.started_at and t.ended_at = e.ended_at
                    and t.visitor_id = e.domain_userid and t.visitor_count = 1
            )
        from tracked as t
        full outer join expected as e on t.session_id = e.domain_sessionid
        group by is_web
        order by is_web
    """
    found = built.query(equal)
    for is_web, count, equal_count in found:
        print(f"{equal_count} of {count} {'web' if is_web else 'app'} sessions as expected")
    assert found == [(False, 1, 1), (True, 62, 62)]


def test_what_happened_in_a_session_is_as_expected(built: Run) -> None:
    """Counted as events. A session without a transaction has no total there, and none here."""
    different = f"""
        {TRACKED}
        select t.session_id
        from tracked as t
        full outer join expected as e on t.session_id = e.domain_sessionid
        where
            t.product_view_count is distinct from e.number_product_views::bigint
            or t.cart_add_count is distinct from e.number_add_to_carts::bigint
            or t.cart_removal_count is distinct from e.number_remove_from_carts::bigint
            or t.purchase_count is distinct from e.number_product_transactions::bigint
            or t.purchase_count is distinct from coalesce(e.total_number_transactions::bigint, 0)
            or t.checkout_count + t.purchase_count
                is distinct from coalesce(e.number_checkout_steps_visited::bigint, 0)
            or t.revenue is distinct from e.total_transaction_revenue::decimal(18, 2)
            or t.first_product_view_at is distinct from e.first_product_view::timestamptz
            or t.last_product_view_at is distinct from e.last_product_view::timestamptz
    """
    assert built.query(different) == []


def test_a_pause_of_thirty_minutes_gives_63_sessions(built: Run) -> None:
    """60 visitors; our sessions are the tracker's, event for event."""
    ours = "select count(*), count(distinct visitor_id), sum(event_count) from core.sessions"
    found = built.query(ours)
    print(f"{found[0][0]} sessions by a pause of 30 minutes")
    assert found == [(63, 60, 832)]
    different = f"""
        {TRACKED}
        select t.session_id, s.session_id
        from tracked as t
        full outer join core.sessions as s
            on
                t.visitor_id = s.visitor_id
                and t.started_at = s.started_at
                and t.ended_at = s.ended_at
                and t.product_view_count = s.product_view_count
                and t.cart_add_count = s.cart_add_count
                and t.purchase_count = s.purchase_count
        where t.session_id is null or s.session_id is null
    """
    assert built.query(different) == []


def test_nobody_is_named_in_what_landed(built: Run) -> None:
    """The events hold one e-mail address, an IP (hashed by the vendor) and an id across sites."""
    personal = EVENTS.read_text(encoding="utf-8")
    with duckdb.connect() as con:
        landed = con.execute(
            f"from read_parquet('{built.landing}/snowplow/events/*/data.parquet')"
        ).fetchall()
        # One event has somebody's visitor in the place of that id.
        told = con.execute(
            f"with events as (from read_csv('{EVENTS}', header = true, all_varchar = true)) "
            "select unnest([user_ipaddress, network_userid]) from events "
            "except select domain_userid from events"
        ).fetchall()
    assert len(told) == 7 + 5
    text = "\n".join(str(row) for row in landed)
    for secret in ("peter@", "U12345", *(value for (value,) in told)):
        assert secret in personal
        assert secret not in text


def test_a_damaged_copy_is_told_in_one_sentence(project, done, refused) -> None:
    content = EVENTS.read_bytes()
    cut = project.file("cut.csv", content[:900])
    assert "cut.csv has no rows" in refused("land", "snowplow", cut)
    assert "lacks the column 'collector_tstamp'" in refused(
        "land", "snowplow", project.file("renamed.csv", "event_id\n1\n")
    )
    assert not project.left() or all(".lock" in name for name in project.left())
    # Broken off within its last line, which is kept as a hash: it could name somebody.
    printed = done("land", "snowplow", project.file("short.csv", content[:200_000]))
    assert "135 rows landed, 1 lines rejected" in printed
    ((_, _, line),) = project.rejects("snowplow", "events")
    assert "localhost" not in line
