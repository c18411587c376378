"""Personal values leave landing as keyed hashes, or not at all."""

import json
import os
import re

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stayhouse.base.project import DEMO_PII_KEY
from stayhouse.landing.personal import NO_VALUE
from tests.building import CHECKOUT
from tests.conftest import digest

CUSTOMERS = "customer_id,email,name,phone\n"
ADA = "c1, Ada@Example.org ,Ada Lovelace,+44 20 7946 0000\n"


def everything(project):
    files = [path.read_bytes() for path in project.landing.rglob("*") if path.is_file()]
    return b"".join(files).lower()


def test_an_email_lands_as_its_keyed_hash(project, done):
    rows = ADA + "c2,ADA@example.org,,\nc3, ,,\nc4,,,\n"
    done("land", "shop", project.file("customers.csv", CUSTOMERS + rows))
    expected = digest("ada@example.org")
    assert project.rows("shop", "customers", "customer_id, email_hash") == [
        ("c1", expected),
        ("c2", expected),
        ("c3", None),
        ("c4", None),
    ]
    columns = project.batch("shop", "customers")["columns"]
    assert not {"email", "name", "phone"} & set(columns)


def test_a_word_for_no_value_is_nobodys_address(project, done):
    rows = "".join(f"c{i},{word},,\n" for i, word in enumerate(["NULL", " - ", "\\N", "--"]))
    kept = "c4,null@example.org,,\nc5,Nan,,\nc6,Nana,,\n"
    done("land", "shop", project.file("customers.csv", CUSTOMERS + rows + kept))
    assert project.rows("shop", "customers", "customer_id, email_hash") == [
        *((f"c{i}", None) for i in range(4)),
        ("c4", digest("null@example.org")),
        ("c5", None),
        ("c6", digest("nana")),
    ]


def test_landing_and_staging_know_the_same_words_for_no_value():
    macro = (CHECKOUT / "macros" / "code_value.sql").read_text().split("not in (")[1]
    words = macro.split("then")[0].replace("concat(chr(92), 'n')", r"'\n'")
    assert set(re.findall(r"'(.*?)'", words)) == NO_VALUE


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_no_personal_value_is_written_in_any_format(project, done, kind):
    path = project.file(f"customers.{kind}", CUSTOMERS + ADA + "broken,ada@example.org,ada\n")
    if kind == "jsonl":
        path.write_text(
            '{"customer_id": "c1", "email": "ada@example.org", "name": "Ada Lovelace"}\n'
            '{"customer_id": "c2", "email": "ada@example.org", "name": "Ada Lovelace"\n'
        )
    elif kind == "parquet":
        columns = {"customer_id": ["c1"], "email": ["ada@example.org"], "name": ["Ada Lovelace"]}
        pq.write_table(pa.table(columns), path)
    done("land", "shop", path)
    rows = project.rows("shop", "customers", "customer_id, email_hash")
    assert rows == [("c1", digest("ada@example.org"))]
    written = everything(project)
    for value in (b"ada@example", b"lovelace", b"7946", os.environb[b"STAYHOUSE_PII_KEY"]):
        assert value not in written


def test_a_rejected_line_of_a_personal_table_is_kept_as_a_hash(project, done):
    broken = "c2,eve@example.org,Eve\n"
    path = project.file("customers.csv", CUSTOMERS + ADA + broken + broken)
    done("land", "shop", path, "--accept-rejected-lines")
    expected = "hmac-sha256:" + digest(broken.strip().lower())
    assert project.rejects("shop", "customers") == [
        ("3", "too_few_columns", expected),
        ("4", "too_few_columns", expected),
    ]


