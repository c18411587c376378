"""An analyst's Tuesday: a mart with a Python model; and what happens on the wrong floor."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.architecture.house import House, read_files
from tests.architecture.test_house import RULES
from tests.building import Run, copy_of_checkout
from tests.unit import test_readme

# The answer: SQL that reads what a Python model says, the model's door, and its function.
SQL = """\
-- How many people order for the first time at each hour of their day.
with hours as (
    select * from {{ ref('ml_first_order_hours') }}
),

final as (
    select
        local_hour,
        people_count
    from hours
)

select * from final
"""
INPUT = """\
-- The hour of each first order, for the Python model that counts them.
with orders as (
    select * from {{ ref('orders') }}
    where order_number = 1
),

final as (
    select
        person_id,
        cast(extract(hour from {{ local_time('ordered_at') }}) as bigint) as local_hour
    from orders
)

select * from final
"""
DOOR = """\
\"\"\"Counts first orders by hour.\"\"\"

from stayhouse.hours import counted


def model(dbt, session):
    dbt.config(materialized="table")
    firsts = dbt.ref("int_first_orders__hours").df()
    return counted(firsts)
"""
FUNCTION = """\
\"\"\"Hours of the day.\"\"\"

import pandas as pd


def counted(firsts: pd.DataFrame) -> pd.DataFrame:
    \"\"\"Return (local_hour, people_count) of (person_id, local_hour).\"\"\"
    return firsts.groupby("local_hour", as_index=False).agg(people_count=("person_id", "size"))
"""
YML = """\
models:
  - name: {name}
    description: One row per {grain}.
{public}    data_tests:
      - grain: {{arguments: {{columns: [{key}]}}}}
"""
PUBLIC = "    config: {access: public, contract: {enforced: true}}\n"
COLUMNS = """\
    columns:
      - name: local_hour
        data_type: bigint
        description: The hour of the day in the shop's time zone, 0 to 23.
      - name: people_count
        data_type: bigint
        description: How many people.

unit_tests:
  - name: hours_are_as_counted
    model: first_order_hours
    description: What was counted stands here.
    given:
      - input: ref('ml_first_order_hours')
        rows:
          - {local_hour: 9, people_count: 2}
    expect:
      rows:
        - {local_hour: 9, people_count: 2}
"""
LAW = """\
-- Each first order is counted in one hour. If it breaks: look for a filter or a join in
-- models/retention/int_first_orders__hours.sql.
with counted as (
    select sum(people_count) as people_count from {{ ref('first_order_hours') }}
),

firsts as (
    select count(*) as people_count from {{ ref('orders') }}
    where order_number = 1
)

select
    c.people_count,
    f.people_count as first_order_count
from counted as c
full outer join firsts as f on c.people_count = f.people_count
where c.people_count is null or f.people_count is null
"""


@pytest.fixture(scope="module")
def parsed_copy(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A copy of the project that dbt parsed once, as an analyst's own checkout is."""
    folder = tmp_path_factory.mktemp("analyst")
    run = Run(folder / "warehouse", project=copy_of_checkout(folder / "copy"))
    done = run.dbt("parse")
    assert done.returncode == 0, done.stdout
    shutil.copytree(run.target, folder / "parsed")
    return run


@pytest.fixture
def copy(parsed_copy: Run, warehouse: Run) -> Run:
    """That copy with no more changes in it, and the built sample."""
    shutil.rmtree(parsed_copy.project)
    copy_of_checkout(parsed_copy.project)
    shutil.rmtree(parsed_copy.folder)
    shutil.copytree(parsed_copy.folder.parent / "parsed", parsed_copy.target)
    shutil.copyfile(warehouse.database, parsed_copy.database)
    return parsed_copy


def offences(run: Run) -> list[str]:
    manifest = json.loads((run.target / "manifest.json").read_text())
    house = House(manifest, read_files(run.project))
    return [sentence for rule in RULES for sentence in rule(house)]


def command(run: Run, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in the copy."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=run.project,
        env=run.environment(),
        capture_output=True,
        text=True,
    )


