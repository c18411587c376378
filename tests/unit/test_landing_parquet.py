"""Typed columns land as text in ISO forms, without a change of value."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROW = {"order_id": ["o1"], "kind": ["tax"], "amount": ["1.00"]}


def write(project, columns, name="order_charges.parquet"):
    path = project.file(name, b"")
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([None], pa.int64()), None),
        (pa.array([12]), "12"),
        (pa.array([5.1]), "5.1"),
        (pa.array([17850.0]), "17850.0"),
        (pa.array([Decimal("5.10")]), "5.10"),
        (pa.array([True]), "true"),
        (pa.array([date(2024, 2, 29)]), "2024-02-29"),
        (pa.array([datetime(2024, 2, 29, 23, 45, 0, 5)]), "2024-02-29 23:45:00.000005"),
        (
            pa.array([datetime(2024, 7, 1, 1)], pa.timestamp("ns", tz="Europe/London")),
            "2024-07-01 01:00:00+00",
        ),
        (pa.array([b"caf\xc3\xa9"]), "café"),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array([[1, 2]]), "[1,2]"),
        (pa.array([{"a": "b"}]), '{"a":"b"}'),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_each_type_becomes_text(project, done, array, text):
    done("land", "shop", write(project, {**ROW, "amount": array}))
    assert project.rows("shop", "order_charges", "landed_row, amount") == [(1, text)]


def test_rows_keep_their_position_and_every_alias_column_is_there(project, done):
    count = 50_000
    path = write(project, {"product_id": range(count), "name": ["n"] * count})
    done("land", "shop", path, "--table", "products")
    rows = project.rows("shop", "products", "landed_row, product_id, brand")
    assert rows == [(i + 1, str(i), None) for i in range(count)]
    columns = project.batch("shop", "products")["columns"]
    assert columns[:2] == ["product_id", "name"]
    assert columns[-3:] == ["landed_row", "data_until", "landed_at"]
    assert len(columns) == 13


def test_two_spellings_of_one_column_land_as_one(project, done):
    common = {"StockCode": ["A"], "Description": ["d"], "Quantity": [1], "Country": ["UK"]}
    for invoice, price, customer in [
        ("Invoice", "Price", "Customer ID"),
        ("InvoiceNo", "UnitPrice", "CustomerID"),
    ]:
        columns = {**common, invoice: ["1"], "InvoiceDate": ["d"], price: [2.5], customer: [7.0]}
        done("land", "online_retail", write(project, columns, f"{invoice}.parquet"))
    for number in (1, 2):
        rows = project.rows(
            "online_retail", "invoice_lines", "invoice, price, customer_id, data_until", number
        )
        assert rows == [("1", "2.5", "7", None)]


def test_a_path_that_looks_like_a_pattern_or_a_partition_is_only_a_path(project, done):
    for folder, order in [("[a-b]x", "right"), ("ax", "wrong")]:
        path = project.root / folder / "order_id=9" / "order_charges.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(pa.table({**ROW, "order_id": [order]}), path)
    done("land", "shop", project.root / "[a-b]x" / "order_id=9")
    assert project.rows("shop", "order_charges", "order_id") == [("right",)]


@pytest.mark.parametrize("content", [b"not parquet at all", b"PAR1" * 10])
def test_a_file_that_is_not_parquet_is_refused(project, refused, content):
    path = project.file("order_charges.parquet", content)
    assert "order_charges.parquet cannot be read as Parquet" in refused("land", "shop", path)
    assert project.left() == []


def test_a_parquet_file_damaged_inside_is_refused(project, refused):
    columns = {name: [f"{name}{i}" for i in range(50_000)] for name in ROW}
    path = write(project, columns)
    content = bytearray(path.read_bytes())
    content[1000:60_000] = b"\xab" * 59_000
    path.write_bytes(content)
    assert "cannot be read as Parquet" in refused("land", "shop", path)
    assert project.left() == []


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({**ROW, "extra": [1]}, "a column 'extra'"),
        ({"order_id": ["o1"], "kind": ["tax"]}, "lacks the column 'amount'"),
        ({**ROW, "order_id": pa.array([], pa.string()), "kind": [], "amount": []}, "has no rows"),
        ({**ROW, "amount": pa.array([b"\xff"])}, "cannot be read as Parquet"),
    ],
)
def test_a_parquet_file_that_does_not_fit_is_refused(project, refused, columns, words):
    assert words in refused("land", "shop", write(project, columns))
    assert project.left() == []


@pytest.mark.parametrize(
    ("array", "metadata", "text"),
    [
        (pa.array([Decimal("125.000")]), None, "125.000"),
        (pa.array(["125.000"]), {"stayhouse.plain": "kind\namount"}, "125.000"),
        (pa.array(["125.000"]), {"stayhouse.plain": "kind"}, "125000"),
        (pa.array(["125.000"]), None, "125000"),
    ],
)
def test_a_number_of_a_type_is_plain_whatever_the_source_says_of_texts(
    project, done, array, metadata, text
):
    stated = "[order_charges]\ndecimal = 'comma'\n[order_charges.columns]\namount = 'number'\n"
    (project.root / "models" / "staging" / "shop" / "format.toml").write_text(stated)
    path = project.file("order_charges.parquet", b"")
    table = pa.table({**ROW, "amount": array})
    pq.write_table(table.replace_schema_metadata(metadata), path)
    done("land", "shop", path)
    assert project.rows("shop", "order_charges", "amount") == [(text,)]
