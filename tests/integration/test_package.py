"""Another dbt project lists this one as a package, and builds it into a warehouse of its own.

Its shop is also landed from files and built by this project: both tell the same.
"""

import csv
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from stayhouse import landing
from tests.building import CHECKOUT, WITHOUT_METRICFLOW, Run

KEY = "a secret of the package test, and of no shop at all"
UNTIL = datetime(2024, 7, 1)
PLATFORMS = ("cdnow", "ga4", "online_retail", "posthog", "shopify", "snowplow", "twilio_segment",
    "woocommerce")  # fmt: skip
PROJECT = """
name: rose_shop
version: "1.0"
profile: rose
model-paths: [models]
flags:
  send_anonymous_usage_stats: false
  require_ref_searches_node_package_before_root: true
models:
  rose_shop: {+materialized: table}
  stayhouse:
    staging:
PLATFORMS
seeds:
  stayhouse:
    exchange_rates: {+enabled: false}
vars:
  stayhouse:
    schema_prefix: stay_
    base_currency: EUR
    as_of: 2024-07-01
    sources: {shop: [orders, order_lines, customers]}
    reads:
      shop:
        orders: {model: shop_orders, load: loaded_at}
        order_lines: {model: rose_shop.shop_lines, load: loaded_at}
        customers: {model: shop_customers, load: loaded_at}
"""
PROFILE = """
rose:
  target: here
  outputs:
    here: {type: duckdb, path: garden.duckdb, schema: rose}
"""
MODEL = "select *, timestamp '2024-07-01' as loaded_at from read_csv('{}', all_varchar = true)"
HASHED = """
import os

from stayhouse.landing.personal import hasher


def model(dbt, session):
    people = dbt.ref("raw_customers").df()
    keyed_hash = hasher(os.environ["STAYHOUSE_PII_KEY"])
    people["email_hash"] = people.pop("email").map(keyed_hash, na_action="ignore")
    return people
"""
OWN = """
select c.customer_id, count(o.order_id) as order_count, sum(o.net_sales) as net_sales
from {{ ref('stayhouse', 'customers') }} as c
left join {{ ref('stayhouse', 'orders') }} as o on c.customer_id = o.customer_id
group by c.customer_id
"""
RATES = "base_currency,rate_date,currency,rate\nEUR,2024-01-01,USD,0.5\n"
# What the law `accepted_rows_are_counted` asks of beside.
ACCOUNTED = (
    "+reviews", "+contacts", "+channel_costs", "+products", "+content", "+campaigns", "+exposures",
)  # fmt: skip
LAWS = (
    "accepted_rows_are_counted", "every_line_is_accounted_for", "ledger_equals_staged_money",
    "staging_loses_no_row",
)  # fmt: skip
MARTS = (
    "core.data_quality",
    "core.orders",
    "core.customers",
    "core.money_lines",
    "core.order_versions",
    "core.customer_versions",
    "retention.cohort_retention",
)
# A file is batch 1; a load is as old as its time.
WITHOUT_BATCH = {"core.data_quality": "* exclude (batch_id)"}  # fmt: skip


def shop() -> dict[str, list[dict[str, str]]]:
    """Forty customers; each orders as often as the last digit of the number says, a month apart."""
    rows: dict[str, list[dict[str, str]]] = {"customers": [], "orders": [], "order_lines": []}
    for n in range(40):
        joined = date(2024, 1, 1) + timedelta(days=n)
        person = {
            "customer_id": f"c{n}",
            "email": f" C{n}@Example.org",
            "signed_up_at": f"{joined}",
        }
        rows["customers"].append(person)
        for k in range(n % 5):
            order = {"order_id": f"o{n}-{k}", "customer_id": f"c{n}", "status": "paid"}
            day = joined + timedelta(days=30 * k)
            money = {"currency": "USD" if k == 2 else "EUR"}
            rows["orders"].append({**order, "ordered_at": f"{day}T10:00:00Z", **money})
            line = {"order_id": f"o{n}-{k}", "line_number": "1", "product_id": "p", "quantity": "2"}
            rows["order_lines"].append({**line, "unit_price": f"{n}.5"})
    return rows


def counted() -> dict[str, tuple[int, Decimal]]:
    """Return by customer how many orders and how many euros, from the rows themselves."""
    rows = shop()
    owner = {row["order_id"]: row["customer_id"] for row in rows["orders"]}
    rate = {
        row["order_id"]: Decimal("0.5") if row["currency"] == "USD" else 1 for row in rows["orders"]
    }
    orders, euros = Counter(owner.values()), Counter[str]()
    for line in rows["order_lines"]:
        price = int(line["quantity"]) * Decimal(line["unit_price"])
        euros[owner[line["order_id"]]] += price * rate[line["order_id"]]  # type: ignore[assignment]
    return {name: (orders[name], Decimal(euros[name])) for name in orders}


