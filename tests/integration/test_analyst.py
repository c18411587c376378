"""An analyst's Tuesday: one SQL model and its YAML; and what happens on the wrong floor."""

import json
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


def test_a_new_model_passes(copy: Run) -> None:
    add_model(copy, "first_order_hours", SQL, YML)
    copy.build("--select", "+first_order_hours", "--exclude", "test_type:singular")
    assert copy.query("select sum(people_count) from retention.first_order_hours") == copy.query(
        "select count(*) from core.orders where order_number = 1"
    )
    assert offences(copy) == []
    # The pages ask nothing of an analyst: their test passes in the copy too.
    pages = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "tests/unit/test_readme.py",
        "-k",
        "not sql and not analysis",
    ]
    done = subprocess.run(
        pages, cwd=copy.project, env=copy.environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    lint = [sys.executable, "-m", "sqlfluff", "lint", "models/retention/first_order_hours.sql"]
    done = subprocess.run(lint, cwd=copy.project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_on_the_wrong_floor_the_mistake_and_the_remedy_are_named(copy: Run) -> None:
    sql = SQL.replace("ref('orders')", "ref('rfm_segments')")
    add_model(copy, "first_order_hours", sql, YML)
    (sentence,) = offences(copy)
    assert sentence.startswith("models/retention/first_order_hours.sql reads segments.rfm_segments")
    assert "same floor" in sentence
    assert "core" in sentence
