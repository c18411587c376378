"""A sheet that is changed after new-source: staging and _sources.yml read what it maps."""

import re
import shutil
import tomllib

import pytest
import yaml

from stayhouse.sources.following import follow_sheet
from tests.building import CHECKOUT

NAME = "teahouse"
HEAD = "Bestell-Nr;Bestellt am;Kunden-Nr;Wohin;Auftragsstatus\n"
LINES = "Bestell-Nr;Artikel-Nr;Anzahl;Stückpreis;Lfd\n"


@pytest.fixture
def house(project, done):
    """A source that new-source has learnt from orders and their lines."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    orders = "".join(f"o{i};{13 + i}.01.2024 10:00;c{i};1,5{i};bezahlt\n" for i in range(5))
    lines = "".join(f"o{i // 2};a{i};2;1{i},50;{i}\n" for i in range(10))
    files = [
        project.file("Bestellungen.csv", HEAD + orders),
        project.file("Bestellpositionen.csv", LINES + lines),
    ]
    done("new-source", NAME, *files, "--zone", "UTC")
    return project


@pytest.fixture
def sheet(house):
    """Change lines of the sheet."""

    def change(before, after):
        path = house.root / "models" / "staging" / NAME / "aliases.csv"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    return change


def staging(house, table):
    path = house.root / "models" / "staging" / NAME / f"stg_{NAME}__{table}.sql"
    return path.read_text()


def described(house, table):
    path = house.root / "models" / "staging" / NAME / "_sources.yml"
    tables = yaml.safe_load(path.read_text())["sources"][0]["tables"]
    return next(t for t in tables if t["name"] == table)


def columns(house, table):
    return [column["name"] for column in described(house, table)["columns"]]


def everything(house):
    folder = house.root / "models" / "staging"
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_sheet_alone_is_enough(house, sheet, done):
    assert "cast(null as string) as discount" in staging(house, "orders")
    sheet("orders,Wohin,ignore,no,", "orders,Wohin,discount,no,")
    out = done("land", NAME, house.root / "input" / "Bestellungen.csv", "--table", "orders")
    assert "read discount of orders now, as aliases.csv maps it" in out
    sql = staging(house, "orders")
    assert "as discount,\n        cast" not in sql
    assert "cast(null as string) as discount" not in sql
    # The others stay, and so does what is said of them.
    assert "-- The files do not have these.\n        cast(null as string) as visitor_id" in sql
    assert "cast(null as string) as updated_at\n    from {{ landed(" in sql
    assert columns(house, "orders")[-1] == "discount"
    assert house.rows(NAME, "orders", "discount")[1] == ("1.51",)
    # Once it is so, nothing is written or said again.
    before = everything(house)
    assert follow_sheet(house.root, NAME) == []
    assert everything(house) == before


def test_the_number_of_a_line_is_known_as_one(house, sheet, done):
    assert described(house, "order_lines")["config"]["meta"] == {"by_place": True}
    sheet("order_lines,Lfd,ignore,no,", "order_lines,Lfd,line_number,no,")
    done("land", NAME, house.root / "input" / "Bestellpositionen.csv", "--table", "order_lines")
    assert described(house, "order_lines")["config"]["meta"] == {"by_place": "line_number"}
    assert "line_number" in columns(house, "order_lines")
    assert "as line_number,\n        cast" not in staging(house, "order_lines")
    assert "cast(null as string) as line_number" not in staging(house, "order_lines")


def test_what_was_the_last_thing_added_leaves_a_plain_select(house, sheet):
    lacking = re.findall(r"cast\(null as string\) as (\w+)", staging(house, "order_lines"))
    rows = "".join(f"order_lines,Spalte {c},{c},no,\n" for c in lacking)
    sheet("order_lines,Lfd,", rows + "order_lines,Lfd,")
    follow_sheet(house.root, NAME)
    start = "with landed as (\n    select * from {{ landed('teahouse', 'order_lines') }}\n),\n"
    assert staging(house, "order_lines").startswith(start)


def test_an_address_is_hashed_and_not_shown(house, sheet):
    sheet("orders,Wohin,ignore,no,", "orders,Wohin,email_hash,no,hash")
    follow_sheet(house.root, NAME)
    assert "landed_facts('teahouse', 'orders', hidden=['email_hash'])" in staging(house, "orders")
    assert described(house, "orders")["config"]["meta"] == {"hashed": ["email_hash"]}


@pytest.mark.parametrize("command", ["check", "land", "pull"])
def test_what_nothing_would_read_is_refused_by_both_names(
    house, sheet, refused, monkeypatch, command
):
    monkeypatch.setenv(f"STAYHOUSE_DATABASE_{NAME.upper()}", "sqlite:///x")
    sheet("orders,Wohin,ignore,no,", "orders,Wohin,discout,no,")
    before = everything(house)
    file = [house.root / "input" / "Bestellungen.csv", "--table", "orders"]
    told = refused(command, NAME, *(file if command != "pull" else []))
    assert "models/staging/teahouse/aliases.csv maps 'Wohin' of orders to discout" in told
    assert "list discout in _sources.yml and read it in the staging model" in told
    assert everything(house) == before


def test_staging_of_another_form_is_refused_not_guessed(house, sheet, refused):
    path = house.root / "models" / "staging" / NAME / f"stg_{NAME}__orders.sql"
    mine = path.read_text().replace("        cast(null as string) as discount,\n", "")
    mine = mine.replace("exact_decimal('discount')", "exact_decimal('rebate')")
    mine = mine.replace("code_value('discount')", "code_value('rebate')")
    path.write_text(mine)
    sheet("orders,Wohin,ignore,no,", "orders,Wohin,discount,no,")
    told = refused("land", NAME, house.root / "input" / "Bestellungen.csv", "--table", "orders")
    assert "to discount, which neither models/staging/teahouse/_sources.yml nor" in told


def test_what_landed_before_the_sheet_was_changed_is_told(house, sheet, done, refused):
    file = house.root / "input" / "Bestellungen.csv"
    done("land", NAME, file, "--table", "orders")
    sheet("orders,Wohin,ignore,no,", "orders,Wohin,discount,no,")
    follow_sheet(house.root, NAME)
    told = refused("land", NAME, file, "--table", "orders")
    assert "maps discount of orders since Bestellungen.csv landed: take it back" in told
    done("unland", NAME, "--file", "Bestellungen.csv")
    done("land", NAME, file, "--table", "orders")
    assert house.rows(NAME, "orders", "discount")[4] == ("1.54",)


def test_rows_of_orders_and_lines_read_it_where_it_belongs(project, done):
    """A discount of rows is a line's, and no part of its order; what it holds is said too."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    head = "Order Number,Order Date,Customer ID,SKU,Qty,Price,Less\n"
    rows = "".join(
        f"o{i // 2},2024-01-1{i // 2} 10:00:00Z,c1,p{i},1,2.50,0.{i}\n" for i in range(9)
    )
    file = project.file("x.csv", head + rows)
    done("new-source", NAME, file)
    path = project.root / "models" / "staging" / NAME / "aliases.csv"
    path.write_text(path.read_text().replace("Less,ignore", "Less,discount"))
    assert len(follow_sheet(project.root, NAME)) == 1
    assert "cast(null as string) as discount" not in staging(project, "order_lines")
    assert "unhashed=[\n                'discount',\n" in staging(project, "orders")
    assert "'discount',\n" not in staging(project, "order_lines")
    assert columns(project, "order_rows")[-1] == "discount"
    formats = (path.parent / "format.toml").read_text()
    assert tomllib.loads(formats)["order_rows"]["columns"]["discount"] == "number"


def test_the_sources_of_the_checkout_follow_their_sheets(project):
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    before = everything(project)
    names = [path.parent.name for path in CHECKOUT.glob("models/staging/*/_sources.yml")]
    assert [follow_sheet(project.root, name) for name in names] == [[]] * len(names)
    assert len(names) > 5
    assert everything(project) == before
