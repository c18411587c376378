"""How near lists come to those of somebody who knows each customer's hidden tastes.

The oracle knows the archetype's mix of categories, both tastes and the level of spend, and so the
chance of each product in the next order; it leaves out what was bought, as every list does. What
people then buy is drawn, so that even the oracle misses most of it.
"""

import numpy as np
import pandas as pd

from stayhouse.shop.parameters import (
    ARCHETYPES,
    CATEGORIES,
    MODEL,
    PRODUCTS_PER_CATEGORY,
    stack,
)  # fmt: skip
from stayhouse.shop.population.catalogue import LEVEL_VALUES, choice_row, make_catalogue
from stayhouse.shop.population.people import without_refills
from stayhouse.shop.settings import Settings
from tests.truth.shop import DAYS, START, Shop

LIST_LENGTH = 10
_JUDGED = """
with bought as (
    select o.person_id, m.product_id, o.ordered_at < k.as_of_at - interval 90 days as is_before,
        o.ordered_at >= k.as_of_at - interval 455 days as is_recent
    from core.money_lines as m
    inner join core.orders as o using (source_name, order_id)
    cross join core.clock as k
    where m.kind = 'item' and o.is_order and o.ordered_at < k.as_of_at
        and m.product_id is not null and o.person_id is not null
),
pairs as (
    select person_id, product_id, bool_or(is_before) as is_known
    from bought
    group by all
),
active as (
    select distinct person_id from bought where is_before and is_recent
)
select p.*, c.archetype, c.taste_1, c.taste_2, c.spend_level
from pairs as p
inner join active as a using (person_id)
inner join truth.customers as c on p.person_id = concat('c:shop:', c.customer_id)
"""
_RECALLS = """
select model_name, recall, recall_low, recall_high, people_count, is_served
from recommendations.recommendation_evaluation
where list_kind = 'discovery' and split = 'test' and people = 'all'
"""
# Who will want a refill about now: half of the planted interval has passed, and not two of them.
_DUE = """
with last_refills as (
    select o.person_id, c.refill_product_id, max(o.ordered_at) as last_at
    from truth.customers as c
    inner join core.orders as o on o.person_id = concat('c:shop:', c.customer_id)
    inner join core.money_lines as m using (source_name, order_id)
    cross join core.clock as k
    where m.kind = 'item' and m.product_id = c.refill_product_id and o.is_order
        and o.ordered_at < k.as_of_at
    group by all
)
select d.person_id, d.refill_product_id,
    date_diff('second', d.last_at, k.as_of_at) / 86400 as days,
    r.product_id is not null as is_first
from last_refills as d
cross join core.clock as k
left join recommendations.product_recommendations as r
    on d.person_id = r.person_id and r.list_kind = 'buy_again' and r.list_rank = 1
        and r.product_id = d.refill_product_id
"""


def recalls(shop: Shop) -> pd.DataFrame:
    """Return the recall of each way to recommend what is new, by its name."""
    return shop.both(_RECALLS).set_index("model_name")


def oracle_recall(shop: Shop) -> tuple[float, int]:
    """Return the recall at 10 of whoever knows the tastes, and of how many people."""
    pairs = shop.both(_JUDGED)
    settings = Settings(shop.customers_per_year, DAYS, shop.seed, start=START)
    catalogue = make_catalogue(settings)
    shares = np.diff(catalogue.choice, axis=1, prepend=0.0)
    mix = without_refills(stack("categories"))
    names = [kind.name for kind in ARCHETYPES]
    spends = np.exp(MODEL.spend_sigma * LEVEL_VALUES)
    found = []
    for _, own in pairs.groupby("person_id"):
        new = own.loc[~own["is_known"], "product_id"].str[1:].astype(int).to_numpy()
        if len(new) == 0:
            continue
        first = own.iloc[0]
        levels = [
            int(np.abs(LEVEL_VALUES - first[name]).argmin()) for name in ("taste_1", "taste_2")
        ]
        spend = int(np.abs(spends - first["spend_level"]).argmin())
        chances = np.concatenate(
            [
                mix[names.index(first["archetype"]), category]
                * shares[choice_row(*(np.array(level) for level in (*levels, spend, category)))]
                for category in range(len(CATEGORIES))
            ]
        )
        assert len(chances) == len(CATEGORIES) * PRODUCTS_PER_CATEGORY
        known = own.loc[own["is_known"], "product_id"].str[1:].astype(int).to_numpy()
        chances[known] = -1
        best = np.argsort(-chances, kind="stable")[:LIST_LENGTH]
        found.append(np.isin(best, new).sum() / min(len(new), LIST_LENGTH))
    return float(np.mean(found)), len(found)


def refills_due(shop: Shop) -> pd.DataFrame:
    """Return whose refill is due, and whether its product is the first of `buy_again`."""
    due = shop.both(_DUE)
    settings = Settings(shop.customers_per_year, DAYS, shop.seed, start=START)
    interval = make_catalogue(settings).refill_days[due["refill_product_id"].str[1:].astype(int)]
    return due[(due["days"] >= interval / 2) & (due["days"] < 2 * interval)].reset_index(drop=True)
