"""What new-source makes of money in exports: by what values say, counted once."""

import pytest

from stayhouse.landing.proposals import NUMBER
from tests.exports import NAME, folder, formats, house, made, rows, sheet  # noqa: F401

# ruff: noqa: F811 (fixtures have the names of the arguments that ask for them)

MONEY = "Order Number,Order Date,Customer ID,SKU,Qty,Price,Discount,Total\n"


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
