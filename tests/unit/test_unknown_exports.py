"""What new-source makes of files: by words in three languages, by values, and safe for people."""

import csv
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from stayhouse.commands.new_source import check_name
from stayhouse.landing.notation import Notation
from stayhouse.landing.proposals import NUMBER
from stayhouse.sources.describing import describe
from tests.building import CHECKOUT

NAME = "teahouse"
HEAD = "Order Number,Order Date,Customer ID,SKU,Qty,Price\n"


@pytest.fixture
def house(project):
    """A project with the models of the checkout."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    return project


@pytest.fixture
def made(house, done):
    """Run new-source on files by their names; return what it printed."""

    def run(files, *options):
        paths = [house.file(name, content) for name, content in files.items()]
        return done("new-source", NAME, *paths, *options)

    return run


def folder(house) -> Path:
    return house.root / "models" / "staging" / NAME


def sheet(house, table="order_rows"):
    """The sheet's rows of a table: (ours, personal) by their column."""
    text = (folder(house) / "aliases.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["their_column"]: (row["our_column"], row["personal"])
        for row in rows
        if row["table"] == table
    }


def formats(house):
    return tomllib.loads((folder(house) / "format.toml").read_text(encoding="utf-8"))


def staged(house):
    project = yaml.safe_load((house.root / "dbt_project.yml").read_text(encoding="utf-8"))
    return project["vars"]["sources"][NAME]


def rows(*values: str) -> str:
    return "".join(f"{value}\n" for value in values)


def orders(*cells: str, head: str = "", count: int = 4) -> str:
    """Orders of one line each, with cells of further columns."""
    tail = "".join(f",{cell}" for cell in cells)
    lines = (f"o{i},2024-01-{13 + i} 10:00:00Z,c{i % 3},p1,1,2.50{tail}" for i in range(count))
    return HEAD.rstrip() + head + "\n" + rows(*lines)


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


def test_a_column_that_looks_personal_and_is_not_understood_is_dropped(house, made):
    head = ",Remark,Deliver to,Rufnummer,Reply,Telefon privat,联系电话,Bin"
    cells = ("fine", "Ann", "+44 20 7946 0000", "a@b.de", "1", "2", "A7")
    out = made({"x.csv": orders(*cells, head=head)})
    found = sheet(house)
    for name in ("Deliver to", "Rufnummer", "Telefon privat", "联系电话"):
        assert found[name] == ("ignore", "drop"), name
    # By its content alone an address is what it is.
    assert found["Reply"] == ("email_hash", "hash")
    assert found["Remark"] == found["Bin"] == ("ignore", "")
    assert "'Bin' is no column of orders or order_lines here: it does not land (ignore)" in out
    assert "'Bin'" in out.split("Not understood")[1]
    assert "Ann" not in out
    assert "7946" not in out


def test_a_nickname_is_a_buyer_only_where_no_id_is(house, made):
    text = "订单编号,下单时间,会员编号,买家昵称,商品名称,数量,单价\n"
    made({"x.csv": text + "1,2024-01-13 10:00:00,7,小明,茶,1,2.5\n"})
    assert sheet(house)["买家昵称"] == ("ignore", "drop")
    assert sheet(house)["会员编号"] == ("customer_id", "")


def test_a_column_customer_that_holds_names_or_addresses_is_no_id(house, made):
    head = "Order Number,Order Date,Customer,SKU,Qty,Price\n"
    lines = rows("1,2024-01-13,Ann Lee,p,1,2", "2,2024-01-14,Bo van Dyk,p,1,2")
    out = made({"x.csv": head + lines})
    assert sheet(house)["Customer"][0] == "ignore"
    assert "No column tells who buys" in out


def test_a_customer_by_address_lands_as_a_hash(house, made):
    head = "Order Number,Order Date,Customer,SKU,Qty,Price\n"
    made({"x.csv": head + rows("1,2024-01-13,a@b.de,p,1,2", "2,2024-01-14,c@d.de,p,1,2")})
    assert sheet(house)["Customer"] == ("email_hash", "hash")


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


