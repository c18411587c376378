"""The first sentence of the page Data quality: what was accepted, and what became of the rest."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.test_app_pages import place, put

__all__ = ["place"]

# Twelve rows in figures and seven that are not; an order's amount is its lines' again, and the
# prices of events were not paid. A superseded row is neither.
ACCOUNT = """
create schema core;
create table core.data_quality as
select 'shop' as source_name, * from (values
    ('order_lines', 'accepted', 'accepted', 'EUR', 9, 900.0),
    ('order_lines', 'accepted', 'accepted', 'GBP', 1, 400.0),
    ('orders', 'accepted', 'accepted', 'EUR', 1, 900.0),
    ('orders', 'superseded', 'superseded', 'EUR', 50, 900.0),
    ('events', 'accepted', 'accepted', 'EUR', 1, 5000.0),
    ('events', 'rejected', 'missing_actor', 'EUR', 4, 4000.0),
    ('order_lines', 'rejected', 'invalid_quantity', 'EUR', 1, 100.0),
    ('order_lines', 'rejected', 'invalid_quantity', null, 1, 7.0),
    ('orders', 'rejected', 'invalid_ordered_at', null, 1, null)
) as t(table_name, disposition, reason_code, currency, row_count, amount)
"""


def said(place: Path, account: str, tongue: str = "en", table: str = "") -> str:
    """What the page begins with."""
    (place / "published" / "stayhouse.duckdb").unlink(missing_ok=True)
    put(place, account)

    def script(tongue: str, table: str) -> None:
        import streamlit as st

        from app import published
        from app.parts import accepted

        st.session_state["language"] = tongue
        accepted.show(published.current(), "", table)

    test = AppTest.from_function(script, kwargs={"tongue": tongue, "table": table})
    test.run(timeout=60)
    assert not test.exception
    html = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    return re.sub(r"<[^>]+>", "", html)


def test_currencies_stand_beside_each_other_and_are_never_one_sum(place: Path) -> None:
    assert said(place, ACCOUNT) == (
        "Copies aside, 63.2 % of rows were accepted, and of money 90.0 % in €, 100.0 % in £. "
        "The rest, 7 rows: neither visitor nor customer (4); quantity cannot be read (2: €100, "
        "7 without a currency); instant of the order cannot be read (1)."
    )


def test_a_table_has_its_own_sentence(place: Path) -> None:
    assert said(place, ACCOUNT, table="order_lines").startswith("Copies aside, 83.3 % of rows")
    # An order's own amount is told where orders alone are looked at; of events there is no money.
    assert "50.0 % of rows and 100.0 % of money" in said(place, ACCOUNT, table="orders")
    text = said(place, ACCOUNT, table="events")
    assert text.startswith("Copies aside, 20.0 % of rows were accepted. The rest, 4 rows")
    assert "5,000" not in text


def test_one_currency_is_the_money(place: Path) -> None:
    one = ACCOUNT.replace("'GBP'", "'EUR'")
    assert said(place, one).startswith("Copies aside, 63.2 % of rows and 92.9 % of money were")
    assert said(place, one, "zh").startswith("不计副本，63.2 % 的行、92.9 % 的金额被接受。")  # noqa: RUF001


def test_a_reason_is_named_for_its_money_too(place: Path) -> None:
    """Three small reasons have more rows than the one that took half of the money."""
    few = ", ".join(f"('events', 'rejected', 'r{n}', null, 5, null)" for n in range(3))
    half = ACCOUNT.replace("'EUR', 1, 100.0", "'EUR', 1, 900.0")
    text = said(place, half.replace("\n) as t", f",\n    {few}\n) as t"))
    assert "The rest, 22 rows: quantity cannot be read (2: €900, 7 without" in text
    assert text.endswith("; r0 (5); r1 (5); other reasons (10).")


@pytest.mark.parametrize(("lost", "share"), [(1, "over 99.9 %"), (2, "99.9 %")])
def test_what_is_not_all_is_not_called_all(place: Path, lost: int, share: str) -> None:
    rows = f"""create schema core; create table core.data_quality as
        select 'shop' as source_name, 'orders' as table_name, null::varchar as currency,
            null::double as amount, * from (values
                ('accepted', 'accepted', {2001 - lost}), ('rejected', 'invalid_day', {lost})
            ) as t(disposition, reason_code, row_count)"""
    assert said(place, rows).startswith(f"Copies aside, {share} of rows were accepted. The rest")


def test_nothing_lost_is_said_in_one_sentence(place: Path) -> None:
    rows = ACCOUNT.replace("'rejected'", "'accepted'")
    assert said(place, rows) == (
        "Every row that landed was accepted (19, copies and earlier versions aside)."
    )