def test_a_hash_made_elsewhere_is_not_taken_for_ours(project, refused):
    path = project.file("customers.csv", f"customer_id,email_hash\nc1,{'0' * 64}\n")
    assert "a column 'email_hash'" in refused("land", "shop", path)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "STAYHOUSE_PII_KEY is not set"),
        ("", "STAYHOUSE_PII_KEY is not set"),
        ("x" * 31, "STAYHOUSE_PII_KEY has 31 characters"),
        (DEMO_PII_KEY, "is the public demo key"),
    ],
)
def test_a_key_that_protects_nobody_is_refused(project, refused, monkeypatch, key, words):
    if key is None:
        monkeypatch.delenv("STAYHOUSE_PII_KEY")
    else:
        monkeypatch.setenv("STAYHOUSE_PII_KEY", key)
    # Also for a table without personal columns: the source marks some.
    path = project.file("order_charges.csv", "order_id,kind,amount\no1,tax,1\n")
    sentence = refused("land", "shop", path)
    assert words in sentence
    assert not key or key not in sentence
    assert not project.landing.exists()


def test_32_characters_are_a_key(project, done, monkeypatch):
    monkeypatch.setenv("STAYHOUSE_PII_KEY", "x" * 32)
    done("land", "shop", project.file("customers.csv", CUSTOMERS + ADA))
    hashed = digest("ada@example.org")
    assert project.rows("shop", "customers", "email_hash") == [(hashed,)]


def test_another_key_is_refused_while_something_stands_that_the_first_one_hashed(
    project, done, refused, monkeypatch
):
    first = os.environ["STAYHOUSE_PII_KEY"]
    done("land", "shop", project.file("customers.csv", CUSTOMERS + ADA))
    assert first.encode() not in everything(project)
    monkeypatch.setenv("STAYHOUSE_PII_KEY", "y" * 40)
    more = project.file("customers_2.csv", CUSTOMERS + "c2,bob@example.org,,\n")
    assert "is another key than the one of what has landed" in refused("land", "shop", more)
    assert project.rows("shop", "customers", "customer_id") == [("c1",)]
    done("unland", "shop", "--all")
    done("land", "shop", more)
    assert project.rows("shop", "customers", "email_hash") == [(digest("bob@example.org"),)]
    # And now the first one is the other one.
    monkeypatch.setenv("STAYHOUSE_PII_KEY", first)
    path = project.file("customers.csv", CUSTOMERS + ADA)
    assert "is another key" in refused("land", "shop", path)


def test_what_landed_before_keys_were_marked_takes_the_key_of_the_next_landing(
    project, done, refused, monkeypatch
):
    done("land", "shop", project.file("customers.csv", CUSTOMERS + ADA))
    (project.landing / ".key-mark").unlink()
    more = project.file("customers_2.csv", CUSTOMERS + "c2,bob@example.org,,\n")
    done("land", "shop", more)
    monkeypatch.setenv("STAYHOUSE_PII_KEY", "y" * 40)
    path = project.file("customers_3.csv", CUSTOMERS + "c3,eve@example.org,,\n")
    assert "is another key" in refused("land", "shop", path)


@pytest.mark.parametrize("is_sample", ["true", "false", None])
def test_a_landing_folder_that_is_missing_is_not_made_beside_a_shop_that_was_built(
    project, done, refused, is_sample
):
    warehouse = project.root / "warehouse" / "stayhouse.duckdb"
    warehouse.parent.mkdir()
    with duckdb.connect(str(warehouse)) as con:
        con.execute("create schema core")
        # Builds of before there was the column tell nothing.
        told = "1 as a" if is_sample is None else f"{is_sample} as is_sample"
        con.execute(f"create table core.clock as select {told}")
    path = project.file("customers.csv", CUSTOMERS + ADA)
    if is_sample == "false":
        sentence = refused("land", "shop", path)
        assert f"STAYHOUSE_LANDING is {project.landing}, which does not exist" in sentence
        assert not project.landing.exists()
        project.landing.mkdir()
    done("land", "shop", path)
    assert project.rows("shop", "customers", "customer_id") == [("c1",)]


