"""Which table an export is, and which of our columns its columns are: by words and by values."""

import csv
import shutil

import pytest

from stayhouse.landing.words import LANGUAGES, folded
from tests.building import CHECKOUT
from tests.exports import HEAD, LINES, NAME, folder, house, made, orders, rows, sheet, staged  # noqa: F401
from tests.shops_by_language import REFUNDS, SHOPS

# ruff: noqa: F811 (fixtures have the names of the arguments that ask for them)


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


@pytest.mark.parametrize(
    ("client", "ours"),
    [
        ("DUBOIS", "ignore"),
        ("Dubois, Anaïs", "ignore"),
        ("anaïs.dubois", "ignore"),
        ("DUBOIS_Anaïs", "ignore"),
        ("Élodie Lefèvre 12", "ignore"),
        ("06 12 34 05 06", "ignore"),
        ("+33612340506", "ignore"),
        ("K12", "customer_id"),
        ("000123456", "customer_id"),
        ("DUB-12", "customer_id"),
    ],
)
def test_a_client_that_may_be_a_name_or_a_telephone_is_no_id(house, made, client, ours):
    head = "N° de commande,Date,Client,Réf,Qté,Prix\n"
    out = made({"x.csv": f'{head}F1,2024-01-13,"{client}",p,1,2\n'})
    assert sheet(house)["Client"][0] == ours
    assert ("No column tells who buys" in out) == (ours == "ignore")


@pytest.mark.parametrize("head", ["Acquirente", "Klant", "Koper", "Debiteur", "Comprador"])
def test_a_name_in_a_column_called_buyer_is_no_id_in_any_language(house, made, head):
    made({"x.csv": f"Order No,Date,{head},SKU,Qty,Price\no1,2024-01-13,ROSSI,p,1,2\n"})
    assert sheet(house)[head][0] == "ignore"


def test_what_is_called_a_number_of_clients_is_one_whatever_it_looks_like(house, made):
    head = "N° de commande,Date,N° client,Réf,Qté,Prix\n"
    made({"x.csv": f"{head}F1,2024-01-13,dubois,p,1,2\nF2,2024-01-13,06 12 34 05 06,p,1,2\n"})
    assert sheet(house)["N° client"] == ("customer_id", "")


def test_a_customer_by_address_lands_as_a_hash(house, made):
    head = "Order Number,Order Date,Customer,SKU,Qty,Price\n"
    made({"x.csv": head + rows("1,2024-01-13,a@b.de,p,1,2", "2,2024-01-14,c@d.de,p,1,2")})
    assert sheet(house)["Customer"] == ("email_hash", "hash")


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


@pytest.mark.parametrize(("count", "more"), [(10, ""), (20, ""), (23, " and 3 more")])
def test_twenty_unknown_words_of_a_status_are_told_and_how_many_more(made, count, more):
    words = [f"limbo {i:02d}" for i in range(count)]
    lines = (f"o{i},2024-01-13T10:00:00Z,c,p,1,2,{word}" for i, word in enumerate(words))
    out = made({"x.csv": HEAD.rstrip() + ",Status\n" + rows(*lines)})
    assert f"here: {', '.join(map(repr, words[:20]))}{more}; the build rejects such rows" in out


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


def test_of_a_product_and_a_number_of_the_line_the_product_is_the_product(house, made):
    head = "item_id,order_id,sku,quantity,unit_price\n"
    made({"order_items.csv": head + "11,1,p,2,3.50\n"})
    assert sheet(house, "order_lines")["sku"] == ("product_id", "")
    shutil.rmtree(folder(house))
    shutil.copyfile(CHECKOUT / "dbt_project.yml", house.root / "dbt_project.yml")
    made({"order_items.csv": head.replace("sku,", "") + "11,1,2,3.50\n"})
    assert sheet(house, "order_lines")["item_id"] == ("product_id", "")


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


