"""What new-source writes of files that nobody described, or why it writes nothing."""

import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from stayhouse.commands.new_source import check_name
from stayhouse.landing.notation import Notation
from stayhouse.sources.describing import describe
from tests.building import CHECKOUT
from tests.exports import (
    HEAD,
    LINES,
    NAME,
    folder,
    formats,
    house,
    made,
    orders,
    rows,
    sheet,
    staged,
)

# ruff: noqa: F401, F811 (fixtures have the names of the arguments that ask for them)


def test_the_entry_in_the_project_is_one_line_and_comments_stay(house, made):
    path = house.root / "dbt_project.yml"
    before = path.read_text()
    made({"x.csv": orders()})
    after = path.read_text()
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        f"    {NAME}: [orders, order_lines]"
    ]
    assert after.replace(f"    {NAME}: [orders, order_lines]\n", "") == before
    assert staged(house) == ["orders", "order_lines"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("shop", "stands already"),
        ("Tea", "is no name for a source"),
        ("tea__x", "is no name for a source"),
        ("../tea", "is no name for a source"),
        ("a" * 41, "40 at most"),
        # A rule of tests/architecture would refuse it from then on.
        ("landed", "is a word of"),
    ],
)
def test_a_name_that_will_not_do_is_refused_and_nothing_written(house, refused, name, sentence):
    file = house.file("x.csv", orders())
    before = sorted(house.root.rglob("*"))
    assert sentence in refused("new-source", name, file)
    assert sorted(house.root.rglob("*")) == before


def test_files_that_are_no_table_are_refused_with_what_is_needed(house, refused):
    file = house.file("x.csv", "Colour,Size\nred,L\n")
    told = refused("new-source", NAME, file)
    assert "x.csv is no table of ours by its columns ('Colour', 'Size')" in told
    assert "Orders need a number, a date and money" in told
    assert not folder(house).exists()


SHOPIFY = (
    "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem name,Lineitem price"
)


def test_an_export_of_a_platform_is_sent_there(house, refused):
    """It was taken for a list of products; another file with most of its columns is a file."""
    row = "#1,a@example.com,paid,USD,5.00,5.50,2026-01-02 10:00:00 -0500,Tea,5.00\n"
    file = house.file("orders_export.csv", f"{SHOPIFY}\n{row}")
    assert refused("new-source", NAME, file) == (
        "stayhouse: orders_export.csv is an export that the source shopify reads as it is: "
        f"'stayhouse land shopify {file} --table orders_export'."
    )
    other = house.file("orders_export.csv", f"{SHOPIFY.replace('Total', 'Sum')}\n{row}")
    assert "shopify" not in refused("new-source", NAME, other)


def test_a_file_of_a_platform_beside_others_is_left_out_and_told(house, made):
    text = f"{SHOPIFY}\n#1,a@example.com,paid,USD,5.00,5.50,2026-01-02 10:00:00 -0500,Tea,5.00\n"
    told = made({"orders_export.csv": text, "x.csv": orders()})
    assert "orders_export.csv is an export that the source shopify reads as it is" in told
    assert staged(house) == ["orders", "order_lines"]


def test_where_the_project_cannot_be_written_nothing_is(house, refused, monkeypatch):
    path = house.root / "dbt_project.yml"
    text = path.read_text().replace("  sources:\n", "  sources: # mine\n")
    path.write_text(text)
    told = refused("new-source", NAME, house.file("x.csv", orders()))
    assert f"add `{NAME}: [orders, order_lines]`" in told
    assert not folder(house).exists()
    assert path.read_text() == text


def test_where_a_file_cannot_be_written_none_is(house, refused, monkeypatch):
    file = house.file("x.csv", orders())
    before = sorted(house.root.rglob("*"))
    project = house.root / "dbt_project.yml"
    opened = Path.open

    def full(self, mode="r", **options):
        if mode == "r+":
            raise OSError(28, "No space left on device", str(self))
        return opened(self, mode, **options)

    monkeypatch.setattr(Path, "open", full)
    text = project.read_text()
    assert "nothing was written" in refused("new-source", NAME, file)
    assert sorted(house.root.rglob("*")) == before
    assert project.read_text() == text


@pytest.mark.parametrize(
    ("dates", "found", "asked"),
    [
        (("13/01/2024", "14/02/2024"), "day-first", False),
        (("01/13/2024", "02/14/2024"), "month-first", False),
        (("01/02/2024", "03/02/2024"), None, True),
    ],
)
def test_the_order_of_dates_is_found_or_asked(house, made, dates, found, asked):
    lines = (f"{i},{day},c{i},p,1,2.50" for i, day in enumerate(dates))
    out = made({"x.csv": HEAD + rows(*lines)})
    assert formats(house).get("order_rows", {}).get("dates") == found
    assert ("say --dates day-first or --dates month-first" in out) == asked


