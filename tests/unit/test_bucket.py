"""The bucket of a unit: the same number in SQL, in the planted shop and by md5sum."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from stayhouse.shop.population.buckets import buckets
from tests.spark.engines import rendered

# What `printf '<salt>|c<number>' | md5sum | cut -c 1-8` begins with, modulo 10,000.
GOLDEN = {
    ("global_holdout", 1): 6345,
    ("global_holdout", 400): 5964,
    ("global_holdout", 3664): 7773,
    ("autumn", 1): 809,
    ("autumn", 400): 9134,
    ("autumn", 3664): 4522,
}


@pytest.fixture(scope="module")
def expression(parsed: Path) -> str:
    """The macro as DuckDB's SQL, of columns `salt` and `unit`."""
    return rendered({"": "{{ bucket('salt', 'unit') }}"}, parsed)[""]


def bucket(expression: str, salt: str, unit: str | None) -> object:
    query = f"select {expression} from (select ? as salt, ? as unit)"
    return duckdb.connect().execute(query, [salt, unit]).fetchall()[0][0]


@pytest.mark.parametrize(("salt", "number"), GOLDEN)
def test_sql_and_the_planted_shop_agree(expression: str, salt: str, number: int) -> None:
    assert bucket(expression, salt, f"c{number}") == GOLDEN[salt, number]
    assert buckets(salt, np.array([number])).tolist() == [GOLDEN[salt, number]]


def test_nobody_has_no_bucket(expression: str) -> None:
    assert bucket(expression, "global_holdout", None) is None


def test_a_bucket_is_one_of_ten_thousand(expression: str) -> None:
    found = duckdb.connect().execute(
        f"select min({expression}), max({expression}), count(distinct {expression}) from "
        "(select 'global_holdout' as salt, concat('c', range) as unit from range(100000))"
    )
    assert found.fetchall() == [(0, 9999, 10_000)]
