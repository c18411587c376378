"""The room behavior: against retentioneering, against the planted shop, and on bad input."""

import json
from datetime import timedelta
from math import erf, log, sqrt
from typing import Any

import duckdb
import pytest

from tests.behavior_room import AS_OF, MARTS, Room
from tests.building import CHECKOUT, Run

MATRICES: dict[str, Any] = json.loads(
    (CHECKOUT / "tests" / "matrices" / "matrices.json").read_text("utf-8")
)
ADDRESS = {"home": "/", "category": "/c/toys", "product": "/p/p1", "search": "/search"}
# retentioneering's names of ends.
ENDS = {"path_start": "start", "path_end": "exit"}


@pytest.fixture
def room(warehouse: Run) -> Room:
    return Room(warehouse)


@pytest.fixture(scope="module")
def logged(warehouse: Run) -> Room:
    """The log of 200 events, as landed events of a shop."""
    room = Room(warehouse)
    visits: dict[str, list[dict[str, Any]]] = {}
    for session, second, kind in MATRICES["log"]:
        event = {"event_type": "page_view", "page_url": ADDRESS.get(kind, f"/{kind}")}
        if kind == "purchase":
            event = {"event_type": "purchase", "page_url": "/checkout"}
        visits.setdefault(session, []).append({"at": second, **event})
    for session, events in visits.items():
        room.visit(session, events)
    room.build()
    return room


def told(name: str) -> dict[tuple[Any, Any], float]:
    return {
        (ENDS.get(row, row), ENDS.get(column, column)): value
        for row, column, value in MATRICES[name]
    }


def test_transitions_are_those_of_retentioneering(logged: Room) -> None:
    rows = logged.rows(
        "select from_kind, to_kind, transition_count, transition_share from path_transitions"
    )
    assert {(a, b): n for a, b, n, _ in rows} == told("transitions")
    shares = {(a, b): share for a, b, _, share in rows}
    assert shares == pytest.approx(told("transition_shares"))
    assert len(MATRICES["log"]) == 200


def test_steps_are_those_of_retentioneering(logged: Room) -> None:
    # Its step 0 is the start; who has left stays at the end.
    expected = {place: share for place, share in told("step_shares").items() if place[1] > 0}
    rows = logged.rows("select path_kind, step_number, session_share from path_steps")
    assert {(kind, step): share for kind, step, share in rows} == pytest.approx(expected)
    assert {step for _, step, _ in rows} == set(range(1, 11))


def test_of_planted_visits_fourteen_in_a_hundred_are_slow(warehouse: Run) -> None:
    """A planted visit is slow with probability .14; then a page takes 4.2 s times exp(.35 z), else
    .62 s. So of visits with k such pages .14 (1 - P(z < ln(3 / 4.2) / .35)^k) have one over 3 s.
    """
    ((sessions, slow, median),) = warehouse.query(
        "select session_count, slow_session_count, median_load_ms from behavior.slow_pages "
        "where page_kind = 'product' and device_type = 'all'"
    )
    sizes = warehouse.query(
        "select count(*) from behavior.int_events__recent where event_type = 'product_view' "
        "group by session_number"
    )
    is_below = (1 + erf(log(3 / 4.2) / 0.35 / sqrt(2))) / 2
    expected = [0.14 * (1 - is_below**k) for (k,) in sizes]
    assert sessions == len(expected) > 2_000
    error = sqrt(sum(p * (1 - p) for p in expected))
    assert abs(slow - sum(expected)) < 3 * error
    # 86 of 100 pages have a median of .62 s: half of all are below its quantile .5 / .86.
    assert 620 < median < 720


