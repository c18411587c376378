"""Three made-up shops whose exports nobody described: in English, German and Chinese.

Each writes files of its own making, and knows by itself what its orders are worth.
"""

import csv
import json
import random
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook

_CENT = Decimal("0.01")
# Ours, by what each shop calls it.
ENGLISH = {"Fulfilled": "shipped", "Completed": "delivered", "Pending": "placed"}
GERMAN = {"bezahlt": "paid", "versendet": "shipped", "storniert": "cancelled"}
CHINESE = {"待发货": "paid", "交易成功": "delivered", "交易关闭": "cancelled"}


@dataclass(frozen=True)
class UnknownShop:
    """A shop: its source's name, its orders, one a row, with what a person counts of them.

    Orders have name, buyer (a number), at (UTC), status (the shop's word), lines (dicts of product,
    quantity, price, discount), net.
    """

    name: str
    zone: str
    orders: pd.DataFrame

    def rows(self) -> list[tuple[Any, dict[str, Any]]]:
        """Return every line with its order."""
        return [(order, line) for order in self.orders.itertuples() for line in order.lines]

    def local(self, at: pd.Timestamp) -> pd.Timestamp:
        """Return an instant as the shop's clock shows it."""
        return at.tz_localize("UTC").tz_convert(self.zone)


def unknown_shop(
    name: str, zone: str, seed: int, statuses: dict[str, str], products: list[str], discounts: bool
) -> UnknownShop:
    """Return a made-up shop of two years, with people who come back."""
    draw = random.Random(seed)
    start = pd.Timestamp("2023-01-02 08:00:00")
    orders = []
    for number in range(260):
        at = start + pd.Timedelta(minutes=4_000 * number + draw.randrange(2_000))
        word = draw.choice(list(statuses))
        lines = []
        for product in draw.sample(products, draw.choice([1, 1, 2, 3])):
            price = Decimal(draw.randrange(300, 180_000)) / 100
            quantity = draw.choice([1, 1, 2, 5])
            off = (
                (price * quantity / 10).quantize(_CENT) if discounts and draw.random() < 0.4 else 0
            )
            line = {"product": product, "quantity": quantity, "price": price, "discount": off}
            lines.append(line)
        goods = sum(line["price"] * line["quantity"] - line["discount"] for line in lines)
        orders.append(
            {
                "name": f"{seed}{number:05}",
                "buyer": draw.randrange(90),
                "at": at,
                "status": word,
                "ours": statuses[word],
                "lines": lines,
                "net": Decimal(0) if statuses[word] == "cancelled" else goods,
            }
        )
    return UnknownShop(name, zone, pd.DataFrame(orders))


def shops() -> tuple[UnknownShop, UnknownShop, UnknownShop]:
    """Return the shops: English, German, Chinese."""
    return (
        unknown_shop("lantern_books", "UTC", 1, ENGLISH, ["Atlas", "Novel, used", "Map"], False),
        unknown_shop("hafenkontor", "Europe/Berlin", 2, GERMAN, ["K-10", "T-07", "W-33"], False),
        unknown_shop("yunshan", "Asia/Shanghai", 3, CHINESE, ["龙井茶", "普洱茶", "茶杯"], True),
    )


def write_english(shop: UnknownShop, folder: Path) -> list[Path]:
    """Write order lines with their orders beside them, month first, and customers as JSON."""
    sales, people = folder / "Sales Report.csv", folder / "customers.jsonl"
    with sales.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["Order Number", "Order Date", "Customer ID", "Customer Name", "Phone", "Item", "Qty",
             "Unit Price", "Line Total", "Order Status", "Warehouse Bin"]
        )  # fmt: skip
        for order, line in shop.rows():
            out.writerow(
                [order.name, f"{order.at:%m/%d/%Y %H:%M}", f"C{order.buyer}", "Ann Example",
                 "+44 20 7946 0000", line["product"], line["quantity"], f"£{line['price']:,.2f}",
                 f"£{line['price'] * line['quantity']:,.2f}", order.status, "A7"]
            )  # fmt: skip
    with people.open("w", encoding="utf-8") as file:
        for buyer in range(90):
            person = {
                "id": f"C{buyer}", "email": f"c{buyer}@example.com", "firstName": "Ann",
                "createdAt": 1_670_000_000_000 + buyer, "city": "Bath", "loyaltyTier": "gold",
            }  # fmt: skip
            file.write(json.dumps(person) + "\n")
    return [sales, people]


