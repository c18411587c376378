"""What a bad review is followed by in the planted shop, by the process that planted it.

A customer decides fourteen days after an order whether to leave, with a probability that a bad
review raises (`docs/shop.md`, 3). Who leaves never orders again; who stays comes back as often as
others who stay. So among people who are alike the difference in coming back is the one in leaving,
times the share of those staying who come back. What is read of the warehouse is who counts and who
wrote; leaving is computed from the planted numbers, not seen. Up to the landmark some of those who
stay buy again and drop out, so that of those who are left more have gone.
"""

import json
import math

import pandas as pd

from stayhouse.shop.parameters import CATEGORIES
from tests.truth.shop import Shop

_DEAR_SHARE = 1 / 3
_PEOPLE = """
    with treated as (
        select unit_id, min(exposed_at) as exposed_at
        from core.exposures
        where experiment_id = 'delivery_promise' and arm = 'treatment'
        group by all
    )
    select f.person_id, t.is_late, c.first_category,
        coalesce(e.exposed_at <= f.ordered_at, false) as is_treated,
        c.left_at is null or c.left_at > f.landmark_at as stays,
        f.has_come_back,
        exists (
            select 1 from core.reviews as r
            inner join core.money_lines as m
                on r.product_id = m.product_id and m.order_id = f.order_id and m.kind = 'item'
            where r.person_id = f.person_id and r.rating <= 2
                and r.created_at >= f.ordered_at and r.created_at < f.landmark_at
        ) as is_bad
    from feedback.int_followed__orders as f
    inner join truth.orders as t on f.order_id = t.order_id
    inner join truth.customers as c on t.customer_id = c.customer_id
    left join treated as e on c.customer_id = e.unit_id
"""
# Of orders that no other followed within fourteen days, by customers who stayed.
_SOON = """
    with gaps as (
        select t.customer_id, t.ordered_at,
            lead(t.ordered_at) over (
                partition by t.customer_id order by t.ordered_at, t.order_id
            ) - t.ordered_at as gap
        from truth.orders as t
    )
    select avg((coalesce(g.gap < interval 21 day, false))::integer) as soon
    from gaps as g
    inner join truth.customers as c on g.customer_id = c.customer_id
    cross join core.clock as k
    where coalesce(g.gap >= interval 14 day, true)
        and (c.left_at is null or c.left_at > g.ordered_at + interval 21 day)
        and g.ordered_at + interval 21 day < k.as_of_at
"""


def planted_difference(shop: Shop) -> float:
    """Return by how much fewer of those who reviewed badly come back than of others alike."""
    model = json.loads((shop.truth / "parameters.json").read_text(encoding="utf-8"))["model"]
    people = shop.both(_PEOPLE)
    staying = people[people["stays"]]
    bad = people[people["is_bad"]]
    by_category = dict(zip(CATEGORIES, model["leave_categories"], strict=True))
    base = (
        model["leave_base"]
        + model["leave_late"] * bad["is_late"]
        + model["experiment_effect"] * bad["is_treated"]
        + bad["first_category"].map(by_category)
    )
    soon = float(shop.both(_SOON)["soon"][0])
    calm, angry = (
        chance / (1 - soon * (1 - chance))
        for score in (base, base + model["leave_bad_review"])
        for chance in [_leaving(score, model)]
    )
    return -float((angry - calm).mean() * staying["has_come_back"].mean())


def _leaving(base: pd.Series, model: dict[str, float]) -> pd.Series:
    """The probability of leaving, averaged over what no row tells: dear goods and slow pages."""
    total = base * 0.0
    for dear, dear_share in ((0, 1 - _DEAR_SHARE), (1, _DEAR_SHARE)):
        for slow, slow_share in ((0, 1 - model["slow"]), (1, model["slow"])):
            score = base + dear * model["leave_dear"] + slow * model["leave_slow"]
            total += dear_share * slow_share / (1 + (-score).map(math.exp))
    return total
