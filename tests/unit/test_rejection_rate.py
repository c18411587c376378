"""The laws of losses: which share of rows or of money is worth a look, which stops a build."""

import duckdb
import jinja2
import pytest

from stayhouse.base import project

ROOT = project.project_root()
WARN, STOP = 0.05, 0.5
# The law judges canonical tables only.
TABLES = ("events", "orders", "order_lines", "order_charges", "refunds", "customers")


def broken(law: str, rows: str) -> list[tuple[object, ...]]:
    """Return (reason, currency, lost rows, lost money, example) of a law's rows."""
    macro = (ROOT / "macros/rejection_rate_above.sql").read_text(encoding="utf-8")
    text = (ROOT / f"tests/laws/{law}.sql").read_text(encoding="utf-8")
    rates = {"rejection_warn_rate": WARN, "rejection_stop_rate": STOP}
    sql = (
        jinja2.Environment()
        .from_string(macro + text)
        .render(
            ref=lambda name: name,
            setting=rates.__getitem__,
            config=lambda **_: "",
            canonical_columns=lambda: dict.fromkeys(TABLES),
        )
    )
    with duckdb.connect() as con:
        con.execute(
            f"""
            create table data_quality as
            select 'shop' as source_name, *, null::varchar as example from (values {rows})
            as t(table_name, disposition, reason_code, currency, row_count, amount)
            """
        )
        con.execute("update data_quality set example = '1,249.00' where disposition = 'rejected'")
        return con.execute(
            f"select reason_code, currency, lost_count, lost_amount, example from ({sql})"
        ).fetchall()


LOOK, STOPS = "rejection_rate_is_worth_a_look", "rejection_rate_stops_the_build"


@pytest.mark.parametrize(
    ("law", "lost", "is_broken"),
    [(LOOK, 50, False), (LOOK, 51, True), (STOPS, 500, False), (STOPS, 501, True)],
)
@pytest.mark.parametrize("disposition", ["rejected", "orphaned"])
def test_rows_above_the_rate(law: str, lost: int, is_broken: bool, disposition: str) -> None:
    found = broken(
        law,
        f"('orders', 'accepted', 'accepted', null, {1000 - lost}, null), "
        f"('orders', '{disposition}', 'why', null, {lost}, null)",
    )
    example = "1,249.00" if disposition == "rejected" else None
    assert found == ([("why", None, lost, None, example)] if is_broken else [])


@pytest.mark.parametrize(
    ("law", "lost", "is_broken"),
    [(LOOK, 50, False), (LOOK, 51, True), (STOPS, 500, False), (STOPS, 501, True)],
)
def test_money_above_the_rate(law: str, lost: int, is_broken: bool) -> None:
    """Two of ten thousand lines, of one currency; the other currency's money does not count."""
    found = broken(
        law,
        f"('order_lines', 'accepted', 'accepted', 'GBP', 9998, {1000 - lost}.00), "
        f"('order_lines', 'rejected', 'invalid_price', 'GBP', 2, {lost}.00), "
        "('order_lines', 'accepted', 'accepted', 'JPY', 9998, 900000.00), "
        "('order_lines', 'rejected', 'invalid_price', 'JPY', 2, 1.00)",
    )
    assert found == ([("invalid_price", "GBP", 2, lost, "1,249.00")] if is_broken else [])


def test_copies_and_what_was_superseded_are_of_what_landed() -> None:
    """A table that lands whole each night has its rejected rows each night: 3 of 60, not of 33."""
    rows = (
        "('order_lines', 'accepted', 'accepted', 'GBP', 30, 30), "
        "('order_lines', 'repeated_copy', 'repeated_copy', 'GBP', 20, 20), "
        "('order_lines', 'superseded', 'later_version', 'GBP', 7, 7), "
        "('order_lines', 'rejected', 'invalid_price', 'GBP', 3, {money})"
    )
    assert broken(LOOK, rows.format(money="3")) == []
    assert broken(LOOK, rows.format(money="3.01")) != []


def test_one_row_does_not_stop_a_build() -> None:
    """Its money may be a mistake of its own; it is worth a look."""
    rows = (
        "('order_lines', 'accepted', 'accepted', 'GBP', 100, 5000), "
        "('order_lines', 'rejected', 'invalid_quantity', 'GBP', {count}, 900000000)"
    )
    assert broken(STOPS, rows.format(count=1)) == []
    assert broken(STOPS, rows.format(count=2)) != []
    assert broken(LOOK, rows.format(count=1)) != []


def test_money_in_which_nothing_counts_is_no_share() -> None:
    """Of an unknown currency all is lost, of course; an event's price is not what was paid."""
    assert (
        broken(
            LOOK,
            "('refunds', 'accepted', 'accepted', 'GBP', 100, 100), "
            "('refunds', 'rejected', 'unknown_currency', 'XTS', 3, 82), "
            "('events', 'accepted', 'accepted', 'GBP', 100, 100), "
            "('events', 'rejected', 'conflicting_event_id', 'GBP', 3, 8200)",
        )
        == []
    )


def test_an_invoice_of_a_later_file_is_not_lost() -> None:
    rows = (
        "('orders', 'accepted', 'accepted', null, 10, null), "
        "('orders', 'rejected', '{reason}', null, 90, null)"
    )
    assert broken(STOPS, rows.format(reason="invoice_in_later_file")) == []
    assert broken(STOPS, rows.format(reason="unknown_status")) != []
