"""What a check says of files without dbt: proposals, remedies, what has landed before."""

import re
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from stayhouse import cli
from stayhouse.commands import check
from stayhouse.landing import judge as judging
from stayhouse.landing.aliases import read_source
from stayhouse.landing.check import check_files
from stayhouse.landing.judge import Judged, Rejected
from stayhouse.landing.proposals import propose
from stayhouse.reports.row_remedies import remedy_of
from tests.conftest import KEY

CHECKOUT = Path(__file__).resolve().parents[2]
ORDERS = "order_id,customer_id,status,currency,ordered_at\n"


@pytest.mark.parametrize(
    ("column", "values", "ours"),
    [
        ("Order No.", ["1"], "order_id"),
        ("OrderNumber", ["1"], "order_id"),
        ("Client ID", ["1"], "customer_id"),
        ("Order Date", ["2024-01-31"], "ordered_at"),
        ("Created At", ["31/01/2024 14:03"], "ordered_at"),
        ("Curr.", ["EUR"], "currency"),
        ("Voucher Code", ["X"], "coupon_code"),
        ("Rebate", ["1,50"], "discount"),
        ("Rebate", ["none of it"], None),  # a name alone does not make it a number
        ("Bestell-Nr.", ["1"], "order_id"),
        ("下单时间", ["2024-01-31"], "ordered_at"),
        ("Zorp", ["1"], None),
    ],
)
def test_an_unknown_column_is_proposed_by_name_and_content(column, values, ours):
    table = read_source(CHECKOUT, "shop").table("orders")
    kinds = {"ordered_at": "instant", "discount": "number"}
    (found,) = propose(table, [column], set(), kinds, {column: values})
    assert found.ours == ours
    assert (found.score >= 0.5) == (ours is not None)


def test_a_column_is_proposed_once_and_not_where_the_file_has_it():
    table = read_source(CHECKOUT, "shop").table("orders")
    first, second = propose(table, ["Order No", "Order ID"], set(), {}, {})
    assert [first.ours, second.ours].count("order_id") == 1
    (found,) = propose(table, ["Order No"], {"order_id"}, {}, {})
    assert found.ours != "order_id"


@pytest.mark.parametrize(
    ("column", "values", "why"),
    [
        ("Reply", ["a@b.de", "x"], "e-mail addresses"),
        ("Line", ["+49 30 1234567"], "telephone numbers"),
        ("Billing Phone", [], "by its name"),
        ("Telefon", [], "by its name"),
        ("收货人", [], "by its name"),
        ("Sum", ["12.50"], None),
    ],
)
def test_what_is_personal_is_told_by_content_or_name(column, values, why):
    table = read_source(CHECKOUT, "shop").table("orders")
    (found,) = propose(table, [column], set(), {}, {column: values})
    assert (why or "") in (found.personal or "")
    assert (found.personal is None) == (why is None)


def test_every_reason_of_the_build_has_a_remedy():
    macros = (CHECKOUT / "macros" / "reasons").glob("*.sql")
    text = "".join(path.read_text() for path in macros)
    given = set(re.findall(r"(?:then|,) '([a-z]+_[a-z_]*[a-z])'", text)) - {"gift_card"}
    assert {"unknown_status", "invalid_ordered_at", "missing_actor"} <= given
    columns = ("updated_at", "is_test", "price")
    given |= {f"invalid_{column}" for column in columns} | {"updated_after_landed"}
    assert {reason for reason in given if remedy_of(reason) is None} == set()
    of_core = {"conflicting_event_id", "rejected_order", "unknown_order", "order_without_lines"}
    assert {reason for reason in of_core if remedy_of(reason) is None} == set()
    assert remedy_of("colourless") is None


def test_a_weight_is_no_money():
    told = remedy_of("invalid_weight")
    assert "from 0 to 1e12 with at most 18 decimals" in told
    assert "money" not in told
    assert "of 2000 or later" in remedy_of("invalid_exposed_at")


def test_a_check_knows_what_has_landed_and_leaves_no_trace(project, done):
    path = project.file("orders.csv", ORDERS + "o1,c1,paid,GBP,01/02/2024\n")
    done("land", "shop", path, "--dates", "month-first")
    before = project.left()
    other = project.file("orders_2.csv", ORDERS + "o2,c1,paid,GBP,03/04/2024\n")
    folder = project.root / "check"
    folder.mkdir()
    found = check_files(
        project.root, folder, "shop", other.parent, landing=project.landing, key=KEY
    ).files
    assert "has landed before, as shop.orders batch 1" in found[0].notes
    assert "read as month first" in found[1].notes
    assert [file.problems for file in found] == [[], []]
    assert project.left() == before


