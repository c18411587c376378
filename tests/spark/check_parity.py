"""What DuckDB gives and what Spark gives: `make parity`, after a `make build`. It needs Java 17.

Spark and its adapter get an environment of their own in ``build/spark``, from PyPI, so `make test`
does not run this.
"""

import re
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT
from tests.spark.engines import FOLDER, Answers, difference, rendered, run_on_spark
from tests.spark.macro_cases import CASES, DIFFERENCES, INPUTS, STOPS, WITHOUT_CASE

QUERIES = (
    CASES
    | {name: sql for name, (sql, _) in STOPS.items()}
    | {name: f"select cast({sql} as string) as text" for name, (sql, *_) in DIFFERENCES.items()}
)


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    """DuckDB with the inputs of the macros' cases."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    for name, query in INPUTS.items():
        con.execute(f"create table {name} as {query}")
    return con


@pytest.fixture(scope="module")
def duck_sql() -> dict[str, str]:
    return rendered("duckdb", QUERIES)


@pytest.fixture(scope="module")
def spark(duck: duckdb.DuckDBPyConnection) -> Answers:
    """Spark's answers to every case, from the same inputs."""
    folder = FOLDER / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for name in INPUTS:
        files[name] = folder / f"{name}.parquet"
        duck.execute(f"copy {name} to '{files[name]}' (format parquet)")
    return run_on_spark("macros", files, rendered("spark", QUERIES))


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