def test_statuses_become_ours_in_sight_and_unknown_ones_are_told(house, made):
    text = HEAD.rstrip() + ",Status\n"
    words = ("bezahlt", "Storniert", "paid", "im Nirwana")
    lines = (f"{i},2024-01-13T10:00:00Z,c,p,1,2,{word}" for i, word in enumerate(words))
    out = made({"x.csv": text + rows(*lines)})
    sql = (folder(house) / f"stg_{NAME}__orders.sql").read_text(encoding="utf-8")
    assert "when 'bezahlt' then 'paid'\n" in sql
    assert "when 'storniert' then 'cancelled'\n" in sql
    # Of a language that was seen, what will come another day too.
    assert "when 'versendet' then 'shipped'\n" in sql
    assert "'待发货'" not in sql
    assert "nirwana" not in sql
    assert "'im nirwana'; the build rejects such rows" in out


def test_what_staging_needs_and_no_file_has_is_said_in_sql(house, made):
    made({"x.csv": orders()})
    sql = (folder(house) / f"stg_{NAME}__orders.sql").read_text(encoding="utf-8")
    assert "-- No column says how far an order is.\n        'placed' as status" in sql
    assert (
        "-- No column says the currency.\n        {{ setting('base_currency') }} as currency" in sql
    )


def test_an_order_without_products_is_one_line_of_its_sum(house, made):
    text = "Bestellnummer;Bestelldatum;Kundennummer;Rabatt;Gesamtbetrag\n"
    lines = rows("1;13.01.2024;7;0,50;9,50", "2;14.01.2024;8;0,00;1.200,00")
    out = made({"x.csv": text + lines})
    assert sheet(house)["Gesamtbetrag"] == ("amount", "")
    assert "'Rabatt' does not land: the sum is taken as it was paid" in out
    assert formats(house)["order_rows"]["decimal"] == "comma"
    sql = (folder(house) / f"stg_{NAME}__order_lines.sql").read_text(encoding="utf-8")
    assert "'order' as product_id" in sql
    assert "'1' as line_number" in sql


MONEY = "Order Number,Order Date,Customer ID,SKU,Qty,Price,Discount,Total\n"


def money(*cells: tuple[str, str, str]) -> str:
    """Three orders of two lines each: price, discount and total of the lines."""
    lines = (
        f"o{i},2024-01-13T10:00:00Z,c{i},p{j},2,{price},{discount},{total}"
        for i in range(3)
        for j, (price, discount, total) in enumerate(cells)
    )
    return MONEY + rows(*lines)


@pytest.mark.parametrize(
    ("cells", "total", "discount", "price"),
    [
        # What the line cost in all, and its own discount.
        ((("5", "1", "10"), ("7", "2", "14")), "amount", "discount", "unit_price"),
        # What was paid for the line.
        ((("5", "1", "9"), ("7", "2", "12")), "ignore", "discount", "unit_price"),
        # What was paid for the order, and the order's discount; both stand on each row.
        ((("5", "1", "23"), ("7", "1", "23")), "ignore", "order_discount", "unit_price"),
        # Another figure than the price says.
        ((("5", "0", "3"), ("7", "0", "4")), "amount", "ignore", "ignore"),
    ],
)
def test_the_values_say_what_the_money_is(house, made, cells, total, discount, price):
    made({"x.csv": money(*cells)})
    found = sheet(house)
    got = tuple(found[name][0] for name in ("Total", "Discount", "Price"))
    assert got == (total, discount, price)


def test_a_sum_of_the_order_on_every_line_counts_once(house, made):
    text = "Order Number,Order Date,Customer ID,SKU,Qty,Total\n"
    lines = (f"o{i},2024-01-13T10:00:00Z,c,p{j},1,{20 + i}" for i in range(3) for j in (1, 2))
    made({"x.csv": text + rows(*lines)})
    assert sheet(house)["Total"] == ("order_total", "")
    sql = (folder(house) / f"stg_{NAME}__order_lines.sql").read_text(encoding="utf-8")
    assert "order_total\n            else '0'\n        end as amount" in sql
    # A line of another sum is another line.
    assert "'order_total'" not in sql