def test_an_export_of_a_platform_brings_tables_of_other_names(project):
    shutil.copyfile(CHECKOUT / "dbt_project.yml", project.root / "dbt_project.yml")
    assert check._landed_tables(project.root, "shopify") == set()
    batch = project.landing / "shopify" / "orders_export" / "batch_id=1"
    batch.mkdir(parents=True)
    landed = check._landed_tables(project.root, "shopify")
    assert {"orders", "order_lines", "refunds"} <= landed
    assert "customers" not in landed


def test_a_table_that_has_landed_is_not_missed_in_the_files_of_a_night(
    project, done, capsys, monkeypatch
):
    monkeypatch.setattr(check, "judge", lambda *_: [Judged("orders", 1)])
    path = project.file("orders.csv", ORDERS + "o1,c1,paid,GBP,2024-01-31\n")
    cli.main(["check", "shop", str(path)])
    before = capsys.readouterr().out
    assert "no products: " in before
    assert "no events: " in before
    done("land", "shop", project.file("products.csv", "product_id,name\np1,Pan\n"))
    cli.main(["check", "shop", str(path)])
    after = capsys.readouterr().out
    assert "no products: " not in after
    assert "no events: " in after


@pytest.mark.parametrize(
    ("placed", "words", "is_told"),
    [
        ("2024-07-01 10:00", (), True),
        ("2024-07-01T10:00:00Z", (), False),
        ("2024-07-01 10:00:00+09:00", (), False),
        ("2024-07-01", (), False),
        ("2024-07-01 10:00", ("--zone", "Asia/Tokyo"), False),
    ],
)
def test_times_that_are_read_as_utc_are_told(project, capsys, monkeypatch, placed, words, is_told):
    monkeypatch.setattr(check, "judge", lambda *_: [])
    path = project.file("orders.csv", f"{ORDERS}1,c,paid,GBP,{placed}\n")
    assert cli.main(["check", "shop", str(path), *words]) == 0
    told = "'ordered_at' has no time zone and is read as UTC: say --zone"
    assert (told in capsys.readouterr().out) == is_told


def test_a_first_landing_tells_of_a_missing_zone_once(project, done):
    """Its nights are written as it was, and so is the next file of a folder."""
    told = "'ordered_at' has no time zone and is read as UTC"
    first, second, night = (
        project.file(f"{at}.csv", f"{ORDERS}{at},c,paid,GBP,2024-07-0{at} 10:00\n")
        for at in (1, 2, 3)
    )
    folder = project.root / "both"
    folder.mkdir()
    for file, name in ((first, "orders.csv"), (second, "orders_2.csv")):
        file.rename(folder / name)
    assert done("land", "shop", str(folder)).count(told) == 1
    assert told not in done("land", "shop", night, "--table", "orders")


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("2024-07-01 10:00", "has no time zone in 1 of 3 values, which are read as UTC: "),
        # Broken values, which no zone mends.
        ("10:00 o'clock", "has no time zone in 1 of 3 values"),
        ("2024-07-01T24:00", None),
        ("soon: today", None),
    ],
)
def test_one_time_without_an_offset_is_no_column_without(project, capsys, monkeypatch, first, told):
    monkeypatch.setattr(check, "judge", lambda *_: [])
    placed = [first, "2024-07-01 10:00:00+09:00", "2024-07-01T10:00:00Z"]
    rows = "".join(f"{n},c,paid,GBP,{at}\n" for n, at in enumerate(placed))
    path = project.file("orders.csv", ORDERS + rows)
    cli.main(["check", "shop", str(path)])
    out = capsys.readouterr().out
    assert "has no time zone and" not in out
    assert ("has no time zone" in out) == bool(told)
    assert told is None or told in out


# Of 100 rows, with a limit of .05: five are few.
@pytest.mark.parametrize(("broken", "is_refused"), [(5, False), (6, True)])
def test_what_landing_would_refuse_is_said(project, capsys, monkeypatch, broken, is_refused):
    monkeypatch.setattr(check, "judge", lambda *_: [])
    placed = ["soon"] * broken + ["2024-07-01"] * (100 - broken)
    rows = "".join(f"{n},c,paid,GBP,{at}\n" for n, at in enumerate(placed))
    path = project.file("orders.csv", ORDERS + rows)
    assert cli.main(["check", "shop", str(path)]) == int(is_refused)
    checked = capsys.readouterr().out
    assert cli.main(["land", "shop", str(path)]) == (2 if is_refused else 0)
    refusal = "or land it all the same with --accept."
    assert (refusal in capsys.readouterr().err) == is_refused
    assert (refusal in checked) == is_refused


