"""What is pulled: orders of a database, by the plan of a shop."""

from typing import Any

import duckdb

from tests.conftest import Project
from tests.pull.cluster import Cluster

VARIABLE = "STAYHOUSE_DATABASE_SHOP"
ORDERS = """
create table orders (
    order_id bigint primary key, ordered_at timestamptz, status text, currency char(3),
    updated_at timestamptz
)"""
PLAN = """settle_seconds = 0
batch_rows = {rows}
[orders]
from = "orders"
cursor = "updated_at"
"""


def plan(project: Project, text: str = PLAN.format(rows=100)) -> None:
    (project.root / "models" / "staging" / "shop" / "pull.toml").write_text(text)


def landed(project: Project, columns: str, table: str = "orders") -> list[tuple[Any, ...]]:
    """Return what has landed of a table, in the order of the columns."""
    files = f"{project.landing}/shop/{table}/batch_id=*/data.parquet"
    with duckdb.connect() as con:
        return con.execute(
            f"select {columns} from read_parquet('{files}', union_by_name = true) order by all"
        ).fetchall()


def fill(server: Cluster, count: int, updated_at: str, first: int = 1) -> None:
    server.sql(
        "insert into orders select n, '2024-03-01 10:00:00+01', 'placed', 'EUR', "
        f"{updated_at} from generate_series({first}, {first + count - 1}) as n"
    )
