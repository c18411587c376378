"""What DuckDB gives and what Spark gives: `make parity`, after a `make build`.

Macros with two sides run on tables of edges. Each SQL model reads its inputs as they stand in the
warehouse of the sample (staging reads the landing folder), and its rows are held against the
warehouse's. Spark and its adapter have an environment of their own in ``build/spark``.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT, Run
from tests.spark.engines import FOLDER, Answers, difference, rendered, run_on_spark
from tests.spark.macro_cases import CASES, DIFFERENCES, INPUTS, STOPS, WITHOUT_CASE

# Rooms whose models run; none = all. `make parity ROOMS="staging core"` sets them.
ROOMS = os.environ.get("PARITY_ROOMS", "").split()
WAREHOUSE = CHECKOUT / "warehouse" / "stayhouse.duckdb"
QUERIES = (
    CASES
    | {name: sql for name, (sql, _) in STOPS.items()}
    | {name: f"select cast({sql} as string) as text" for name, (sql, *_) in DIFFERENCES.items()}
)

# Columns with ratios that lie half-way between two of their last digits. DuckDB divides decimals as
# doubles and may then round down; Spark divides them exactly and rounds up.
HALF_WAY = {
    "channel_quality": ("cost_per_person", "value_90d_per_person"),
    "customer_snapshots": ("mean_order_value",),
    "int_profile_facts": ("mean_order_value",),
    "payback": ("booked_net_sales_per_person", "booked_margin_per_person"),
    "referral_retention": ("value_90d_per_person",),
}

# Columns that an engine compares only with what it gave itself: a hash, and the number of a build.
OWN = {"int_visitors__changed": "told, change_id"}

_NOT_LANDED = "nothing of it has landed in the sample, and Spark reads no folder that is not there"

# Models that are not run, and why.
NOT_RUN = {
    "feature_profile": "planning its one branch a feature takes more than 2 GB",
    "int_batches__numbered": "reads the files of every source, also of one that has not landed",
    "int_lines__rejected": "reads the files of every source, also of one that has not landed",
    "stg_cdnow__purchases": _NOT_LANDED,
    "stg_ga4__events": _NOT_LANDED,
    "stg_online_retail__invoice_lines": _NOT_LANDED,
    "stg_posthog__events": _NOT_LANDED,
    "stg_shopify__api_orders": _NOT_LANDED,
    "stg_shopify__customers": _NOT_LANDED,
    "stg_shopify__erasure_requests": _NOT_LANDED,
    "stg_shopify__export_rows": _NOT_LANDED,
    "stg_shopify__products": _NOT_LANDED,
    "stg_snowplow__events": _NOT_LANDED,
    "stg_twilio_segment__erasure_requests": _NOT_LANDED,
    "stg_twilio_segment__messages": _NOT_LANDED,
    "stg_woocommerce__erasure_requests": _NOT_LANDED,
    "stg_woocommerce__order_heads": _NOT_LANDED,
    "stg_woocommerce__refunds": _NOT_LANDED,
}


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the sample, and the inputs of the macros' cases beside it."""
    assert WAREHOUSE.exists(), "nothing is built: run `make build` first"
    # In a copy, staging of sources that have not landed is built too: it is SQL like any other.
    run = Run(FOLDER / "warehouse")
    run.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(WAREHOUSE, run.database)
    done = run.dbt("run", "--select", "staging")
    assert done.returncode == 0, done.stdout[-6000:]
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for name, query in INPUTS.items():
            con.execute(f"create table {name} as {query}")
        con.execute(f"attach '{run.database}' as stayhouse (read_only)")
        yield con


@pytest.fixture(scope="module")
def duck_sql() -> dict[str, str]:
    return rendered(QUERIES)