def test_files_beside_each_other_are_orders_lines_customers_products_and_refunds(house, made):
    out = made(
        {
            "a.csv": "Order Number,Date,Customer Number,Total\n1,2024-01-13,7,5\n",
            "b.csv": "Order Number,SKU,Qty,Unit Price\n1,p,1,5\n",
            "c.jsonl": '{"id": "7", "email": "a@b.de", "city": "Bath"}\n',
            "d.csv": "SKU,Title,Category\np,Tea,Drinks\n",
            "e.csv": "Refund ID,Order Number,Refund Date,Amount\nr,1,2024-01-14,5\n",
            "f.csv": "Colour,Size\nred,L\n",
        }
    )
    assert staged(house) == ["orders", "order_lines", "customers", "products", "refunds"]
    assert sheet(house, "customers")["email"] == ("email_hash", "hash")
    assert "f.csv is no table of ours" in out.split("Not understood")[1]
    assert "--table refunds" in out
    assert sheet(house) == {}
    assert sheet(house, "orders")["Total"] == ("ignore", "")


def test_events_have_their_own_words(house, made):
    head = "event_id,event,timestamp,anonymous_id\n"
    lines = rows("1,Product Viewed,2024-01-13T10:00:00Z,v", "2,teleport,2024-01-13T10:00:00Z,v")
    out = made({"x.csv": head + lines})
    assert staged(house) == ["events"]
    sql = (folder(house) / f"stg_{NAME}__events.sql").read_text(encoding="utf-8")
    assert "when 'product viewed' then 'product_view'\n" in sql
    assert "'teleport'" in out


def test_events_of_the_tracking_plan_land_by_our_own_names(house, made):
    """Shops have words for few of them, and ours are known nevertheless."""
    head = "event_id,event_type,occurred_at,customer_id,text,utm_source,load_ms,txt\n"
    types = ("support_message", "share", "teleport")
    out = made({"x.csv": head + rows(*(f"{t},{t},2024-01-13T10:00:00Z,c,Hi,a,5,b" for t in types))})
    assert [ours for ours, _ in sheet(house, "events").values()] == [
        *("event_id", "event_type", "occurred_at", "customer_id", "text", "utm_source", "load_ms"),
        "ignore",
    ]
    assert "here: 'teleport'; the build rejects such rows" in out


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


@pytest.mark.parametrize(
    ("file", "table", "ours"),
    [
        ("orders.csv", "orders", "order_id"),
        ("Bestellungen.csv", "orders", "order_id"),
        ("users.csv", "customers", "customer_id"),
        # By its columns alone it is as much of a customer.
        ("list.csv", "customers", "customer_id"),
    ],
)
def test_what_a_file_is_called_says_whose_id_it_has(house, made, file, table, ours):
    made({file: "id,email,created_at\n" + rows("7,a@example.com,2024-01-02", "8,,2024-01-03")})
    assert sheet(house, table)["id"] == (ours, "")


def test_the_id_of_a_line_is_its_number_where_it_is_one(house, made):
    head = "id,order_id,product_id,quantity,unit_price\n"
    orders = "id,customer_id,created_at\n1,c,2024-01-02\n"
    made({"orders.csv": orders, "order_items.csv": head + rows("11,1,p,2,3.50", "12,1,q,1,4")})
    assert sheet(house, "order_lines")["id"] == ("line_number", "")
    assert sheet(house, "orders")["id"] == ("order_id", "")
    shutil.rmtree(folder(house))
    shutil.copyfile(CHECKOUT / "dbt_project.yml", house.root / "dbt_project.yml")
    made({"orders.csv": orders, "order_items.csv": head + rows("x-11,1,p,2,3.50")})
    assert sheet(house, "order_lines")["id"][0] == "ignore"


def test_a_file_that_is_no_table_is_told_what_it_lacks(house, made):
    said = made(
        {
            "order_items.csv": "order_id,sku,qty,price\n1,p,2,3.50\n",
            "orders.csv": "order_no,account_no,zorped,state\n1,7,2024-01-02,paid\n",
        }
    )
    assert "orders.csv is no table of ours" in said
    assert "To be orders it lacks ordered_at: call the column so" in said


