"""The truth of a chunk of customers as tables. No model may read them."""

from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Floats, Ints
from stayhouse.shop.orders.ledger import KINDS, Ledger
from stayhouse.shop.orders.orders import Orders, Refunds
from stayhouse.shop.orders.rates import CURRENCIES
from stayhouse.shop.parameters import (
    ARCHETYPES,
    CATEGORIES,
    CHANNELS,
    COUNTRIES,
    DEVICES,
    INCOME_BANDS,
    MODEL,
    RESPONSE_TYPES,
)
from stayhouse.shop.population.catalogue import LEVEL_VALUES
from stayhouse.shop.population.contacts import ARMS, Plan
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import NEVER, Settings
from stayhouse.shop.truth.churn import ChurnTruth
from stayhouse.shop.writing import columns as text

MONEY = pa.decimal128(18, 4)
_RATE = pa.decimal128(18, 8)
# Probabilities are kept to six places: more would only hold the noise of the last bit.
_PLACES = 6


def customers_truth(settings: Settings, people: People, left_ms: Ints, is_guest: Any) -> Any:
    """Return one row for each customer who arrived in the run, with what is hidden about them."""
    rows = np.flatnonzero(people.arrived_ms < settings.end_ms)
    who = people.take(rows)
    return pa.table(
        {
            "customer_id": text.number(who.number, "c"),
            "arrived_at": instants(who.arrived_ms),
            "left_at": instants(np.where(left_ms[rows] == NEVER, -1, left_ms[rows])),
            "archetype": _words(who.archetype, [kind.name for kind in ARCHETYPES]),
            "visit_rate": np.round(who.rate, 9),
            "response_type": _words(who.response, RESPONSE_TYPES),
            "taste_1": np.round(LEVEL_VALUES[who.taste_1], 9),
            "taste_2": np.round(LEVEL_VALUES[who.taste_2], 9),
            "spend_level": np.round(np.exp(MODEL.spend_sigma * LEVEL_VALUES[who.spend]), 9),
            "first_category": _words(who.first_category, CATEGORIES),
            "refill_product_id": text.number(who.refill_product, "p"),
            "country": _words(who.zone, COUNTRIES),
            "main_device": _words(who.device_1, DEVICES),
            "second_device": _words(who.device_2, DEVICES),
            "channel": _words(who.channel, CHANNELS),
            "income_band": _words(who.income, INCOME_BANDS),
            "birth_year": who.birth_year,
            "referred_by": text.number(who.referrer, "c"),
            "is_lead": who.is_lead,
            "is_guest": is_guest[rows],
            "writes_chinese": who.is_chinese,
        }
    )


def orders_truth(settings: Settings, people: People, orders: Orders, ledger: Ledger) -> Any:
    """Return one row for each order of the run, in the base currency, as of its end."""
    rows = np.flatnonzero(orders.at_ms < settings.end_ms)
    sums = [np.zeros(len(orders), dtype=np.int64) for _ in range(len(KINDS) + 1)]
    linked = ledger.order >= 0
    for kind in range(len(KINDS)):
        chosen = linked & (ledger.kind == kind)
        np.add.at(sums[kind], ledger.order[chosen], ledger.amount[chosen])
    np.add.at(sums[-1], ledger.order[linked], ledger.native[linked])
    net = sums[0] + sums[1] + sums[2] + sums[3]
    return pa.table(
        {
            "order_id": text.number(orders.number[rows], "o"),
            "customer_id": text.number(people.number[orders.person[rows]], "c"),
            "ordered_at": instants(orders.at_ms[rows]),
            "currency": _words(orders.currency[rows], CURRENCIES),
            "gross_sales": decimals(sums[0][rows], MONEY),
            "discount_amount": decimals(-sums[1][rows], MONEY),
            "refund_amount": decimals(-sums[2][rows], MONEY),
            "cancelled_amount": decimals(-sums[3][rows], MONEY),
            "net_sales": decimals(net[rows], MONEY),
            # Converted at the rates of different days, a reversal may leave a remainder.
            "is_net_order": sums[-1][rows] > 0,
            "is_late": orders.around.is_late[rows],
            "is_cancelled": orders.around.is_cancelled[rows],
        }
    )


