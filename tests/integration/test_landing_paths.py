"""From files to the account of them, where every folder on the way has a name that means something.

The laws of `core.data_quality` hold what landing counted against what the build counts.
"""

import json
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

import stayhouse.landing
from tests.building import Run, copy_of_checkout

KEY = "a secret of the paths test, and of no shop at all"
LAWS = (
    "every_line_is_accounted_for",
    "every_row_is_accounted_for",
    "rejected_marts_equal_data_quality",
    "rejection_rate_stops_the_build",
    "staging_loses_no_row",
)
ORDERS = "order_id,customer_id,ordered_at,status,currency\n"
INVOICES = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"


def orders(*numbers: int) -> str:
    return "".join(f"o{n},c{n},2024-05-0{n}T10:00:00Z,paid,GBP\n" for n in numbers)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three nights of a shop, and a file of Online Retail, landed and built up to their account."""
    folder = tmp_path_factory.mktemp("paths")
    # No single quote in the project's own path: dbt-duckdb pastes the paths of seeds into SQL.
    project = copy_of_checkout(folder / 'the [b] "house" {x} customer_id=zz 商店')
    landing = project / "batch_id=7 order_id=no*? 'landing'"
    run = Run(project, landing=landing, project=project)
    exports = folder / "exports [1] it's country=xx 出口"
    exports.mkdir()

    def land(
        source: str, table: str, name: str, content: str, accepts_rejected: bool = False
    ) -> None:
        path = exports / name
        path.write_bytes(content.encode("latin-1"))
        at = datetime(2024, 6, 1)
        stayhouse.landing.land(
            project, landing, source, path, table_name=table, landed_at=at, key=KEY,
            accepts_rejected=accepts_rejected,
        )  # fmt: skip

    land("shop", "orders", "[1] o'rders=a.csv", ORDERS + orders(1, 2) + "o9\n")
    land("shop", "orders", "2.csv", ORDERS + orders(3))
    land("shop", "orders", "3.csv", ORDERS + orders(4) + "\n\n", accepts_rejected=True)
    # In Latin-1 the second is the first in UTF-8: two programs wrote this file.
    latin = "".join(f"c{i},{'Orléans' if i < 36 else 'OrlÃ©ans'}\n" for i in range(90))
    land("shop", "customers", "customers.csv", "customer_id,city\n" + latin)
    good = "1,A,d,1,2010-01-04 10:00:00,2.5,7.0,UK\nC2,A,d,-1,2010-01-05 10:00:00,2.5,7.0,UK\n"
    land("online_retail", "invoice_lines", "ii.csv", INVOICES + good + "3,A\n")
    # The second night is from before landing noted these.
    manifest = landing / "shop" / "orders" / "batch_id=3" / "_batch.json"
    old = json.loads(manifest.read_text())
    del old["rejected_by_reason"], old["landed_at"], old["rows_erased"]
    manifest.write_text(json.dumps(old))
    run.build(*("--select", "+data_quality", "rejected_rows", "rejected_events", *LAWS))
    return run


def test_lines_that_landing_rejected_are_counted_by_table_batch_and_reason(run: Run) -> None:
    assert run.query(
        "select source_name, table_name, batch_id, reason_code, row_count, disposition, amount, day"
        " from core.data_quality where disposition = 'rejected' order by all"
    ) == [
        ("online_retail", "invoice_lines", 1, "too_few_columns", 1, "rejected", None, None),
        ("shop", "customers", 1, "invalid_utf8", 36, "rejected", None, None),
        ("shop", "orders", 1, "too_few_columns", 1, "rejected", None, None),
        ("shop", "orders", 3, "unreadable_line", 2, "rejected", None, None),
    ]
    # 90 lines and 6; Online Retail's two rows are an order, its line, a refund, a customer ...
    assert run.query(
        "select table_name, cast(sum(row_count) as bigint) from core.data_quality "
        "where source_name = 'shop' group by table_name order by all"
    ) == [("customers", 90), ("orders", 7)]


def test_no_folder_of_the_path_is_taken_for_a_column_or_a_pattern(run: Run) -> None:
    rows = run.query("select batch_id, order_id, customer_id from staging.stg_shop__orders")
    assert sorted(rows) == [(1, "o1", "c1"), (1, "o2", "c2"), (2, "o3", "c3"), (3, "o4", "c4")]
    assert run.query("select distinct country from staging.stg_online_retail__customers") == [
        ("UK",)
    ]


@pytest.mark.parametrize(
    ("condition", "files"), [("batch_id in (2)", "1/3"), ("batch_id <> 2", "2/3")]
)
def test_a_build_opens_only_the_batches_that_it_asks_for(
    run: Run, condition: str, files: str
) -> None:
    with duckdb.connect(str(run.database), read_only=True) as con:
        plan = con.execute(
            f"explain analyze select * from staging.stg_shop__orders where {condition}"
        ).fetchall()[0][1]
    assert f"Scanning Files: {files}" in plan


def test_a_source_that_has_not_landed_is_left_out_and_one_that_has_is_not(run: Run) -> None:
    views = run.query(
        "select table_name from information_schema.tables where table_schema = 'staging'"
    )
    assert {str(name).split("__")[0] for (name,) in views} == {"stg_shop", "stg_online_retail"}
    purchases = run.landing / "cdnow" / "purchases" / "batch_id=1"
    purchases.mkdir(parents=True)
    try:
        with duckdb.connect() as con:
            con.execute(
                "copy (select 'c1' as customer_id, 1::bigint as landed_row) "
                "to ? (format parquet)", [str(purchases / "data.parquet")]
            )  # fmt: skip
        law = run.dbt("test", "--select", "staging_loses_no_row")
        assert law.returncode == 1, law.stdout
        assert "Got 1 result" in law.stdout
    finally:
        shutil.rmtree(run.landing / "cdnow")
    assert run.dbt("test", "--select", "staging_loses_no_row").returncode == 0


def test_another_landing_folder_has_nothing_of_the_one_before(
    run: Run, tmp_path: Path, parsed: Path
) -> None:
    """As when a shop lands for the first time and the sample stands in its warehouse file."""
    shutil.copytree(run.landing / "online_retail", tmp_path / "landing" / "online_retail")
    other = Run(tmp_path, landing=tmp_path / "landing", parsed=parsed)
    shutil.copyfile(run.database, other.database)
    other.build("--select", "+data_quality")
    laws = other.dbt("test", "--select", "staging_loses_no_row", "every_row_is_accounted_for")
    assert laws.returncode == 0, laws.stdout
    before = run.query("select distinct source_name from core.data_quality order by 1")
    assert before == [("online_retail",), ("shop",)]
    assert other.query("select distinct source_name from core.data_quality") == before[:1]


def test_where_nothing_has_landed_the_build_says_where(tmp_path: Path, parsed: Path) -> None:
    landing = tmp_path / "[empty] 'x=1' 空"
    (landing / "shop").mkdir(parents=True)
    done = Run(tmp_path, landing=landing, parsed=parsed).dbt("build", "--select", "clock")
    assert done.returncode != 0
    assert f"Nothing has landed in {landing}" in done.stdout
