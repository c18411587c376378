"""The truth against the raw files, by other code: plain loops over CSV rows and Decimals."""

import itertools
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from stayhouse.shop.build import make_shop
from stayhouse.shop.dirt.flaws import BROKEN_LINES
from stayhouse.shop.orders.rates import published_rate
from tests.counting import SETTINGS, Row, accepted_events, instant, lines, reason, rows, truth


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted") / "shop"
    make_shop(SETTINGS, out, workers=0)
    return out


def test_each_row_of_events_ends_as_the_truth_says(shop: Path) -> None:
    accepted, ends = accepted_events(shop)
    expected: Counter[str] = Counter()
    for row in truth(shop, "row_outcomes"):
        if row["table_name"] == "events" and row["outcome"] != "rejected_line":
            expected[row["reason_code"] or row["outcome"]] += row["row_count"]
    assert ends + Counter({"accepted": len(accepted)}) == expected
    # Every reason is there to be tested.
    assert len(expected) == 12


def test_the_dirt_lies_where_the_truth_says(shop: Path) -> None:
    for table in ("events", "orders", "order_lines", "customers"):
        by_line = dict(rows(shop, table))
        listed = [row for row in truth(shop, "dirt") if row["table_name"] == table]
        raw = lines(shop, table)
        for row in listed:
            if row["outcome"] == "rejected_line":
                expected = BROKEN_LINES[row["kind"]].removesuffix(b"\n")
                assert raw[row["landed_row"] - 1] == expected
            else:
                key = next(iter(by_line[row["landed_row"]].values()))
                assert key == (row["record_id"] or "")
        if table == "events":
            wrong = {number for number, row in by_line.items() if reason(row)}
            told = {
                row["landed_row"]
                for row in listed
                if row["outcome"] == "rejected" and row["reason_code"] != "conflicting_event_id"
            }
            assert wrong == told
    broken = {row["kind"] for row in truth(shop, "dirt") if row["outcome"] == "rejected_line"}
    assert "unterminated_quote" in broken


def test_sessions_are_those_of_a_plain_count(shop: Path) -> None:
    accepted, _ = accepted_events(shop)
    visitors: dict[str, list[tuple[datetime, Row]]] = defaultdict(list)
    for row in accepted:
        occurred = instant(row["occurred_at"])
        assert occurred is not None
        visitors[row["visitor_id"]].append((occurred.astimezone(UTC).replace(tzinfo=None), row))
    found = set()
    for visitor, events in visitors.items():
        events.sort(key=lambda item: item[0])
        start = 0
        for place in range(1, len(events) + 1):
            is_last = place == len(events)
            if is_last or events[place][0] - events[place - 1][0] > timedelta(seconds=1800):
                part = events[start:place]
                kinds = Counter(row["event_type"] for _, row in part)
                known = {row["customer_id"] for _, row in part} - {""}
                found.add(
                    (
                        visitor,
                        part[0][0],
                        part[-1][0],
                        len(part),
                        kinds["page_view"],
                        kinds["product_view"],
                        kinds["add_to_cart"],
                        kinds["purchase"],
                        len(known) > 1,
                    )
                )
                start = place
    names = (
        "visitor_id",
        "started_at",
        "ended_at",
        "event_count",
        "page_view_count",
        "product_view_count",
        "cart_add_count",
        "purchase_count",
        "has_identity_conflict",
    )
    told = truth(shop, "sessions")
    assert {tuple(row[name] for name in names) for row in told} == found
    assert len(told) == len(found)
    bots = {row["visitor_id"] for row in told if row["is_bot"]}
    fast = [row for row in told if row["is_bot"] and row["event_count"] >= 30]
    assert bots
    assert fast
    for row in fast:
        pace = (row["ended_at"] - row["started_at"]) / (row["event_count"] - 1)
        assert pace < timedelta(seconds=1)


def test_pauses_lie_on_both_sides_of_the_session_cut(shop: Path) -> None:
    accepted, _ = accepted_events(shop)
    by_visitor: dict[str, list[datetime]] = defaultdict(list)
    for row in accepted:
        occurred = instant(row["occurred_at"])
        assert occurred is not None
        by_visitor[row["visitor_id"]].append(occurred)
    gaps: Counter[timedelta] = Counter()
    for instants in by_visitor.values():
        instants.sort()
        gaps.update(b - a for a, b in itertools.pairwise(instants))
    assert gaps[timedelta(milliseconds=1_800_000)] > 0
    assert gaps[timedelta(milliseconds=1_800_001)] > 0


def rate(currency: str, day: date) -> Decimal:
    while (found := published_rate(currency, day)) is None:
        day -= timedelta(days=1)
    return Decimal(found) / 10**8


def converted(native: Decimal, currency: str, at: str) -> Decimal:
    occurred = instant(at)
    assert occurred is not None
    exact = native * rate(currency, occurred.date())
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def clean(shop: Path, table: str) -> list[Row]:
    """The rows of a table that are not to be rejected."""
    dirty = {
        row["landed_row"]
        for row in truth(shop, "dirt")
        if row["table_name"] == table and row["outcome"] == "rejected"
    }
    return [row for number, row in rows(shop, table) if number not in dirty]


