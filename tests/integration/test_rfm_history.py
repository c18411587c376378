"""RFM's history: every month of the sample counted once more, what comes late, small shops."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.building import Run
from tests.naive_rfm import Line, month_end, segments_at
from tests.segment_room import MARTS, Shop

ZONE = "Europe/London"
FIRST = "person_id, min(from_month) over (partition by person_id)"
SALES = """
    select m.person_id, m.source_name || m.order_id, o.ordered_at, m.effective_at, m.currency,
        m.native_amount, m.amount, m.kind
    from core.money_lines as m
    inner join core.orders as o on m.source_name = o.source_name and m.order_id = o.order_id
    where m.kind in ('item', 'discount', 'refund', 'cancellation') and not o.is_test
        and m.person_id is not null
"""


def test_every_month_of_the_sample(warehouse: Run) -> None:
    """Each person at each month end and at the clock, from the ledger up to then."""
    lines = [Line(*row) for row in warehouse.query(SALES)]  # type: ignore[arg-type]
    as_of: Any = warehouse.query("select as_of_at from core.clock")[0][0]
    months: Any = warehouse.query(
        "select distinct month, is_month_complete from segments.rfm_cut_points order by month"
    )
    assert len(months) == 17
    assert [complete for _, complete in months] == [True] * 16 + [False]
    bought: set[str] = set()
    for month, complete in months:
        expected = segments_at(lines, month_end(month, ZONE) if complete else as_of)
        bought |= expected.keys()
        found = warehouse.query(
            "select person_id, segment from segments.rfm_history "
            f"where date '{month}' between from_month and coalesce(to_month, date '{month}')"
        )
        assert len(found) == len(bought)
        assert dict(found) == {person: expected.get(person, "prospect") for person in bought}
    assert "prospect" in dict(found).values()


@pytest.fixture
def shop(warehouse: Run) -> Iterator[Shop]:
    made = Shop(warehouse)
    yield made
    made.con.close()


def test_late_news_changes_one_persons_months_and_nothing_new_changes_none(shop: Shop) -> None:
    """Anna's order of March is refunded in May, and an order of Ben's of March, before the one that
    was known, is told: both change how often they bought, from then on; of Cleo and Dora, and of
    the months before, nothing changes.
    """
    for day in ("2024-02-03", "2024-03-04", "2024-05-06"):
        shop.order("Anna", day)
    shop.order("Ben", "2024-03-20")
    shop.order("Cleo", "2024-03-10")
    shop.order("Dora", "2024-01-05")
    shop.order("Dora", "2024-04-05")
    shop.build()
    before = {mart: shop.rows(mart) for mart in MARTS}
    shop.build()
    assert {mart: shop.rows(mart) for mart in MARTS} == before
    months = "person_id, month, segment, recency_score, frequency_score, order_count"
    states = set(shop.rows("int_rfm__scored", months))

    shop.con.execute(
        "insert into core.money_lines values ('shop', 'Anna 2024-03-04', 'Anna', 'refund', null, "
        "'GBP', -10, -10, timestamp '2024-05-20 12:00:00')"
    )
    shop.order("Ben", "2024-03-02")
    shop.build()
    changed = states ^ set(shop.rows("int_rfm__scored", months))
    moved = [date(2024, month, 1) for month in range(3, 7)]
    assert {row[:2] for row in changed} == {
        *(("Anna", month) for month in moved[2:]),
        *(("Ben", month) for month in moved),
    }
    others = [row for row in before["rfm_history"] if row[0] in ("Cleo", "Dora")]
    history = shop.rows("rfm_history")
    assert [row for row in history if row[0] in ("Cleo", "Dora")] == others
    assert {row[0] for row in set(before["rfm_history"]) ^ set(history)} <= {"Anna", "Ben"}


def test_who_has_every_order_refunded_is_a_prospect_until_the_next(shop: Shop) -> None:
    shop.order("Anna", "2024-02-10", refunded_at="2024-03-05")
    shop.order("Anna", "2024-05-10")
    # In one month: never a buyer at a month end.
    shop.order("Ben", "2024-02-10", refunded_at="2024-02-29")
    shop.build()
    assert shop.rows("rfm_history") == [
        ("Anna", "new_customer", date(2024, 2, 1), date(2024, 2, 1)),
        ("Anna", "new_customer", date(2024, 5, 1), None),
        ("Anna", "prospect", date(2024, 3, 1), date(2024, 4, 1)),
    ]
    moves = "month, from_segment, to_segment, people_count, net_sales"
    assert shop.rows("rfm_movement", moves) == [
        (date(2024, 2, 1), "none", "new_customer", 1, 10),
        (date(2024, 3, 1), "new_customer", "prospect", 1, -10),
        (date(2024, 4, 1), "prospect", "prospect", 1, 0),
        (date(2024, 5, 1), "prospect", "new_customer", 1, 10),
        (date(2024, 6, 1), "new_customer", "new_customer", 1, 0),
    ]
    # Nobody had a net order in April: there is nothing to cut.
    assert date(2024, 4, 1) not in {row[0] for row in shop.rows("rfm_cut_points", "month")}


def test_months_end_where_the_shop_is(shop: Shop) -> None:
    """In London, 23:00 UTC on the last day of May is June, and of February it is not."""
    shop.order("late in May", "2024-05-31 23:00:00")
    shop.order("in May", "2024-05-31 22:59:59")
    shop.order("in February", "2024-02-29 23:59:59")
    shop.build()
    first = dict(shop.rows("rfm_history", FIRST))
    assert first == {
        "late in May": date(2024, 6, 1),
        "in May": date(2024, 5, 1),
        "in February": date(2024, 2, 1),
    }


def test_a_long_history_is_cut_off(shop: Shop) -> None:
    """36 complete months: June 2021 is the first before a clock in June 2024. Nobody is told to be
    new in it, since of some it is not asked what they were before: movement begins with July.
    """
    shop.until(datetime(2024, 6, 11), datetime(2015, 1, 1))
    shop.order("old", "2016-05-01")
    shop.order("refunded", "2016-05-01", refunded_at="2017-01-01")
    shop.order("came", "2021-06-10")
    shop.build()
    firsts = dict(shop.rows("rfm_history", FIRST))
    assert set(firsts.values()) == {date(2021, 6, 1)}
    assert shop.rows("rfm_history", "distinct segment, to_month")[-1] == ("prospect", None)
    assert min(row[0] for row in shop.rows("rfm_movement", "month")) == date(2021, 7, 1)
    assert not [row for row in shop.rows("rfm_movement", "from_segment") if row[0] == "none"]
    assert len(shop.rows("rfm_cut_points", "distinct month")) == 37


@pytest.mark.parametrize("people", [0, 1, 20])
def test_few_people_and_people_who_are_all_equal(shop: Shop, people: int) -> None:
    """All who are equal are the best fifth, as whoever is alone is: no score of nothing."""
    for number in range(people):
        shop.order(f"p{number:02}", "2024-05-10")
    shop.rule("bought", 1, "order_count", ">=", "1", None)
    shop.build()
    assert (
        shop.rows("rfm_segments", "distinct segment, recency_score, monetary_score")
        == [("new_customer", 5, 5)][:people]
    )
    cut = shop.rows("rfm_cut_points", "distinct month, score, people_count, lowest_value")
    assert [row[1:] for row in cut if row[0] == date(2024, 6, 1) and row[2]] == [
        (1, people, 1), (5, people, 10), (5, people, 32),
    ][: 3 * people]  # fmt: skip
    assert len(shop.rows("rfm_history")) == people
    share = 1.0 if people else None
    assert shop.rows("profile_segment_sizes", "people_count, unknown_count, share") == [
        (people, 0, share)
    ]


def test_a_shop_of_two_months_and_one_without_anything(shop: Shop) -> None:
    shop.until(datetime(2024, 6, 11), datetime(2024, 5, 3))
    shop.order("Anna", "2024-05-03")
    shop.order("Ben", "2024-06-03")
    shop.build()
    assert shop.rows("rfm_movement", "month, from_segment, to_segment, is_month_complete") == [
        (date(2024, 5, 1), "none", "new_customer", True),
        (date(2024, 6, 1), "new_customer", "about_to_sleep", False),
        (date(2024, 6, 1), "none", "new_customer", False),
    ]
    for table in ("clock", "orders", "money_lines"):
        shop.con.execute(f"delete from core.{table}")
    shop.con.execute("insert into core.clock values (null, null, null)")
    shop.build()
    assert all(not shop.rows(mart) for mart in MARTS)


def test_today_counts_whole_days(shop: Shop) -> None:
    """One second short of a day more is not a day more."""
    shop.order("a", str(datetime(2024, 6, 11) - timedelta(days=5)))
    shop.order("b", str(datetime(2024, 6, 11) - timedelta(days=5, seconds=-1)))
    shop.build()
    assert shop.rows("rfm_segments", "person_id, recency_days") == [("a", 5), ("b", 4)]
