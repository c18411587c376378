"""A WooCommerce shop: from its REST API, or from the report of its orders, and pandas agrees."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from stayhouse import cli
from tests.building import Run
from tests.conftest import KEY
from tests.integration.woocommerce_shop import ZONE, WooShop, woocommerce_shop

MARTS = ("orders", "money_lines", "customers", "data_quality", "cohort_retention")


@pytest.fixture(scope="module")
def woo() -> WooShop:
    return woocommerce_shop()


@pytest.fixture(scope="module")
def books(woo: WooShop) -> pd.DataFrame:
    """What a person counts of each order, by its number."""
    return woo.frame().set_index("number")


def built_of(folder: Path, parsed: Path, marts: tuple[str, ...]) -> Run:
    """Land a folder and build marts of it; the laws of staging and of the ledger hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        assert cli.main(["land", "woocommerce", str(folder / "exports")]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    selected = [f"+{mart}" for mart in marts]
    run.build("--select", *selected)
    return run


@pytest.fixture(scope="module")
def api(woo: WooShop, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    folder = tmp_path_factory.mktemp("woocommerce")
    (folder / "exports").mkdir()
    woo.write_orders(folder / "exports" / "orders.jsonl")
    woo.write_refunds(folder / "exports" / "refunds.jsonl")
    return built_of(folder, parsed, MARTS)


@pytest.fixture(scope="module")
def report(woo: WooShop, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    folder = tmp_path_factory.mktemp("woocommerce_report")
    (folder / "exports").mkdir()
    woo.write_report(folder / "exports" / "orders.csv")
    return built_of(folder, parsed, ("orders", "data_quality"))


def money(run: Run) -> pd.DataFrame:
    """The ledger by order and kind, exact."""
    rows = run.query(
        "select order_id, kind, sum(native_amount) from core.money_lines group by all order by 1"
    )
    found = pd.DataFrame(rows, columns=["order_id", "kind", "amount"])
    return found.pivot(index="order_id", columns="kind", values="amount").fillna(Decimal(0))


def test_every_order_is_worth_what_a_person_counts(api: Run, books: pd.DataFrame) -> None:
    ledger = money(api).loc[books.index]
    assert (ledger["item"] == books["goods"]).all()
    assert (-ledger["discount"] == books["discount"]).all()
    assert (ledger["tax"] == books["tax"]).all()
    assert (ledger["shipping"] == books["shipping"]).all()
    assert (-ledger["refund"] == books["refunded"]).all()
    sales = ["item", "discount", "refund", "cancellation"]
    assert (ledger[sales].sum(axis=1) == books["net"]).all()
    # What these tests turn on is there.
    assert (books["refunded"] > 0).sum() > 30
    assert books["is_untold"].sum() > 10
    assert books["never"].sum() > 20
    assert (books["fee"] < 0).sum() > 10


def test_a_refund_has_its_own_day_where_the_api_tells_it(api: Run, books: pd.DataFrame) -> None:
    rows = api.query("select order_id, refunded_at from staging.stg_woocommerce__refunds")
    told = dict(rows)
    back = books[books["refunded"] > 0]
    assert set(told) == set(back.index)
    for number, order in back.iterrows():
        day = order["ordered_at"] if order["is_untold"] else order["refunded_at"]
        assert told[number] == day, number


def test_people_are_accounts_or_addresses(api: Run, books: pd.DataFrame) -> None:
    orders = api.frame("select order_id, person_id, customer_id from core.orders")
    orders = orders.set_index("order_id").loc[books.index]
    assert orders["person_id"].groupby(books["buyer"]).nunique().max() == 1
    assert orders["person_id"].nunique() == books["buyer"].nunique()
    accounts = ~books["is_guest"]
    assert (orders["customer_id"][accounts] == (500 + books["buyer"][accounts]).astype(str)).all()
    assert orders["customer_id"][~accounts].isna().all()


def test_cohorts_are_those_of_the_books(api: Run, books: pd.DataFrame) -> None:
    sold = books[books["net"] > 0]
    local = sold["ordered_at"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    month = local.dt.year * 12 + local.dt.month
    first = month.groupby(sold["buyer"]).transform("min")
    counted = sold["buyer"].groupby([first, month - first]).nunique()
    held = api.query(
        "select year(cohort_start) * 12 + month(cohort_start), period_index, retained_count "
        "from retention.cohort_retention where cohort_grain = 'month' and definition = 'on' "
        "and start_kind = 'net_order' and return_kind = 'net_order' and retained_count > 0"
    )
    found = {(start, index): count for start, index, count in held}
    assert len(found) > 20
    assert all(counted.get(cell) == count for cell, count in found.items())


def test_nothing_is_lost_and_nothing_personal_landed(api: Run, woo: WooShop) -> None:
    lost = api.query(
        "select table_name, reason_code from core.data_quality where disposition not in "
        "('accepted', 'repeated_copy')"
    )
    assert lost == []
    with_names = api.query(
        f"select count(*) from read_parquet('{api.folder}/landing/woocommerce/orders/*/*.parquet') "
        "as t where t::varchar ilike '%onym%' or t::varchar ilike '%@example%' "
        "or t::varchar like '%192.0.2.7%' or t::varchar like '%High Street%'"
    )
    assert with_names == [(0,)]


def test_the_report_has_the_same_net_sales(report: Run, books: pd.DataFrame) -> None:
    ledger = money(report).loc[books.index]
    assert (ledger.sum(axis=1) == books["net"]).all()
    ordered = dict(report.query("select order_id, ordered_at from core.orders"))
    assert all(ordered[number] == at for number, at in books["ordered_at"].items())
    people = report.frame("select order_id, person_id from core.orders").set_index("order_id")
    assert people["person_id"].nunique() == books["buyer"].nunique()
    refunds = dict(
        report.query("select order_id, refunded_at from staging.stg_woocommerce__refunds")
    )
    back = books[books["refunded"] > 0]["refunded_at"]
    assert all(refunds[number] == at for number, at in back.items())
    lost = report.query("select * from core.data_quality where disposition = 'rejected'")
    assert lost == []
