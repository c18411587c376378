"""A table of people in Python, some of them at a time."""

import duckdb
import pandas as pd
import pytest

from stayhouse.base.portions import in_portions, streamed

PEOPLE = pd.DataFrame(
    {"person_id": [f"p{i % 40}" for i in range(100)], "amount": [float(i) for i in range(100)]}
)


@pytest.mark.parametrize(("rows", "calls"), [(99, 2), (100, 1), (7, 15)])
def test_portions_hold_every_row_once_and_a_person_whole(rows, calls):
    """Of 100 rows; what is beside a portion is of the same people."""
    seen = []

    def answer(portion, beside):
        totals = portion.groupby("person_id", as_index=False)["amount"].sum()
        seen.append((set(portion["person_id"]), set(beside.df()["person_id"])))
        return totals.astype({"person_id": "str", "amount": "float64"})

    with duckdb.connect() as con:
        con.register("people", PEOPLE)
        table = con.sql("select * from people")
        reader = in_portions(table, table, answer, rows)
        found = reader.read_all().to_pandas().sort_values("person_id", ignore_index=True)
    expected = PEOPLE.groupby("person_id", as_index=False)["amount"].sum()
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert seen[0] == (set(), set())
    assert len(seen) == 1 + calls
    assert all(people == beside for people, beside in seen)


def test_a_table_of_nobody_has_its_columns():
    with duckdb.connect() as con:
        con.register("people", PEOPLE.iloc[:0])
        table = con.sql("select * from people")
        reader = in_portions(table, table, lambda portion, _: portion)
        assert reader.schema.names == ["person_id", "amount"]
        assert reader.read_all().num_rows == 0


def test_a_frame_is_made_when_the_one_before_was_read():
    made = []

    def frames():
        for number in range(3):
            made.append(number)
            yield pd.DataFrame({"number": [number]})

    reader = streamed(frames())
    assert made == [0]
    assert [batch.to_pydict()["number"] for batch in reader] == [[0], [1], [2]]


def test_a_failure_on_the_way_leaves_no_table():
    """DuckDB, which writes what it reads, is told of it and what was wrong."""

    def frames():
        yield pd.DataFrame({"number": [1]})
        raise ValueError("the second portion")

    with duckdb.connect() as con:
        con.register("told", streamed(frames()))
        with pytest.raises(Exception, match="the second portion"):
            con.execute("create table kept as select * from told")
        assert con.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]