def test_of_a_product_and_a_number_of_the_line_the_product_is_the_product(house, made):
    head = "item_id,order_id,sku,quantity,unit_price\n"
    made({"order_items.csv": head + "11,1,p,2,3.50\n"})
    assert sheet(house, "order_lines")["sku"] == ("product_id", "")
    shutil.rmtree(folder(house))
    shutil.copyfile(CHECKOUT / "dbt_project.yml", house.root / "dbt_project.yml")
    made({"order_items.csv": head.replace("sku,", "") + "11,1,2,3.50\n"})
    assert sheet(house, "order_lines")["item_id"] == ("product_id", "")


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


def test_a_discount_of_orders_is_theirs_and_shipping_is_no_sale(house, made):
    head = "Bestell-Nr;Bestellt am;Kunden-Nr;Rabattbetrag;Versandkosten\n"
    orders = rows(*(f"o{i};1{i}.01.2024 10:00;c{i};1,5{i};4,90" for i in range(5)))
    lines = rows(*(f"o{i};a{i};2;1{i},50" for i in range(5)))
    out = made(
        {
            "Bestellungen.csv": head + orders,
            "Bestellpositionen.csv": "Bestell-Nr;Artikel-Nr;Anzahl;Stückpreis\n" + lines,
        }
    )
    assert sheet(house, "orders")["Rabattbetrag"] == ("discount", "")
    assert "cast(null as string) as discount" not in (
        folder(house) / f"stg_{NAME}__orders.sql"
    ).read_text(encoding="utf-8")
    assert "'Versandkosten' is what the shipping cost, no sale: it does not land." in out
    assert "Versandkosten" not in out.partition("Not understood")[2]


def test_what_was_paid_goes_before_what_was_due_and_refunds_are_told(house, made):
    head = "订单编号,订单创建时间,买家会员名,总金额,买家实际支付金额,退款金额\n"
    orders = rows(*(f"2{i},2024-01-1{i} 10:00:00,小{i}号,5{i}.00,4{i}.00,{i}.00" for i in range(5)))
    out = made({"x.csv": head + orders})
    found = sheet(house)
    assert found["买家实际支付金额"] == ("amount", "")
    assert found["总金额"] == found["退款金额"] == ("ignore", "")
    assert "'退款金额' is money that was paid back" in out.partition("Not understood")[2]


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


LINES = "Order #,SKU,Qty,Price each\no1,p,1,2.50\no2,q,2,3.50\n"
REFUNDS = {
    "english": (
        "Refund #,Order #,SKU,Qty,Amount,Cur,Refunded on,Why\n"
        "R1,o1,p,1,2.50,CAD,12/23/2025 4:29 AM,changed my mind\n"
    ),
    "german": (
        "Retouren-Nr;Bestell-Nr;Artikel-Nr;Menge;Betrag;Währung;Erstattet am;Grund\n"
        "R1;o1;p;1;2,50;CAD;23.12.2025 10:00;zu klein\n"
    ),
    "chinese": (
        "退款编号,订单号,商品编码,数量,金额,币种,退款完成时间,退款原因\n"
        "R1,o1,p,1,2.50,CAD,2025-12-23 10:00:00,不喜欢\n"
    ),
}


