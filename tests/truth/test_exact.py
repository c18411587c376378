"""What has one right answer is right, to the row and to the last digit."""

import json
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from tests.naive_rfm import Line, month_end, segments_at
from tests.truth.exact import CHECKS
from tests.truth.shop import Shop


@pytest.mark.parametrize("check", CHECKS)
def test_the_warehouse_finds_what_was_planted(shop: Shop, check: str) -> None:
    differences = CHECKS[check](shop)
    assert differences.empty, differences.to_string()


def test_the_shop_is_worth_a_test(shop: Shop) -> None:
    """Every kind of thing that the checks compare really occurs."""
    counts = shop.both(
        """
        select
            (select count(*) from truth.customers) as customers,
            (select count(*) from truth.sessions where is_bot) as bot_sessions,
            (select count(*) from truth.sessions where has_identity_conflict) as conflicts,
            (select count(*) from truth.dirt where outcome = 'repeated_copy') as copies,
            (select count(distinct reason_code) from truth.dirt) as reasons,
            (select count(*) from truth.refunds where not names_order) as unnamed,
            (select count(*) from truth.orders where is_cancelled) as cancelled,
            (select count(distinct currency) from truth.orders) as currencies,
            (select count(*) from core.money_lines where is_rate_carried) as carried_rates,
            (select count(*) from core.orders where is_test) as test_orders
        """
    ).iloc[0]
    assert 18_000 <= counts["customers"] <= 22_000
    assert counts["reasons"] >= 25
    assert counts["currencies"] == 3
    assert (counts.drop(["customers", "reasons", "currencies"]) >= 3).all(), counts


def test_net_sales_in_all(shop: Shop) -> None:
    sums = shop.both(
        """
        select
            (select sum(net_sales) from core.orders where not is_test) as found,
            (select sum(net_sales) from truth.orders) as planted
        """
    )
    # Decimals arrive as floats here, but equal decimals arrive as equal floats.
    assert sums["found"].iloc[0] == sums["planted"].iloc[0] > 500_000


def test_rejected_lines(shop: Shop) -> None:
    """Each line that is no row is kept beside its batch with its number and its reason."""
    planted = shop.both(
        "select table_name, landed_row, reason_code from truth.dirt where outcome = 'rejected_line'"
    )
    assert set(planted["reason_code"]) >= {"blank_line", "invalid_utf8", "unterminated_quote"}
    for table in ("events", "orders", "order_lines", "customers", "refunds"):
        batch = shop.landed(table) / "batch_id=1"
        path = batch / "rejected_lines.csv"
        lines = pd.read_csv(path) if path.exists() else pd.DataFrame()
        kept = {(row.line_number, row.reason) for row in lines.itertuples()}
        of_table = planted[planted["table_name"] == table]
        assert kept == set(zip(of_table["landed_row"], of_table["reason_code"], strict=True))
        told = json.loads((batch / "_batch.json").read_text())
        assert told["lines_rejected"] == len(kept) == len(of_table)
        assert told["lines_in"] == told["rows_landed"] + told["lines_rejected"]


def test_identity_names_only_people_who_were_there(shop: Shop) -> None:
    """A device's customers are among those who really used it, and most devices' are known."""
    found = shop.both(
        """
        select
            count(*) as named,
            count(t.visitor_id) as present,
            (select count(distinct visitor_id) from truth.visitors) as devices
        from (
            select distinct visitor_id, customer_id from core.identity_map
            where customer_id is not null
        ) as i
        left join truth.visitors as t
            on i.visitor_id = t.visitor_id and i.customer_id = t.customer_id
        """
    ).iloc[0]
    assert found["named"] == found["present"] > found["devices"] / 2


@pytest.mark.parametrize("month", [date(2024, 6, 1), date(2024, 11, 1), date(2025, 4, 1)])
def test_segments_at_month_ends(shop: Shop, month: date) -> None:
    """Everybody's segment, counted person by person from the truth's ledger up to the month end.

    Whose an order is stands in the warehouse; that it is right, `owners` says.
    """
    sales = shop.both(
        """
        select o.person_id, m.order_id, t.ordered_at, m.effective_at, m.currency,
            m.native_amount::varchar as native_amount, m.amount::varchar as amount,
            m.kind
        from truth.money_lines as m
        inner join truth.orders as t on m.order_id = t.order_id
        inner join core.orders as o on m.order_id = o.order_id
        where m.kind in ('item', 'discount', 'refund', 'cancellation') and o.person_id is not null
        """
    )
    lines = [
        Line(*row[:5], Decimal(row[5]), Decimal(row[6]), row[7])
        for row in sales.itertuples(index=False, name=None)
    ]
    expected = segments_at(lines, month_end(month, "Europe/London"))
    found = shop.both(
        "select person_id, segment from segments.rfm_history where segment <> 'prospect' "
        f"and date '{month}' between from_month and coalesce(to_month, date '{month}')"
    )
    assert len(expected) > 3_000
    assert dict(found.itertuples(index=False, name=None)) == expected
