"""An analyst's Tuesday: one SQL model and its YAML; and what happens on the wrong floor."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import House, read_files
from tests.architecture.test_house import RULES
from tests.building import Run, copy_of_checkout

SQL = """\
-- How many people order for the first time at each hour of their day.
with orders as (
    select * from {{ ref('orders') }}
    where order_number = 1
),

final as (
    select
        cast(extract(hour from {{ local_time('ordered_at') }}) as bigint) as local_hour,
        count(*) as people_count
    from orders
    group by 1
)

select * from final
"""
YML = """\
version: 2

models:
  - name: first_order_hours
    description: One row per local hour in which people ordered for the first time.
    config:
      access: public
      contract: {enforced: true}
    data_tests:
      - grain: {arguments: {columns: [local_hour]}}
    columns:
      - name: local_hour
        data_type: bigint
        description: The hour of the day in the shop's time zone, 0 to 23.
      - name: people_count
        data_type: bigint
        description: How many people.
"""


@pytest.fixture
def copy(tmp_path: Path) -> Run:
    return Run(tmp_path / "warehouse", project=copy_of_checkout(tmp_path / "copy"))


def add_model(run: Run, name: str, sql: str, yml: str) -> None:
    room = run.project / "models" / "retention"
    (room / f"{name}.sql").write_text(sql)
    (room / f"{name}.yml").write_text(yml)


def offences(run: Run) -> list[str]:
    done = run.dbt("parse")
    assert done.returncode == 0, done.stdout
    manifest = json.loads((run.target / "manifest.json").read_text())
    house = House(manifest, read_files(run.project))
    return [sentence for rule in RULES for sentence in rule(house)]


def test_a_new_model_passes(copy: Run, warehouse: Run) -> None:
    add_model(copy, "first_order_hours", SQL, YML)
    copy.folder.mkdir()
    shutil.copyfile(warehouse.database, copy.database)
    copy.build("--select", "first_order_hours")
    assert copy.query("select sum(people_count) from retention.first_order_hours") == copy.query(
        "select count(*) from core.orders where order_number = 1"
    )
    assert offences(copy) == []
    # The pages ask nothing of an analyst: their test passes in the copy too.
    pages = ("tests/unit/test_readme.py", "-k", "not sql and not analysis")
    passes(copy, "pytest", "-q", *pages)
    passes(copy, "sqlfluff", "lint", "models/retention/first_order_hours.sql")


def passes(run: Run, *words: str) -> str:
    """Run a Python module in the copy, which must succeed; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=run.project,
        env=run.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_new_model_writes_passes_as_it_is(copy: Run, warehouse: Run) -> None:
    """Lint, contract, grain, law, unit test, rules and pages; from a key of one column and of many,
    from the room itself and from a lower floor.
    """
    starts = {
        "customers": "core",
        "customer_lifecycle": "retention",
        "cohort_retention": "retention",
    }
    copy.folder.mkdir()
    shutil.copyfile(warehouse.database, copy.database)
    names = [f"start_{start}" for start in starts]
    for name, start in zip(names, starts, strict=True):
        passes(copy, "stayhouse.cli", "new-model", "retention", name, "--from", start)
    done = copy.dbt("build", "--select", *names)
    assert done.returncode == 0, done.stdout[-3000:]
    results = json.loads((copy.target / "run_results.json").read_text())["results"]
    # Of each: the model, its grain, its law and its unit test.
    for name in names:
        ids = [one["unique_id"] for one in results if name in one["unique_id"]]
        assert sorted(one.split(".")[0] for one in ids) == ["model", "test", "test", "unit_test"]
    for name, (start, room) in zip(names, starts.items(), strict=True):
        assert copy.query(f"select count(*) from retention.{name}") == copy.query(
            f"select count(*) from {room}.{start}"
        )
    assert offences(copy) == []
    written = [f"models/retention/{name}.sql" for name in names]
    written += [f"tests/laws/start_{start}_equals_{start}.sql" for start in starts]
    passes(copy, "sqlfluff", "lint", *written)
    passes(copy, "pytest", "-q", "tests/unit/test_readme.py", "-k", "not sql and not analysis")

    # The law holds: a filter that nobody stated is named, with what to do.
    sql = copy.project / written[0]
    sql.write_text(
        sql.read_text().replace("\n    from customers\n", "\n    from customers\n    limit 5\n")
    )
    assert copy.dbt("build", "--select", names[0]).returncode == 1
    done = subprocess.run(
        [sys.executable, "-m", "stayhouse.cli", "explain", "--target-path", str(copy.target)],
        cwd=copy.project,
        env=copy.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"law {names[0]}_equals_customers is broken by" in done.stdout
    assert f"a filter or a join in {written[0]}" in " ".join(done.stdout.split())


def test_on_the_wrong_floor_the_mistake_and_the_remedy_are_named(copy: Run) -> None:
    sql = SQL.replace("ref('orders')", "ref('rfm_segments')")
    add_model(copy, "first_order_hours", sql, YML)
    (sentence,) = offences(copy)
    assert sentence.startswith("models/retention/first_order_hours.sql reads segments.rfm_segments")
    assert "same floor" in sentence
    assert "core" in sentence