@pytest.mark.parametrize("name", ["refunds.csv", "x.csv"])
@pytest.mark.parametrize("language", REFUNDS)
def test_refunds_are_refunds_beside_lines_with_the_same_columns(house, made, language, name):
    made({"order_items.csv": LINES, name: REFUNDS[language]})
    assert staged(house) == ["order_lines", "refunds"]
    assert [ours for ours, _ in sheet(house, "refunds").values()] == [
        *("refund_id", "order_id", "product_id", "quantity", "amount", "currency"),
        *("refunded_at", "reason"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "lacks"),
    [
        # Its name says what it is, whatever its columns would do for.
        ("refunds.csv", "Order #,SKU,Qty,Amount,On\no1,p,1,2.50,2025-12-23\n", "refund_id and"),
        ("shop_returns_2025.csv", "Order #,Date,Amount\no1,2025-12-23,2.50\n", "refund_id"),
        ("Export (Refunds).csv", "Order #,Date,Amount\no1,2025-12-23,2.50\n", "refund_id"),
        ("Retourenliste.csv", "Bestell-Nr;Datum;Betrag\no1;23.12.2025;2,50\n", "refund_id"),
        ("十二月退款明细.csv", "订单号,日期,金额\no1,2025-12-23,2.50\n", "refund_id"),
        ("refunds2025.csv", "Order #,Date,Amount\no1,2025-12-23,2.50\n", "refund_id"),
        # Nor products, though these need no more than a name.
        ("refunds.csv", "Refund #,SKU,Product,Amount\nR1,p,Tea,2.50\n", "refunded_at"),
        # One of its columns does.
        ("x.csv", "Refund #,Order #,SKU,Qty,Amount,On\nR1,o1,p,1,2.50,2025-12-23\n", "refunded_at"),
        ("x.csv", "Order #,SKU,Qty,Amount,Refunded on\no1,p,1,2.50,2025-12-23\n", "refund_id"),
        ("x.csv", "Bestell-Nr;Datum;Betrag;Retourengrund\no1;23.12.2025;2,50;alt\n", "refund_id"),
    ],
)
def test_refunds_that_lack_a_column_are_never_sales(house, made, name, text, lacks):
    told = made({"order_items.csv": LINES, name: text}).partition("Not understood")[2]
    assert staged(house) == ["order_lines"]
    assert f"{name} is no table of ours" in told
    assert f"To be refunds it lacks {lacks}" in told
    assert "It is not taken for sales, since" in told


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Refunded", "no", "no"),
        ("Qty refunded", "0", "0"),
        ("Refund amount", "0.00", "1.00"),
        ("Refunded,Refunded at", "no,", "yes,2025-12-23"),
        ("Refund ID,Refunded at,Return reason", "NULL,NULL,-", "R1,2025-12-23,old"),
        ("退款状态,退款数量", "无,0", "无,0"),
    ],
)
@pytest.mark.parametrize(
    ("start", "tables"),
    [
        ("Order #,SKU,Qty,Amount\n", ["order_lines"]),
        ("Order #,SKU,Qty,Amount,Date\n", ["orders", "order_lines"]),
    ],
)
def test_sales_of_which_some_were_paid_back_stay_sales(
    house, made, start, tables, head, first, second
):
    """Whatever the file is called."""
    day = ",2025-12-20" if "Date" in start else ""
    cells = rows(f"o1,p,1,2.50{day},{first}", f"o2,q,2,7.00{day},{second}")
    told = made({"x.csv": f"{start.rstrip()},{head}\n{cells}"}).partition("Not understood")[2]
    assert staged(house) == tables
    # Each column of them is told.
    assert all(repr(name) in told for name in head.split(","))


def test_a_file_that_is_called_orders_holds_orders(house, made):
    """Though every one of these few was paid back, and not silently."""
    told = made({"orders.csv": "Order #,Date,Total,Refunded on\no1,2025-12-20,2,2025-12-23\n"})
    assert staged(house) == ["orders", "order_lines"]
    assert "'Refunded on' speaks of refunds" in told.partition("Not understood")[2]


@pytest.mark.parametrize(
    "name", ["Last change", "Last modified", "Changed on", "Modified", "Zuletzt geändert"]
)
@pytest.mark.parametrize(
    ("table", "head", "row"),
    [
        ("orders", "Order #,Placed on,Client", "o1,2025-12-20,c1"),
        ("customers", "Client,Joined", "c1,2025-12-20"),
        ("products", "SKU,Title", "p,Tea"),
    ],
)
def test_when_a_row_changed_and_whose_it_is(house, made, table, head, row, name):
    made({f"{table}.csv": f"{head},{name}\n{row},2025-12-23\n"})
    found = sheet(house, table)
    assert found[name] == ("updated_at", "")
    assert found.get("Client", ("customer_id", "")) == ("customer_id", "")