def test_money_is_that_of_a_plain_count(shop: Path) -> None:
    latest: dict[str, Row] = {}
    for row in sorted(clean(shop, "orders"), key=lambda item: item["updated_at"]):
        latest[row["order_id"]] = row
    sums: dict[str, list[Decimal]] = {order: [Decimal(0)] * 4 for order in latest}
    native: dict[str, Decimal] = defaultdict(Decimal)
    for line in clean(shop, "order_lines"):
        order = latest[line["order_id"]]
        gross = int(line["quantity"]) * Decimal(line["unit_price"])
        discount = Decimal(line["discount"])
        at = order["ordered_at"]
        sums[line["order_id"]][0] += converted(gross, order["currency"], at)
        sums[line["order_id"]][1] += converted(discount, order["currency"], at)
        native[line["order_id"]] += gross - discount
    linked = {row["refund_id"]: row for row in truth(shop, "refunds")}
    for refund in clean(shop, "refunds"):
        order_id = refund["order_id"] or linked[refund["refund_id"]]["linked_order_id"]
        if order_id:
            amount = Decimal(refund["amount"])
            sums[order_id][2] += converted(amount, refund["currency"], refund["refunded_at"])
            native[order_id] -= amount
    for order_id, order in latest.items():
        if order["status"] == "cancelled":
            left = native[order_id]
            sums[order_id][3] += converted(left, order["currency"], order["updated_at"])
            native[order_id] = Decimal(0)
    told = {row["order_id"]: row for row in truth(shop, "orders")}
    real = {order_id for order_id, order in latest.items() if order["is_test"] == "false"}
    assert set(told) == real
    for order_id in real:
        gross, discount, refunded, cancelled = sums[order_id]
        row = told[order_id]
        assert row["gross_sales"] == gross
        assert row["discount_amount"] == discount
        assert row["refund_amount"] == refunded
        assert row["cancelled_amount"] == cancelled
        assert row["net_sales"] == gross - discount - refunded - cancelled
        assert row["is_net_order"] == (native[order_id] > 0)
    total = sum((row["amount"] for row in truth(shop, "money_lines")), Decimal(0))
    unlinked = total - sum((row["net_sales"] for row in told.values()), Decimal(0))
    assert unlinked <= 0
    assert any(row["cancelled_amount"] for row in told.values())
    assert any(row["refund_amount"] for row in told.values())


def baskets(shop: Path) -> list[set[str]]:
    """The products of each order, test orders left out."""
    tests = {row["order_id"] for row in clean(shop, "orders") if row["is_test"] == "true"}
    found: dict[str, set[str]] = defaultdict(set)
    for line in clean(shop, "order_lines"):
        if line["order_id"] not in tests:
            found[line["order_id"]].add(line["product_id"])
    return list(found.values())


def test_pairs_are_those_of_a_plain_count(shop: Path) -> None:
    orders = baskets(shop)
    told = truth(shop, "product_pairs")
    assert {(row["product_id"], row["paired_product_id"]) for row in told} == {
        (row["product_id"], row["paired_product_id"])
        for row in truth(shop, "products")
        if row["paired_product_id"]
    }
    assert len(told) == 7
    for row in told:
        one, other = row["product_id"], row["paired_product_id"]
        counts = [sum(wanted <= held for held in orders) for wanted in ({one}, {other})]
        both = sum({one, other} <= held for held in orders)
        names = ("order_count", "orders_with_product", "orders_with_paired", "orders_with_both")
        assert [row[name] for name in names] == [len(orders), *counts, both]
        assert row["realised_lift"] == pytest.approx(both * len(orders) / (counts[0] * counts[1]))
        assert row["attach_probability"] == 0.35


def test_pairs_meet_as_often_as_the_model_expects(shop: Path) -> None:
    """What chance leaves has a variance below the expectation: four deviations are a fault."""
    for row in truth(shop, "product_pairs"):
        for name in ("orders_with_product", "orders_with_paired", "orders_with_both"):
            expected = row[f"expected_{name}"]
            assert abs(row[name] - expected) < 4 * expected**0.5, (name, row)
        assert row["implied_lift"] == pytest.approx(
            row["expected_orders_with_both"]
            * row["order_count"]
            / (row["expected_orders_with_product"] * row["expected_orders_with_paired"]),
            abs=1e-5,
        )
        assert row["implied_lift"] > 1.5


def test_unnamed_refunds_go_to_the_latest_order_of_the_product(shop: Path) -> None:
    refunds = {row["refund_id"]: row for row in clean(shop, "refunds")}
    unnamed = [row for row in truth(shop, "refunds") if not row["names_order"]]
    assert unnamed
    for row in unnamed:
        assert refunds[row["refund_id"]]["order_id"] == ""
        if row["linked_order_id"] is not None:
            # The order of the refund has such a line: no later order than it is needed.
            link, own = (int(row[name][1:]) for name in ("linked_order_id", "true_order_id"))
            assert link >= own


def test_a_referral_is_told_before_the_friend_comes(shop: Path) -> None:
    customers = {row["customer_id"]: row for row in truth(shop, "customers")}
    referred = [row for row in customers.values() if row["referred_by"]]
    assert len(referred) > 20
    for row in referred:
        assert customers[row["referred_by"]]["arrived_at"] < row["arrived_at"]
    accepted, _ = accepted_events(shop)
    assert sum(row["event_type"] == "referral" for row in accepted) > 10


def test_reviews_of_several_lines_are_one_row(shop: Path) -> None:
    texts = [row["text"] for _, row in rows(shop, "reviews")]
    assert any("\n" in text for text in texts)
    assert len(texts) == len(truth(shop, "reviews"))
