"""What a first load is held against gives our rows, of the sample; and what it is measured with."""

import sys
from pathlib import Path

import duckdb
import pytest

from stayhouse.base import project
from tests.bench import first_load, guard
from tests.bench.peers import handwritten, keeping, pandas_script, simple
from tests.building import CHECKOUT, Run

SAMPLE = project.sample_path(CHECKOUT)


def test_the_hand_written_script_gives_our_rows(warehouse: Run, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.duckdb"
    handwritten.build(SAMPLE, theirs)
    found = first_load.differences(warehouse.database, theirs)
    assert found == {"sessions": 0, "cohort_retention": 0, "rfm_segments": 0}
    with duckdb.connect(str(theirs)) as con:
        con.execute("delete from sessions where ended_at = (select max(ended_at) from sessions)")
        con.execute("insert into rfm_segments from rfm_segments limit 1")
    found = first_load.differences(warehouse.database, theirs)
    assert found == {"sessions": 1, "cohort_retention": 0, "rfm_segments": 1}


def test_the_script_that_keeps_events_keeps_ours(warehouse: Run, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.duckdb"
    keeping.build(SAMPLE, theirs)
    found = first_load.differences(warehouse.database, theirs)
    assert found == {"sessions": 0, "cohort_retention": 0, "rfm_segments": 0}
    columns = "event_id, visitor_id, customer_id, product_id, price, quantity, rating, occurred_at"
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse.database}' as ours (read_only)")
        con.execute(f"attach '{theirs}' as theirs (read_only)")
        sides = [f"(select {columns} from {side}.events)" for side in ("ours.core", "theirs.main")]
        for one, other in (sides, sides[::-1]):
            assert con.execute(f"from {one} except all from {other}").fetchall() == []


def test_pandas_gives_the_rows_of_simple_sql(tmp_path: Path) -> None:
    simple.build(SAMPLE, tmp_path / "sql.duckdb")
    pandas_script.build(SAMPLE, tmp_path / "pandas.duckdb")
    with duckdb.connect() as con:
        con.execute(f"attach '{tmp_path}/sql.duckdb' as one")
        con.execute(f"attach '{tmp_path}/pandas.duckdb' as other")
        for name in simple.TABLES:
            columns = [row[0] for row in con.execute(f"describe one.{name}").fetchall()]
            # Money of pandas is a float.
            told = ", ".join(
                "cast(amount as decimal(18, 2)) as amount" if name == "amount" else name
                for name in columns
            )
            sides = [f"(select {told} from {side}.{name})" for side in ("one", "other")]
            for one, other in (sides, sides[::-1]):
                rows = con.execute(f"from {one} except all from {other}").fetchall()
                assert rows == []
            assert con.execute(f"select count(*) > 100 from one.{name}").fetchall() == [(True,)]


@pytest.mark.parametrize(("seconds", "holds"), [(12.4, True), (12.6, False)])
def test_a_quarter_more_than_what_is_stored_fails(
    monkeypatch: pytest.MonkeyPatch, seconds: float, holds: bool
) -> None:
    monkeypatch.setattr(guard, "STORED", {"night": 5.0})
    assert guard.hold("night", seconds, 2.0) is holds


def test_costs_are_of_the_process_alone() -> None:
    words = ["python", "-c", "x = bytearray(200 << 20); n = sum(range(3_000_000))"]
    cost = first_load.spent(words, {})
    assert 200 <= cost.megabytes < 320
    assert cost.seconds > 0.02
    with pytest.raises(RuntimeError, match="no such thing"):
        first_load.spent(["python", "-c", "raise SystemExit('no such thing')"], {})


# A statement in place of dbt's run; to import dbt costs many times as much.
_A_BUILD = """
import sys

import duckdb
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from tests import parsed_dbt
from tests.bench import sql_cost


def build(parsed, *words):
    assert words == ("build", "--threads", "1")
    sql = "select sum(hash(i)) from range(20000000) as r(i)"
    DuckDBCursorWrapper(duckdb.connect()).execute(sql)
    return 3


parsed_dbt.main = build
sys.exit(int(sql_cost.main(sys.argv[1], "parsed", "build") != 3))
"""


def test_of_a_build_its_sql_alone_is_counted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _A_BUILD, str(tmp_path / "told")]
    cost = first_load.spent(command, {"PYTHONPATH": str(CHECKOUT)})
    assert 0.02 < float((tmp_path / "told").read_text()) < cost.seconds / 2
