"""A shop of benchmarks that is copies of a smaller one: all rows so often, nobody met twice."""

from pathlib import Path

import duckdb
import pytest

from tests.bench.history import cut

COPIES = 3


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the raw files of a small shop and of its copies."""
    folder = tmp_path_factory.mktemp("copies")
    return cut(folder / "one", 40).raw, cut(folder / "copies", 40 * COPIES, COPIES).raw


def test_each_row_is_there_in_each_copy(shops: tuple[Path, Path]) -> None:
    own = {"events", "orders", "order_lines", "order_charges", "refunds", "customers", "contacts"}
    own |= {"exposures", "reviews", "erasure_requests"}
    for path in shops[0].glob("*.parquet"):
        before, after = (
            duckdb.sql(f"select count(*) from '{raw / path.name}'").fetchall()[0][0]
            for raw in shops
        )
        assert after == before * (COPIES if path.stem in own else 1), path.stem


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("customers", "customer_id"),
        ("customers", "lower(trim(email))"),
        ("orders", "order_id"),
        ("events", "event_id"),
        ("events", "visitor_id"),
        ("refunds", "refund_id"),
    ],
)
def test_no_two_copies_share_who_or_what(shops: tuple[Path, Path], table: str, column: str) -> None:
    one, copies = (
        duckdb.sql(f"select count(distinct {column}) from '{raw}/{table}.parquet'").fetchall()
        for raw in shops
    )
    assert copies[0][0] == one[0][0] * COPIES


def test_what_belongs_together_stays_so(shops: tuple[Path, Path]) -> None:
    met = [
        duckdb.sql(
            f"select count(*) from '{raw}/order_lines.parquet' as l "
            f"inner join (select distinct order_id, customer_id from '{raw}/orders.parquet') as o "
            f"on l.order_id = o.order_id "
            f"inner join (select distinct customer_id from '{raw}/customers.parquet') as c "
            f"on o.customer_id = c.customer_id"
        ).fetchall()[0][0]
        for raw in shops
    ]
    assert met[1] == met[0] * COPIES > 0