def write_visits(shop: UnknownShop, path: Path) -> Path:
    """Write what Google exports of a visit before each order: a page, a login, the purchase."""
    with path.open("w", encoding="utf-8") as file:
        for order in shop.orders.itertuples():
            for minutes, name in ((20, "page_view"), (10, "login"), (0, "purchase")):
                at = order.at - pd.Timedelta(minutes=minutes)
                event = {
                    "event_timestamp": str(at.value // 1000), "event_name": name,
                    "user_pseudo_id": f"{order.buyer}.1700000000", "event_params": [],
                    "user_id": f"C{order.buyer}" if name == "login" else None,
                    "ecommerce": {"transaction_id": order.name} if name == "purchase" else None,
                }  # fmt: skip
                file.write(json.dumps(event) + "\n")
    return path


def write_german(shop: UnknownShop, folder: Path) -> list[Path]:
    """Write orders and their lines apart, as a German spreadsheet does, and a workbook."""
    heads, lines = folder / "Bestellungen.csv", folder / "Positionen.csv"
    goods = folder / "Artikel.xlsx"
    with heads.open("w", encoding="cp1252", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(
            ["Bestellnummer", "Bestelldatum", "E-Mail", "Kundenname", "Lieferanschrift",
             "Gesamtpreis", "Währung", "Status", "Merkzeichen"]
        )  # fmt: skip
        for order in shop.orders.itertuples():
            total = sum(line["price"] * line["quantity"] for line in order.lines)
            out.writerow(
                [order.name, f"{shop.local(order.at):%d.%m.%Y %H:%M}",
                 f"k{order.buyer}@beispiel.de", "Jörg Müller", "Hafenstraße 1, 20457 Hamburg",
                 _comma(total), "EUR", order.status, f"M{order.name}"]
            )  # fmt: skip
    with lines.open("w", encoding="cp1252", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["Bestellnummer", "Pos.", "Artikelnummer", "Menge", "Einzelpreis (€)"])
        for order in shop.orders.itertuples():
            for place, line in enumerate(order.lines, start=1):
                price = _comma(line["price"])
                out.writerow([order.name, place, line["product"], line["quantity"], price])
    book = Workbook()
    book.active.append(["Artikelnummer", "Bezeichnung", "Warengruppe", "Verkaufspreis"])
    for number, price in (("K-10", 12.5), ("T-07", 8), ("W-33", 1999.99)):
        book.active.append([number, f"Ware {number}", "Hafen", price])
    book.save(goods)
    return [heads, lines, goods]


def write_chinese(shop: UnknownShop, folder: Path) -> list[Path]:
    """Write what a marketplace exports: lines in GBK, paid amounts, buyers by their nicknames."""
    path = folder / "订单导出.csv"
    with path.open("w", encoding="gbk", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["订单编号", "买家昵称", "下单时间", "订单状态", "商品名称", "单价", "数量", "优惠金额",
             "实付金额", "收货人", "联系手机", "收货地址", "卖家备注"]
        )  # fmt: skip
        for order, line in shop.rows():
            paid = line["price"] * line["quantity"] - line["discount"]
            out.writerow(
                [order.name, f"茶友{order.buyer}", f"{shop.local(order.at):%Y/%m/%d %H:%M:%S}",
                 order.status, line["product"], line["price"], line["quantity"],
                 line["discount"], paid, "王小明", "13800000000", "杭州市西湖区", ""]
            )  # fmt: skip
    return [path]


def _comma(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
