"""A Shopify shop: from its exports, or from its Admin API, to the marts, and pandas agrees.

Two shops that sold the same land in one source: one by its exports, its twin by the API, after an
older export of some of its orders. So every count holds for both forms, and one build does.
"""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from stayhouse import cli
from tests.building import Run
from tests.conftest import KEY
from tests.integration.shopify_shop import HELD, TEST, TWIN, ZONE, ShopifyShop, shopify_shop

MARTS = ("orders", "money_lines", "customers", "products", "data_quality", "cohort_retention")


@pytest.fixture(scope="module")
def shop() -> ShopifyShop:
    return shopify_shop()


@pytest.fixture(scope="module")
def built(shop: ShopifyShop, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """The shops, landed by the names that Shopify gives its files, and the marts they fill."""
    folder = tmp_path_factory.mktemp("shopify")
    exports = folder / "exports"
    exports.mkdir()
    ShopifyShop(shop.twin().orders[:60]).write_orders(exports / "orders_export_1.csv", held=False)
    shop.write_orders(exports / "orders_export_2.csv")
    shop.write_customers(exports / "customers_export.csv")
    shop.write_products(exports / "products_export.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        assert cli.main(["land", "shopify", str(exports)]) == 0
        shop.twin().write_api(folder / "orders.jsonl")
        assert cli.main(["land", "shopify", str(folder / "orders.jsonl")]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    selected = [f"+{mart}" for mart in MARTS]
    run.build("--select", *selected)
    return run


def read(run: Run, sql: str) -> pd.DataFrame:
    """Return the rows of a query, with decimals as they are."""
    with duckdb.connect(str(run.database), read_only=True) as con:
        found = con.execute(sql)
        names = [column[0] for column in found.description]
        return pd.DataFrame(found.fetchall(), columns=names)


@pytest.fixture(scope="module")
def counted(shop: ShopifyShop) -> pd.DataFrame:
    """The orders of both shops with their month in the shops' own time."""
    orders = pd.concat([shop.frame(), shop.twin().frame()]).set_index("name")
    local = orders["ordered_at"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    orders["month"] = local.dt.year * 12 + local.dt.month - 1
    return orders


def test_every_order_is_worth_what_a_person_counts(built: Run, counted: pd.DataFrame) -> None:
    mart = read(
        built,
        """
        select order_id, o.currency, o.status, coupon_code, line_count, {}
        from core.orders as o
        inner join core.money_lines as m using (source_name, order_id)
        where not is_test
        group by all
        """.format(
            ", ".join(
                f"sum(case when kind in ({kinds}) then native_amount else 0 end) as {name}"
                for name, kinds in {
                    "goods": "'item'",
                    "discount": "'discount'",
                    "tax": "'tax'",
                    "shipping": "'shipping'",
                    "refunded": "'refund'",
                    "net": "'item', 'discount', 'refund', 'cancellation'",
                }.items()
            )
        ),
    ).set_index("order_id")
    assert set(mart.index) == set(counted.index)
    mart = mart.loc[counted.index]
    for name in ("goods", "tax", "shipping", "net"):
        assert (mart[name] == counted[name]).all(), name
    for name in ("discount", "refunded"):
        assert (-mart[name] == counted[name]).all(), name
    assert (mart["currency"] == counted["currency"]).all()
    assert (mart["line_count"] == counted["lines"].map(len)).all()
    never = counted["cancelled_at"].notna() | (counted["status"] == "voided")
    assert ((mart["status"] == "cancelled") == never).all()
    assert set(mart["status"][~never]) == {"shipped"}
    # What these tests turn on is there.
    assert (counted["discount"] > 0).sum() > 100
    assert (counted["refunded"] > 0).sum() > 30
    assert never.sum() > 20
    assert set(counted["currency"]) == {"GBP", "EUR"}


def test_net_sales_by_month(built: Run, counted: pd.DataFrame) -> None:
    months = counted.groupby(["currency", "month"])["net"].sum()
    mart = read(
        built,
        """
        select currency, year(local_day) * 12 + month(local_day) - 1 as month, sum(net) as net
        from core.orders
        inner join (
            select order_id, sum(native_amount) as net from core.money_lines
            where kind in ('item', 'discount', 'refund', 'cancellation')
            group by order_id
        ) using (order_id)
        where not is_test
        group by all
        """,
    )
    got = {(row.currency, row.month): row.net for row in mart.itertuples()}
    assert got == months.to_dict()
    assert len(got) == 14 + 1


def test_an_address_is_a_person_and_an_account_where_it_has_one(
    built: Run, counted: pd.DataFrame
) -> None:
    mart = read(built, "select order_id, person_id, customer_id from core.orders where not is_test")
    mart = mart.set_index("order_id").loc[counted.index]
    buyer = counted["buyer"]
    assert mart["person_id"][buyer.isna()].isna().all()
    assert buyer.isna().sum() > 5
    pairs = pd.DataFrame({"buyer": buyer, "person": mart["person_id"]}).dropna().drop_duplicates()
    assert len(pairs) == pairs["buyer"].nunique() == pairs["person"].nunique() > 400
    accounts = sorted(buyer[buyer < TWIN].unique())[::2]
    has_account = buyer.isin(accounts)
    assert (mart["customer_id"][has_account] == buyer[has_account].map("7210{:.0f}".format)).all()
    assert mart["customer_id"][~has_account].isna().all()
    (consents,) = built.query(
        "select count(*), count(*) filter (has_marketing_consent), any_value(city) "
        "from core.customers"
    )
    assert consents == (len(accounts), sum(a % 3 > 0 for a in accounts), "Łódź")


def test_cohorts(built: Run, counted: pd.DataFrame) -> None:
    as_of = counted["ordered_at"].max().normalize()
    bought = counted[
        (counted["net"] > 0) & counted["buyer"].notna() & (counted["ordered_at"] < as_of)
    ]
    local = as_of.tz_localize("UTC").tz_convert(ZONE)
    last = local.year * 12 + local.month - 2
    start = bought.groupby("buyer")["month"].min()
    seen = bought.groupby("buyer")["month"].agg(set)
    expected = {}
    for first in range(start.min(), last + 1):
        people = start.index[start == first]
        for index in range(last - first + 1) if len(people) else ():
            back = sum(first + index in seen[person] for person in people)
            expected[first, index] = (len(people), back)
    mart = read(
        built,
        "select * from retention.cohort_retention where cohort_grain = 'month' "
        "and start_kind = 'net_order' and definition = 'on' and clock_kind = 'calendar'",
    )
    months = [start.year * 12 + start.month - 1 for start in mart["cohort_start"]]
    cells = zip(
        months, mart["period_index"], mart["eligible_count"], mart["retained_count"], strict=True
    )
    assert {(m, i): (n, k) for m, i, n, k in cells} == expected
    assert len(expected) > 70


def test_products_are_what_orders_call_them(built: Run, counted: pd.DataFrame) -> None:
    mart = built.query(
        "select product_id, name, price, cost, category, is_available from core.products "
        "order by product_id"
    )
    assert mart == [
        ("007", 'Mug, 12"', 12, 3, "Things", True),
        ("Coat - Red / L", "Coat - Red / L", 240, 60, "Things", True),
        ("TEE-M", "Tee “Ünïcode” 茶 - M", 24, 6, "Things", True),
        ("TEE-S", "Tee “Ünïcode” 茶 - S", 20, 5, "Things", True),
        ("Карта", "Карта", 4, 1, "Things", True),
    ]
    items = built.query(
        "select line_id, product_id from core.money_lines "
        f"where kind = 'item' and order_id <> '{TEST}'"
    )
    assert dict(items) == {
        f"item|{name}|#{place}": line["sku"] or line["name"]
        for name, lines in counted["lines"].items()
        for place, line in enumerate(lines, start=1)
    }


def test_every_row_is_accounted_for(built: Run, counted: pd.DataFrame) -> None:
    quality = built.query(
        "select table_name, disposition, reason_code, sum(row_count)::bigint "
        "from core.data_quality group by all"
    )
    sold = counted["lines"].map(len)
    # One of an order where the export tells it, one of each line where the API does.
    lines_back = counted["refunds"].map(len)
    refunds = lines_back.where(counted.index.str.startswith("#A"), lines_back > 0)
    assert set(quality) >= {
        ("orders", "rejected", "unknown_status", 1),
        ("orders", "accepted", "without_person", int(counted["buyer"].isna().sum())),
        ("order_lines", "orphaned", "rejected_order", int(sold.iloc[0])),
        # With the lines of the test order.
        ("order_lines", "accepted", "accepted", int(sold.sum() + sold.iloc[0])),
        ("refunds", "accepted", "accepted", int(refunds.sum())),
        # The row that shows a second picture says nothing else.
        ("products", "repeated_copy", "repeated_copy", 1),
    }
    assert built.query(
        f"select order_id, is_test from core.orders where order_id in ('{HELD}', '{TEST}')"
    ) == [(TEST, True)]


def test_the_api_tells_when_which_line_came_back(built: Run, counted: pd.DataFrame) -> None:
    expected = sorted(
        (name, line["sku"] or line["name"], line["quantity"], -line["paid"], order.refunded_at)
        for name, order in counted[counted.index.str.startswith("#A")].iterrows()
        for line in order["refunds"]
    )
    mart = built.query(
        "select order_id, product_id, quantity, native_amount, effective_at from core.money_lines "
        "where kind = 'refund' and order_id like '#A%' order by all"
    )
    assert mart == expected
    assert len(mart) > 30


def test_nothing_personal_lands(built: Run) -> None:
    for path in sorted((built.folder / "landing").rglob("*.parquet")):
        with duckdb.connect() as con:
            text = str(con.execute("select * from read_parquet(?)", [str(path)]).fetchall())
        for personal in ("Onym", "High", "00-001", "+48", "+44", "rang", "Ring", "@", "192.0.2"):
            assert personal not in text, path
