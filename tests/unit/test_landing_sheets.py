"""A sheet of a workbook lands as a person sees it."""

import io
import sys
from datetime import date, datetime

import pytest
from openpyxl import Workbook

HEADER = ["order_id", "customer_id", "status", "currency", "ordered_at", "discount"]
ROW = ["o1", 7, "paid", "GBP", datetime(2024, 1, 31, 14, 3), 12.5]


def workbook(**sheets) -> bytes:
    """A workbook with these sheets: rows of cells by name."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_cells_become_the_text_that_is_seen(project, done):
    rows = [
        HEADER,
        ROW,
        ["o2", 8.0, "paid", "GBP", date(2024, 2, 1), 0.1 + 0.2],
        [1234567890123, "c", "paid", "GBP", "31/01/2024", None],
        ["o4", "c", True, "GBP", "2024-01-31", 0.00004],
    ]
    done("land", "shop", project.file("orders.xlsx", workbook(Orders=rows)))
    columns = "landed_row, order_id, customer_id, status, ordered_at, discount"
    assert project.rows("shop", "orders", columns) == [
        (2, "o1", "7", "paid", "2024-01-31 14:03:00", "12.5"),
        (3, "o2", "8", "paid", "2024-02-01 00:00:00", "0.3"),
        (4, "1234567890123", "c", "paid", "2024-01-31 00:00:00", None),
        (5, "o4", "c", "true", "2024-01-31", "0.00004"),
    ]


def test_each_row_is_accounted_for(project, done):
    rows = [HEADER, ROW, [], [*ROW, "and more"], ROW[:3], [], []]
    printed = done("land", "shop", project.file("orders.xlsx", workbook(Orders=rows)))
    batch = project.batch("shop", "orders")
    assert (batch["lines_in"], batch["rows_landed"], batch["lines_rejected"]) == (4, 2, 2)
    assert [(n, reason) for n, reason, _ in project.rejects("shop", "orders")] == [
        ("3", "blank_line"), ("4", "too_many_columns"),
    ]  # fmt: skip
    assert "1 line blank_line (lines 3)" in printed.replace("line 3)", "lines 3)")


def test_a_title_and_empty_sheets_do_not_hide_the_table(project, done):
    content = workbook(Notes=[], Orders=[[], HEADER, ROW])
    done("land", "shop", project.file("orders.xlsx", content))
    assert project.rows("shop", "orders", "landed_row, order_id") == [(3, "o1")]


def test_of_two_filled_sheets_one_is_asked_for(project, done, refused):
    path = project.file("orders.xlsx", workbook(May=[HEADER, ROW], June=[HEADER, ["x", *ROW[1:]]]))
    sentence = refused("land", "shop", path)
    assert "orders.xlsx has 2 sheets with data ('May', 'June')" in sentence
    assert "--sheet 'May'" in sentence
    assert "has no sheet 'July': choose one of 'May', 'June'" in refused(
        "land", "shop", path, "--sheet", "July"
    )
    assert "the sheet June" in done("land", "shop", path, "--sheet", "June")
    assert project.rows("shop", "orders", "order_id") == [("x",)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no workbook", "orders.xlsx cannot be read as a workbook"),
        (workbook(Orders=[HEADER]), "orders.xlsx has no rows"),
        (workbook(Orders=[[*HEADER, "colour"], [*ROW, 1]]), "a column 'colour'"),
        (workbook(Orders=[HEADER, ["o1", *ROW[1:5], "=1+1"]]), "a formula in row 2 that no"),
        (workbook(Orders=[HEADER, [1234567890123456.0, *ROW[1:]]]), "more than 15 digits"),
    ],
)
def test_a_workbook_that_does_not_fit_is_refused(project, refused, content, words):
    assert words in refused("land", "shop", project.file("orders.xlsx", content))
    assert project.left() == []


def test_without_openpyxl_the_extra_is_named(project, refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    sentence = refused("land", "shop", project.file("orders.xlsx", workbook(O=[HEADER, ROW])))
    assert "pip install 'stayhouse[xlsx]'" in sentence