def test_an_option_answers_what_was_asked(house, made):
    lines = rows("1,01/02/2024,c,p,1,2.50", "2,03/02/2024,c,p,1,2.50")
    out = made({"x.csv": HEAD + lines}, "--dates", "day-first", "--zone", "Europe/Berlin")
    assert formats(house)["order_rows"]["dates"] == "day-first"
    assert formats(house)["order_rows"]["zone"] == "Europe/Berlin"
    assert "Not understood" not in out


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("1704067200", "epoch-seconds"),
        ("1704067200000", "epoch-milliseconds"),
        ("2024年1月5日 10:03", "%Y年%m月%d日 %H:%M"),
        ("2024年1月5日", "%Y年%m月%d日"),
        ("2024-01-05T10:00:00Z", "instant"),
    ],
)
def test_instants_in_other_forms_are_stated(house, made, at, said):
    made({"x.csv": HEAD + f"1,{at},c,p,1,2.50\n"})
    assert formats(house)["order_rows"]["columns"]["ordered_at"] == said


def test_a_zone_is_asked_for_where_the_clock_is_nobodys(house, made):
    out = made({"x.csv": HEAD + "1,2024-01-05 10:00:00,c,p,1,2.50\n"})
    assert "'Order Date' has no time zone and is read as UTC" in out