# Of three lines, with a limit of .5.
@pytest.mark.parametrize(("lines", "is_refused"), [(1, False), (2, True)])
def test_lines_that_landing_would_refuse_are_said(project, capsys, monkeypatch, lines, is_refused):
    monkeypatch.setattr(check, "judge", lambda *_: [])
    rows = ["1,c,paid,GBP,2024-07-01\n", "2,c,paid,GBP,2024-07-01\n", *["3,c\n"] * lines][-3:]
    path = project.file("orders.csv", ORDERS + "".join(rows))
    assert cli.main(["check", "shop", str(path)]) == 1
    assert ("with --accept." in capsys.readouterr().out) == is_refused
    assert cli.main(["land", "shop", str(path)]) == (2 if is_refused else 0)


def test_columns_that_are_hashed_or_dropped_are_known_too(project, capsys, monkeypatch):
    monkeypatch.setattr(check, "judge", lambda *_: [])
    header = ORDERS.replace("\n", ",email,coupon_code,zorp\n")
    path = project.file("orders.csv", f"{header}1,c,paid,GBP,2024-07-01,a@b.de,X,z\n")
    cli.main(["check", "shop", str(path)])
    out = capsys.readouterr().out
    assert "orders.csv: orders, 1 row, 7 columns known" in out
    assert "unknown column: 'zorp'" in out