def test_of_planted_sessions_with_an_add_thirty_seven_in_a_hundred_do_not_buy(
    warehouse: Run,
) -> None:
    """Over all history; in the window a cart is bought as often, but for tablets, which are ill."""
    ((adds, lost),) = warehouse.query(
        "select count(*), count_if(purchase_count = 0) from core.sessions "
        "where not is_bot and cart_add_count > 0"
    )
    assert abs(lost / adds - 0.37) < 3 * sqrt(0.37 * 0.63 / adds)
    carts = dict(warehouse.query("select state, count(*) from behavior.carts group by state"))
    ((adds, bought),) = warehouse.query(
        "select count(*), count_if(has_bought) from (select "
        "bool_or(event_type = 'purchase') as has_bought from behavior.int_events__recent "
        "group by session_number having bool_or(event_type = 'add_to_cart'))"
    )
    # Few carts are of several sessions, and those of the last week may still be bought.
    assert carts["bought"] == pytest.approx(bought, rel=0.02)
    assert sum(carts.values()) == pytest.approx(adds, rel=0.12)
    assert carts["bought"] + carts["abandoned"] + carts["open"] == sum(carts.values())


def test_a_shop_without_events_has_empty_marts(room: Room) -> None:
    room.build()
    assert {mart: room.rows(f"select count(*) from {mart}") for mart in MARTS} == {
        mart: [(0,)] for mart in MARTS
    }


def test_who_has_no_visitor_or_is_a_bot_is_in_no_mart(room: Room) -> None:
    room.visit("robot", room.page("/", "/cart"), is_bot=True)
    room.visit("nobody", room.page("/", "/cart"), visitor_id=None, person_id=None)
    # What has no visitor is in no session of core.
    room.con.execute("delete from core.sessions where session_id = 'nobody'")
    room.build()
    assert room.rows("select reason, event_count from behavior_left_out order by reason") == [
        ("bot", 2),
        ("without_visitor", 2),
    ]
    others = [mart for mart in MARTS if mart != "behavior_left_out"]
    assert {room.rows(f"select count(*) from {mart}")[0] for mart in others} == {(0,)}


def test_a_session_of_one_event_begins_and_ends_with_it(room: Room) -> None:
    room.visit("one", room.page("/p/mug", load_ms=700))
    room.build()
    assert room.rows(
        "select from_kind, to_kind, transition_count from path_transitions order by from_kind"
    ) == [("product", "exit", 1), ("start", "product", 1)]
    assert room.rows("select path_kind, session_share from path_steps") == [("product", 1.0)]
    assert room.rows("select goal, path_kinds from top_paths") == [("exit", "product")]
    assert room.rows(
        "select last_share, median_dwell_seconds from page_dwell where device_type = 'all'"
    ) == [(1.0, None)]


def test_a_clock_that_goes_back_puts_events_in_the_order_of_their_instants(room: Room) -> None:
    """What a browser sent third says that it happened first: no dwell is below 0."""
    events = room.page("/", "/c/toys", "/p/mug")
    for event, second in zip(events, (300, 310, 5), strict=True):
        event["at"] = second
    room.visit("skewed", events)
    room.build()
    assert room.rows("select path_kinds from top_paths") == [("product > home > category",)]
    assert room.rows(
        "select page_kind, dwell_micros from int_events__recent order by event_number"
    ) == [("product", 295_000_000), ("home", 10_000_000), ("category", None)]


def test_of_ten_thousand_kinds_fifty_stay(room: Room) -> None:
    room.con.execute(
        "create or replace table seeds.page_kinds as select '/k' || n as pattern, 'kind ' || n "
        "as kind from range(10000) as r(n)"
    )
    room.con.execute(
        "insert into core.events (source_name, event_id, event_type, visitor_id, page_url, "
        "occurred_at) select 'shop', 'e' || n || '-' || i, 'page_view', 'v' || n, '/k' || n, "
        f"timestamp '{AS_OF}' - to_days(2) from range(10000) as r(n), range(2) as s(i) "
        "where i = 0 or n < 50"
    )
    room.con.execute(
        "insert into core.sessions (source_name, session_id, visitor_id, is_bot, started_at, "
        "ended_at) select distinct source_name, visitor_id, visitor_id, false, occurred_at, "
        "occurred_at from core.events"
    )
    # Nobody's 9,000th page is of the 50, but a funnel asks for it.
    room.con.execute("insert into behavior.int_funnels__checked (page_kind) values ('kind 9000')")
    room.build()
    kinds = dict(
        room.rows("select page_kind, event_count from page_dwell where device_type = 'all'")
    )
    assert kinds == {**{f"kind {n}": 2 for n in range(50)}, "kind 9000": 1, "other": 9_949}


