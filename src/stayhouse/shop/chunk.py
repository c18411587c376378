"""Everything about one chunk of customers: their rows into the spool, the truth into its files."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from stayhouse.shop.bots import bot_sessions
from stayhouse.shop.catalogue import Catalogue, make_catalogue
from stayhouse.shop.churn import churn_truth
from stayhouse.shop.contacts import make_plan
from stayhouse.shop.dirt import soil
from stayhouse.shop.events import make_events
from stayhouse.shop.experiments import exposure_records
from stayhouse.shop.exports import (
    contact_records,
    customer_records,
    erasure_records,
    order_records,
    refund_records,
    review_records,
)
from stayhouse.shop.ledger import make_ledger, refund_orders
from stayhouse.shop.lives import live
from stayhouse.shop.opportunity import Opportunities
from stayhouse.shop.orders import make_orders, make_refunds
from stayhouse.shop.people import make_people
from stayhouse.shop.seasons import Seasons
from stayhouse.shop.sessions import (
    discovery_sessions,
    is_guest,
    join,
    moment_sessions,
    passer_by_sessions,
    shop_sessions,
    signed_up_ms,
)
from stayhouse.shop.settings import Settings
from stayhouse.shop.spool import Spool
from stayhouse.shop.truth_sessions import sessions_truth, visitors_truth
from stayhouse.shop.truth_tables import (
    campaign_truth,
    churn_table,
    customers_truth,
    money_truth,
    orders_truth,
    refunds_truth,
)
from stayhouse.shop.writers import ParquetTable


@dataclass(frozen=True)
class World:
    """What is the same for all customers."""

    settings: Settings
    seasons: Seasons
    catalogue: Catalogue

    @classmethod
    def of(cls, settings: Settings) -> "World":
        """Return the world of a run."""
        return cls(settings, Seasons(settings), make_catalogue(settings))


class TruthFiles:
    """The files of ``truth/``, one a table, opened when the first rows come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, ParquetTable] = {}

    def __enter__(self) -> "TruthFiles":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._files.values():
            writer.__exit__(kind, error, trace)

    def add(self, name: str, table: Any) -> None:
        """Append rows to a table."""
        if name not in self._files:
            self._files[name] = ParquetTable(self._folder / f"{name}.parquet")
        self._files[name].write(table)


def make_chunk(world: World, spool: Spool, truth: TruthFiles, first: int, last: int) -> None:
    """Make the root customers ``first`` to ``last`` - 1 with all who hang on them."""
    settings, seasons, catalogue = world.settings, world.seasons, world.catalogue
    people = make_people(settings, seasons, catalogue, first, last)
    plan = make_plan(settings, people)
    lives = live(settings, seasons, catalogue, people, plan)
    orders = make_orders(settings, catalogue, people, lives)
    refunds = make_refunds(orders)
    signed = signed_up_ms(settings, people, orders)
    sessions = join(
        [
            shop_sessions(settings, people, lives, orders),
            discovery_sessions(people),
            passer_by_sessions(seasons, people),
            moment_sessions(settings, people, orders),
            bot_sessions(settings, people),
        ]
    )
    seen = (sessions.at_ms >= settings.start_ms) & (sessions.at_ms < settings.end_ms)
    sessions = sessions.take(np.flatnonzero(seen))
    exported = {
        "events": make_events(catalogue, people, orders, sessions),
        **order_records(settings, people, orders, sessions),
        "refunds": refund_records(people, orders, refunds, settings),
        "customers": customer_records(settings, people, orders),
        "reviews": review_records(people, orders, sessions),
        "contacts": contact_records(settings, people, plan),
        "exposures": exposure_records(settings, people, lives.visits, signed),
        "erasure_requests": erasure_records(settings, people),
    }
    exported = {table: soil(settings, table, rows) for table, rows in exported.items()}
    for table, rows in exported.items():
        spool.add(table, rows)
    found = refund_orders(orders, refunds, signed)
    ledger = make_ledger(settings, orders, refunds, found)
    opportunities = Opportunities(settings, seasons, people, plan)
    guests = is_guest(settings, people)
    truth.add("customers", customers_truth(settings, people, lives.left_ms, guests))
    truth.add("orders", orders_truth(settings, people, orders, ledger))
    truth.add("money_lines", money_truth(people, orders, ledger))
    truth.add("refunds", refunds_truth(settings, orders, refunds, found))
    truth.add("sessions", sessions_truth(settings, exported["events"]))
    truth.add("visitors", visitors_truth(settings, exported["events"]))
    effects = opportunities.contact_effects()
    has_left = lives.left_ms[:, None] <= plan.sent_ms
    effects = np.where(has_left, 0.0, effects)
    truth.add("campaign_effects", campaign_truth(settings, people, plan, effects))
    for part in churn_truth(settings, seasons, catalogue, people, lives, opportunities):
        truth.add("churn", churn_table(settings, people, part))