def export(folder: Path) -> None:
    for table, rows in shop().items():
        with (folder / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def dbt(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run dbt in the outer project, as its owner does."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
    kept |= {"PYTHONPATH": str(CHECKOUT / "src"), "STAYHOUSE_PII_KEY": KEY, "TZ": "UTC"}
    program = f"{WITHOUT_METRICFLOW}; from dbt.cli.main import cli; cli()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-use-colors", *words],
        cwd=folder, env=kept | environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def outer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outer project's folder, built."""
    folder = tmp_path_factory.mktemp("rose")
    export(folder)
    off = "".join(f"      {name}: {{+enabled: false}}\n" for name in PLATFORMS)
    files = {
        "dbt_project.yml": PROJECT.replace("PLATFORMS\n", off),
        "profiles.yml": PROFILE,
        "packages.yml": f"packages: [{{local: {CHECKOUT}}}]\n",
        "models/shop_orders.sql": MODEL.format("orders.csv"),
        "models/shop_lines.sql": MODEL.format("order_lines.csv"),
        "models/raw_customers.sql": MODEL.format("customers.csv"),
        "models/shop_customers.py": HASHED,
        "models/good_customers.sql": OWN,
        # The name of one of ours, and another thing.
        "models/money_lines.sql": "select 'rose' as one",
        "seeds/exchange_rates.csv": RATES,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    done = dbt(folder, "deps")
    assert done.returncode == 0, done.stdout + done.stderr
    chosen = [f"+{mart.split('.')[1]}" for mart in MARTS]
    words = ("--exclude-resource-type", "unit_test", "--indirect-selection", "empty")
    done = dbt(folder, "build", *words, "--select", "package:rose_shop", *chosen, *ACCOUNTED, *LAWS)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """The same shop, landed from its files and built by this project."""
    folder = tmp_path_factory.mktemp("landed")
    run = Run(folder, landing=folder / "landing", parsed=parsed)
    (exports := folder / "exports").mkdir()
    export(exports)
    assert run.landing is not None
    landing.land(CHECKOUT, run.landing, "shop", exports, data_until=UNTIL, landed_at=UNTIL, key=KEY)
    words = ("--vars", "{base_currency: EUR, as_of: 2024-07-01}")
    seeded = run.dbt("seed", *words)
    assert seeded.returncode == 0, seeded.stdout[-4000:]
    with duckdb.connect(str(run.database)) as con:
        con.execute("insert into seeds.exchange_rates values ('EUR', '2024-01-01', 'USD', 0.5)")
    chosen = [f"+{mart.split('.')[1]}" for mart in MARTS]
    run.build(
        *("--exclude-resource-type", "seed"),
        *("--exclude-resource-type", "test", "--select", *chosen, *words),
    )
    return run


@pytest.fixture
def both(outer: Path, landed: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(f"attach '{outer / 'garden.duckdb'}' as garden (read_only)")
        con.execute(f"attach '{landed.database}' as ours (read_only)")
        yield con


def test_its_own_model_reads_our_marts(both: duckdb.DuckDBPyConnection) -> None:
    rows = both.execute(
        "select customer_id, order_count, net_sales from garden.rose.good_customers "
        "where order_count > 0"
    ).fetchall()
    assert {name: (count, euros) for name, count, euros in rows} == counted()
    assert both.execute("select count(*) from garden.rose.good_customers").fetchall() == [(40,)]


@pytest.mark.parametrize("mart", MARTS)
def test_marts_are_those_of_the_landed_shop(both: duckdb.DuckDBPyConnection, mart: str) -> None:
    columns = WITHOUT_BATCH.get(mart, "*")
    theirs, ours = (f"select {columns} from {schema}{mart}" for schema in ("garden.stay_", "ours."))
    differing = f"({theirs} except all {ours}) union all ({ours} except all {theirs})"
    assert both.execute(differing).fetchall() == []
    assert both.execute(ours).fetchall() != []


def test_nothing_is_written_beside_the_prefix(both: duckdb.DuckDBPyConnection) -> None:
    schemas = dict(
        both.execute(
            "select table_schema, count(*) from information_schema.tables "
            "where table_catalog = 'garden' group by 1"
        ).fetchall()
    )
    # Six models and the rates.
    assert schemas.pop("rose") == 7
    assert all(name.startswith("stay_") for name in schemas)
    assert not both.execute(
        "select 1 from information_schema.columns where table_catalog = 'garden' "
        "and table_schema like 'stay%' and column_name = 'email'"
    ).fetchall()


def test_a_session_that_is_not_in_utc_stops(outer: Path) -> None:
    done = dbt(outer, "run", "--select", "clock", TZ="Asia/Tokyo")
    assert done.returncode != 0
    assert "time zone is Asia/Tokyo" in done.stdout
    assert "set `settings: {TimeZone: UTC}` in the profile" in " ".join(done.stdout.split())