@pytest.fixture(scope="module")
def spark(duck: duckdb.DuckDBPyConnection) -> Answers:
    """Spark's answers to every model and every case, from the same inputs."""
    built = duck.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where database_name = 'stayhouse' and schema_name <> 'main' union all "
        "select schema_name || '.' || view_name from duckdb_views() "
        "where database_name = 'stayhouse' and not internal"
    ).fetchall()
    relations = {name: name for name in INPUTS} | {name: f"stayhouse.{name}" for (name,) in built}
    folder = FOLDER / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for name, relation in relations.items():
        files[name] = folder / f"{name}.parquet"
        # Parquet has no integer of 128 bits, and DuckDB would write it as a double.
        huge = [
            f'cast("{column}" as decimal(38, 0)) as "{column}"'
            for column, kind, *_ in duck.execute(f"describe {relation}").fetchall()
            if kind == "HUGEINT"
        ]
        columns = f"* replace ({', '.join(huge)})" if huge else "*"
        duck.execute(f"copy (select {columns} from {relation}) to '{files[name]}'")
    return run_on_spark(files, QUERIES, rooms=ROOMS, leave_out=list(NOT_RUN))


def test_models(duck: duckdb.DuckDBPyConnection, spark: Answers) -> None:
    """Every model gives the same rows, or stands by name and reason where it does not."""
    rooms = {relation.split(".")[0] for relation in spark.relations.values()}
    assert rooms == set(ROOMS) if ROOMS else HALF_WAY.keys() <= spark.relations.keys()
    outcomes = {}
    for name, relation in spark.relations.items():
        shown = f"(select * exclude ({OWN[name]}) from {{}})" if name in OWN else "{}"
        got, expected = (shown.format(r) for r in (spark.relation(name), f"stayhouse.{relation}"))
        if name in spark.errors:
            outcomes[name] = f"cannot run: {spark.errors[name]}"
            continue
        outcomes[name] = difference(duck, expected, got) or "same"
        if name in HALF_WAY and outcomes[name] != "same":
            outcomes[name] = difference(duck, expected, got, HALF_WAY[name]) or "half-way"
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}, {spark.seconds[name]:.1f} s")
    print(f"{list(outcomes.values()).count('same')} of {len(outcomes)} models are the same")
    unlike = {n: o for n, o in outcomes.items() if o != ("half-way" if n in HALF_WAY else "same")}
    assert not unlike, "a model that has become the same goes off its list"


def test_every_macro_has_a_case() -> None:
    """A macro with two sides has a case, or stands by name and reason where it has none; so may
    one with one side, where what it says in SQL could mean two things."""
    files = list((CHECKOUT / "macros").rglob("*.sql"))
    sides = {name for file in files for name in re.findall(r"macro spark__(\w+)", file.read_text())}
    assert sides <= CASES.keys() | STOPS.keys() | WITHOUT_CASE.keys() <= {f.stem for f in files}


@pytest.mark.parametrize("name", CASES)
def test_macro(
    name: str, duck: duckdb.DuckDBPyConnection, duck_sql: dict[str, str], spark: Answers
) -> None:
    assert name not in spark.errors, spark.errors[name]
    assert not difference(duck, f"({duck_sql[name]})", spark.relation(name))


@pytest.mark.parametrize("name", STOPS)
def test_stop(
    name: str, duck: duckdb.DuckDBPyConnection, duck_sql: dict[str, str], spark: Answers
) -> None:
    words = STOPS[name][1]
    with pytest.raises(duckdb.Error, match=words):
        duck.execute(duck_sql[name]).fetchall()
    assert words in spark.errors.get(name, "it ran")


@pytest.mark.parametrize("name", DIFFERENCES)
def test_known_difference(
    name: str, duck: duckdb.DuckDBPyConnection, duck_sql: dict[str, str], spark: Answers
) -> None:
    """A difference that is gone must go from the list too."""
    _, on_duckdb, on_spark = DIFFERENCES[name]
    assert name not in spark.errors, spark.errors[name]
    assert duck.execute(duck_sql[name]).fetchall() == [(on_duckdb,)]
    assert duck.execute(f"select text from {spark.relation(name)}").fetchall() == [(on_spark,)]
