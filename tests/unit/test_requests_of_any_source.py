"""Every source takes requests for erasure, also one whose sheet does not name the table."""

import pytest

from stayhouse.landing.aliases import read_source
from tests.conftest import digest

RETAIL = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
SHEET = (
    "table,their_column,our_column,required,personal\n"
    "orders,Bestellnummer,order_id,yes,\norders,Kundennummer,customer_id,no,\n"
    "orders,E-Mail,email_hash,no,hash\n"
)


def columns(project, source):
    table = read_source(project.root, source).tables["erasure_requests"]
    return {a.their_column: (a.our_column, a.is_required, a.personal) for a in table.aliases}


def test_a_source_of_ones_own_takes_requests_without_naming_the_table(project, done):
    folder = project.root / "models/staging/gartenshop"
    folder.mkdir()
    (folder / "aliases.csv").write_text(SHEET, encoding="utf-8")
    rows = "1,k1,a@x.org\n2,k2,b@x.org\n3,,a@x.org\n"
    orders = project.file("orders.csv", "Bestellnummer,Kundennummer,E-Mail\n" + rows)
    asks = project.file("erasure_requests.csv", "email,requested_at\na@x.org,2025-11-27\n")
    # The only table of its sheet is that of any other file, whatever its name.
    orders.rename(orders.with_name("Bestellungen.csv"))
    done("land", "gartenshop", orders.with_name("Bestellungen.csv"))
    done("land", "gartenshop", asks)
    assert project.rows("gartenshop", "erasure_requests", "customer_id, email_hash") == [
        (None, digest("a@x.org"))
    ]
    printed = done("erase", "--no-build")
    assert "gartenshop: 1 person is to be erased." in printed
    assert "The erasure is complete." in printed
    assert project.rows("gartenshop", "orders", "order_id, customer_id") == [("2", "k2")]


@pytest.mark.parametrize(
    ("source", "personal"),
    [("ga4", ""), ("online_retail", ""), ("snowplow", "hash"), ("posthog", "hash")],
)
def test_ids_in_requests_land_as_those_of_the_source_do(project, source, personal):
    assert columns(project, source) == {
        "customer_id": ("customer_id", False, personal),
        "email": ("email_hash", False, "hash"),
        "requested_at": ("requested_at", True, ""),
    }


def test_a_source_without_personal_columns_needs_a_key_for_requests_alone(
    project, done, refused, monkeypatch
):
    monkeypatch.delenv("STAYHOUSE_PII_KEY")
    lines = RETAIL + "1,A,d,1,2010-01-01,2,c1,UK\n2,A,d,1,2010-01-01,2,c2,UK\n"
    done("land", "online_retail", project.file("any.csv", lines))
    asks = project.file("erasure_requests.csv", "customer_id,requested_at\nc1,2025-11-27\n")
    assert "STAYHOUSE_PII_KEY is not set" in refused("land", "online_retail", asks)
    monkeypatch.setenv("STAYHOUSE_PII_KEY", "k" * 32)
    done("land", "online_retail", asks)
    done("erase", "--no-build")
    assert project.rows("online_retail", "invoice_lines", "customer_id") == [("c2",)]
