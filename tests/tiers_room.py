"""What channels pay back, the matrix and the tiers on a small shop that a test writes down."""

import re
from typing import Any

import duckdb

from tests.building import Run

MODELS = {
    "value": (
        *("int_cohorts__channels", "ltv_by_cohort", "payback"),
        *("int_value_bands__checked", "value_matrix"),
    ),
    "strategy": (*("int_tiers__ranked", "value_tiers", "value_tier_edges", "value_tier_movement"),),
}
MARTS = [
    f"{room}.{name}"
    for room, names in MODELS.items()
    for name in names
    if not name.startswith("int_")
]
_READ = (
    *("core.clock", "core.orders", "retention.customer_lifecycle", "retention.channel_quality"),
    *("value.int_value__terms", "value.customer_ltv", "value.value_history"),
)
_DATABASE = re.compile(r'"\w+"\.("\w+"\."\w+")')


class Tiers:
    """What the models read, and what they make of it.

    ``warehouse`` is where dbt compiled the models; its tables have the columns, and its bands are
    read. The clock is 15 June 2025, and .5 of net sales is left when the goods are paid.
    """

    def __init__(self, warehouse: Run) -> None:
        folder = warehouse.target / "compiled" / "stayhouse" / "models"
        self.sql = {
            f"{room}.{name}": _DATABASE.sub(
                r"\1", (folder / room / f"{name}.sql").read_text("utf-8")
            )
            for room, names in MODELS.items()
            for name in names
        }
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(f"attach '{warehouse.database}' as built (read_only)")
        for room in ("core", "retention", "value", "strategy", "seeds"):
            self.con.execute(f"create schema {room}")
        for table in _READ:
            self.con.execute(f"create table {table} as from built.{table} limit 0")
        self.con.execute("create table seeds.value_bands as from built.seeds.value_bands")
        self.con.execute("detach built")
        self.add("core.clock", as_of_at="2025-06-15", open_day="2025-06-15")
        self.add("value.int_value__terms", margin_source="setting", margin=0.5)

    def add(self, table: str, **row: Any) -> None:
        """Put a row into a table; columns that are not named are null."""
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        self.con.execute(f"insert into {table} ({columns}) values ({places})", list(row.values()))

    def buyer(self, person: str, past: float, expected: float | None, **more: Any) -> None:
        """A person with a net order at the clock, by what they brought and are to bring."""
        self.known(person, past, expected)
        self.add(
            "value.customer_ltv", person_id=person, booked_net_sales=past, p_order_90d=None,
            expected_net_sales_365d=expected, order_day_count=1, last_order_on="2025-06-01", **more,
        )  # fmt: skip

    def known(
        self, person: str, past: float, expected: float | None, month: str = "2025-06-01"
    ) -> None:
        """A buyer of a month, by what was known at its end."""
        self.add(
            "value.value_history", person_id=person, net_sales_365d=past,
            expected_net_sales_365d=expected, is_served=expected is not None,
            is_month_complete=month < "2025-06-01", month=month,
        )  # fmt: skip

    def build(self, *names: str) -> None:
        for name in names or self.sql:
            self.con.execute(f"create or replace table {name} as {self.sql[name]}")

    def rows(self, mart: str, columns: str = "*") -> list[tuple[Any, ...]]:
        return self.con.execute(f"select {columns} from {mart} order by all").fetchall()
