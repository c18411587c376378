"""The summary of the built sample, which has orders after its clock: its sums agree."""

import re

import pytest

from app.cohorts import cuts
from app.cohorts.cuts import Cut
from stayhouse.reports.summary import summary_lines
from tests.building import Run


@pytest.fixture(scope="module")
def page(warehouse: Run) -> list[str]:
    """The lines of the summary."""
    return summary_lines(warehouse.database, [], 0.05)


def section(page: list[str], title: str) -> list[str]:
    """The lines under a title."""
    start = page.index(title) + 1
    return page[start : page.index("", start)]


def figures(text: str, pattern: str) -> list[float]:
    """The numbers that a pattern finds in a text."""
    found = re.search(pattern, text)
    assert found, (pattern, text)
    return [float(number.replace(",", "")) for number in found.groups()]


def test_segments_add_up_to_the_buyers_and_their_sales(page: list[str], warehouse: Run) -> None:
    ((late,),) = warehouse.query(
        "select count(*) from core.orders, core.clock where ordered_at >= as_of_at and is_order"
    )
    assert late, "the sample has no order after its clock, so this test shows nothing"
    told = " ".join(section(page, "What happened"))
    (orders,) = figures(told, r"sessions \([\d,]+ of bots left out\), ([\d,]+) orders")
    sales, buyers, net_orders = figures(
        told, r"net sales ([\d,.]+) GBP; ([\d,]+) buyers with ([\d,]+) net orders"
    )
    of_buyers, of_others = figures(told, r"([\d,.]+) GBP of it by these buyers, ([-\d,.]+) by")
    rows = [line.split() for line in section(page, "What kind of customer")[1:]]
    assert rows[-1][:2] == ["all", "buyers"]
    people = [int(row[-2].replace(",", "")) for row in rows]
    money = [float(row[-1].replace(",", "")) for row in rows]
    assert sum(people[:-1]) == people[-1] == buyers
    # Each amount is rounded to a cent by itself.
    assert sum(money[:-1]) == pytest.approx(money[-1], abs=0.06)
    assert money[-1] == of_buyers
    assert of_buyers + of_others == pytest.approx(sales, abs=0.02)
    # Counted from the ledger and the orders, row by row in Python.
    ((as_of,),) = warehouse.query("select as_of_at from core.clock")
    lines = warehouse.query("select kind, amount, effective_at, order_id from core.money_lines")
    tests = {name for (name,) in warehouse.query("select order_id from core.orders where is_test")}
    assert tests, "the sample has no test order, so this test shows less"
    kinds = {"item", "discount", "refund", "cancellation"}
    sold = [a for kind, a, at, name in lines if kind in kinds and at < as_of and name not in tests]
    assert sales == pytest.approx(float(sum(sold)), abs=0.01)
    placed = warehouse.query("select is_order, is_net_at_clock, ordered_at from core.orders")
    assert orders == sum(bool(is_order) and at < as_of for is_order, _, at in placed)
    assert net_orders == sum(bool(is_net) for _, is_net, _ in placed)


def test_the_triangle_is_the_first_that_the_app_shows(page: list[str], warehouse: Run) -> None:
    found = [Cut(*row) for row in warehouse.query(cuts.CUTS)]  # type: ignore[arg-type]
    cut = min(found, key=cuts._rank).cut_id
    cells = warehouse.query(
        "select strftime(cohort_start, '%Y-%m'), period_index, cohort_size, retention_rate "
        f"from retention.retention_cube where cut_id = '{cut}' and period_index between 1 and 12"
    )
    header, *rows = [
        line.split()
        for line in section(page, "Who comes back")
        if re.match(r"  (month|\d{4}-\d\d) ", line)
    ]
    shown = {
        (row[0], int(period)): (int(row[1].replace(",", "")), percent)
        for row in rows
        for period, percent in zip(header[2:], row[2:], strict=False)
    }
    first = min(row[0] for row in rows)
    assert shown == {
        (month, index): (size, f"{float(rate) * 100:.0f}")
        for month, index, size, rate in cells
        if month >= first
    }


def test_who_is_in_no_cohort_yet_is_counted_beside_them(page: list[str], warehouse: Run) -> None:
    (buyers,) = figures(" ".join(section(page, "What happened")), r"([\d,]+) buyers with")
    (young,) = figures(" ".join(section(page, "Who comes back")), r"in no cohort yet: ([\d,]+)")
    in_cohorts = warehouse.query(
        "select sum(size) from (select max(cohort_size) as size from retention.cohort_retention "
        "where cohort_grain = 'month' and start_kind = 'net_order' group by cohort_start)"
    )
    assert in_cohorts == [(buyers - young,)]


def test_the_sample_says_that_it_is_invented(page: list[str]) -> None:
    assert page[0] == "This is the sample, an invented shop. Your own data: docs/data.md"
