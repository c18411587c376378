"""What landed text means: each form that is read, and its neighbour that is not."""

from decimal import Decimal

import duckdb
import pytest

from tests.spark.engines import rendered

# Macro, its text, and what it is; None where it is nothing that can be kept exactly.
READ: list[tuple[str, str, object]] = [
    *(
        (f"exact_decimal('text', scale={scale})", text, Decimal(value) if value else None)
        for scale, text, value in [
            (4, "12", "12"),
            (4, " 12.5 ", "12.5"),
            (4, "-.5", "-0.5"),
            (4, "+7.", "7"),
            (4, "1,249.00", None),
            (4, "1_000", None),
            (4, "1e3", None),
            (4, "1 000", None),
            (4, ".", None),
            (4, "NaN", None),
            (4, "0.1234", "0.1234"),
            (4, "0.12345", None),
            (4, "0.12340000", "0.1234"),
            (8, "0.12345", "0.12345"),
            (8, "0.00004", "0.00004"),
            (8, "0.123456789", None),
            (4, "999999999999.9999", "999999999999.9999"),
            (8, "999999999999.99999999", "999999999999.99999999"),
            (4, "1000000000000", "1000000000000"),
            (8, "-1000000000000.000", "-1000000000000"),
            (4, "1000000000000.0001", None),
            (4, "-1000000000001", None),
            (4, "0000000000000000000012", "12"),
        ]
    ),
]


@pytest.fixture(scope="module")
def expressions() -> dict[str, str]:
    """The macros as DuckDB's SQL."""
    return rendered("duckdb", {macro: "{{ " + macro + " }}" for macro, *_ in READ})


@pytest.mark.parametrize(("macro", "text", "value"), READ)
def test_text_is_what_it_says_or_nothing(
    macro: str, text: str, value: object, expressions: dict[str, str]
) -> None:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    read = con.execute(f"select {expressions[macro]} from (select ? as text)", [text]).fetchall()
    assert read == [(value,)]