def money_truth(people: People, orders: Orders, ledger: Ledger) -> Any:
    """Return one row for each ledger line of sales (no tax, shipping or gift cards)."""
    number = np.where(ledger.order >= 0, orders.number[np.maximum(ledger.order, 0)], -1)
    return pa.table(
        {
            "order_id": text.number(number, "o"),
            "customer_id": text.number(people.number[ledger.person], "c"),
            "kind": _words(ledger.kind, KINDS),
            "currency": _words(ledger.currency, CURRENCIES),
            "native_amount": decimals(ledger.native * 100, MONEY),
            "rate": decimals(ledger.rate, _RATE),
            "amount": decimals(ledger.amount, MONEY),
            "effective_at": instants(ledger.effective_ms),
        }
    )


def refunds_truth(settings: Settings, orders: Orders, refunds: Refunds, found: Ints) -> Any:
    """Return which order each refund of the run counts against."""
    rows = np.flatnonzero(refunds.at_ms < settings.end_ms)
    number = np.where(found >= 0, orders.number[np.maximum(found, 0)], -1)
    return pa.table(
        {
            "refund_id": text.number(refunds.number[rows], "r"),
            "linked_order_id": text.number(number[rows], "o"),
            "true_order_id": text.number(orders.number[refunds.order[rows]], "o"),
            "names_order": refunds.names_order[rows],
        }
    )


def churn_table(settings: Settings, people: People, parts: list[ChurnTruth]) -> Any:
    """Return one row for each customer, cut-off and horizon; there must be some."""
    # Customer by customer, so that the order is the same in chunks of any size.
    in_order = np.argsort(np.concatenate([part.person for part in parts]), kind="stable")
    tables = [_churn_part(settings, people, part) for part in parts]
    return pa.concat_tables(tables).take(pa.array(in_order))


def _churn_part(settings: Settings, people: People, truth: ChurnTruth) -> Any:
    count = len(truth.person)
    cut_off = np.datetime64(settings.day_name(truth.cut_off_day), "D")
    return pa.table(
        {
            "customer_id": text.number(people.number[truth.person], "c"),
            "cut_off_date": pa.array(np.full(count, cut_off)),
            "horizon_days": pa.array(np.full(count, truth.horizon_days, dtype=np.int32)),
            "p_oracle": np.round(truth.p_oracle, _PLACES),
            "p_observable": np.round(truth.p_observable, _PLACES),
            "has_left": truth.has_left,
            "churned": truth.churned,
        }
    )


def campaign_truth(settings: Settings, people: People, plan: Plan, effect: Floats) -> Any:
    """Return one row for each customer and campaign they could have been contacted in.

    ``effect`` is what the message adds to the probability of an order in its window.
    """
    person, campaign = np.nonzero((plan.arm >= 0) & (plan.sent_ms < settings.end_ms))
    return pa.table(
        {
            "campaign_id": text.number(campaign, "k"),
            "customer_id": text.number(people.number[person], "c"),
            "arm": _words(plan.arm[person, campaign], ARMS),
            "response_type": _words(people.response[person], RESPONSE_TYPES),
            "is_good_hour": plan.is_good_hour[person, campaign],
            "effect": np.round(effect[person, campaign], _PLACES),
        }
    )


def instants(at_ms: Ints) -> Any:
    """Return instants as timestamps in UTC; null below 0."""
    return pa.array(at_ms * 1000, pa.timestamp("us"), mask=at_ms < 0)


def decimals(units: Ints, kind: Any) -> Any:
    """Return whole numbers of the last place as decimals."""
    whole = np.empty((len(units), 2), dtype=np.int64)
    # A 128-bit number in two halves: the second only carries the sign.
    whole[:, 0], whole[:, 1] = units, np.where(units < 0, -1, 0)
    buffer = pa.py_buffer(np.ascontiguousarray(whole))
    return pa.Array.from_buffers(kind, len(units), [None, buffer])


def _words(codes: Any, words: Any) -> Any:
    return text.coded(codes, words).cast(pa.string())