def passes(run: Run, *words: str) -> str:
    """Run a Python module in the copy, which must succeed; return what it printed."""
    done = command(run, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(run: Run, name: str) -> tuple[str, ...]:
    """The words of `make build MODEL=<name>`."""
    return ("stayhouse.cli", "build", "--model", name, "--target-path", str(run.target))


def test_a_mart_and_its_python_model_take_three_commands_and_the_edit(
    copy: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make new-model`, `make build MODEL=`, and after the edit that again and `make test`."""
    room, python = copy.project / "models/retention", copy.project / "python_models/retention"
    passes(copy, "stayhouse.cli", "new-model", "retention", "first_order_hours", "--from", "orders")
    assert "its checks hold" in passes(copy, *build(copy, "first_order_hours"))

    # Each file of the edit, one of them with another unit test.
    python.mkdir(exist_ok=True)
    mart, key = "local hour in which people ordered for the first time", "local_hour"
    for path, text in {
        room / "first_order_hours.sql": SQL,
        room / "first_order_hours.yml": YML.format(
            name="first_order_hours", grain=mart, public=PUBLIC, key=key
        ) + COLUMNS,
        room / "int_first_orders__hours.sql": INPUT,
        room / "int_first_orders__hours.yml": YML.format(
            name="int_first_orders__hours", grain="person who ordered", public="", key="person_id"
        ),
        python / "ml_first_order_hours.py": DOOR,
        python / "ml_first_order_hours.yml": YML.format(
            name="ml_first_order_hours", grain=mart, public="", key=key
        ),
        copy.project / "src/stayhouse/hours.py": FUNCTION,
        copy.project / "tests/laws/first_order_hours_agrees_with_orders.sql": LAW,
    }.items():  # fmt: skip
        path.write_text(text)
    assert "its checks hold" in passes(copy, *build(copy, "first_order_hours"))
    assert copy.query("select sum(people_count) from retention.first_order_hours") == copy.query(
        "select count(*) from core.orders where order_number = 1"
    )
    assert offences(copy) == []
    passes(copy, "ruff", "check", "src/stayhouse/hours.py", "python_models/retention")
    laws = "tests/laws/first_order_hours_agrees_with_orders.sql"
    passes(copy, "sqlfluff", "lint", "models/retention/first_order_hours.sql",
           "models/retention/int_first_orders__hours.sql", laws)  # fmt: skip

    # Of the pages, its question and its row are asked for, and nothing else.
    pages = [copy.project / "docs" / page for page in ("questions.md", "coverage.md")]
    monkeypatch.setattr(test_readme, "CHECKOUT", copy.project)
    for name, page in zip(("QUESTIONS", "COVERAGE"), pages, strict=True):
        monkeypatch.setattr(test_readme, name, page.read_text(encoding="utf-8"))
        test_readme.test_what_a_page_links_to_exists(page)
    test_readme.test_every_room_has_queries_on_marts_that_exist()
    test_readme.test_coverage_names_only_what_exists()
    test_readme.test_coverage_keeps_every_row_with_its_state()
    asked = r"finish in docs/questions.md and docs/coverage.md: \*\*retention.first_order"
    with pytest.raises(AssertionError, match=asked):
        test_readme.test_what_new_model_left_to_do_is_done()


def test_what_new_model_writes_passes_as_it_is(copy: Run) -> None:
    """Lint, contract, grain, law, unit test, rules and pages; from a key of one column and of many,
    from the room itself and from a lower floor; and counted by columns, one of them null at times.
    """
    starts = {
        "customers": "core",
        "customer_lifecycle": "retention",
        "cohort_retention": "retention",
    }
    names = [f"start_{start}" for start in starts]
    for name, start in zip(names, starts, strict=True):
        passes(copy, "stayhouse.cli", "new-model", "retention", name, "--from", start)
    counts = {"orders": "currency, status", "visitor_days": "device_type", "customers": "country"}
    for start, by in counts.items():
        words = ("new-model", "retention", f"counts_of_{start}", "--from", start, "--by", by)
        passes(copy, "stayhouse.cli", *words)
        names.append(f"counts_of_{start}")
    done = copy.dbt("build", "--select", *names)
    assert done.returncode == 0, done.stdout[-3000:]
    results = json.loads((copy.target / "run_results.json").read_text())["results"]
    # Of each: the model, its grain, its law and its unit test.
    for name in names:
        ids = [one["unique_id"] for one in results if name in one["unique_id"]]
        assert sorted(one.split(".")[0] for one in ids) == ["model", "test", "test", "unit_test"]
    for name, (start, room) in zip(names, starts.items(), strict=False):
        assert copy.query(f"select count(*) from retention.{name}") == copy.query(
            f"select count(*) from {room}.{start}"
        )
    for start, by in counts.items():
        expected = f"select {by}, count(*) from core.{start} group by all order by all"
        rows = copy.query(f"select {by}, row_count from retention.counts_of_{start} order by all")
        assert rows == copy.query(expected)
    assert offences(copy) == []
    written = [f"models/retention/{name}.sql" for name in names]
    written += [f"tests/laws/start_{start}_agrees_with_{start}.sql" for start in starts]
    written += [f"tests/laws/counts_of_{start}_agrees_with_{start}.sql" for start in counts]
    passes(copy, "sqlfluff", "lint", *written)

    # The law holds: a filter that nobody stated is named, with what to do.
    sql = copy.project / written[0]
    sql.write_text(
        sql.read_text().replace("\n    from customers\n", "\n    from customers\n    limit 5\n")
    )
    # A unit test that is renamed while the model's YAML changes stays in the cache of dbt's parse.
    yml = copy.project / written[0].replace(".sql", ".yml")
    renamed = yml.read_text().replace("every_row_is_kept", "two_rows").replace("One row", "A row")
    yml.write_text(renamed.replace("A row", "One row of mine", 1))
    assert copy.dbt("build", "--select", names[0]).returncode == 1
    done = command(copy, "stayhouse.cli", "explain", "--target-path", str(copy.target))
    assert done.returncode == 1
    kept = f"dbt's cache held unit tests that no YAML has any more ({names[0]}.every_row_is_kept)"
    assert kept in " ".join(done.stdout.split())
    assert not (copy.target / "partial_parse.msgpack").exists()
    assert f"law {names[0]}_agrees_with_customers is broken by" in done.stdout
    assert f"a filter or a join in {written[0]}" in " ".join(done.stdout.split())


def test_on_the_wrong_floor_the_mistake_and_the_remedy_are_named(copy: Run) -> None:
    room = copy.project / "models" / "retention"
    (room / "first_order_hours.sql").write_text(SQL.replace("ml_first_order_hours", "rfm_segments"))
    (room / "first_order_hours.yml").write_text(
        YML.format(name="first_order_hours", grain="hour", public=PUBLIC, key="local_hour")
        + COLUMNS.split("\nunit_tests")[0]
    )
    done = copy.dbt("parse")
    assert done.returncode == 0, done.stdout
    (sentence,) = offences(copy)
    assert sentence.startswith("models/retention/first_order_hours.sql reads segments.rfm_segments")
    assert "same floor" in sentence
    assert "core" in sentence
