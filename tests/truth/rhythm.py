"""What the planted shop's rhythm is, held against what the marts say of it."""

from datetime import timedelta

import numpy as np
import pandas as pd

from stayhouse.shop.draws import integers
from stayhouse.shop.parameters import MODEL
from stayhouse.shop.population.contacts import SEND_HOURS
from stayhouse.shop.population.people import customer_keys
from stayhouse.shop.settings import Settings
from tests.truth.shop import DAYS, SMALL, START, Shop
from tests.truth.tables import markdown

# docs/shop.md, 1: Monday to Sunday, of visits and so of orders.
WEEKDAYS = np.array([0.96, 0.94, 0.94, 0.98, 0.97, 1.08, 1.13])
OUTAGE_DAY = START + timedelta(days=MODEL.outage_day)
# Who had so many messages has an hour of their own that can be told.
LEAST_MESSAGES = 3
LEAST_RIGHT = 0.58
MOST_OF_LAST_WEEK = 0.88
COVERAGE = (0.72, 0.92)

_WEEKDAYS = """
select index_value, index_low, index_high from behavior.seasonality
where kind = 'weekday' and measure = 'orders' order by season
"""
_OUTAGES = "select season from behavior.seasonality where kind = 'outage' and measure = 'orders'"
_FORECASTS = """
select measure, grain, span_count, mean_absolute_error, ratio_to_last_week, ratio_to_four_weeks,
    coverage
from behavior.forecast_models where is_chosen
"""
_TEXT = """
## The rhythm of the shop

Shops of {size:,} customers a year. Indices of weekdays of orders beside those planted (orders from
other time zones are shifted); the day without orders, which is told where ten are usual; the
forecast that `behavior.forecast_models` shows, over all its origins; and the hour that
`behavior.send_time` calls best of people with {messages} messages or more, of two, of which the
planted one is opened more.

{table}

{forecasts}
"""


def best_hours(shop: Shop) -> pd.DataFrame:
    """Return of each person of send_time the messages, the hour told, and the planted one."""
    people = shop.both(
        "select person_id, best_band, max(has_better_band::int) as is_claimed, "
        "sum(contact_count)::bigint as messages from behavior.send_time group by all"
    )
    number = people["person_id"].str.extract(r"^c:shop:c(\d+)$")[0].astype("int64").to_numpy()
    keys = customer_keys(Settings(shop.customers_per_year, DAYS, shop.seed, START), number)
    planted = np.array(SEND_HOURS)[integers(keys, "good hour", len(SEND_HOURS))]
    return people.assign(is_right=people["best_band"].to_numpy() == planted)


def right_share(people: pd.DataFrame) -> float:
    """Return for how many of those with enough messages the hour is the planted one."""
    judged = people[people["messages"] >= LEAST_MESSAGES]
    return float(judged["is_right"].mean())


class Rhythms:
    """What was found so far, over all shops."""

    reads = ("seasonality", "forecast_models", "send_time")

    def __init__(self) -> None:
        self._weekdays: list[pd.DataFrame] = []
        self._outages: list[list[str]] = []
        self._forecasts: list[pd.DataFrame] = []
        self._people: list[pd.DataFrame] = []

    def add(self, shop: Shop) -> None:
        """Add one built shop."""
        self._weekdays.append(shop.both(_WEEKDAYS).assign(planted=WEEKDAYS))
        self._outages.append(list(shop.both(_OUTAGES)["season"]))
        self._forecasts.append(shop.both(_FORECASTS))
        self._people.append(best_hours(shop))

    def text(self) -> str:
        """Return the section of the page."""
        low, high = COVERAGE
        people = pd.concat(self._people)
        rows = [
            ("weekdays within their interval of 95 %", f"{self._held():.1%}", ""),
            ("shops whose only outage is the planted day",
             f"{self._found_outages()} of {len(self._outages)}", "no other"),
            ("hours told that are the planted ones", f"{right_share(people):.1%}",
             f"at least {LEAST_RIGHT:.0%}"),
            ("people for whom a better hour is claimed", f"{people['is_claimed'].mean():.1%}", ""),
        ]  # fmt: skip
        head = ("forecast", "grain", "÷ last week's", "÷ four weeks'", "inside the band of 80 %")
        told = [
            (f"`{measure}`", str(grain), f"{part['ratio_to_last_week'].mean():.2f}",
             f"{part['ratio_to_four_weeks'].mean():.2f}", f"{part['coverage'].mean():.1%}")
            for (measure, grain), part in pd.concat(self._forecasts).groupby(["measure", "grain"])
        ]  # fmt: skip
        note = (
            f"\n\nOf days of orders at most {MOST_OF_LAST_WEEK} of last week's is asked for, and "
            f"of days {low:.0%} to {high:.0%} inside."
        )
        return _TEXT.format(
            size=SMALL, messages=LEAST_MESSAGES,
            table=markdown(("in all shops", "found", "asked for"), rows),
            forecasts=markdown(head, told) + note,
        )  # fmt: skip

    def failures(self) -> list[str]:
        """Return a sentence for each limit that does not hold."""
        said = []
        if any(set(days) - {OUTAGE_DAY.isoformat()} for days in self._outages):
            said.append(f"Outages other than the planted day: {self._outages}")
        days = (
            pd.concat(self._forecasts)
            .query("grain == 'day'")
            .groupby("measure")
            .mean(numeric_only=True)
        )
        if days.loc["orders", "ratio_to_last_week"] > MOST_OF_LAST_WEEK:
            said.append(
                f"Orders err {days.loc['orders', 'ratio_to_last_week']:.2f} of last week's."
            )
        if not days["coverage"].between(*COVERAGE).all():
            said.append(f"Bands of 80 % hold {days['coverage'].round(3).to_dict()}")
        right = right_share(pd.concat(self._people))
        if right < LEAST_RIGHT:
            said.append(f"The hour to send is right for {right:.1%}.")
        return said

    def _held(self) -> float:
        found = pd.concat(self._weekdays)
        return float(found["planted"].between(found["index_low"], found["index_high"]).mean())

    def _found_outages(self) -> int:
        return sum(days == [OUTAGE_DAY.isoformat()] for days in self._outages)
