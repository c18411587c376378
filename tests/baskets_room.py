"""The SQL and the door of rules on baskets that a test writes down, without a build."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pandas as pd
import yaml

from stayhouse.behavior import find_rules
from tests.building import CHECKOUT, Run

_YAML = CHECKOUT / "python_models" / "behavior" / "ml_basket_rules.yml"
RULE: dict[str, Any] = yaml.safe_load(_YAML.read_text())["models"][0]["config"]["meta"]["rule"]
_DATABASE = re.compile(r'"\w+"\.("\w+"\."\w+")')
_SETS = ("int_baskets__lines", "int_baskets__sets", "int_baskets__long")
_MARTS = ("basket_rules", "rule_settings")


class Baskets:
    """Orders with products, and what the models make of them.

    ``warehouse`` is where dbt compiled the models; its tables of core have the columns.
    """

    def __init__(self, warehouse: Run) -> None:
        folder = warehouse.target / "compiled" / "stayhouse" / "models" / "behavior"
        self.sql = {
            name: _DATABASE.sub(r"\1", (folder / f"{name}.sql").read_text("utf-8"))
            for name in (*_SETS, *_MARTS)
        }
        self.con = duckdb.connect()
        self.con.execute(f"attach '{warehouse.database}' as built (read_only)")
        self.con.execute("create schema core; create schema behavior; set schema = 'behavior'")
        for table in ("clock", "orders", "money_lines", "products"):
            self.con.execute(f"create table core.{table} as from built.core.{table} limit 0")
        self.con.execute("detach built")
        self.con.execute("insert into core.clock (as_of_at) values (timestamp '2024-05-01')")

    def build(
        self, lines: Iterable[tuple[str, str]], shelves: Mapping[str, str] | None = None
    ) -> None:
        """Make the marts of these lines, each an order and a product, and shelves of products."""
        held = pd.DataFrame(list(lines), columns=["order_id", "product_id"], dtype="str")
        put = pd.DataFrame((shelves or {}).items(), columns=["product_id", "category"], dtype="str")
        self.con.execute("""
            delete from core.orders; delete from core.money_lines; delete from core.products;
            insert into core.orders (source_name, order_id, is_order, ordered_at)
            select distinct 'shop', order_id, true, timestamp '2024-04-01' from held;
            insert into core.money_lines (source_name, order_id, product_id, kind)
            select 'shop', order_id, product_id, 'item' from held;
            insert into core.products (source_name, product_id, category)
            select 'shop', product_id, category from put;
        """)
        for name in _SETS:
            self.con.execute(f"create or replace table behavior.{name} as {self.sql[name]}")
        sets, baskets = (self.frame(f"from {name}") for name in _SETS[1:])
        rules = find_rules(sets, baskets, RULE)
        self.con.execute("create or replace table behavior.ml_basket_rules as from rules")
        for name in _MARTS:
            self.con.execute(f"create or replace table behavior.{name} as {self.sql[name]}")
        del held, put, rules

    def frame(self, sql: str) -> pd.DataFrame:
        return self.con.execute(sql).df()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()
