"""A failed build is told: what each check holds, the rows that broke it, and what to do."""

import json
import os

import duckdb
import pytest

from stayhouse import cli
from stayhouse.reports import explain
from stayhouse.reports.explain import law_text
from tests.building import FINISHED

LAW = """\
{{ config(severity='error') }}
-- Every order has a person
-- who placed it. If it
-- breaks: look at the join of persons
-- in models/core/money/orders.sql.
with a as (
    -- Nothing of this is told.
    select 1
)
select * from a
"""


def node(unique_id, path, **more):
    name = unique_id.split(".")[2]
    return {unique_id: {"name": name, "original_file_path": path, "description": "", **more}}


NODES = {
    **node(
        "test.stayhouse.orders_have_people",
        "tests/laws/orders_have_people.sql",
        raw_code=LAW,
        compiled_path="target/compiled/orders_have_people.sql",
        test_metadata=None,
    ),
    **node(
        "test.stayhouse.grain_orders",
        "models/core/money/orders.yml",
        compiled_path="target/compiled/gone.sql",
        attached_node="model.stayhouse.orders",
        test_metadata={"name": "grain", "kwargs": {"columns": ["source_name", "order_id"]}},
    ),
    **node(
        "test.stayhouse.not_null_orders",
        "models/core/money/orders.yml",
        attached_node="model.stayhouse.orders",
        test_metadata={"name": "not_null", "kwargs": {}},
    ),
    **node(
        "model.stayhouse.orders",
        "models/core/money/orders.sql",
        description="One row per source and order.",
        compiled_path="target/compiled/orders.sql",
        patch_path="stayhouse://models/core/money/orders.yml",
        depends_on={"nodes": ["seed.stayhouse.event_types"]},
    ),
    **node(
        "test.stayhouse.rejection_rate_stops_the_build",
        "tests/laws/rejection_rate_stops_the_build.sql",
        raw_code="-- Too much.",
        compiled_path="target/compiled/stop.sql",
        test_metadata=None,
    ),
    **node("seed.stayhouse.event_types", "seeds/event_types.csv", resource_type="seed"),
    **node(
        "test.stayhouse.grain_event_types",
        "seeds/_seeds.yml",
        attached_node="seed.stayhouse.event_types",
        test_metadata={"name": "grain", "kwargs": {"columns": ["event_type"]}},
    ),
}
UNIT_TESTS = node(
    "unit_test.stayhouse.orders.kinds",
    "models/core/money/orders.yml",
    model="orders",
    description="A refund of everything leaves nothing.",
)
UNIT_TESTS["unit_test.stayhouse.orders.kinds"]["name"] = "kinds"


@pytest.fixture
def run(project, capsys):
    """Say what dbt did last, and return the exit code and the words of explain."""

    def told(*results):
        target = project.root / "target"
        (target / "compiled").mkdir(parents=True, exist_ok=True)
        (target / "compiled" / "orders_have_people.sql").write_text(
            "-- a comment\nselect order_id from core.orders where person_id is null -- the end\n"
        )
        (project.root / "models" / "core" / "money").mkdir(parents=True, exist_ok=True)
        (project.root / "models" / "core" / "money" / "orders.yml").write_text(
            "unit_tests: [{name: kinds}]"
        )
        (target / "manifest.json").write_text(
            json.dumps({"nodes": NODES, "unit_tests": UNIT_TESTS})
        )
        rows = [
            {"unique_id": unique_id, "status": status, "message": message, "failures": failures}
            for unique_id, status, message, failures in results
        ]
        (target / "run_results.json").write_text(
            json.dumps({"args": {"which": "build"}, "results": rows})
        )
        code = cli.main(["explain"])
        printed = capsys.readouterr()
        assert printed.err == ""
        return code, printed.out, " ".join(printed.out.split())

    return told


