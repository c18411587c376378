"""A build that the data broke is told: what was lost and why, and no SQL that nobody must mend."""

import duckdb
import pytest

from stayhouse.reports.causes import DATA_LAWS
from tests.building import CHECKOUT
from tests.unit.test_explain import run  # noqa: F401

# ruff: noqa: F811 (the fixture has the name of the argument that asks for it)

STOP = "rejection_rate_stops_the_build"
LOSSES = """
create schema core;
create table core.data_quality as from (values
    ('shop', 'order_lines', 'accepted', 'accepted', 'GBP', null, 40::bigint, 10::decimal(38, 4)),
    ('shop', 'order_lines', 'rejected', 'invalid_price', 'GBP', '1,249.00', 60, 90),
    ('shop', 'orders', 'rejected', 'unknown_status', null, 'sold', 1, null),
    ('shop', 'orders', 'accepted', 'accepted', null, null, 99, null)
) as t(source_name, table_name, disposition, reason_code, currency, example, row_count, amount);
"""


def test_where_the_data_are_at_fault_reasons_come_first_and_no_sql_is_named(run, project):
    (project.root / "warehouse").mkdir()
    with duckdb.connect(str(project.root / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute(LOSSES)
    (project.root / "target" / "compiled").mkdir(parents=True)
    (project.root / "target" / "compiled" / "stop.sql").write_text(
        "select source_name, table_name from stayhouse.core.data_quality "
        "where row_count = 60 -- the end"
    )
    code, out, words = run(
        ("test.stayhouse.grain_orders", "fail", "Got 2 results", 2),
        ("test.stayhouse.orders_have_people", "fail", "Got 9 results", 9),
        (f"test.stayhouse.{STOP}", "fail", "Got 1 result", 1),
        (f"test.stayhouse.{STOP.replace('stops_the_build', 'warns')}", "warn", "Got 1 result", 1),
        ("model.stayhouse.orders", "skipped", None, None),
    )
    assert code == 1
    assert words.startswith(
        "the data: so much was rejected that nothing is published to do mend the export by the "
        "reasons below"
    )
    assert (
        "60.0% of the rows of shop.order_lines (60 of 100), 90.0% of its money (90.00 of 100.00 "
        "GBP) are in no figure rejected, invalid_price: 60 rows, 90.00 GBP, such as 1,249.00"
    ) in words
    # As docs/data.md says it; whoever removes a folder by hand leaves the stored events.
    assert "`stayhouse unland <source> --table <table> --batch <n>`" in words
    assert "batch_id=" not in words
    assert out.count("the data: ") == 1
    assert "shop.orders" not in words  # 1 of 100 stops nothing
    assert ".sql" not in out
    # A law that fails beside it may only say the same again.
    assert "What else failed may follow from it: grain_orders, orders_have_people. What still" in (
        words
    )
    assert out.endswith("Mend the data, then `make build`.\n")


@pytest.mark.parametrize("reason", ["invalid_price", "prices_include_tax", "unknown_currency"])
def test_a_setting_that_was_forgotten_is_said_before_what_landed_is_blamed(run, project, reason):
    (project.root / "warehouse").mkdir()
    with duckdb.connect(str(project.root / "warehouse" / "stayhouse.duckdb")) as con:
        con.execute(LOSSES.replace("invalid_price", reason))
    (project.root / "target" / "compiled").mkdir(parents=True)
    (project.root / "target" / "compiled" / "stop.sql").write_text(
        "select source_name, table_name from stayhouse.core.data_quality where row_count = 60"
    )
    _, _, words = run((f"test.stayhouse.{STOP}", "fail", "Got 1 result", 1))
    setting = "to do where the reason is prices_include_tax, say so in that var of dbt_project.yml"
    assert (setting in words) == (reason == "prices_include_tax")
    setting = "to do where the reason is unknown_currency, correct var base_currency in dbt_project"
    assert (setting in words) == (reason == "unknown_currency")
    assert ("`stayhouse rates`" in words) == (reason == "unknown_currency")
    assert "mend the export by the reasons below" in words


def test_a_sentence_of_a_macro_is_all_that_is_told_of_it(run):
    _, out, _ = run(
        (
            "operation.stayhouse.stayhouse-on-run-start-0",
            "error",
            "Compilation Error in operation x (./dbt_project.yml)\n  Nothing has landed in here: "
            "run `stayhouse land`.\n  \n  > in macro stop (macros/stop.sql)\n  > called by macro x",
            None,
        )
    )
    assert out.startswith("the build stopped: Nothing has landed in here: run `stayhouse land`.\n")
    assert ".sql" not in out


def test_a_value_that_does_not_fit_is_told_before_what_cannot_be_built(run):
    orders = "model orders (models/core/money/orders.sql)"
    value = f"Runtime Error in {orders}\n  Conversion Error: Could not "
    _, out, words = run(
        ("seed.stayhouse.event_types", "error", "no x", None),
        ("model.stayhouse.orders", "error", value + "convert string 'soon'\n  LINE 3: ...", None),
    )
    assert words.startswith("a value does not fit:")
    assert "Conversion Error: Could not convert string 'soon'" in out
    assert ".sql" not in out
    # A unit test whose rows do not fit is no fault of the data.
    _, out, _ = run(("unit_test.stayhouse.orders.kinds", "error", value, None))
    assert out.startswith("unit test kinds of orders (models/core/money/orders.yml)")


def test_a_value_of_a_seed_is_mended_in_its_file(run):
    value = "Runtime Error in seed event_types (seeds/event_types.csv)\n  Conversion Error: no bool"
    _, out, words = run(("seed.stayhouse.event_types", "error", value, None))
    assert "to do mend the value below in seeds/event_types.csv." in words
    assert "Conversion Error: no bool" in out
    assert "what landed" not in words


def test_a_row_of_a_seed_that_a_model_refuses_is_no_fault_of_what_landed(run):
    words = "seeds/rules.csv: condition 1 of the rule x cannot be used: why. Correct the row."
    value = f"Runtime Error in model orders (models/orders.sql)\n  Invalid Input Error: {words}\n"
    _, out, told = run(("model.stayhouse.orders", "error", value, None))
    assert told.startswith(
        f"the build stopped: {words} to do mend the seed's row and build again; what landed is"
    )
    assert "export" not in out
    # A sentence about what landed stays one.
    _, _, told = run(
        ("model.stayhouse.orders", "error", value.replace("seeds/rules.csv", "a.csv"), None)
    )
    assert "look for the value below in what landed" in told


def test_a_file_of_a_seed_that_cannot_be_read_is_told_in_a_sentence(run, project):
    (project.root / "seeds").mkdir(exist_ok=True)
    (project.root / "seeds" / "event_types.csv").write_text("a,b\n1,2,3\n")
    failed = ("seed.stayhouse.event_types", "error", "Row 0 has 3 values", None)
    _, _, words = run(failed)
    assert words.startswith("the build stopped: seeds/event_types.csv line 2 has 3 values where")
    (project.root / "seeds" / "event_types.csv").write_text("a,b\n1,2\n")
    _, _, words = run(failed)
    assert words.startswith("seed event_types could not be built")


def test_laws_that_only_data_break_are_in_the_project():
    laws = {path.stem for path in (CHECKOUT / "tests" / "laws").glob("*.sql")}
    assert laws >= DATA_LAWS
