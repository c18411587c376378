"""The page of one person: what the orders held, and what moves the risk."""

import re
from pathlib import Path

import pytest

from app.language import say_in
from app.parts import person_risk
from tests.unit.test_app_pages import PEOPLE, draw_page, empty_marts, place, put

__all__ = ["place"]

# An hour before the clock is summer's midnight in London; whatever comes at it is not known yet.
CLOCK = """
    insert into core.clock by name
        select timestamp '2025-05-14' as as_of_at, date '2025-05-14' as open_day,
            'Europe/London' as time_zone;
    update core.orders set ordered_at = timestamp '2025-05-13 23:00' where order_id = 'T-7';
    insert into core.orders by name
        select 'till' as source_name, 'T-now' as order_id, 'e:till:x' as person_id,
            timestamp '2025-05-14' as ordered_at;
"""
# Six products of one order, one of them twice and one unknown; another order of one product.
LINES = """
    insert into core.orders by name
        select 'till' as source_name, 'T-8' as order_id, 'e:till:x' as person_id,
            timestamp '2025-05-01' as ordered_at;
    insert into core.products by name
        select 'till' as source_name, 'p' || n as product_id, 'Pan ' || n as name
        from range(1, 6) as t(n);
    insert into core.money_lines by name
        select 'till' as source_name, 'e:till:x' as person_id, * from (values
            ('T-7', 'item', 'p1', 1, 10.0), ('T-7', 'item', 'p2', 1, 30.0),
            ('T-7', 'item', 'p2', 2, 30.0), ('T-7', 'item', 'p3', 1, 20.0),
            ('T-7', 'item', 'p4', 1, 5.0), ('T-7', 'item', 'p5', 1, 4.0),
            ('T-7', 'item', 'lost', 1, 50.0), ('T-7', 'refund', 'p3', 1, -20.0),
            ('T-7', 'tax', null, null, 9.0), ('T-8', 'item', 'p1', 1, 10.0)
        ) as t(order_id, kind, product_id, quantity, amount);
"""
REASONS = """
    insert into churn.churn_scores by name
        select 'e:till:x' as person_id, 'blend' as classifier, true as is_champion,
            0.421 as churn_probability, 'medium' as risk_band, 90 as horizon_days;
    insert into churn.churn_reasons by name
        select 'e:till:x' as person_id, 'boosted_trees' as explained_classifier, * from (values
            (1, '<b>slow</b>', 'raises', 2.0), (2, 'seen', 'lowers', -0.25), (3, 'odd', null, null)
        ) as t(reason_rank, reason_en, direction, contribution);
"""


def html(*statements: str) -> str:
    """The page of the guest, as HTML."""
    put(Path(), *empty_marts(), PEOPLE.format("e:till:x"), CLOCK, *statements)
    test = draw_page("customer", person="e:till:x")
    return " ".join(str(e.proto.body) for e in test.main if e.type == "html")


def rows_of(table: str, text: str) -> list[list[str]]:
    """The cells of a table, without tags."""
    body = text.partition(f'data-table="{table}"')[2].partition("<tbody>")[2].partition("</tbody>")
    cells = (re.findall(r"<td[^>]*>(.*?)</td>", row) for row in body[0].split("</tr>")[:-1])
    return [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]


def test_an_order_names_its_dearest_products_and_how_many_more(place: Path) -> None:
    held = {row[1]: row[2] for row in rows_of("customer_orders", html(LINES))}
    assert held == {"T-7": "3 × Pan 2 · lost · Pan 3 · Pan 1 and 2 more", "T-8": "Pan 1"}


def test_orders_without_their_lines_are_listed_all_the_same(place: Path) -> None:
    rows = rows_of("customer_orders", html())
    assert [row[:3] for row in rows] == [["14 May 2025 00:00", "T-7", "–"]]


def test_an_order_that_counts_nowhere_is_said_to_be_known(place: Path) -> None:
    put(Path(), *empty_marts(), PEOPLE.format("e:till:x"), """
        insert into core.orders by name
            select 'till' as source_name, 'T-9' as order_id, 'c:till:tester' as person_id,
                true as is_test, false as is_order;
    """)  # fmt: skip
    for typed, said in (("T-9", "customer.not_counted"), ("T-10", "customer.not_found_remedy")):
        test = draw_page("customer", person=typed)
        text = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
        assert say_in("en", said) in text, typed


def test_reasons_are_words_and_bars_and_say_whose_they_are(place: Path) -> None:
    text = html(REASONS)
    assert "42.1 %" in text
    assert "chance of placing no order in the next 90 days; risk: medium" in text
    assert "Reasons are those of the boosted trees, since the blend cannot be explained" in text
    assert [row[:2] for row in rows_of("customer_reasons", text)] == [
        ["&lt;b&gt;slow&lt;/b&gt;", "raises it much"], ["seen", "lowers it"], ["odd", "–"],
    ]  # fmt: skip
    # A bar begins in the middle; beyond the full one there is nothing to draw.
    assert re.findall(r"left: ([\d.]+)%; width: ([\d.]+)%", text) == [
        ("50.0", "50.0"), ("37.5", "12.5"),
    ]  # fmt: skip
    assert text.count('class="sh-bar" aria-hidden="true"') == 2


@pytest.mark.parametrize(
    ("direction", "contribution", "said"),
    [("raises", 0.2499, "raises it a little"), ("raises", 0.25, "raises it"),
     ("raises", 0.4999, "raises it"), ("raises", 0.5, "raises it much"),
     ("lowers", -0.2499, "lowers it a little"), ("lowers", -0.5, "lowers it much"),
     ("", 0.7, "–"), ("raises", None, "–")],
)  # fmt: skip
def test_how_much_a_reason_moves_is_said(
    direction: str, contribution: float | None, said: str
) -> None:
    assert person_risk.moves(direction, contribution) == said
