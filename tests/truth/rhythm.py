"""What the planted shop's rhythm is, held against what the marts say of it."""

from datetime import timedelta

import numpy as np
import pandas as pd

from stayhouse.shop.draws import integers
from stayhouse.shop.parameters import MODEL
from stayhouse.shop.population.contacts import SEND_HOURS
from stayhouse.shop.population.people import customer_keys
from stayhouse.shop.settings import Settings
from tests.truth.shop import DAYS, START, Shop

# docs/shop.md, 1: Monday to Sunday, of visits and so of orders.
WEEKDAYS = np.array([0.96, 0.94, 0.94, 0.98, 0.97, 1.08, 1.13])
OUTAGE_DAY = START + timedelta(days=MODEL.outage_day)
# Who had so many messages has an hour of their own that can be told.
LEAST_MESSAGES = 3
LEAST_RIGHT = 0.58
MOST_OF_LAST_WEEK = 0.88
COVERAGE = (0.72, 0.92)


def best_hours(shop: Shop, customers_per_year: int, seed: int) -> pd.DataFrame:
    """Return of each person of send_time the messages, the hour told, and the planted one."""
    people = shop.both(
        "select person_id, best_band, max(has_better_band::int) as is_claimed, "
        "sum(contact_count)::bigint as messages from behavior.send_time group by all"
    )
    number = people["person_id"].str.extract(r"^c:shop:c(\d+)$")[0].astype("int64").to_numpy()
    keys = customer_keys(Settings(customers_per_year, DAYS, seed, START), number)
    planted = np.array(SEND_HOURS)[integers(keys, "good hour", len(SEND_HOURS))]
    return people.assign(is_right=people["best_band"].to_numpy() == planted)


def right_share(people: pd.DataFrame) -> float:
    """Return for how many of those with enough messages the hour is the planted one."""
    judged = people[people["messages"] >= LEAST_MESSAGES]
    return float(judged["is_right"].mean())
