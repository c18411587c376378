"""Twenty mistakes of files and more: each is one message with file, line, value and remedy.

One check of one folder finds them all, before anything has landed.
"""

import io
import os
import subprocess
import sys
from itertools import takewhile

import pytest
from openpyxl import Workbook

from tests.building import CHECKOUT
from tests.conftest import KEY

ORDERS = "order_id,customer_id,status,currency,ordered_at\n"
GOOD = "o1,c1,paid,GBP,2024-01-31\n"
LINES = "order_id,product_id,quantity,unit_price\n"
LINE = "o1,p1,1,12.50\n"


def two_sheets() -> bytes:
    book = Workbook()
    for sheet in (book.active, book.create_sheet("Old")):
        for row in (ORDERS, GOOD):
            sheet.append(row.strip().split(","))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


# The mistake, its file, and what its one message has: line or place, value, remedy.
MISTAKES = {
    "an unknown column": (
        ORDERS.replace("customer_id", "Client No") + GOOD,
        ["'Client No' may be customer_id (1.00)"],
    ),
    "a column that nobody needs": (
        ORDERS.replace("\n", ",Zorp\n") + GOOD.replace("\n", ",1\n"),
        ["'Zorp' is like none of ours", "our_column ignore leaves it out"],
    ),
    "a personal column": (
        ORDERS.replace("\n", ",Billing Phone\n") + GOOD.replace("\n", ",1\n"),
        ["'Billing Phone' looks personal", "hash, or drop"],
    ),
    "addresses under another name": (
        ORDERS.replace("\n", ",Reply\n") + GOOD.replace("\n", ",a@b.de\n"),
        ["'Reply' looks personal, since it holds e-mail addresses", "hash, or drop"],
    ),
    "addresses as ids": (
        ORDERS + "o1,a@b.de,paid,GBP,2024-01-31\n",
        ["an e-mail address as customer_id in 1 of 1 lines", "map it to email_hash"],
    ),
    "a required column is missing": (
        "order_id,customer_id,currency,ordered_at\no1,c1,GBP,2024-01-31\n",
        ["lacks the column 'status'", "add it to the file"],
    ),
    "a column twice": (
        ORDERS.replace("\n", ",status\n") + GOOD.replace("\n", ",paid\n"),
        ["two columns for status", "keep one of them"],
    ),
    "dates that mean two days": (
        ORDERS + "o1,c1,paid,GBP,2024-01-31\no2,c1,paid,GBP,01/02/2024\n",
        ["01/02/2024 in ordered_at (line 3) is 2024-02-01 or 2024-01-02", "--dates day-first"],
    ),
    "numbers that mean two amounts": (
        ORDERS.replace("\n", ",discount\n") + GOOD.replace("\n", ',"1,234"\n'),
        ["1,234 in discount (line 2) is 1234 or 1.234", "--decimal comma"],
    ),
    "another encoding": (
        (ORDERS + GOOD.replace("c1", "Łódź")).encode("cp1250"),
        ["is not in UTF-8", "--encoding"],
    ),
    "a damaged line": (
        (ORDERS + GOOD.replace("c1", "é") + GOOD.replace("o1", "é")).encode()
        + b"o3,\xff,paid,GBP,2024-01-31\n",
        ["1 line invalid_utf8 (line 4)", "save the file in UTF-8"],
    ),
    "a line too short": (
        ORDERS + GOOD + "o2,c1\n",
        ["1 line too_few_columns (line 3)", "look for a line break"],
    ),
    "a stray quote": (
        ORDERS + GOOD + 'o2,"c"1,paid,GBP,2024-01-31\n',
        ["1 line malformed_quote (line 3)", "written twice"],
    ),
    "a blank line": (ORDERS + GOOD + "\n", ["1 line blank_line (line 3)", "leave them out"]),
    "no header": (GOOD + GOOD, ["None of the names in the first line of orders", "add one"]),
    "UTF-16 without its mark": (
        (ORDERS + GOOD).encode("utf-16-le"),
        ["does not begin with a header in UTF-8", "--encoding utf-16-le"],
    ),
    "two sheets": (two_sheets(), ["2 sheets with data ('Sheet', 'Old')", "--sheet 'Sheet'"]),
    "no Parquet": (b"PAR1 it is not", ["cannot be read as Parquet", "write it again"]),
    "two names for one currency": (
        ORDERS.replace("\n", ",discount\n")
        + GOOD.replace("\n", ",£1.50\n") + GOOD.replace("\n", ",€ 1.50\n"),
        ["beside the sign of another currency than the row's", "where the row says GBP (line 3)"],
    ),
}  # fmt: skip
# What the staging models reject: the table, its file and the same.
REJECTED = {
    "a status of its own": (
        "orders", ORDERS + GOOD + GOOD.replace("paid", "weird"),
        ["1 unknown_status", "line 3: weird", "placed, paid, shipped"],
    ),
    "a currency without rates": (
        "orders", ORDERS + GOOD.replace("GBP", "XAU"),
        ["1 unknown_currency", "line 2: XAU", "stayhouse rates"],
    ),
    "a day that is none": (
        "orders", ORDERS + "o1,c1,paid,GBP,31/01/2024\no2,c1,paid,GBP,31/02/2024\n",
        ["1 invalid_ordered_at", "line 3: 31/02/2024", "--dates"],
    ),
    "an id is missing": (
        "orders", ORDERS + GOOD + GOOD.replace("o1", "N/A"),
        ["1 missing_order_id", "line 3: N/A", "fill order_id"],
    ),
    "a date in the future": (
        "orders", ORDERS + GOOD + GOOD.replace("2024", "2204"),
        ["1 ordered_after_landed", "line 3: 2204-01-31", "had not come"],
    ),
    "more than four decimals of money": (
        "refunds",
        "refund_id,order_id,amount,currency,refunded_at\nr1,o1,\"1,234.56789\",GBP,2024-01-31\n",
        ["1 invalid_amount", "worth 1,234.57 GBP", "line 2: 1234.56789", "at most four decimals"],
    ),
    "a quantity of nothing": (
        "order_lines", LINES + LINE + "o1,p2,-3,5.25\n",
        ["1 non_positive_quantity", "worth 15.75 GBP, first", "line 3: -3", "a row of refunds"],
    ),
    "a price that is none": (
        "order_lines", LINES + LINE + "o1,p2,1,free\n",
        ["1 invalid_price", "line 3: free", "a plain number"],
    ),
}  # fmt: skip