def test_of_an_event_a_client_is_the_customer(house, made):
    head = "Event id,Time,Visitor,Event,Client,Order #\n"
    made({"events.csv": head + "e1,2025-12-20T10:00:00Z,v1,login,c1,o1\n"})
    found = sheet(house, "events")
    assert (found["Visitor"][0], found["Client"][0]) == ("visitor_id", "customer_id")
    assert found["Order #"][0] == "order_id"


@pytest.mark.parametrize(("key", "is_known"), [("Hit", True), ("Zorp", False)])
def test_a_log_of_visits_in_which_few_are_known_is_no_list_of_customers(house, made, key, is_known):
    clients = "Client,Joined\nc1,2025-12-20\n"
    log = f"{key},Time,Visitor,Client,What,SKU\n" + rows(
        "h1,2025-12-20T10:00:00Z,v1,,page view,p", "h2,2025-12-20T10:00:00Z,v1,c1,page view,p"
    )
    out = made({"clients.csv": clients, "web_log.csv": log})
    assert set(staged(house)) == {"customers", *(["events"] if is_known else [])}
    assert ("To be events it lacks event_id" in out) != is_known
    assert "Visitor" not in sheet(house, "customers")


@pytest.mark.parametrize("money", ["{} zł", "{} PLN", "PLN {}", "€ {}", "{}\xa0€"])
def test_money_may_stand_with_its_currency_and_blanks(house, made, money):
    """As spreadsheets write it, with a blank between thousands that breaks or does not."""
    sums = [money.format(f"1{blank}249,50") for blank in (" ", "\xa0", "\u202f") * 2]
    head = "Order Number;Order Date;Customer ID;SKU;Qty;Unit price\n"
    lines = (f"o{i};2024-01-1{i} 10:00:00Z;c{i};p1;1;{cell}" for i, cell in enumerate(sums))
    made({"x.csv": head + rows(*lines)})
    assert sheet(house)["Unit price"] == ("unit_price", "")


@pytest.mark.parametrize("text", ["ABC 12", "12 kg", "PLN", "2024-01-31", "zł", "12 PLN 3"])
def test_what_is_no_currency_beside_digits_is_no_number(text):
    assert not NUMBER.fullmatch(text)


MESSAGES = "Ticket no,Client no,Subject,Text,Written on\n"


def test_what_is_called_reviews_holds_reviews(house, made):
    head = "Review no,Client no,SKU,Stars,Text,Written on\n"
    made({"reviews.csv": head + rows("r1,c1,p1,5,fine,2026-05-01", "r2,c2,p2,1,bad,2026-05-02")})
    assert staged(house) == ["reviews"]
    assert [ours for ours, _ in sheet(house, "reviews").values()] == [
        *("review_id", "customer_id", "product_id", "rating", "text", "created_at")
    ]


@pytest.mark.parametrize("name", ["reviews.csv", "helpdesk.csv"])
def test_what_customers_wrote_is_no_list_of_customers(house, refused, name):
    """Of one called after another table never; of any other where somebody comes twice."""
    written = rows(
        "t1,c1,late,where,2026-05-01", "t2,c2,tea,fine,2026-05-02", "t3,c1,x,y,2026-05-03"
    )
    path = house.file(name, MESSAGES + written)
    assert "customers" not in refused("new-source", NAME, path).split("lacks")[0]


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        ("page_view", ("page view", "Page Views")),
        ("product_view", ("product view", "Product Views", "product viewed")),
        ("add_to_cart", ("add to basket", "basket add", "Add to Bag")),
        ("remove_from_cart", ("remove from basket",)),
        ("checkout_start", ("checkout start",)),
        ("purchase", ("order placed",)),
    ],
)
def test_what_shops_call_events(house, made, ours, words):
    lines = (f"{i},{word},2025-12-20T10:00:00Z,v" for i, word in enumerate(words))
    out = made({"events.csv": "event_id,event,timestamp,visitor_id\n" + rows(*lines)})
    assert "has words that are none of" not in out
    sql = (folder(house) / f"stg_{NAME}__events.sql").read_text(encoding="utf-8")
    assert all(f"when '{word.lower()}' then '{ours}'\n" in sql for word in words)


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
