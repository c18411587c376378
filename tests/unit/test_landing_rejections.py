"""What landing rejects is told by reason, and too much of it lands only where somebody says so."""

import os
import re

import pytest

from stayhouse.landing.reasons import REMEDIES

CUSTOMERS = "customer_id,city\n"
CHARGES = "order_id,kind,amount\n"
REVIEWS = "review_id,customer_id,product_id,rating,text,created_at\n"


def mixed(rows: int, broken: int) -> bytes:
    """A file that two programs wrote: in UTF-8, and in some lines a letter of Latin-1."""
    lines = [f"c{i},Orléans\n".encode("latin-1" if i < broken else "utf-8") for i in range(rows)]
    return CUSTOMERS.encode() + b"".join(lines)


def test_a_mixed_file_says_what_it_lost(project, done):
    printed = done("land", "shop", project.file("customers.csv", mixed(90, 36)))
    assert printed.splitlines() == [
        "shop.customers batch 1: 54 rows landed, 36 lines rejected, customers.csv",
        "  36 lines invalid_utf8 (lines 2, 3, 4 ...): not UTF-8; save the file in UTF-8 "
        "(a spreadsheet offers 'CSV UTF-8')",
        "  WARNING: 40% of its lines are missing: correct the file and land it.",
    ]
    assert project.batch("shop", "customers")["rejected_by_reason"] == {"invalid_utf8": 36}


def test_every_reason_is_counted_and_told_the_most_frequent_first(project, done):
    good = "o1,tax,1\n" * 100
    path = project.file("order_charges.csv", CHARGES + good + "o2\n\n" + good + "o3\no4,a,b,c\n")
    printed = done("land", "shop", path).splitlines()
    assert [line.split(":")[0] for line in printed[1:]] == [
        "  2 lines too_few_columns (lines 102, 204)",
        "  1 line blank_line (line 103)",
        "  1 line too_many_columns (line 205)",
    ]
    assert list(project.batch("shop", "order_charges")["rejected_by_reason"].items()) == [
        ("blank_line", 1), ("too_few_columns", 2), ("too_many_columns", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("broken", "is_refused"), [(45, False), (46, True)])
def test_more_than_the_stop_rate_lands_only_where_it_is_said(
    project, done, refused, broken, is_refused
):
    path = project.file("customers.csv", mixed(90, broken))
    if is_refused:
        sentence = refused("land", "shop", path)
        assert "46 of 90 lines of customers.csv are rejected, more than rejection_stop" in sentence
        assert "46 lines invalid_utf8 (lines 2, 3, 4 ...)" in sentence
        assert "--accept" in sentence
        assert project.left() == []
    printed = done("land", "shop", path, *(["--accept"] if is_refused else []))
    assert f"{90 - broken} rows landed, {broken} lines rejected" in printed


def test_one_file_too_bad_and_no_file_of_the_folder_lands(project, refused):
    project.file("order_charges.csv", CHARGES + "o1,tax,1\n")
    project.file("customers.csv", mixed(3, 2))
    assert "2 of 3 lines of customers.csv" in refused("land", "shop", project.root / "input")
    assert project.left() == []


@pytest.mark.parametrize(
    ("var", "words"),
    [
        ("rejection_stop_rate: 0.1", "36 of 90 lines of customers.csv are rejected, more than"),
        ("rejection_stop_rate: 2", "'rejection_stop_rate' in dbt_project.yml is 2: it must be a"),
        ("rejection_warn_rate: no", "'rejection_warn_rate' in dbt_project.yml is False: it must"),
        ("max_line_breaks: 0", "'max_line_breaks' in dbt_project.yml is 0: it must be a whole"),
        ("max_line_breaks: few", "'max_line_breaks' in dbt_project.yml is 'few'"),
    ],
)
def test_the_limits_are_those_of_dbt_project(project, refused, var, words):
    path = project.root / "dbt_project.yml"
    name = var.split(":")[0]
    path.write_text(re.sub(rf"(?m)^  {name}: .*$", f"  {var}", path.read_text()))
    assert words in refused("land", "shop", project.file("customers.csv", mixed(90, 36)))
    assert project.left() == []


def swallowed(count: int) -> str:
    """Two stray quotes around the ends of ``count`` records."""
    first, *between, last = [f"o{i},tax,{i}.50\n" for i in range(count)]
    return first.replace("tax", '"tax') + "".join(between) + last.replace("tax", 'tax"')


@pytest.mark.parametrize("count", [2, 3, 20])
def test_lines_that_two_stray_quotes_join_are_lines(project, done, count):
    good = [f"g{i},shipping,1\n" for i in range(30)]
    path = project.file("order_charges.csv", CHARGES + good[0] + swallowed(count) + "".join(good))
    printed = done("land", "shop", path)
    assert f"31 rows landed, {count} lines rejected" in printed
    rejects = project.rejects("shop", "order_charges")
    assert [(int(number), reason) for number, reason, _ in rejects] == [
        (3 + i, "swallowed_lines") for i in range(count)
    ]
    batch = project.batch("shop", "order_charges")
    assert batch["lines_in"] == 31 + count
    rows = project.rows("shop", "order_charges", "landed_row, order_id")
    assert rows[1] == (3 + count, "g0")


FIVE = "Great pan.\nHeavy, but good, and it lasts\n\n- no rust\n- it, too, cleans well"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FIVE, None),
        ("\n".join(["a line"] * 101), None),
        ("\n".join(["a line"] * 102), "too_many_line_breaks"),
        ("\r\n".join(["a line"] * 102), "too_many_line_breaks"),
        ("\n".join(["one, two, three, four, five, six"] * 4), None),
    ],
    ids=["five-lines", "100-breaks", "101-breaks", "crlf", "prose"],
)
def test_a_text_of_many_lines_lands_and_one_that_swallowed_lines_does_not(
    project, done, text, reason
):
    row = f'r1,c1,p1,5,"{text}",2024-01-01\n'
    path = project.file("reviews.csv", REVIEWS + row + "r2,c2,p2,4,fine,2024-01-02\n")
    done("land", "shop", path, "--accept")
    batch = project.batch("shop", "reviews")
    lines = row.count("\n")
    assert batch["rejected_by_reason"] == ({reason: lines} if reason else {})
    assert batch["lines_in"] == batch["rows_landed"] + batch["lines_rejected"]
    rows = project.rows("shop", "reviews", "landed_row, text")
    assert rows[-1] == (2 + lines, "fine")
    assert len(rows) == (1 if reason else 2)
    assert reason or rows[0][1] == text


def test_line_breaks_of_two_values_are_not_added_up(project, done):
    half = "\n".join(["a line"] * 60)
    row = f'r1,c1,"{half}",5,"{half}",2024-01-01\n'
    done("land", "shop", project.file("reviews.csv", REVIEWS + row))
    assert project.batch("shop", "reviews")["rows_landed"] == 1


def test_each_reason_that_landing_gives_says_what_to_do():
    folder = os.path.join(os.path.dirname(__file__), "..", "..", "src", "stayhouse", "landing")
    with open(os.path.join(folder, "text.py"), encoding="utf-8") as file:
        given = set(re.findall(r'"([a-z0-9]+_[a-z0-9_]+)"', file.read()))
    assert given - set(REMEDIES) == set()
    assert set(REMEDIES) - given == set()