def test_a_table_whose_file_has_a_problem_is_not_missed(project, capsys, monkeypatch):
    monkeypatch.setattr(check, "judge", lambda *_: [Judged("orders", 1)])
    folder = project.file("orders.csv", f"{ORDERS}1,c,paid,GBP,2024-07-01\n").parent
    project.file("refunds.csv", "refund_id\nr\n")
    assert cli.main(["check", "shop", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "PROBLEM: refunds.csv lacks the column" in out
    assert "no refunds" not in out
    assert "no events" in out


def test_a_check_takes_until_when_files_are_complete(project, refused):
    path = project.file("orders.csv", ORDERS + "o1,c1,paid,GBP,2024-01-31\n")
    folder = project.root / "check"
    folder.mkdir()
    until = datetime(2024, 2, 1, 6)
    (file,) = check_files(project.root, folder, "shop", path, data_until=until, key=KEY).files
    assert file.batch.data_until.startswith("2024-02-01T06:00:00")
    told = refused("check", "shop", path, "--data-until", "2999-01-01")
    assert "--data-until 2999-01-01T00:00:00 is more than a day after the landing" in told


def test_a_missing_key_is_one_problem_among_others(project):
    path = project.file("orders.csv", ORDERS.replace("status", "Zorp") + "o1,c1,x,GBP,2024-01-31\n")
    folder = project.root / "check"
    folder.mkdir()
    checked = check_files(project.root, folder, "shop", path)
    assert "STAYHOUSE_PII_KEY is not set" in checked.problems[0]
    assert "lacks the column 'status'" in checked.files[0].problems[0]
    assert [proposal.column for proposal in checked.files[0].proposals] == ["Zorp"]


@pytest.mark.parametrize(
    "value", ["Ann.Lee@mail.example", "+44 20 7946 0958", "2024-01-31", "31.01.2024 14:03"]
)
def test_a_row_in_the_place_of_the_header_is_shown_to_nobody(
    project, refused, capsys, monkeypatch, value
):
    monkeypatch.setattr(check, "judge", lambda *_: [])
    path = project.file("customers.csv", f"Ann,{value},Leeds\nBob,bob@mail.example,York\n")
    told = refused("land", "shop", path)
    cli.main(["check", "shop", str(path)])
    for text in (told, capsys.readouterr().out):
        assert "None of the names in the first line of customers.csv" in text
        assert "so it is no header: add one." in " ".join(text.split())
        assert not any(part in text for part in (value, "Ann", "Leeds"))


@pytest.mark.parametrize("header", ["Zorp,Zilch", "2024,2025", "customer_id,2024-01-31"])
def test_a_header_without_values_or_with_a_name_of_ours_is_told_whole(project, refused, header):
    told = refused("land", "shop", project.file("customers.csv", f"{header}\n1,2\n"))
    assert repr(header.split(",")[1]) in told


@pytest.mark.parametrize(("count", "code"), [(0, 0), (5, 0), (6, 1)])
def test_a_check_fails_above_the_rate_at_which_a_build_warns(
    project, capsys, monkeypatch, count, code
):
    rejected = [Rejected("unknown_status", count, 1, 7, "lost")] if count else []
    monkeypatch.setattr(check, "judge", lambda *_: [Judged("orders", 100, rejected)])
    path = project.file("orders.csv", f"{ORDERS}o1,c1,paid,GBP,2024-01-31\n")
    assert cli.main(["check", "shop", str(path)]) == code
    out = capsys.readouterr().out
    assert ("Few rows would be rejected (at most 5.0%" in out) == (count == 5)
    assert ("Nothing is wrong" in out) == (count == 0)


def test_the_worth_of_lines_is_said_without_a_currency(project, capsys, monkeypatch):
    """That of a line stands on its order."""
    file = project.file("orders.csv", ORDERS + "1,c,paid,EUR,2024-01-02\n")
    rejected = [Rejected("invalid_product_id", 2, 1, 7, "?", [(Decimal("1234.5"), None)])]
    monkeypatch.setattr(check, "judge", lambda *_: [Judged("order_lines", 100, rejected)])
    cli.main(["check", "shop", str(file)])
    assert "2 invalid_product_id worth 1,234.50, first in" in capsys.readouterr().out


def test_a_missing_column_of_two_names_is_one_problem(project):
    path = project.file("orders_export.csv", "Name,Currency,Total\n#1,EUR,5\n")
    folder = project.root / "check"
    folder.mkdir()
    (file,) = check_files(project.root, folder, "shopify", path, key=KEY).files
    lacking = [problem for problem in file.problems if "'Subtotal' or 'subtotal_price'" in problem]
    assert len(lacking) == 1
    assert len(set(file.problems)) == len(file.problems)


@pytest.mark.parametrize(("lines", "code"), [(19, 0), (18, 1)])
def test_a_check_fails_where_landing_warns_of_lines(project, capsys, monkeypatch, lines, code):
    """One of 20 lines is no more than rejection_warn_rate, one of 19 is."""
    monkeypatch.setattr(check, "judge", lambda *_: [Judged("orders", lines)])
    good = "".join(f"o{i},c1,paid,GBP,2024-01-31\n" for i in range(lines))
    path = project.file("orders.csv", ORDERS + good + "o,c1\n")
    assert cli.main(["check", "shop", str(path)]) == code
    assert "1 line too_few_columns" in capsys.readouterr().out


# By batch: how many, the first row and its id. Events that were taken before come first, but for
# those that were rejected and those of another source.
@pytest.mark.parametrize(
    ("is_built", "told"),
    [(False, [(1, 1, 3, "a"), (1, 2, 1, "a")]), (True, [(3, 1, 1, "a"), (1, 2, 1, "a")])],
)
def test_an_event_id_that_comes_again_with_other_content_is_rejected(is_built, told):
    """The first that landed counts, its copies count as it, and ids of a rejected row do not."""
    columns = "as t(source_name, batch_id, landed_row, event_id, row_hash, reason_code)"
    with duckdb.connect() as con:
        con.execute(
            "create table events as select *, null::timestamp as received_at from (values "
            "('s', 1, 1, 'a', 7, null), ('s', 1, 2, 'a', 7, null), ('s', 1, 3, 'a', 8, null), "
            "('s', 2, 1, 'a', 9, null), ('s', 1, 4, 'b', 1, 'missing_actor'), "
            "('s', 1, 5, 'b', 2, null), ('s', 1, 6, 'c', 1, null), ('s', 1, 7, 'd', 1, null), "
            f"('s', 1, 8, 'e', 1, null)) {columns}"
        )
        con.execute("attach ':memory:' as built; create schema built.core")
        con.execute(
            "create table built.core.int_events__landed as select *, null::timestamp as "
            "received_at from (values ('s', 9, 1, 'a', 8, null), ('s', 9, 2, 'a', 9, null), "
            "('t', 1, 1, 'b', 3, null), "
            f"('s', 3, 1, 'c', 1, null), ('s', 3, 2, 'd', 2, 'x'), ('s', 3, 3, 'e', 2, null)) "
            f"{columns}"
        )
        found = judging._reused_ids(con, "s", "events", is_built)
    assert {r.reason for r in found} == {"conflicting_event_id"}
    assert [(r.count, r.batch_id, r.row, r.value) for r in found] == told
