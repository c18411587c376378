"""What a rejected amount was worth: each form that a person reads, and its neighbour."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.spark.engines import rendered

READ = [
    ("1,249.00", "1249"),
    ("1.249,00", "1249"),
    ("1,249", "1249"),
    ("12,49", "12.49"),
    ("1,2", "1.2"),
    ("1249,0000", "1249"),
    ("1,249,000", "1249000"),
    ("1.249.000", "1249000"),
    ("1,249.000", "1249"),
    ("1 249,50 €", "1249.5"),
    ("1\u00a0249.50", "1249.5"),
    ("1\u202f249,50", "1249.5"),
    ("1'249.50", "1249.5"),
    ("GBP 1,249.00", "1249"),
    ("¥1,249", "1249"),
    ("CHF 12.-", "12"),
    ("-3,00", "-3"),
    ("0.12345", "0.1235"),
    ("999999999999", "999999999999"),
    ("4006381333931.5", "4006381333931.5"),
    ("99999999999999999999", None),
    ("free", None),
    ("1e400", None),
    ("12/05/2024", None),
    ("2 for 3", None),
    ("", None),
    ("-", None),
    (None, None),
]


@pytest.fixture(scope="module")
def expression(parsed: Path) -> str:
    """The macro as DuckDB's SQL."""
    return rendered({"": "{{ lenient_decimal('text') }}"}, parsed)[""]


@pytest.mark.parametrize(("text", "amount"), READ)
def test_an_amount_as_a_person_reads_it(expression: str, text: str, amount: str | None) -> None:
    read = duckdb.connect().execute(f"select {expression} from (select ? as text)", [text])
    assert read.fetchall() == [(Decimal(amount) if amount else None,)]