def test_a_law_tells_what_holds_what_to_do_and_which_rows(run, project):
    (project.root / "warehouse").mkdir()
    with duckdb.connect(str(project.root / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute("create schema core")
        con.execute("create table core.orders as select range as order_id, null as person_id "
                    "from range(7, 16)")  # fmt: skip
    code, out, words = run(("test.stayhouse.orders_have_people", "fail", "Got 9 results", 9))
    assert code == 1
    assert words.startswith(
        "law orders_have_people is broken by 9 rows (tests/laws/orders_have_people.sql) "
        "holds Every order has a person who placed it. "
        "to do look at the join of persons in models/core/money/orders.sql."
    )
    assert "its first rows (all: target/compiled/orders_have_people.sql)" in out
    assert [line.strip() for line in out.splitlines() if line.startswith("      ")] == [
        "order_id",
        "7",
        "8",
        "9",
    ]
    assert out.endswith("or `make build MODEL=<model>` for it alone.\n")


def test_a_law_that_warns_is_told_and_fails_nothing(run):
    code, _, words = run(("test.stayhouse.orders_have_people", "warn", "Got 1 result", 1))
    assert code == 0
    assert words.startswith("law orders_have_people warns of 1 row (")
    assert "Mend the first one" not in words


def test_a_line_twice_in_a_seed_is_mended_in_its_file(run):
    _, _, words = run(("test.stayhouse.grain_event_types", "fail", "Got 1 result", 1))
    assert "grain of event_types: 1 row repeat a key or hold none (seeds/_seeds.yml)" in words
    assert "to do mend seeds/event_types.csv: of the lines with the key below leave one" in words
    assert "join" not in words


def test_a_grain_tells_its_key_and_both_ways_out(run):
    code, _, words = run(("test.stayhouse.grain_orders", "fail", "Got 2 results", 2))
    assert code == 1
    assert (
        "grain of orders: 2 rows repeat a key or hold none (models/core/money/orders.yml)" in words
    )
    assert "One row per source and order. Its key is source_name, order_id." in words
    assert "look in models/core/money/orders.sql for a join that multiplies rows" in words
    assert "if the grain is another one now, say so in models/core/money/orders.yml" in words


def test_another_test_names_its_model(run):
    _, _, words = run(("test.stayhouse.not_null_orders", "fail", "Got 2 results", 2))
    assert "test not_null of orders finds 2 rows" in words
    assert "mend models/core/money/orders.sql, or the test in models/core/money/orders.yml" in words


def test_a_unit_test_tells_its_rule_and_the_difference(run):
    message = "\x1b[31mactual differs from expected:\x1b[0m\n\n@@,order_id\n+++,a\n---,b"
    _, out, words = run(("unit_test.stayhouse.orders.kinds", "fail", message, 1))
    assert "unit test kinds of orders (models/core/money/orders.yml)" in out
    assert "holds A refund of everything leaves nothing." in words
    assert "mend models/core/money/orders.sql, or, if the rule has changed on purpose" in words
    assert "    +++,a\n    ---,b\n" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        (
            "Compilation Error in unit_test kinds (models/core/money/orders.yml)\n  Unit_Test "
            "'unit_test.stayhouse.orders.kinds' (models/core/money/orders.yml) depends on a node "
            "named 'customers' which was not found",
            "models/core/money/orders.sql reads customers now, of which the test gives no rows: "
            "add `- input: ref('customers')` with rows (none: `rows: []`) under `given` of kinds "
            "in models/core/money/orders.yml.",
        ),
        (
            "Compilation Error in model customers (models/core/money/orders.yml)\n  Not able to "
            'get columns for unit test \'customers\' from relation "stayhouse"."core"."customers" '
            "because the relation doesn't exist",
            "the columns of customers from the warehouse, which has none yet: dbt build -s +orders",
        ),
        (
            "Compilation Error in unit_test kinds\n  Invalid column name: 'count_60d' in unit test "
            "fixture for expected output.\n  Accepted columns for expected output are: ['a']",
            "the rows under `expect` of kinds tell of a column count_60d, which "
            "models/core/money/orders.sql does not give: name there what it gives, in "
            "models/core/money/orders.yml.",
        ),
        (
            "Compilation Error in model clock (models/core/money/orders.yml)\n  Invalid column "
            "name: 'as_of' in unit test fixture for 'clock'.\n  Accepted columns for 'clock' are: "
            "['as_of_at']",
            "the rows of clock under `given` of kinds have a column as_of, which clock has not: "
            "name there one that it has, in models/core/money/orders.yml.",
        ),
        ("Runtime Error in unit_test kinds", "where it names a column that its inputs lack"),
    ],
)
def test_a_unit_test_that_could_not_be_run_tells_what_it_lacks(run, message, remedy):
    """The first two as dbt 1.11.16 says them."""
    _, _, words = run(("unit_test.stayhouse.orders.kinds", "error", message, None))
    assert remedy in words


PARSED = """\
16:27:58.152812 [info ] [MainThread]: Running with dbt=1.11.16
16:27:59.778665 [info ] [MainThread]: Registered adapter: duckdb=1.11.1
"""
STOPPED = f"""{PARSED}\
16:28:18.887972 [error] [MainThread]: Encountered an error:
Compilation Error
  [WARNING]: Test 'test.stayhouse.law' (tests/laws/law.sql) depends on a node named 'ordersz' in \
package '' which was not found
16:28:18.888201 [debug] [MainThread]: Command `dbt build` failed at 16:28:18.888
"""


@pytest.mark.parametrize(
    ("log", "seconds", "is_told"),
    [
        (STOPPED, 1, True),
        (PARSED + STOPPED, 1, True),
        # What ran after it, whether dbt wrote of it or only its results are younger, has results.
        (STOPPED + PARSED, 1, False),
        (STOPPED, -1, False),
    ],
)
def test_a_command_that_ran_nothing_is_told_and_not_what_failed_before_it(
    run, project, capsys, log, seconds, is_told
):
    run(("unit_test.stayhouse.orders.kinds", "fail", "actual differs from expected", 1))
    path = project.root / "logs" / "dbt.log"
    path.parent.mkdir(exist_ok=True)
    path.write_text(log)
    results = project.root / "target" / "run_results.json"
    written = results.stat().st_mtime + seconds
    os.utime(path, (written, written))
    (project.root / "models" / "core" / "money" / "orders.sql").touch()
    assert cli.main(["explain"]) == 1
    out = capsys.readouterr().out
    words = " ".join(out.split())
    assert ("unit test kinds of orders" in out) is not is_told
    assert ("dbt's last command ended early: Compilation" in words) is is_told
    assert ("no model or seed is named ordersz (did you mean orders?)" in words) is is_told
    assert "Command `dbt build` failed" not in out


