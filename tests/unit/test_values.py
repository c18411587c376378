"""What landed text means: each form that is read, and its neighbour that is not."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

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
    *(
        ("whole_number('text')", text, value)
        for text, value in [
            ("12", 12),
            (" 12.0 ", 12),
            ("-3", -3),
            ("12.5", None),
            ("1_2", None),
            ("1e3", None),
            ("0x10", None),
            ("9223372036854775807", 9223372036854775807),
            ("9223372036854775808", None),
        ]
    ),
    *(
        ("boolean_value('text')", text, value)
        for words, value in [
            ("true TRUE t yes Y 1 Ja oui SÍ sì si Tak Sim 是", True),
            ("false False f no N 0 Nein non NIE nee Não nao 否", False),
            ("maybe on off 2 -1 1.0 null", None),
        ]
        for text in words.split()
    ),
    *(
        ("code_value('text')", text, value)
        for text, value in [
            (" c1 ", "c1"),
            ("N", "N"),
            ("NA", "NA"),
            ("undefined1", "undefined1"),
            ("00000000000000000000012", "00000000000000000000012"),
            *((word, None) for word in ["", " ", "NULL", "null", " None ", "\\N", "NaN", "<NA>"]),
            *(
                (word, None)
                for word in ["N/A", "#n/a", "-", " -- ", "undefined", " " * 10 + "NULL"]
            ),
        ]
    ),
    *(
        ("utc_instant('text')", text, datetime.fromisoformat(value) if value else None)
        for text, value in [
            ("2024-06-01T12:30:00Z", "2024-06-01 12:30:00"),
            ("2024-06-01 12:30:00.9999999Z", "2024-06-01 12:30:00.999999"),
            ("2024-06-01T12:30:00.123Z", "2024-06-01 12:30:00.123"),
            ("1999-06-01T12:30:00.123Z", "1999-06-01 12:30:00.123"),
            ("2100-06-01T12:30:00.123Z", "2100-06-01 12:30:00.123"),
            ("2024-06-01T12:30:00.123z", None),
            (" 2024-06-01T12:30:00.123Z", None),
            ("2023-02-29T12:30:00Z", None),
            ("2024-06-01 12:30:00 UTC", "2024-06-01 12:30:00"),
            ("2024-06-01 12:30", "2024-06-01 12:30:00"),
            ("2024-06-01", "2024-06-01 00:00:00"),
            ("2024-06-01 12:30:00.123456789", "2024-06-01 12:30:00.123456"),
            ("2024-06-01 12:30:00-0530", "2024-06-01 18:00:00"),
            ("2024-06-01 12:30:00+14:00", "2024-05-31 22:30:00"),
            ("2024-06-01 12:30:00 +0000", "2024-06-01 12:30:00"),
            ("2024-06-01 12:30:00 -0530", "2024-06-01 18:00:00"),
            ("2024-06-01 12:30:00.5 +14", "2024-05-31 22:30:00.5"),
            ("2024-06-01 12:30:00  +0000", None),
            ("2024-06-01 12:30:00 0000", None),
            ("2024-06-01 +0000", None),
            ("2024-06-01 12:30:00+14:01", None),
            ("2024-06-01 12:30:00+25:00", None),
            ("2024-06-01 12:30:00+02:75", None),
            ("2024-06-01 12:30:00 EST", None),
            ("2024-06-01 23:59:59", "2024-06-01 23:59:59"),
            ("2024-06-01 23:59:60", None),
            ("2024-06-01 24:00:00", None),
            ("2024-02-29", "2024-02-29 00:00:00"),
            ("2023-02-29", None),
            ("24-06-01", None),
            ("2024/06/01", None),
            ("01/06/2024", None),
            ("20240601", None),
            ("epoch", None),
            ("infinity", None),
            ("soon", None),
        ]
    ),
    *(
        ("utc_from_local('text', 'Europe/London')", text, value)
        for text, value in [
            ("2024-06-01 12:30:00", datetime(2024, 6, 1, 11, 30)),
            ("2024-06-01 12:30:00+02:00", None),
            ("2024-06-01 12:30:00Z", None),
        ]
    ),
]


@pytest.fixture(scope="module")
def expressions(parsed: Path) -> dict[str, str]:
    """The macros as DuckDB's SQL."""
    return rendered({macro: "{{ " + macro + " }}" for macro, *_ in READ}, parsed)


@pytest.mark.parametrize(("macro", "text", "value"), READ)
def test_text_is_what_it_says_or_nothing(
    macro: str, text: str, value: object, expressions: dict[str, str]
) -> None:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    read = con.execute(f"select {expressions[macro]} from (select ? as text)", [text]).fetchall()
    assert read == [(value,)]


# As browsers write instants; days and clocks that none has.
BROWSER = "2024-02-29T23:59:59.123Z"
NO_DAYS = ("2024-00-29", "2024-13-29", "2024-02-00", "2024-02-30", "2023-02-29", "2024-04-31")
NO_CLOCKS = ("24:59:59", "23:60:59", "23:59:60")


def test_an_instant_of_a_browser_is_read_digit_by_digit(expressions: dict[str, str]) -> None:
    """Its form has a way of its own: what is no digit at a place of one is no instant."""
    wrong = [
        *(
            BROWSER[:place] + sign + BROWSER[place + 1 :]
            for place, digit in enumerate(BROWSER)
            for sign in " +-.:aZ\t٣"
            if digit.isdigit()
        ),
        *(f"{day}T23:59:59.123Z" for day in NO_DAYS),
        *(f"2024-02-29T{clock}.123Z" for clock in NO_CLOCKS),
    ]
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute("create table landed as select unnest(?) as text", [wrong])
    instant = expressions["utc_instant('text')"]
    assert con.execute(f"select text from landed where {instant} is not null").fetchall() == []
