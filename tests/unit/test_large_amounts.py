"""Amounts of shops whose money has small units: ten million lines of 1e12, at any rate."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.spark.engines import rendered

PROJECT = Path(__file__).parents[2]
# What stands in a row as it came: a price or cost of one thing, in its own currency.
OF_ONE_ROW = {"price", "cost", "native_cost", "offer_value"}


@pytest.fixture(scope="module")
def amount(parsed: Path) -> str:
    """How the ledger converts, as DuckDB's SQL."""
    template = "{{ base_amount('native', 'rate') }}"
    return rendered({"amount": template}, parsed)["amount"]


@pytest.mark.parametrize(
    ("native", "rate", "line", "total"),
    [
        ("999999.9999", "1", "999999.9999", "9999999999000.0000"),
        ("1000000", "1", "1000000.0000", "10000000000000.0000"),
        ("1000000000000", "1", "1000000000000.0000", "10000000000000000000.0000"),
        (
            "1000000000000",
            "25380.12345678",
            "25380123456780000.0000",
            "253801234567800000000000.0000",
        ),
    ],
)
def test_ten_million_lines_have_a_sum(
    amount: str, native: str, rate: str, line: str, total: str
) -> None:
    rows = duckdb.connect().execute(
        f"""select min({amount}), max({amount}), sum({amount}) from (
            select cast(? as decimal(18, 4)) as native, cast(? as decimal(18, 8)) as rate
        ) cross join range(10000000)""",
        [native, rate],
    )
    assert rows.fetchall() == [(Decimal(line), Decimal(line), Decimal(total))]


def test_every_sum_of_money_has_room() -> None:
    """A sum typed as one row's amount overflows at 1e14, which is 2,500 lines of 1e12 in VND."""
    types = {
        (model["name"], column["name"]): column.get("data_type", "").replace(" ", "")
        for path in PROJECT.glob("models/**/*.yml")
        for model in yaml.safe_load(path.read_text()).get("models", [])
        for column in model.get("columns", [])
    }
    narrow = {name for name, kind in types.items() if kind == "decimal(18,4)"}
    assert [name for name in narrow if name[1] not in OF_ONE_ROW] == []
    assert types["channel_costs", "cost"] == "decimal(38,4)"
