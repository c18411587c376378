"""The SQL of the room segments on a small shop that a test writes down, without a build."""

import re
from datetime import datetime
from typing import Any

import duckdb

from tests.building import Run

CHAIN = (
    *("int_rfm__months", "int_rfm__states", "rfm_cut_points", "int_rfm__scored"),
    *("rfm_segments", "rfm_history", "rfm_movement"),
    *("int_profile__rules", "int_profile_facts", "int_profile__judged"),
    *("profile_segments", "profile_segment_sizes"),
)
MARTS = [name for name in CHAIN if not name.startswith("int_")]
_SEEDS = ("rfm_segment_map", "rfm_frequency_edges", "churn_segment_bands")
_DATABASE = re.compile(r'"\w+"\.("\w+"\."\w+")')
_TABLES = """
    create table core.clock (as_of_at timestamp, open_day date, first_at timestamp);
    create table core.orders (
        source_name varchar, order_id varchar, person_id varchar, is_test boolean,
        is_order boolean, is_net_at_clock boolean, coupon_code varchar,
        ordered_at timestamp);
    create table core.money_lines (
        source_name varchar, order_id varchar, person_id varchar, kind varchar,
        product_id varchar, currency varchar, native_amount decimal(38, 4),
        amount decimal(38, 4), effective_at timestamp);
    create table core.customers (
        person_id varchar, gender varchar, income_band varchar, country varchar,
        city varchar, birth_year bigint, has_marketing_consent boolean,
        signed_up_at timestamp);
    create table core.sessions (
        person_id varchar, device_type varchar, is_bot boolean, started_at timestamp,
        ended_at timestamp);
    create table core.products (source_name varchar, product_id varchar, category varchar);
    create table seeds.profile_rules (
        rule_name varchar, condition_number bigint, column_name varchar, operator varchar,
        value varchar, value_to varchar);
    create table seeds.rfm_segment_map (
        recency_score bigint, frequency_score bigint, segment varchar);
    create table seeds.rfm_frequency_edges (frequency_score bigint, min_order_count bigint);
    create table seeds.churn_segment_bands (
        segment_kind varchar, segment varchar, band_from bigint, band_to bigint);
"""


class Shop:
    """Orders, customers and rules, and what the models make of them.

    ``warehouse`` is where dbt compiled the models, and whose seeds are read. The clock is 11 June
    2024, in London, and the shop begins with the year.
    """

    def __init__(self, warehouse: Run) -> None:
        folder = warehouse.target / "compiled" / "stayhouse" / "models" / "segments"
        self.sql = {
            name: re.sub(
                r'"\w+"\.("\w+"\."\w+")', r"\1", (folder / f"{name}.sql").read_text("utf-8")
            )
            for name in CHAIN
        }
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        for room in ("core", "seeds", "segments"):
            self.con.execute(f"create schema {room}")
        self.con.execute(_TABLES)
        for name in _SEEDS:
            rows = warehouse.query(f"select * from seeds.{name}")
            places = ", ".join("?" * len(rows[0]))
            self.con.executemany(f"insert into seeds.{name} values ({places})", rows)
        self.until(datetime(2024, 6, 11), datetime(2024, 1, 1))

    def until(self, as_of: datetime, first: datetime) -> None:
        self.con.execute("delete from core.clock")
        self.con.execute("insert into core.clock values (?, ?, ?)", [as_of, as_of.date(), first])

    def order(self, person: str, at: str, amount: float = 10, refunded_at: str = "") -> None:
        name = f"{person} {at}"
        self.con.execute(
            "insert into core.orders values ('shop', ?, ?, false, true, true, null, ?)",
            [name, person, at],
        )
        for kind, signed, when in (("item", amount, at), ("refund", -amount, refunded_at)):
            if when:
                self.con.execute(
                    "insert into core.money_lines values ('shop', ?, ?, ?, null, 'GBP', ?, ?, ?)",
                    [name, person, kind, signed, signed, when],
                )

    def rule(self, *row: object) -> None:
        self.con.execute("insert into seeds.profile_rules values (?, ?, ?, ?, ?, ?)", list(row))

    def build(self, *models: str) -> None:
        for model in models or CHAIN:
            self.con.execute(f"create or replace table segments.{model} as {self.sql[model]}")

    def rows(self, mart: str, columns: str = "*") -> list[tuple[Any, ...]]:
        found = self.con.execute(f"select {columns} from segments.{mart} order by all")
        return found.fetchall()
