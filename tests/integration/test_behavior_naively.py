"""Paths, dwell, carts and searches of the sample, counted once more event by event in Python."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median_low
from typing import Any, NamedTuple

import pytest

from tests.building import Run

KINDS = {
    "": "home", "c": "category", "p": "product", "cart": "cart", "checkout": "checkout",
    "guides": "guide", "search": "search", "login": "login", "help": "help",
    "review": "review", "account": "account",
}  # fmt: skip
WEEK = timedelta(days=7)
CENT = Decimal("0.01")


class Event(NamedTuple):
    """An event as it landed, with the start of its session and whose it is."""

    at: datetime
    name: str
    type: str
    page: str
    product: str | None
    order: str | None
    term: str | None
    quantity: int | None
    price: Decimal | None
    currency: str | None
    session: str
    owner: str


@pytest.fixture(scope="module")
def visits(warehouse: Run) -> list[list[Event]]:
    """The sessions of the last 90 days that are no bot's, whole, with their events in order."""
    ((as_of,),) = warehouse.query("select as_of_at from core.clock")
    assert isinstance(as_of, datetime)
    sessions: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for visitor, *session in warehouse.query(
        "select visitor_id, started_at, ended_at, session_id, coalesce(person_id, visitor_id) "
        "from core.sessions where not is_bot"
    ):
        sessions[visitor].append(tuple(session))
    events: dict[str, list[Event]] = defaultdict(list)
    for visitor, at, *rest in warehouse.query(
        "select visitor_id, occurred_at, event_id, event_type, page_url, product_id, order_id, "
        "search_term, quantity, price, currency from core.events"
    ):
        for start, end, session, owner in sessions[visitor]:
            if start <= at <= end and start >= as_of - timedelta(days=90) and end < as_of:
                events[session].append(Event(at, *rest, session, owner))  # type: ignore[arg-type]
    return [sorted(own) for own in events.values()]


def kind(event: Event) -> str:
    """The kind of page by the first folder of its path."""
    return KINDS[event.page.removeprefix("/").split("/")[0]]


def place(event: Event) -> str:
    return "purchase" if event.type == "purchase" else kind(event)


def test_dwell(visits: list[list[Event]], warehouse: Run) -> None:
    counts, lasts = Counter[str](), Counter[str]()
    dwells: dict[str, list[timedelta]] = defaultdict(list)
    for events in visits:
        for event, after in zip(events, [*events[1:], None], strict=True):
            counts[kind(event)] += 1
            if after is None:
                lasts[kind(event)] += 1
            else:
                dwells[kind(event)].append(after.at - event.at)
    rows = warehouse.query("select * exclude (device_type) from behavior.page_dwell where "
                           "device_type = 'all'")  # fmt: skip
    assert {row[0]: (row[1], row[3]) for row in rows} == {
        name: (count, lasts[name]) for name, count in counts.items()
    }
    assert {row[0]: row[5] for row in rows if row[5] is not None} == {
        name: median_low(own).total_seconds() for name, own in dwells.items()
    }


def test_ways(visits: list[list[Event]], warehouse: Run) -> None:
    ways = Counter[tuple[str, str]]()
    for events in visits:
        way: list[str] = []
        for event in events:
            if not way or way[-1] != place(event):
                way.append(place(event))
            if event.type == "purchase":
                break
        goal = "purchase" if way[-1] == "purchase" else "exit"
        ways[goal, " > ".join(way[:8] + ["..."] * (len(way) > 8))] += 1
    rows = warehouse.query("select goal, path_kinds, session_count from behavior.top_paths")
    assert sum(int(str(row[2])) for row in rows) == len(visits) > 5_000
    for goal, way_told, count in rows:
        if way_told != "other ways":
            assert ways.pop((str(goal), str(way_told))) == count
    # Nothing that is left is larger than the least that was told.
    told = [int(str(row[2])) for row in rows if row[0] == "exit" and row[1] != "other ways"]
    assert max(count for (goal, _), count in ways.items() if goal == "exit") <= min(told)
    assert not [way for goal, way in ways if goal == "purchase"]


