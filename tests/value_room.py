"""The room value on a small shop that a test writes down, without a build."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pandas as pd

from stayhouse.purchasing import find_seasons, fit_values_by_cutoff, foresee_orders
from tests.building import Run

_BEFORE = (
    *("int_value__cutoffs", "int_value__persons", "int_value__order_days", "int_value__people"),
    *("int_value__histories", "int_value__spends", "int_value__terms", "int_value__horizons"),
    "int_value__season_days",
)
# As the doors in python_models/value call them.
_DOORS: Mapping[str, tuple[Callable[..., pd.DataFrame], tuple[str, ...]]] = {
    "ml_value_fits": (
        fit_values_by_cutoff,
        ("value.int_value__histories", "value.int_value__spends", "features.bg_nbd_fits"),
    ),
    "ml_value_outlook": (
        foresee_orders,
        (
            *("value.int_value__histories", "value.int_value__spends"),
            *("value.ml_value_fits", "value.int_value__terms"),
        ),
    ),
    "ml_value_seasons": (
        find_seasons,
        ("value.int_value__season_days", "value.int_value__horizons"),
    ),
}
MARTS = ("value_fits", "value_evaluation", "customer_ltv", "value_history")
_AFTER = (
    *("int_value__expected", "int_value__actuals", "int_value__judged", "int_value__served"),
    *MARTS,
)
_DATABASE = re.compile(r'"\w+"\.("\w+"\."\w+")')
_TABLES = """
    create table core.clock (as_of_at timestamp, open_day date, first_at timestamp);
    create table core.orders (
        source_name varchar, order_id varchar, person_id varchar, is_test boolean,
        is_order boolean, is_net_at_clock boolean, is_settled boolean,
        net_sales decimal(38, 4), local_day date, ordered_at timestamp);
    create table core.money_lines (
        source_name varchar, order_id varchar, person_id varchar, kind varchar,
        product_id varchar, currency varchar, quantity bigint, native_amount decimal(38, 4),
        amount decimal(38, 4), effective_at timestamp);
    create table core.product_versions (
        source_name varchar, product_id varchar, cost decimal(18, 4), version_number bigint,
        valid_from timestamp, valid_to timestamp);
    create table features.bg_nbd_fits (
        cut_off_at timestamp, customer_count bigint, r double, alpha double, a double, b double,
        log_likelihood double, is_converged boolean);
"""


class Shop:
    """Orders, and what the models make of them.

    ``warehouse`` is where dbt compiled the models. The clock is 15 June 2025, in London, and the
    local day is that of London's summer for orders from noon on.
    """

    def __init__(self, warehouse: Run) -> None:
        folder = warehouse.target / "compiled" / "stayhouse" / "models" / "value"
        self.sql = {
            name: _DATABASE.sub(r"\1", (folder / f"{name}.sql").read_text("utf-8"))
            for name in (*_BEFORE, *_AFTER)
        }
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        for room in ("core", "features", "value"):
            self.con.execute(f"create schema {room}")
        self.con.execute(_TABLES)
        self.until(datetime(2025, 6, 15))

    def until(self, as_of: datetime) -> None:
        self.as_of = as_of
        self.con.execute("delete from core.clock")
        row = [as_of, as_of.date(), datetime(2020, 1, 1)]
        self.con.execute("insert into core.clock values (?, ?, ?)", row)

    def order(
        self, person: str, at: str, amount: float = 10, refunds: tuple[Any, ...] = ()
    ) -> None:
        """Place an order at noon of a day; ``refunds`` are days and amounts."""
        name, when = f"{person} {at}", datetime.fromisoformat(f"{at} 12:00:00")
        given_back = sum(back for _, back in refunds)
        self.con.execute(
            "insert into core.orders values ('shop', ?, ?, false, true, ?, ?, ?, ?, ?)",
            [
                *(name, person, amount > given_back),
                *(when + timedelta(days=30) <= self.as_of, amount - given_back, at, when),
            ],
        )
        self.line(person, name, "item", amount, at)
        for day, back in refunds:
            self.line(person, name, "refund", -back, day)

    def line(self, person: str, order: str | None, kind: str, amount: float, at: str) -> None:
        self.con.execute(
            "insert into core.money_lines values "
            "('shop', ?, ?, ?, 'p', 'GBP', 1, ?, ?, cast(? as timestamp))",
            [order, person, kind, amount, amount, f"{at} 12:00:00"],
        )

    def build(self) -> None:
        for model in _BEFORE:
            self._keep(model, self.con.sql(self.sql[model]))
        for name, (function, inputs) in _DOORS.items():
            found = function(*(self.con.sql(f"from {table}").df() for table in inputs))
            self.con.register("found", found)
            self._keep(name, self.con.sql("from found"))
        for model in _AFTER:
            self._keep(model, self.con.sql(self.sql[model]))

    def _keep(self, name: str, relation: duckdb.DuckDBPyRelation) -> None:
        self.con.execute(f"drop table if exists value.{name}")
        relation.create(f"value.{name}")

    def rows(self, mart: str, columns: str = "*", where: str = "true") -> list[tuple[Any, ...]]:
        found = self.con.execute(f"select {columns} from value.{mart} where {where} order by all")
        return found.fetchall()