def test_what_is_called_reviews_holds_reviews(house, made):
    head = "Review no,Client no,SKU,Stars,Text,Written on\n"
    made({"reviews.csv": head + rows("r1,c1,p1,5,fine,2026-05-01", "r2,c2,p2,1,bad,2026-05-02")})
    assert staged(house) == ["reviews"]
    assert [ours for ours, _ in sheet(house, "reviews").values()] == [
        *("review_id", "customer_id", "product_id", "rating", "text", "created_at")
    ]


MESSAGES = "Ticket no,Client no,Subject,Text,Written on\n"


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


ROWS = ["order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price", "status"]
PEOPLE = ["customer_id", "ignore", "email_hash", "signed_up_at", "city", "ignore"]
RETURNS = ["refund_id", "order_id", "amount", "refunded_at", "reason"]


@pytest.mark.parametrize("language", SHOPS)
def test_exports_in_other_languages_are_understood_to_the_last_column(house, made, language):
    files = dict(zip(["a.csv", "b.csv", "c.csv"], SHOPS[language], strict=True))
    out = made(files, "--zone", "Europe/Warsaw")
    assert staged(house) == ["orders", "order_lines", "customers", "refunds"]
    for table, ours in {"order_rows": ROWS, "customers": PEOPLE, "refunds": RETURNS}.items():
        assert [column for column, _ in sheet(house, table).values()] == ours
    hidden = [name for name, (_, personal) in sheet(house, "customers").items() if personal]
    assert len(hidden) == 3
    sql = (folder(house) / f"stg_{NAME}__orders.sql").read_text(encoding="utf-8")
    shipped, cancelled = (SHOPS[language][0].splitlines()[row].rsplit(",")[-1] for row in (1, 2))
    assert f"when '{shipped.lower()}' then 'shipped'" in sql
    assert f"when '{cancelled.lower()}' then 'cancelled'" in sql
    assert "do not land" not in out


def test_no_word_means_two_columns_of_a_table_in_whatever_languages():
    """So nothing guesses which language a file speaks."""
    meant: dict[tuple[str, str], set[str]] = {}
    words = CHECKOUT / "src" / "stayhouse" / "landing" / "words.csv"
    for row in csv.DictReader(words.read_text(encoding="utf-8").splitlines()):
        for word in filter(None, "|".join(row[name] for name in LANGUAGES).split("|")):
            meant.setdefault((row["table"], folded(word)), set()).add(row["our_column"])
    assert [key for key, columns in meant.items() if len(columns) > 1] == []


def test_a_count_in_french_is_no_name_in_spanish(house, made):
    """The lines were products, called 2 and 1."""
    lines = 'N° de commande,Réf,Nombre,Prix\nF1,SAVON,2,"4,50"\nF2,THE,1,"12,50"\n'
    made({"lignes.csv": lines, "liste.csv": "Referencia,Nombre,Precio\nJ,Jabón,2\n"})
    assert sheet(house, "order_lines")["Nombre"] == ("quantity", "")
    assert sheet(house, "products")["Nombre"] == ("name", "")


def test_a_state_of_an_address_is_no_status(house, made):
    head = "Pedido,Data,Estado,SKU,Qtde,Valor unitário,Situação\n"
    made({"x.csv": head + rows("B1,2024-01-13,SP,p,1,2,Entregue", "B2,2024-01-14,RJ,p,1,2,Pago")})
    found = sheet(house)
    assert (found["Estado"][0], found["Situação"][0]) == ("ignore", "status")


@pytest.mark.parametrize(("second", "ours"), [("8", "customer_id"), ("7", None)])
def test_a_number_that_two_customers_share_is_that_of_a_house(house, made, second, ours):
    """Two people of one id would be one person."""
    head = "Número,E-mail,Cidade\n"
    orders = "Pedido,Data,Total\n1,2024-01-13,5\n"
    people = head + rows("7,a@example.com,Recife", f"{second},b@example.com,Olinda")
    made({"clientes.csv": people, "pedidos.csv": orders})
    assert sheet(house, "customers").get("Número", (None,))[0] == ours