def test_a_unit_test_that_only_dbts_cache_holds_is_forgotten(run, project):
    unit = ("unit_test.stayhouse.orders.kinds", "fail", "actual differs from expected", 1)
    _, _, words = run(unit)
    assert "unit test kinds of orders" in words
    cache = project.root / "target" / "partial_parse.msgpack"
    yml = project.root / "models" / "core" / "money" / "orders.yml"
    for text, is_kept in (
        ("unit_tests: [{name: other}]", False),
        ("unit_tests: [", True),
        (None, False),
    ):
        cache.touch()
        yml.write_text(text) if text else yml.unlink()
        assert explain.report(project.root, project.root / "target") == 1
        assert cache.exists() == is_kept


@pytest.mark.parametrize(
    ("unique_id", "message", "remedy"),
    [
        (
            "model.stayhouse.orders",
            "Binder Error: no x",
            "(what ran is target/compiled/orders.sql)",
        ),
        (
            "model.stayhouse.orders",
            "This model has an enforced contract that failed.",
            "the types in models/core/money/orders.yml in line",
        ),
        ("seed.stayhouse.event_types", "no x", "dbt build --full-refresh -s event_types"),
        # A test that could not be run at all: its SQL is at fault.
        ("test.stayhouse.orders_have_people", "Binder Error", "orders_have_people could not be"),
        ("operation.stayhouse.stayhouse-on-run-start-0", "no", "dbt_project.yml"),
    ],
)
def test_what_could_not_be_built_is_told_with_dbts_words(run, unique_id, message, remedy):
    code, out, words = run((unique_id, "error", message, None))
    assert code == 1
    assert remedy in words
    assert f"    {message}\n" in out


def test_a_contract_that_does_not_hold_is_no_fault_of_the_data(run):
    message = (
        "Compilation Error in model orders (models/core/money/orders.sql)\n"
        "  This model has an enforced contract that failed.\n"
        "  | people_count | BIGINT | INTEGER | data type mismatch |\n"
        "  \n"
        "  > in macro assert_columns_equivalent (macros/relations/column/columns_spec_ddl.sql)\n"
    )
    code, out, words = run(("model.stayhouse.orders", "error", message, None))
    assert code == 1
    assert "model orders could not be built" in words
    assert "the types in models/core/money/orders.yml in line" in words
    assert "| people_count | BIGINT | INTEGER | data type mismatch |" in out
    assert "Mend the data" not in out


def test_failures_come_first_and_what_was_skipped_is_counted(run):
    code, out, _ = run(
        ("test.stayhouse.orders_have_people", "warn", "Got 1 result", 1),
        ("seed.stayhouse.event_types", "skipped", None, None),
        ("test.stayhouse.grain_orders", "fail", "Got 2 results", 2),
        ("model.stayhouse.orders", "error", "no x", None),
        ("unit_test.stayhouse.orders.kinds", "skipped", None, None),
    )
    assert code == 1
    places = [out.index(word) for word in ("model orders", "grain of", "warns of", "2 more were")]
    assert places == sorted(places)


def test_a_good_build_is_said(run):
    code, out, _ = run(("model.stayhouse.orders", "success", "OK", None))
    assert (code, out) == (0, "Nothing failed in the last run of dbt (build).\n")


@pytest.mark.parametrize(("state", "code"), [("finished", 0), ("unfinished", 1)])
def test_a_build_that_was_killed_left_no_result_and_is_said(run, project, state, code):
    """What dbt wrote is of the build before."""
    (project.root / "warehouse").mkdir()
    with duckdb.connect(str(project.root / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute(FINISHED)
        con.execute("update build_token set state = ?", [state])
    said, _, words = run(("model.stayhouse.orders", "success", "OK", None))
    assert said == code
    assert ("The last build was broken off before its end" in words) == bool(code)


def test_without_a_build_there_is_nothing_to_explain(project, refused):
    assert "run 'stayhouse build' first" in refused("explain")


def test_a_law_without_a_remedy_has_none():
    assert law_text("-- What holds.\nselect 1") == ("What holds.", "")
    assert law_text("select 1") == ("", "")


def test_what_stands_lower_is_told_first(run):
    """`orders` reads the seed: built from it, it may fail because of it."""
    _, out, _ = run(
        ("model.stayhouse.orders", "error", "no x", None),
        ("seed.stayhouse.event_types", "error", "no y", None),
    )
    assert out.index("seed event_types") < out.index("model orders")