def suffix(mistake: str) -> str:
    return {"two sheets": "xlsx", "no Parquet": "parquet"}.get(mistake, "csv")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one check of a folder with all mistakes prints; nothing has landed by it."""
    folder = tmp_path_factory.mktemp("mistakes")
    exports, landing = folder / "exports", folder / "landing"
    exports.mkdir()
    for number, (mistake, (content, _)) in enumerate(MISTAKES.items(), start=1):
        raw = content if isinstance(content, bytes) else content.encode()
        (exports / f"orders_{number}.{suffix(mistake)}").write_bytes(raw)
    for number, (table, text, _) in enumerate(REJECTED.values(), start=100):
        (exports / f"{table}_{number}.csv").write_text(text, encoding="utf-8")
    (exports / "orders_200.csv").write_text(ORDERS + GOOD.replace("o1", "o77"), encoding="utf-8")
    (exports / "order_lines_200.csv").write_text(LINES + "o88,p1,1,3\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "stayhouse.cli", "check", "shop", str(exports)],
        cwd=CHECKOUT,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))},
            "STAYHOUSE_LANDING": str(landing),
            "STAYHOUSE_PII_KEY": KEY,
            "PYTHONPATH": str(CHECKOUT / "src"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert not landing.exists()
    return done.stdout


def lines_of(told: str, file: str) -> list[str]:
    """What is said below the line of a file, in its own part."""
    lines = f"\n{told}".split(f"\n{file}: ", 1)[1].splitlines()[1:]
    return list(takewhile(lambda line: line.startswith("  "), lines))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_a_file_is_one_message(told: str, mistake: str) -> None:
    number = list(MISTAKES).index(mistake) + 1
    lines = lines_of(told, f"orders_{number}.{suffix(mistake)}")
    words = MISTAKES[mistake][1]
    found = [line for line in lines if words[0] in line]
    assert len(found) == 1, lines
    assert all(word in found[0] for word in words), found


@pytest.mark.parametrize("mistake", REJECTED)
def test_a_mistake_that_the_build_rejects_is_one_message(told: str, mistake: str) -> None:
    number = list(REJECTED).index(mistake) + 100
    table, _, words = REJECTED[mistake]
    file = f"{table}_{number}.csv"
    found = [line for line in told.splitlines() if words[0][2:] in line and file in line]
    assert len(found) == 1, told
    assert all(word in found[0] for word in words[1:]), found


def test_it_says_what_the_tables_allow(told: str) -> None:
    assert "no events: no sessions, visits or sources; retention of buyers, RFM and churn" in told
    assert "no orders:" not in told


def test_it_says_which_orders_and_lines_do_not_meet(told: str) -> None:
    """Good rows name the orders o1, o2, o77 and é, and lines o1 and o88."""
    assert (
        "    3 of 4 orders (75.0%) have no accepted line, so they are worth nothing and are in"
        in told
    )
    assert "no figure, such as o2\n" in told
    assert "    1 of 2 orders that have lines (50.0%) are not among the accepted orders" in told
    assert "their lines are in no figure, such as o88\n" in told
