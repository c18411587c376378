"""Cohorts, payback and tiers: the sample counted once more, and small and strange shops."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from tests.building import Run
from tests.tiers_room import MARTS, Tiers

LAST_WHOLE_MONTH = (2025, 4)
MARGIN_DIGITS = Decimal("0.000001")


@pytest.fixture
def shop(warehouse: Run) -> Tiers:
    return Tiers(warehouse)


def number_of(day: date) -> int:
    return day.year * 12 + day.month - 1


@pytest.fixture(scope="module")
def sales(warehouse: Run) -> dict[str, list[tuple[int, Decimal, datetime]]]:
    """Net orders of each person: the month, what is left of it, and the instant."""
    ((as_of,),) = warehouse.query("select as_of_at from core.clock")
    found: dict[str, list[tuple[int, Decimal, datetime]]] = defaultdict(list)
    for person, day, amount, at in warehouse.query(
        "select person_id, local_day, net_sales, ordered_at from core.orders "
        "where person_id is not null and is_net_at_clock"
    ):
        if at < as_of:  # type: ignore[operator]
            found[str(person)].append((number_of(day), amount, at))  # type: ignore[arg-type]
    return found


def test_cohorts_of_the_sample_are_added_person_by_person(
    warehouse: Run, sales: dict[str, list[tuple[int, Decimal, datetime]]]
) -> None:
    last = LAST_WHOLE_MONTH[0] * 12 + LAST_WHOLE_MONTH[1] - 1
    ((as_of,),) = warehouse.query("select as_of_at from core.clock")
    cohorts: dict[int, list[str]] = defaultdict(list)
    for person, orders in sales.items():
        cohorts[min(month for month, *_ in orders)].append(person)
    counted = {}
    for start, people in cohorts.items():
        for index in range(last - start + 1):
            own = [
                (amount, (as_of - at).days >= 30)  # type: ignore[operator]
                for person in people
                for month, amount, at in sales[person]
                if month <= start + index
            ]
            counted[start, index] = (
                len(people),
                sum(amount for amount, _ in own),
                sum((amount for amount, is_old in own if is_old), Decimal(0)),
            )
    told = {
        (number_of(month), index): (size, booked, settled)  # type: ignore[arg-type]
        for month, index, size, booked, settled in warehouse.query(
            "select acquisition_month, period_index, cohort_size, booked_net_sales, "
            "settled_net_sales from value.ltv_by_cohort"
        )
    }
    assert len(told) == 136
    assert told == counted


def test_payback_of_the_sample_is_found_channel_by_channel(
    warehouse: Run, sales: dict[str, list[tuple[int, Decimal, datetime]]]
) -> None:
    channels: dict[str, str] = dict(
        warehouse.query("select person_id, channel from retention.customer_lifecycle")  # type: ignore[arg-type]
    )
    ((margin,),) = warehouse.query("select distinct margin from value.payback")
    last = LAST_WHOLE_MONTH[0] * 12 + LAST_WHOLE_MONTH[1] - 1
    brought: dict[tuple[str, int], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for person, orders in sales.items():
        start = min(month for month, *_ in orders)
        for month, amount, _ in orders:
            brought[channels.get(person, "unknown"), start][month - start] += amount
    expected: dict[tuple[Any, ...], int | None] = {}
    for channel, month, cost in warehouse.query(
        "select channel, acquisition_month, cost from retention.channel_quality"
    ):
        start, so_far, paid = number_of(month), Decimal(0), None  # type: ignore[arg-type]
        for index in range(last - start + 1):
            so_far += brought[channel, start][index]  # type: ignore[index]
            left = so_far * Decimal(margin).quantize(MARGIN_DIGITS)  # type: ignore[arg-type]
            if cost is not None and paid is None and left >= cost:  # type: ignore[operator]
                paid = index
        expected[channel, month] = paid
    told = {
        (channel, month): index
        for channel, month, index in warehouse.query(
            "select channel, acquisition_month, payback_index from value.payback "
            "where period_index = 0"
        )
    }
    assert told == expected
    assert {None, 0, 2, 3, 4} <= set(told.values())


def test_tiers_of_the_sample_are_sorted_by_hand(warehouse: Run) -> None:
    people: dict[Any, list[tuple[str, Decimal, float | None]]] = defaultdict(list)
    for month, *row in warehouse.query(
        "select month, person_id, net_sales_365d, expected_net_sales_365d from value.value_history"
    ):
        people[month].append(tuple(row))  # type: ignore[arg-type]
    tiers: dict[Any, dict[str, str]] = {}
    for month, known in people.items():
        fifth = -(-len(known) // 5)
        past = sorted(known, key=lambda row: (-row[1], row[0]))[:fifth]
        hope = sorted(known, key=lambda row: (-(row[2] or 0), row[0]))[:fifth]
        tiers[month] = {person: "low" for person, *_ in known}
        tiers[month] |= {p: "potential_high" for p, _, expected in hope if (expected or 0) > 0}
        tiers[month] |= {p: "high" for p, amount, _ in past if amount > 0}
    months = sorted(tiers)
    assert len(months) == 13
    today = dict(warehouse.query("select person_id, value_tier from strategy.value_tiers"))
    assert today == tiers[months[-1]]
    moves: dict[tuple[Any, ...], int] = defaultdict(int)
    for before, month in pairwise(months):
        for person in tiers[before].keys() | tiers[month].keys():
            ends = (tiers[at].get(person, "none") for at in (before, month))
            moves[month, *ends] += 1
    told = warehouse.query(
        "select month, from_tier, to_tier, people_count from strategy.value_tier_movement"
    )
    assert {row[:3]: row[3] for row in told} == moves
    edges = warehouse.query(
        "select inside_count, lowest_inside, highest_outside, edge_person_id "
        "from strategy.value_tier_edges where measure = 'net_sales_365d' and not is_month_complete"
    )
    ranked = sorted(people[months[-1]], key=lambda row: (-row[1], row[0]))
    fifth = -(-len(ranked) // 5)
    assert edges == [(fifth, ranked[fifth - 1][1], ranked[fifth][1], ranked[fifth - 1][0])]


def test_a_shop_of_nobody_has_no_tiers_and_empty_cells(shop: Tiers) -> None:
    shop.build()
    assert shop.rows("value.value_matrix", "sum(people_count), count(*)") == [(0, 25)]
    for mart in MARTS:
        if mart != "value.value_matrix":
            assert shop.rows(mart) == [], mart


def test_the_only_buyer_is_high_and_their_refunds_make_them_low(shop: Tiers) -> None:
    shop.buyer("a", 12, None)
    shop.build()
    assert shop.rows("strategy.value_tiers", "value_tier, is_served") == [("high", False)]
    edges = shop.rows(
        "strategy.value_tier_edges", "measure, inside_count, edge_person_id, is_served"
    )
    assert edges == [
        ("expected_net_sales_365d", 0, None, False), ("net_sales_365d", 1, "a", True),
    ]  # fmt: skip
    # Nobody asks what they were before.
    assert shop.rows("strategy.value_tier_movement") == []
    for table in ("customer_ltv", "value_history"):
        shop.con.execute(f"delete from value.{table}")
    # Whatever is expected of whoever gave back more than they bought.
    shop.buyer("a", -3, 5)
    shop.build()
    assert shop.rows("strategy.value_tiers", "value_tier, net_sales_365d") == [
        ("low", Decimal("-3.0000"))
    ]
    assert shop.rows("value.value_matrix", "sum(booked_net_sales)") == [(Decimal("-3.0000"),)]


def test_nobody_bought_in_the_year_and_nobody_is_high(shop: Tiers) -> None:
    for person in "abcdef":
        shop.buyer(person, 0, 0.0)
    shop.build()
    assert shop.rows("strategy.value_tiers", "distinct value_tier") == [("low",)]
    edges = shop.rows("strategy.value_tier_edges", "inside_count, lowest_inside, buyer_count")
    assert edges == [(0, None, 6)] * 2


def test_who_left_a_month_without_anything_is_told(shop: Tiers) -> None:
    """Six in May, of whom one gave everything back in June; one bought for the first time."""
    for number, person in enumerate("abcdef"):
        shop.known(person, 100 - number, 50.0 + number, "2025-05-01")
    for number, person in enumerate("abcdeg"):
        shop.buyer(person, 100 - number, 50.0)
    shop.build()
    moves = shop.rows("strategy.value_tier_movement", "from_tier, to_tier, people_count")
    # In May e and f were expected to bring most; in June a and b, who are high already.
    assert moves == [
        ("high", "high", 2), ("low", "low", 2), ("none", "low", 1),
        ("potential_high", "low", 1), ("potential_high", "none", 1),
    ]  # fmt: skip


def test_yen_by_the_billion_are_added_and_paid_back_exactly(shop: Tiers) -> None:
    """A month of a large shop in yen: 38 digits hold it, and a yen too little has not paid."""
    at_stake = Decimal("2000000000000")
    for person, amount in (("a", at_stake - 2), ("b", Decimal(2))):
        for month, share in (("03", amount - 1), ("04", Decimal(1))):
            shop.add(
                "core.orders", source_name="shop", person_id=person, net_sales=share,
                is_net_at_clock=True, is_settled=True, local_day=f"2025-{month}-02",
                ordered_at=f"2025-{month}-02 10:00:00",
            )  # fmt: skip
        shop.add("retention.customer_lifecycle", person_id=person, channel="email")
    shop.add(
        "retention.channel_quality", channel="email", acquisition_month="2025-03-01",
        people_count=2, cost=at_stake / 2, cost_per_person=at_stake / 4,
    )  # fmt: skip
    shop.build()
    rows = shop.rows("value.payback", "period_index, payback_index, booked_margin, is_mature")
    assert rows == [
        (0, 1, (at_stake - 2) / 2, False), (1, 1, at_stake / 2, False), (2, 1, at_stake / 2, False),
    ]  # fmt: skip
    values = shop.rows("value.ltv_by_cohort", "period_index, booked_net_sales_per_person")
    assert values == [(0, at_stake / 2 - 1), (1, at_stake / 2), (2, at_stake / 2)]


def test_an_open_month_has_no_cohort_and_a_channel_no_row(shop: Tiers) -> None:
    shop.add(
        "core.orders", source_name="shop", person_id="a", net_sales=9, is_net_at_clock=True,
        is_settled=False, local_day="2025-06-01", ordered_at="2025-06-01 10:00:00",
    )  # fmt: skip
    shop.build("value.int_cohorts__channels", "value.ltv_by_cohort", "value.payback")
    assert shop.rows("value.ltv_by_cohort") == shop.rows("value.payback") == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update seeds.value_bands set band_to = 30 where band = 'under 30 days'",
         "the band 30 to 89 days of recency cannot be used: it must begin one above the end"),
        ("update seeds.value_bands set band_from = 1 where band = 'under 30 days'",
         "the band under 30 days of recency cannot be used: the first band of recency must begin"),
        ("update seeds.value_bands set band_from = 0 where band = 'one'",
         "the band one of frequency cannot be used: the first band of frequency must begin at 1"),
        ("update seeds.value_bands set band_to = 99 where band = 'ten and over'",
         "the band ten and over of frequency cannot be used: the last band must have no end"),
        ("update seeds.value_bands set band_to = null where band = 'two'",
         "the band three or four of frequency cannot be used: it must begin one above the end"),
        ("update seeds.value_bands set band_from = null where band = 'two'",
         "the band two of frequency cannot be used: band_from must be a whole number"),
        ("update seeds.value_bands set band_to = 3 where band = '180 to 364 days'",
         "the band 180 to 364 days of recency cannot be used: band_to must not be below band_from"),
        ("update seeds.value_bands set band_kind = 'monetary' where band = 'two'",
         "the band two of monetary cannot be used: band_kind must be recency or frequency"),
    ],
)  # fmt: skip
def test_bands_that_leave_somebody_without_a_cell_stop_the_build(
    shop: Tiers, statement: str, words: str
) -> None:
    shop.con.execute(statement)
    with pytest.raises(duckdb.Error, match=words):
        shop.build("value.int_value_bands__checked")


def test_a_shop_without_bands_has_no_matrix(shop: Tiers) -> None:
    shop.con.execute("delete from seeds.value_bands")
    shop.buyer("a", 1, 1.0)
    shop.build("value.int_value_bands__checked", "value.value_matrix")
    assert shop.rows("value.value_matrix") == []