def test_carts_end_with_orders_that_no_event_tells(room: Room) -> None:
    """Of the till: after a week, at the clock, of a test, and one that an event tells too."""
    week, instant = timedelta(days=7), timedelta(microseconds=1)
    added = AS_OF - 2 * week
    people = ("in time", "late", "test", "told", "same instant", "before", "nobody's")
    for name in people:
        events = [{"event_type": "add_to_cart", "product_id": "mug", "occurred_at": added}]
        if name == "told":
            buy = {"event_type": "purchase", "order_id": "o-told"}
            events.append({**buy, "occurred_at": added + timedelta(hours=1)})
        room.visit(name, events)
    room.order("in time", "o-in-time", added + week)
    room.order("late", "o-late", added + week + instant)
    room.order("test", "o-test", added + week, is_order=False)
    room.order("told", "o-told", added + timedelta(minutes=30))
    room.order("same instant", "o-same", added)
    room.order("before", "o-before", added - instant)
    room.order("someone else", "o-else", added + timedelta(hours=1))
    # Filled in the last week, ordered with the clock: not yet.
    room.visit("clock", [{"event_type": "add_to_cart", "occurred_at": AS_OF - instant * 2}])
    room.order("clock", "o-clock", AS_OF)
    room.visit("just", [{"event_type": "add_to_cart", "occurred_at": AS_OF - instant * 2}])
    room.order("just", "o-just", AS_OF - instant)
    room.build()
    rows = room.rows(
        "select person_id, state, order_source_name, order_id, recovered_by from carts"
    )
    assert sorted(rows) == [
        ("before", "abandoned", None, None, None),
        ("clock", "open", None, None, None),
        ("in time", "bought", "till", "o-in-time", None),
        ("just", "bought", "till", "o-just", None),
        ("late", "abandoned", None, None, None),
        ("nobody's", "abandoned", None, None, None),
        ("same instant", "bought", "till", "o-same", None),
        ("test", "abandoned", None, None, None),
        ("told", "bought", "shop", "o-told", None),
    ]


@pytest.mark.parametrize(
    ("pattern", "kind", "words"),
    [
        ("/bye", "exit", "the pattern /bye has the kind exit, which means something else"),
        ("/bye", None, "the pattern /bye has no kind: write one"),
        ("/Bye", "farewell", "the pattern /Bye never fits, since addresses are read in lower case"),
        ("/bye", "card > card", "the pattern /bye has a kind with >, which stands between"),
        ("bye", "farewell", "the pattern bye never fits, since paths begin with /"),
    ],
)
def test_a_kind_of_page_that_cannot_be_meant_is_named(
    room: Room, pattern: str, kind: str | None, words: str
) -> None:
    room.con.execute("insert into seeds.page_kinds values (?, ?)", [pattern, kind])
    with pytest.raises(duckdb.Error, match="seeds/page_kinds.csv: " + words):
        room.build()


def test_a_cart_bought_after_a_message_was_recovered_by_it(room: Room) -> None:
    """On the whole chain: the session that bought, its channel, what is left and its worth."""
    mug = {"product_id": "mug", "price": 10, "currency": "GBP", "page_url": "/cart"}
    day = timedelta(days=1)
    add = {"event_type": "add_to_cart", **mug, "occurred_at": AS_OF - 20 * day}
    left = {"event_type": "add_to_cart", **mug, "occurred_at": AS_OF - 15 * day}
    bought = {"event_type": "purchase", "order_id": "o1", "occurred_at": AS_OF - 14 * day}
    room.visit("first", [add], visitor_id="v", person_id="p", utm_medium="cpc")
    room.visit("second", [bought], visitor_id="v", person_id="p", utm_medium="message")
    room.visit("other", [left], person_id=None)
    room.build()
    assert room.rows(
        "select person_id, state, recovered_by, cart_value, session_count, day_count from carts "
        "order by state"
    ) == [(None, "abandoned", None, 10, 1, 0), ("p", "bought", "campaign_message", 10, 2, 6)]