def carts(
    visits: list[list[Event]], orders: list[Event]
) -> Iterator[tuple[list[Event], Event | None]]:
    """Each cart's adds and removals, and the purchase that ended it, an event or else an order."""
    by_owner: dict[str, list[Event]] = defaultdict(list)
    events = [event for events in visits for event in events]
    told = {event.order for event in events if event.type == "purchase"}
    for event in sorted(events + [order for order in orders if order.order not in told]):
        if event.type in {"add_to_cart", "remove_from_cart", "purchase"}:
            by_owner[event.owner].append(event)
    for own in by_owner.values():
        cart: list[Event] = []
        added = datetime.min
        for event in own:
            if cart and event.at - added > WEEK:
                yield cart, None
                cart = []
            if event.type == "purchase":
                if cart:
                    yield cart, event
                cart = []
            elif cart or event.type == "add_to_cart":
                cart.append(event)
            if event.type == "add_to_cart":
                added = event.at
        if cart:
            yield cart, None


def test_carts(visits: list[list[Event]], warehouse: Run) -> None:
    ((as_of,),) = warehouse.query("select as_of_at from core.clock")
    assert isinstance(as_of, datetime)
    rates = {
        (currency, day): Decimal(str(rate))
        for currency, day, rate in warehouse.query(
            "select currency, rate_date, rate from seeds.exchange_rates where base_currency = 'GBP'"
        )
    }
    expected = Counter[tuple[Any, ...]]()
    orders = [
        Event(at, "~", "purchase", "", None, order, None, None, None, None, "", owner)  # type: ignore[arg-type]
        for at, order, owner in warehouse.query(
            "select ordered_at, order_id, person_id from core.orders where is_order "
            "and person_id is not null"
        )
        if at < as_of  # type: ignore[operator]
    ]
    for events, bought in carts(visits, orders):
        left, prices = Counter[str | None](), {}
        for event in events:
            pieces = event.quantity or 1
            left[event.product] += pieces if event.type == "add_to_cart" else -pieces
            if event.type == "add_to_cart" and event.price is not None:
                day, rate = event.at.date(), Decimal(1)
                while event.currency != "GBP" and (event.currency, day) not in rates:
                    day -= timedelta(days=1)
                if event.currency != "GBP":
                    rate = rates[event.currency, day]
                prices[event.product] = (event.price, rate)
        value = sum(
            ((prices[product][0] * n * prices[product][1]).quantize(CENT / 100, ROUND_HALF_UP)
             for product, n in left.items() if n > 0 and product in prices),
            Decimal(0),
        )  # fmt: skip
        last_add = max(event.at for event in events if event.type == "add_to_cart")
        state = "bought" if bought else "open" if as_of - last_add <= WEEK else "abandoned"
        sessions = {event.session for event in [*events, *([bought] if bought else [])]} - {""}
        expected[
            state, events[0].at, bought.order if bought else None, len(sessions),
            sum(n > 0 for n in left.values()), value,
        ] += 1  # fmt: skip
    rows = warehouse.query(
        "select state, opened_at, order_id, session_count, product_count, cart_value "
        "from behavior.carts"
    )
    assert Counter(rows) == expected
    assert {row[0] for row in rows} == {"bought", "open", "abandoned"}


def test_searches(visits: list[list[Event]], warehouse: Run) -> None:
    people: dict[str, set[str]] = defaultdict(set)
    searches, unclicked, bought = Counter[str](), Counter[str](), Counter[str]()
    for events in visits:
        for number, event in enumerate(events):
            if event.type == "search":
                term = " ".join(str(event.term).lower().split())
                after = [later.type for later in events[number + 1 :]]
                steps = [name for name in after if name in {"search", "product_view"}]
                people[term].add(event.owner)
                searches[term] += 1
                unclicked[term] += steps[:1] != ["product_view"]
                bought[term] += "purchase" in after
    rows = warehouse.query(
        "select term, people_count, search_count, no_click_count, bought_after_count "
        "from behavior.search_terms where term <> 'rare'"
    )
    assert {row[0]: row[1:] for row in rows} == {
        term: (len(own), searches[term], unclicked[term], bought[term])
        for term, own in people.items()
        if len(own) >= 5
    }