def test_the_demo_key_may_make_the_sample(project, done, monkeypatch):
    monkeypatch.setenv("STAYHOUSE_PII_KEY", DEMO_PII_KEY)
    monkeypatch.setenv("STAYHOUSE_LANDING", "seeds/sample")
    done("land", "shop", project.file("customers.csv", CUSTOMERS + ADA))
    assert (project.root / "seeds/sample/shop/customers/batch_id=1/data.parquet").exists()
    assert not (project.root / "seeds/sample/.key-mark").exists()


def test_a_source_without_personal_columns_needs_no_key(project, done, monkeypatch):
    monkeypatch.delenv("STAYHOUSE_PII_KEY")
    header = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    path = project.file("any_name.csv", header + "1,A,d,1,2010-01-01,2.5,7,UK\n")
    done("land", "online_retail", path)
    assert project.rows("online_retail", "invoice_lines", "customer_id") == [("7",)]


def test_a_source_that_only_drops_columns_needs_a_key(project, refused, monkeypatch):
    """Its broken lines are kept, as hashes."""
    monkeypatch.delenv("STAYHOUSE_PII_KEY")
    aliases = project.root / "models/staging/online_retail/aliases.csv"
    text = aliases.read_text()
    assert ",Country,country,yes,\n" in text
    aliases.write_text(text.replace(",Country,country,yes,\n", ",Country,country,yes,drop\n"))
    header = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    path = project.file("any_name.csv", header + "1,A,d,1,2010-01-01,2.5,7,UK\n")
    assert "STAYHOUSE_PII_KEY" in refused("land", "online_retail", path)


def _api_sheet(project):
    """A sheet that drops notes and ignores the rest, for orders with their lines in JSON."""
    path = project.root / "models/staging/shop/aliases.csv"
    path.write_text(
        "table,their_column,our_column,required,personal\n"
        "orders,order_id,order_id,yes,\norders,lines,lines,no,\norders,note,ignore,no,drop\n"
        "orders,*,ignore,no,\n"
    )


def test_within_json_nothing_personal_is_written(project, done):
    _api_sheet(project)
    lines = [{"sku": "a", "note": "ring Ann", "by": {"first_name": "Ann", "name": "kept", "n": 5}}]
    lines.append({"key": "user_email", "value": {"string_value": "ann@example.com"}})
    order = {"order_id": "o1", "lines": lines, "note": "ring Ann", "client": {"ip": "192.0.2.7"}}
    as_text = {"order_id": "o2", "lines": json.dumps(lines)}
    rows = f"{json.dumps(order)}\n{json.dumps(as_text)}\n"
    done("land", "shop", project.file("orders.jsonl", rows))
    kept = '[{"sku":"a","by":{"name":"kept","n":5}}]'
    landed = [row[:2] for row in project.rows("shop", "orders", "*")]
    assert landed == [("o1", kept), ("o2", kept)]


def test_json_in_other_forms_lands_without_them_too(project, done):
    """In a nested column of Parquet, and as the text of a cell; what is no JSON stays."""
    _api_sheet(project)
    nested = project.file("orders.parquet", b"")
    lines = [[{"first_name": "Ann", "n": 5}], None]
    pq.write_table(pa.table({"order_id": ["o1", "o2"], "lines": lines}), nested)
    done("land", "shop", nested)
    cells = '[{""first_name"":""Ann"",""n"":5.10}]', '{""n"": 5.0}', "[Sale] {a", "plain"
    rows = "".join(f'c{number},"{cell}"\n' for number, cell in enumerate(cells))
    done("land", "shop", project.file("orders.csv", "order_id,lines\n" + rows))
    landed = [row[:2] for n in (1, 2) for row in project.rows("shop", "orders", "*", n)]
    assert landed == [
        ("o1", '[{"n":5}]'), ("o2", None),
        *(("c0", '[{"n":5.10}]'), ("c1", '{"n": 5.0}'), ("c2", "[Sale] {a"), ("c3", "plain")),
    ]  # fmt: skip
