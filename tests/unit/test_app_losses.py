"""What is in no figure stands on every page of the app, by the publication's own account."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from app import losses, published
from app.views import quality
from tests.unit.test_app_pages import empty_marts, place, put, shown  # noqa: F401

# 15 of 100 lines have a price that nobody can read, and 131,765 of 136,655 of the money with them.
LOST: dict[str, Any] = {
    "source_name": "shop", "table_name": "order_lines", "rows": 100, "rows_lost": 15,
    "row_share": 0.15,
    "money": [{"currency": "GBP", "amount": 136655.0, "amount_lost": 131765.0,
               "amount_share": 0.964216}],
    "reasons": [{"disposition": "rejected", "reason_code": "invalid_price", "rows": 15,
                 "rows_of_unknown_money": 0, "amounts": {"GBP": 131765.0},
                 "example": "<img src=x>1,249.00"}],
}  # fmt: skip


def tell(place: Path, rate: float, *lost: dict[str, Any]) -> None:  # noqa: F811
    told = {"build": {"vars": {"rejection_warn_rate": str(rate)}}, "losses": list(lost)}
    (place / "published" / "contents.json").write_text(json.dumps(told), encoding="utf-8")


def drawn() -> str:
    """What the banner puts on a page, as it stands there."""

    def script() -> None:
        from app import losses, published

        losses.banner(published.current(), is_listed=False)

    test = AppTest.from_function(script).run(timeout=60)
    assert not test.exception
    return " ".join(str(element.proto.body) for element in test.main if element.type == "html")


# The larger share is that of the money, .964216.
@pytest.mark.parametrize(("rate", "is_loud"), [(0.05, True), (0.9642, True), (0.9643, False)])
def test_a_loss_above_the_rate_is_loud(place: Path, rate: float, is_loud: bool) -> None:  # noqa: F811
    put(place, "create table t as select 1 as n")
    tell(place, rate, LOST)
    html = drawn()
    assert ('role="alert"' in html) is is_loud
    assert 'href="quality?lang=en"' in html
    assert "<img" not in html
    text = re.sub(r"<[^>]+>", " ", html)
    if is_loud:
        assert (
            "shop.order_lines: 15.0 % of the rows (15 of 100), 96.4 % of the money "
            "(£131,765 of £136,655)" in text
        )
        assert "price cannot be read: 15, such as" in text
        assert "1,249.00" in text
    else:
        assert "15 imported rows are in no figure, at most 96.4 %" in text


def test_nothing_lost_and_nothing_told_are_not_spoken_of(place: Path) -> None:  # noqa: F811
    put(place, "create table t as select 1 as n")
    assert drawn() == ""
    tell(place, 0.05)
    assert drawn() == ""
    assert losses.worst({**LOST, "money": []}) == 0.15
    assert published.current().contents()["losses"] == []


@pytest.mark.parametrize("page", ["overview", "quality"])
def test_pages_begin_with_it(place: Path, page: str) -> None:  # noqa: F811
    put(place, *empty_marts())
    tell(place, 0.05, LOST)
    assert "96.4 % of the money" in shown(page)
    assert "96.4 % 的金额" in shown(page, "zh")


def test_the_page_of_quality_counts_as_lost_what_the_banner_does() -> None:
    """Of 100 orders 7 are rejected, and 12 are accepted and have no line."""
    with duckdb.connect() as con:
        con.execute(
            "create schema core; create table core.data_quality as from (values "
            "('accepted', 'accepted', 80), ('accepted', 'order_lacks_lines', 1), "
            "('accepted', 'order_without_lines', 12), ('rejected', 'unknown_status', 7)) "
            "as t(disposition, reason_code, row_count); "
            "alter table core.data_quality add column source_name varchar default 'shop'; "
            "alter table core.data_quality add column table_name varchar default 'orders'; "
            "alter table core.data_quality add column day date default '2024-05-01'; "
            "alter table core.data_quality add column currency varchar; "
            "alter table core.data_quality add column example varchar; "
            "alter table core.data_quality add column amount decimal(38, 4)"
        )
        choice = {"source": "", "table": ""}
        totals = con.execute(quality._TOTALS, choice).df().iloc[0]
        assert (totals["landed_count"], totals["accepted_count"]) == (100, 81)
        assert totals["rejected_count"] == 19
        assert con.execute(quality._TABLES, choice).df()["rejected_share"][0] == 0.19
        reasons = con.execute(quality._REASONS, choice).df()
        assert list(reasons["reason_code"]) == ["order_without_lines", "unknown_status"]
        stretch = {"first": date(2024, 5, 1), "last": date(2024, 5, 1), "width": 1}
        days = con.execute(quality._DAYS, {**choice, **stretch}).df()
        assert dict(zip(days["disposition"], days["row_count"], strict=True)) == {
            "accepted": 81, "orphaned": 12, "rejected": 7
        }  # fmt: skip
