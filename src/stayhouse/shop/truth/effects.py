"""True effects in the sample: what customers did, and what they would have done otherwise."""

from typing import Any

import numpy as np
import pyarrow as pa

from stayhouse.shop.draws import Ints
from stayhouse.shop.orders.ledger import make_ledger, refund_orders
from stayhouse.shop.orders.orders import make_orders, make_refunds
from stayhouse.shop.population.contacts import assigned_units, first_plan_ms
from stayhouse.shop.population.experiments import EXPERIMENTS, exposed_units
from stayhouse.shop.settings import DAY_MS
from stayhouse.shop.truth.retention import local_days
from stayhouse.shop.truth.spans import Spans
from stayhouse.shop.truth.tables import MONEY, decimals, instants
from stayhouse.shop.truth.twins import Case, Units, held_out, other_arms
from stayhouse.shop.visits.sessions import signed_up_ms
from stayhouse.shop.writing import columns as text
from stayhouse.shop.writing.assignments import ARM_NAMES, arm_codes, experiment_name

HORIZONS = (30, 90, 180)


def units_of(case: Case, signed_ms: Ints) -> Units:
    """Return all units of the run, by person and experiment."""
    settings, people, plan = case.settings, case.people, case.plan
    planned = range(len(EXPERIMENTS) if settings.has("experiments") else 0)
    found = {
        **{
            number: exposed_units(settings, number, people, case.lives.visits, signed_ms)
            for number in planned
        },
        **{
            len(EXPERIMENTS) + campaign: assigned_units(plan, campaign)
            for campaign in range(plan.arm.shape[1])
        },
    }
    none = np.zeros(0, dtype=np.int64)
    number = np.concatenate(
        [none, *(np.full(len(part.person), number) for number, part in found.items())]
    )
    person, arm, at_ms, recorded = (
        np.concatenate([none, *(getattr(part, name) for part in found.values())])
        for name in ("person", "arm", "at_ms", "is_recorded")
    )
    rows = np.lexsort((number, person))
    rows = rows[at_ms[rows] < settings.end_ms]
    return Units(number[rows], person[rows], arm[rows], at_ms[rows], recorded[rows] == 1)


def experiment_effects(case: Case, signed_ms: Ints) -> Any:
    """Return one row for each unit and horizon: orders in the treated life, and in the other."""
    units = units_of(case, signed_ms)
    rows, twins = other_arms(case, units)
    lived, otherwise = _orders(case), _orders(twins)
    orders = np.zeros((len(units.number), len(HORIZONS), 2), dtype=np.int64)
    for place, horizon in enumerate(HORIZONS):
        until = units.at_ms + horizon * DAY_MS
        own, _ = lived.between(units.person, units.at_ms, until)
        other = own.copy()
        other[rows], _ = otherwise.between(np.arange(len(rows)), units.at_ms[rows], until[rows])
        orders[:, place, 0] = np.where(units.arm == 1, own, other)
        orders[:, place, 1] = np.where(units.arm == 1, other, own)
    each = np.repeat(np.arange(len(units.number)), len(HORIZONS))
    number = units.number[each]
    return pa.table(
        {
            "experiment_id": text.by_value(number, experiment_name).cast(pa.string()),
            "customer_id": text.number(case.people.number[units.person[each]], "c"),
            "arm": text.coded(arm_codes(number, units.arm[each]), ARM_NAMES).cast(pa.string()),
            "is_recorded": units.is_recorded[each],
            "horizon_days": np.tile(np.array(HORIZONS, np.int32), len(units.number)),
            "orders_treated": orders[:, :, 0].ravel(),
            "orders_untreated": orders[:, :, 1].ravel(),
        }
    )


def programme_effects(case: Case, net_sales: Ints) -> Any:
    """Return one row for each customer of a campaign: as lived, and as if held out of all.

    ``net_sales`` are those of the orders, in the order of ``case.lives.orders``.
    """
    person, twins = held_out(case)
    begins = first_plan_ms(case.settings, case.people, case.plan)
    lived = _measures(case, net_sales, begins)
    otherwise = [values.copy() for values in lived]
    other = _measures(twins, _net_sales(twins), begins[person])
    for values, changed in zip(otherwise, other, strict=True):
        values[person] = changed
    rows = np.flatnonzero(begins < case.settings.end_ms)
    columns = {
        "customer_id": text.number(case.people.number[rows], "c"),
        "is_held_out": case.plan.is_held_out[rows],
        "first_campaign_at": instants(begins[rows]),
    }
    for suffix, (orders, net, days) in (("", lived), ("_held_out", otherwise)):
        columns[f"orders{suffix}"] = orders[rows]
        columns[f"net_sales{suffix}"] = decimals(net[rows], MONEY)
        columns[f"active_days{suffix}"] = days[rows]
    return pa.table(columns)


def _orders(case: Case) -> Spans:
    visits, orders = case.lives.visits, case.lives.orders
    at_ms = visits.at_ms[orders]
    return Spans(case.settings.start_ms, visits.person[orders], at_ms, np.zeros_like(at_ms))


def _measures(case: Case, net_sales: Ints, begins: Ints) -> list[Ints]:
    """Orders, net sales and active days of each person from an instant to the end of the run."""
    settings, visits, count = case.settings, case.lives.visits, len(case.people)
    during = (visits.at_ms >= begins[visits.person]) & (visits.at_ms < settings.end_ms)
    ordered = during[case.lives.orders]
    buyer = visits.person[case.lives.orders][ordered]
    net = np.zeros(count, dtype=np.int64)
    np.add.at(net, buyer, net_sales[ordered])
    person = visits.person[during]
    day = local_days(settings, visits.at_ms[during])
    is_new = np.ones(len(person), dtype=bool)
    is_new[1:] = (person[1:] != person[:-1]) | (day[1:] != day[:-1])
    return [np.bincount(buyer, minlength=count), net, np.bincount(person[is_new], minlength=count)]


def _net_sales(case: Case) -> Ints:
    """What each order of these lives comes to by the end of the run."""
    orders = make_orders(case.settings, case.catalogue, case.people, case.lives)
    refunds = make_refunds(orders)
    linked = refund_orders(orders, refunds, signed_up_ms(case.settings, case.people, orders))
    return make_ledger(case.settings, orders, refunds, linked).net_sales(len(orders))
