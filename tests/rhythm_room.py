"""The SQL of the shop's rhythm on a small shop that a test writes down, without a build."""

import re
from datetime import date, datetime, timedelta

import duckdb
import pandas as pd
import yaml

from stayhouse.behavior import forecast_activity
from tests.building import CHECKOUT, Run

CHAIN = (
    *("int_rhythm__holidays", "int_rhythm__days", "int_rhythm__hours", "int_seasons__weekly"),
    *("int_seasons__monthly", "int_seasons__holidays", "seasonality", "int_forecasts__judged"),
    *("forecast_backtest", "forecast_models", "activity_forecast", "int_send_time__messages"),
    *("int_send_time__rates", "send_time", "send_time_left_out"),
)
MARTS = [name for name in CHAIN if not name.startswith("int_")]
_DOOR = CHECKOUT / "python_models" / "behavior" / "ml_activity_forecasts.yml"
_DATABASE = re.compile(r'"\w+"\.("\w+"\."\w+")')
_TABLES = (
    *(
        "orders",
        "money_lines",
        "sessions",
        "contacts",
        "customers",
        "customer_days",
        "days",
        "clock",
    ),
)


class Rhythm:
    """Orders, visits and messages, and what the models make of them.

    ``warehouse`` is where dbt compiled the models, whose seeds are read and whose tables of core
    have the columns. The clock is the midnight (UTC) of ``open_day``; None is a shop of nothing.
    """

    def __init__(self, warehouse: Run, first_day: date, open_day: date | None) -> None:
        folder = warehouse.target / "compiled" / "stayhouse" / "models" / "behavior"
        self.sql = {
            name: _DATABASE.sub(r"\1", (folder / f"{name}.sql").read_text("utf-8"))
            for name in CHAIN
        }
        self.first_day, self.open_day = first_day, open_day
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(f"attach '{warehouse.database}' as built (read_only)")
        for room in ("core", "seeds", "behavior"):
            self.con.execute(f"create schema {room}")
        for table in _TABLES:
            self.con.execute(f"create table core.{table} as from built.core.{table} limit 0")
        self.con.execute("create table seeds.holidays as from built.seeds.holidays")
        self.con.execute("detach built")
        if open_day is not None:
            self.con.execute(
                "insert into core.clock by name select $d::date as open_day, "
                "$d::timestamp as as_of_at, 'Europe/London' as time_zone", {"d": open_day},
            )  # fmt: skip
            count = (open_day - first_day).days
            self.con.execute(
                "insert into core.days by name select d < $n as is_day_complete, "
                "$first::date + d::integer as local_day from range($n + 1) as days(d)",
                {"n": count, "first": first_day},
            )

    def order(self, day: date, count: int = 1, at_hour: int = 12) -> None:
        """Add so many orders of a day, each of a stranger, with sales of 2."""
        self.con.execute(
            "insert into core.orders by name select true as is_order, 2 as net_sales, "
            "$day::date as local_day, $at::timestamp as ordered_at from range($n)",
            {"day": day, "n": count, "at": datetime.combine(day, datetime.min.time())
             + timedelta(hours=at_hour)},
        )  # fmt: skip

    def customer(self, name: str, time_zone: str | None = None) -> None:
        """Add a customer who agreed to messages."""
        self.con.execute(
            "insert into core.customers by name select 'shop' as source_name, "
            "$name as customer_id, $name as person_id, $zone as time_zone, "
            "true as has_marketing_consent",
            {"name": name, "zone": time_zone},
        )

    def message(self, name: str, at_hour: int, sent: int, opened: int) -> None:
        """Add messages to a customer on the first days of the shop."""
        at = datetime.combine(self.first_day, datetime.min.time()) + timedelta(hours=at_hour)
        self.con.execute(
            "insert into core.contacts by name select 'shop' as source_name, "
            "$name || ' ' || $hour || ' ' || n as contact_id, $name as person_id, "
            "$name as customer_id, 'email' as channel, $at::timestamp as sent_at, "
            "case when n < $opened then $at::timestamp end as opened_at from range($sent) as t(n)",
            {"name": name, "hour": str(at_hour), "at": at, "sent": sent, "opened": opened},
        )

    def build(self) -> None:
        """Make each table of the chain."""
        rule = yaml.safe_load(_DOOR.read_text("utf-8"))["models"][0]["config"]["meta"]["rule"]
        for name in CHAIN:
            if name == "int_forecasts__judged":
                daily = self.con.execute("from behavior.int_rhythm__days").df()
                holidays = self.con.execute("from behavior.int_rhythm__holidays").df()
                told = forecast_activity(daily, holidays, rule)
                self.con.register("told", told)
                self.con.execute("create table behavior.ml_activity_forecasts as from told")
            self.con.execute(f"create table behavior.{name} as {self.sql[name]}")

    def ask(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query."""
        return self.con.execute(sql).df()
