"""Everything about one chunk of customers: their rows in every table, and the truth."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from stayhouse.shop.dirt.dirt import soil
from stayhouse.shop.orders.ledger import make_ledger, refund_orders
from stayhouse.shop.orders.orders import make_orders, make_refunds
from stayhouse.shop.population.catalogue import Catalogue, make_catalogue
from stayhouse.shop.population.contacts import make_plan
from stayhouse.shop.population.lives import live
from stayhouse.shop.population.people import make_people
from stayhouse.shop.population.seasons import Seasons
from stayhouse.shop.settings import Settings
from stayhouse.shop.tables import Records
from stayhouse.shop.truth.activity_retention import count_activities
from stayhouse.shop.truth.churn import churn_truth
from stayhouse.shop.truth.effects import experiment_effects, programme_effects
from stayhouse.shop.truth.feedback import reviews_truth, support_truth, text_codes
from stayhouse.shop.truth.opportunity import Opportunities
from stayhouse.shop.truth.pairs import PairCounts, count_pairs
from stayhouse.shop.truth.retention import Counts, count_orders
from stayhouse.shop.truth.sessions import sessions_truth, visitors_truth
from stayhouse.shop.truth.tables import (
    campaign_truth,
    churn_table,
    customers_truth,
    money_truth,
    orders_truth,
    refunds_truth,
)
from stayhouse.shop.truth.twins import Case
from stayhouse.shop.truth.value import lifelong, value_table
from stayhouse.shop.visits.bots import bot_sessions
from stayhouse.shop.visits.events import make_events
from stayhouse.shop.visits.moments import moment_sessions, referral_sessions
from stayhouse.shop.visits.sessions import (
    discovery_sessions,
    is_guest,
    join,
    passer_by_sessions,
    shop_sessions,
    signed_up_ms,
)
from stayhouse.shop.writing.assignments import exposure_records
from stayhouse.shop.writing.exports import (
    contact_records,
    customer_records,
    erasure_records,
    order_records,
    refund_records,
    review_records,
    test_order_records,
)
from stayhouse.shop.writing.spool import due_within


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


@dataclass
class Chunk:
    """What some customers add to the raw tables, the truth about them by table, and their pairs."""

    rows: dict[str, Records]
    truth: dict[str, Any]
    pairs: PairCounts


def make_chunk(settings: Settings, first: int, last: int) -> Chunk:
    """Return the root customers ``first`` to ``last`` - 1 with all who hang on them."""
    world = _world(settings)
    seasons, catalogue = world.seasons, world.catalogue
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
            referral_sessions(settings, people, orders),
            bot_sessions(settings, people),
        ]
    )
    seen = (sessions.at_ms >= settings.start_ms) & (sessions.at_ms < settings.end_ms)
    sessions = sessions.take(np.flatnonzero(seen))
    codes = text_codes(settings, people, orders, sessions)
    exported = {
        "events": make_events(catalogue, people, orders, sessions, codes),
        **order_records(settings, people, orders, sessions),
        "refunds": refund_records(people, orders, refunds, settings),
        "customers": customer_records(settings, people, orders),
        "reviews": review_records(people, orders, sessions, codes),
        "contacts": contact_records(settings, people, plan),
        "exposures": exposure_records(settings, people, plan, lives.visits, signed),
        "erasure_requests": erasure_records(settings, people),
    }
    if settings.has("dirt"):
        tests = test_order_records(people)
        exported = {
            table: np.concatenate([found, tests[table]]) if table in tests else found
            for table, found in exported.items()
        }
    rows = {table: soil(settings, table, found) for table, found in exported.items()}
    linked = refund_orders(orders, refunds, signed)
    lifelong_ledger = make_ledger(lifelong(settings), orders, refunds, linked)
    ledger = lifelong_ledger.until(settings.end_ms)
    opportunities = Opportunities(settings, seasons, people, plan)
    has_left = lives.left_ms[:, None] <= plan.sent_ms
    effects = np.where(has_left, 0.0, opportunities.contact_effects())
    case = Case(settings, seasons, catalogue, people, plan, lives)
    guests = is_guest(settings, people)
    truth = {
        "customers": customers_truth(settings, people, lives.left_ms, guests),
        "orders": orders_truth(settings, people, orders, ledger),
        "money_lines": money_truth(people, orders, ledger),
        "refunds": refunds_truth(settings, orders, refunds, linked),
        "sessions": sessions_truth(settings, rows["events"]),
        "visitors": visitors_truth(sessions),
        "reviews": reviews_truth(people, orders, sessions, codes),
        "support_messages": support_truth(sessions, codes),
        "campaign_effects": campaign_truth(settings, people, plan, effects),
        "experiment_effects": experiment_effects(case, signed),
        "programme_effects": programme_effects(case, ledger.net_sales(len(orders))),
        "value": value_table(settings, people, orders, lifelong_ledger.net_sales(len(orders))),
    }
    if not settings.unknown_to_churn:
        parts = list(churn_truth(settings, seasons, catalogue, people, lives, opportunities))
        if parts:
            truth["churn"] = churn_table(settings, people, parts)
    spooled = {table: due_within(settings, found) for table, found in rows.items()}
    return Chunk(spooled, truth, count_pairs(settings, catalogue, people, orders))


def count_copy(settings: Settings, first: int, last: int) -> dict[tuple[str, str], Counts]:
    """Return what a copy of the population adds to the true retention rates."""
    world = _world(replace(settings, copy=0))
    seasons, catalogue = world.seasons, world.catalogue
    people = make_people(settings, seasons, catalogue, first, last)
    lives = live(settings, seasons, catalogue, people, make_plan(settings, people))
    orders = make_orders(settings, catalogue, people, lives)
    activities = count_activities(settings, seasons, people, lives, orders)
    return count_orders(settings, orders) | activities


@lru_cache(maxsize=2)
def _world(settings: Settings) -> World:
    return World.of(settings)
