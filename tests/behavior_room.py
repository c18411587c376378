"""The SQL of the room behavior on a small shop that a test writes down, without a build."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import duckdb

from tests.building import Run

CHAIN = (
    *("int_page_kinds__checked", "int_sessions__recent", "int_events__recent"),
    *("slow_pages", "path_transitions", "path_steps", "top_paths", "page_dwell"),
    *("int_carts__events", "carts", "search_terms", "behavior_left_out"),
)
MARTS = [name for name in CHAIN if not name.startswith("int_")]
AS_OF = datetime(2024, 6, 11)
_DATABASE = re.compile(r'"\w+"\.("\w+"\."\w+")')


class Room:
    """Visits, and what the models make of them.

    ``warehouse`` is where dbt compiled the models, whose seeds are read and whose tables of core
    have the columns. The clock is 11 June 2024.
    """

    def __init__(self, warehouse: Run) -> None:
        folder = warehouse.target / "compiled" / "stayhouse" / "models" / "behavior"
        self.sql = {
            name: _DATABASE.sub(r"\1", (folder / f"{name}.sql").read_text("utf-8"))
            for name in CHAIN
        }
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(f"attach '{warehouse.database}' as built (read_only)")
        for room in ("core", "seeds", "behavior"):
            self.con.execute(f"create schema {room}")
        self.con.execute("set schema = 'behavior'")
        for table in (
            *("core.events", "core.sessions", "core.orders", "core.customers", "core.clock"),
            "behavior.int_funnels__checked",
        ):
            self.con.execute(f"create table {table} as from built.{table} limit 0")
        for seed in ("page_kinds", "channel_rules", "exchange_rates"):
            self.con.execute(f"create table seeds.{seed} as from built.seeds.{seed}")
        self.con.execute("detach built")
        self._insert("core.clock", {"as_of_at": AS_OF})

    def visit(
        self, name: str, events: Iterable[dict[str, Any]], *, is_bot: bool = False, **session: Any
    ) -> None:
        """Add a session; its events have ``at`` seconds after its start, or ``occurred_at``.

        The visit is of the visitor and the person of its name, if nothing else is said, and ends a
        day before the clock.
        """
        start = AS_OF - timedelta(days=1)
        rows = [
            {
                "source_name": "shop",
                "event_id": f"{name}-{number:03}",
                "visitor_id": session.get("visitor_id", name),
                "occurred_at": start + timedelta(seconds=event.pop("at", 10 * number)),
                **event,
            }
            for number, event in enumerate(dict(event) for event in events)
        ]
        for row in rows:
            self._insert("core.events", row)
        instants = [row["occurred_at"] for row in rows]
        self._insert(
            "core.sessions",
            {
                "source_name": "shop", "session_id": name, "visitor_id": name, "person_id": name,
                "event_count": len(rows), "is_bot": is_bot, "started_at": min(instants),
                "ended_at": max(instants), **session,
            },
        )  # fmt: skip

    def page(self, *urls: str, **event: Any) -> list[dict[str, Any]]:
        """Return views of pages, ten seconds apart."""
        return [{"event_type": "page_view", "page_url": url, **event} for url in urls]

    def build(self) -> None:
        """Make every table of the room anew."""
        for model in CHAIN:
            self.con.execute(f"create or replace table behavior.{model} as {self.sql[model]}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def order(self, person: str, order_id: str, at: datetime, *, is_order: bool = True) -> None:
        """Add an order of a person, of which no event needs to tell."""
        self._insert(
            "core.orders",
            {
                "source_name": "till", "order_id": order_id, "person_id": person,
                "ordered_at": at, "is_order": is_order,
            },
        )  # fmt: skip

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        columns = ", ".join(row)
        places = ", ".join("?" * len(row))
        self.con.execute(f"insert into {table} ({columns}) values ({places})", list(row.values()))
