"""The sheet of a source: columns it names, ignores, or has never heard of."""

import json

import pytest

from tests.conftest import digest

SHEET = "table,their_column,our_column,required,personal\n"
HEADER = "Order,Placed,Tags,Note\n"


@pytest.fixture
def sheet(project):
    """Write the sheet of a source ``club`` with a table ``orders``."""

    def write(*rows):
        path = project.root / "models/staging/club/aliases.csv"
        path.parent.mkdir(exist_ok=True)
        named = ["orders,Order,order_id,yes,", "orders,Placed,ordered_at,yes,"]
        path.write_text(SHEET + "\n".join([*named, *rows]) + "\n")

    return write


def test_all_unknown_columns_are_named_at_once(project, sheet, refused):
    sheet()
    told = refused("land", "club", project.file("orders.csv", HEADER + "1,2024-01-01,a,b\n"))
    assert "has 2 columns that models/staging/club/aliases.csv does not name" in told
    assert "'Tags', 'Note'. Add a row for each there (our_column ignore leaves it out)" in told
    assert told.endswith("'stayhouse check' says all that is wrong with a file at once.")
    line = json.dumps({"Order": "1", "Placed": "2024-01-01", "Tags": "a", "Note": "b"})
    told = refused("land", "club", project.file("orders.jsonl", line + "\n"))
    assert "'Tags', 'Note'" in told
    assert project.left() == []


def test_ignored_columns_are_not_written(project, sheet, done, monkeypatch):
    monkeypatch.delenv("STAYHOUSE_PII_KEY")
    sheet("orders,Tags,ignore,no,", "orders,Note,ignore,no,")
    done("land", "club", project.file("orders.csv", HEADER + "1,2024-01-01,secret,word\n"))
    pairs = {"Order": "2", "Placed": "2024-01-02", "Tags": "secret", "Note": "word"}
    done("land", "club", project.file("orders.jsonl", json.dumps(pairs) + "\n"))
    assert project.batch("club", "orders")["columns"] == [
        *("order_id", "ordered_at", "landed_row", "data_until", "landed_at")
    ]
    assert project.rows("club", "orders", "order_id, ordered_at") == [("1", "2024-01-01")]
    assert project.rows("club", "orders", "order_id, ordered_at", 2) == [("2", "2024-01-02")]


def test_a_star_ignores_the_rest(project, sheet, done):
    sheet("orders,*,ignore,no,")
    text = HEADER + "1,2024-01-01,a,b\n2,2024-01-02,a\n"
    done("land", "club", project.file("orders.csv", text), "--accept-rejected-lines")
    assert project.rows("club", "orders", "*")[0][:2] == ("1", "2024-01-01")
    assert "tags" not in project.batch("club", "orders")["columns"]
    # Nobody has said that what is ignored is not personal.
    assert project.rejects("club", "orders") == [
        ("3", "too_few_columns", "hmac-sha256:" + digest("2,2024-01-02,a"))
    ]


@pytest.mark.parametrize(
    "column", ["Email", "Billing Phone", "shipping_address1", "E-Mail", "First Name", "user_ip"]
)
def test_a_star_does_not_ignore_what_looks_personal(project, sheet, refused, column):
    sheet("orders,*,ignore,no,")
    file = project.file("orders.csv", f"Order,Placed,{column}\n1,2024-01-01,x\n")
    assert f"has a column {column!r} that" in refused("land", "club", file)


@pytest.mark.parametrize("column", ["Shipping", "Zipper", "Name", "Tip", "Recipe", "Discount Code"])
def test_a_star_ignores_what_only_sounds_alike(project, sheet, done, column):
    sheet("orders,*,ignore,no,")
    done("land", "club", project.file("o.csv", f"Order,Placed,{column}\n1,2024-01-01,x\n"))
    assert project.rows("club", "orders", "order_id") == [("1",)]


def test_a_column_that_is_ignored_may_be_named_personal_by_a_row(project, sheet, done):
    sheet("orders,Email,email_hash,no,hash", "orders,*,ignore,no,")
    file = project.file("orders.csv", "Order,Placed,Email,Tags\n1,2024-01-01,A@x.org,t\n")
    done("land", "club", file)
    assert project.rows("club", "orders", "order_id, email_hash") == [("1", digest("a@x.org"))]