def test_what_staging_needs_and_no_file_has_is_said_in_sql(house, made):
    made({"x.csv": orders()})
    sql = (folder(house) / f"stg_{NAME}__orders.sql").read_text(encoding="utf-8")
    assert "-- No column says how far an order is.\n        'placed' as status" in sql
    assert (
        "-- No column says the currency.\n        {{ setting('base_currency') }} as currency" in sql
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk"])
def test_a_text_in_any_encoding_and_separator(house, made, encoding):
    text = "订单编号\t下单时间\t商品名称\t数量\t单价\t订单状态\n" + rows(
        "1\t2024-01-13 10:00:00\t西湖龙井茶叶礼盒\t1\t88\t交易成功",
        "2\t2024-01-14 10:00:00\t云南普洱茶饼\t2\t66\t待发货",
    )
    made({"x.csv": text.encode(encoding)})
    assert [ours for ours, _ in sheet(house).values()] == [
        *("order_id", "ordered_at", "product_name", "quantity", "unit_price", "status")
    ]
    # Each file tells these by itself.
    assert "encoding" not in str(formats(house))
    assert staged(house) == ["orders", "order_lines", "products"]


def test_a_file_that_is_no_table_is_told_what_it_lacks(house, made):
    said = made(
        {
            "order_items.csv": "order_id,sku,qty,price\n1,p,2,3.50\n",
            "orders.csv": "order_no,account_no,zorped,state\n1,7,2024-01-02,paid\n",
        }
    )
    assert "orders.csv is no table of ours" in said
    assert "To be orders it lacks ordered_at: call the column so" in said


@pytest.mark.parametrize("name", ["tea_shop", "kontor", "my_shop"])
def test_the_names_of_the_examples_are_free(name):
    check_name(CHECKOUT, name)


@pytest.mark.parametrize("numbered", [True, False])
def test_the_key_of_lines_that_are_pulled_is_their_number(house, numbered):
    """An order's lines may come in several pulls, which a number of the line keeps apart."""
    place = ",Pos" if numbered else ""
    head = f"state,rowkey,order_no,sku,qty,price{place}\n"
    lines = (f"7,{90 + i},{i // 2},p,2,3.50{',' if numbered else ''}" for i in range(6))
    cells = (f"{line}{i % 2 + 1}" if numbered else line for i, line in enumerate(lines))
    file = house.file("order_items.csv", head + rows(*cells))
    (pulled,), _ = describe(house.root, [file], Notation(), [file])
    (read,), _ = describe(house.root, [file], Notation())
    key = "ignore" if numbered else "line_number"
    assert pulled.columns["rowkey"].ours == key
    # 7 is in every row.
    assert pulled.columns["state"].ours == "ignore"
    assert ("line_number" in pulled.landed, "line_number" in read.landed) == (True, numbered)
    assert numbered or not [line for line in pulled.unclear if "rowkey" in line]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_title_above_the_header_is_named(house, refused, kind):
    table = [["Orders of Tea Ltd"], ["Order Number", "Order Date", "Price"]]
    table += [[f"o{i}", f"2024-01-1{i}", "2.50"] for i in range(4)]
    if kind == "csv":
        file = house.file("x.csv", rows(*(",".join(row) for row in table)))
    else:
        book = Workbook()
        for row in table:
            book.active.append(row)
        file = house.file("x.xlsx", "")
        book.save(file)
    told = refused("new-source", NAME, file)
    assert f"The first line of x.{kind} is no header" in told
    assert "the header seems to be in line 2" in told


def test_of_a_folder_the_files_are_named(house, refused):
    house.file("orders.csv", orders())
    house.file("readme.txt", "x")
    told = refused("new-source", NAME, house.root / "input")
    assert "is a folder: name the files in it that belong to the shop, here orders.csv." in told


def test_an_id_that_a_spreadsheet_wraps_is_what_it_shows(house, made, done):
    head = "订单号,下单日期,付款金额,昵称\n"
    wrapped = rows(*(f'="220000000000000000{i}",2024-01-1{i},{i}5.00,号{i}' for i in range(5)))
    made({"x.csv": head + wrapped})
    done("land", NAME, house.root / "input" / "x.csv", "--table", "order_rows")
    assert house.rows(NAME, "order_rows", "order_id")[1] == ("2200000000000000001",)


PLAN = {
    "campaigns.csv": "campaign_id,name,kind,starts_at\nk1,Spring,offer,2024-03-01 00:00:00 UTC\n",
    "contacts.csv": "contact_id,campaign_id,customer_id,channel,sent_at\n"
    "m1,k1,c1,email,2024-03-01 09:00:00 UTC\n",
    "content.csv": "content_id,title,kind\ng1,Pans,guide\n",
    "channel_costs.csv": "channel,day,cost,currency\nads,2024-03-01,5.00,GBP\n",
    "experiments.csv": "experiment_id,arm,weight,unit_kind,primary_metric,starts_at\n"
    "e,control,1,customer,order_rate_30,2024-03-01 00:00:00 UTC\n",
    "exposures.csv": "experiment_id,arm,unit_id,exposed_at\ne,control,c1,2024-03-02 00:00:00 UTC\n",
}


def test_files_of_the_tracking_plan_are_its_tables(house, made):
    """Under our own names: a contact is no customer, and a plan no stranger."""
    made({"orders.csv": HEAD + "o1,2024-01-01 10:00:00 UTC,c1,s1,1,2.00\n", **PLAN})
    tables = [name.removesuffix(".csv") for name in PLAN]
    assert set(tables) <= set(staged(house))
    assert "customers" not in staged(house)
    for table in tables:
        header = PLAN[f"{table}.csv"].split("\n")[0].split(",")
        assert sheet(house, table) == {column: (column, "") for column in header}
        assert (folder(house) / f"stg_{NAME}__{table}.sql").is_file()


def test_a_file_of_the_plan_that_lacks_a_column_is_told_by_its_table(house):
    orders = house.file("orders.csv", HEAD + "o1,2024-01-01 10:00:00 UTC,c1,s1,1,2.00\n")
    lacking = house.file("exposures.csv", "experiment_id,unit_id,exposed_at\ne,c1,2024-01-01\n")
    tables, strange = describe(house.root, [orders, lacking], Notation())
    assert [table.name for table in tables] == ["order_rows"]
    assert "To be exposures it lacks arm:" in strange[0]


def test_a_source_is_made_again_when_its_folder_is_gone(house, made, refused):
    """What the project says of it stays: its line in var sources, and settings of its own."""
    path = house.root / "dbt_project.yml"
    made({"x.csv": orders()})
    text = path.read_text(encoding="utf-8").replace("\nvars:\n", f"\n# Of {NAME}.\nvars:\n")
    path.write_text(text, encoding="utf-8")
    assert "stands already" in refused("new-source", NAME, house.file("x.csv", orders()))
    shutil.rmtree(folder(house))
    made({"order_items.csv": LINES})
    assert staged(house) == ["order_lines"]
    expected = text.replace(f"{NAME}: [orders, order_lines]", f"{NAME}: [order_lines]")
    assert path.read_text(encoding="utf-8") == expected
    # What another file says of the name is no leftover of its own.
    shutil.rmtree(folder(house))
    (house.root / "macros").mkdir(exist_ok=True)
    (house.root / "macros" / "mine.sql").write_text(f"-- {NAME}\n", encoding="utf-8")
    told = refused("new-source", NAME, house.file("x.csv", orders()))
    assert f"{NAME} is a word of macros/mine.sql" in told
