"""A made-up site and what a person would count on it: visits, sessions, customers, orders.

Its visitors look at pages, read one for most of an hour, click, consent, search, and buy, some of
them after a log-in, some on two devices. Pauses lie on both sides of half an hour. Of its orders
some are known to no tracker. Nothing here reads the warehouse or its code.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

HALF_HOUR = timedelta(minutes=30)
# What a tracker of today tells, by what a visitor did.
TYPES = {
    "page": "page_view", "product": "product_view", "list": "product_view", "search": "search",
    "add": "add_to_cart", "remove": "remove_from_cart", "checkout": "checkout_start",
    "purchase": "purchase", "ping": "engagement", "click": "interaction", "consent": "interaction",
}  # fmt: skip
CAMPAIGNS = (None, ("newsletter", "email", "may"), ("google", "cpc", "brand & more"))
PRICES = {"TEE-S": 20, "007": 12, "Карта": 4, 'mug, 12"': 9}
_FIRST = datetime(2024, 3, 29, 21, 0)  # the clocks of London change two days later
_PAUSES = (1_800, 1_800.001, 1_799, 2_700, 90_000, 400_000)


@dataclass(frozen=True)
class Site:
    """What was done, in the order of time by visitor, and the orders of its shop.

    ``actions``: visitor, customer (None = not logged in), at (UTC), kind, page, campaign (None =
    none), products, quantity, order. ``orders``: order, customer, at, products, net.
    """

    actions: pd.DataFrame
    orders: pd.DataFrame

    def sessions(self, pause: timedelta = HALF_HOUR) -> pd.DataFrame:
        """Return the sessions that a pause cuts, with what was done in each."""
        frame = self.actions.sort_values(["visitor", "at"])
        is_first = frame.groupby("visitor")["at"].diff().isna()
        frame["session"] = (is_first | (frame.groupby("visitor")["at"].diff() > pause)).cumsum()
        sessions = frame.groupby("session").agg(
            visitor=("visitor", "first"),
            started_at=("at", "min"),
            ended_at=("at", "max"),
            events=("at", "size"),
            campaign=("campaign", lambda values: values.iloc[0]),
            device=("device", "first"),
        )
        for name, kinds in {
            "pages": ("page",),
            "products": ("product", "list"),
            "adds": ("add",),
            "checkouts": ("checkout",),
            "purchases": ("purchase",),
        }.items():
            sessions[name] = frame[frame["kind"].isin(kinds)].groupby("session").size()
            sessions[name] = sessions[name].fillna(0).astype(int)
        lasted = sessions["ended_at"] - sessions["started_at"]
        sessions["engaged"] = (
            (sessions["pages"] + sessions["products"] >= 2)
            | (sessions["purchases"] > 0)
            | (lasted >= timedelta(seconds=20))
        )
        return sessions

    def customers(self) -> pd.Series:
        """Return the customer of each visitor who ever logged in."""
        return self.actions.dropna(subset="customer").groupby("visitor")["customer"].first()


def tracked_site(visitors: int = 120) -> Site:
    """Return the site, always the same one."""
    chance = random.Random(11)
    actions, orders = [], []
    for visitor in range(visitors):
        # Two devices of every third of these customers.
        customer = None if visitor % 3 else f"C{visitor // 6 if visitor % 9 else visitor}"
        at = _FIRST + timedelta(seconds=chance.randrange(4_000_000))
        for visit in range(chance.randrange(1, 6)):
            if visit:
                at += timedelta(seconds=chance.choice(_PAUSES))
            campaign, who = chance.choice(CAMPAIGNS), None
            for step, (kind, seconds) in enumerate(_visit(chance)):
                at += timedelta(seconds=seconds if step else 0)
                who = customer if kind in ("checkout", "purchase") or visit else who
                products = chance.sample(sorted(PRICES), 2 if kind in ("list", "purchase") else 1)
                order = None
                if kind == "purchase":
                    order = str(1_000 + len(orders))
                    orders.append(_order(order, who, at, products))
                actions.append(
                    {
                        "visitor": visitor, "customer": who, "at": at, "kind": kind,
                        "page": f"https://shop.example/{kind}/{step}?q=ä&n={visitor}",
                        "campaign": campaign if step == 0 else None,
                        "products": products, "quantity": chance.randrange(1, 4), "order": order,
                        "device": ("mobile", "desktop")[visitor % 2],
                    }
                )  # fmt: skip
    # An ad blocker: orders of the shop that no tracker tells of.
    for number in range(20):
        orders.append(_order(f"B{number}", None, _FIRST + timedelta(days=number), ["007"]))
    return Site(pd.DataFrame(actions), pd.DataFrame(orders))


def _visit(chance: random.Random) -> list[tuple[str, float]]:
    """What is done in a visit, and how many seconds after what was done before."""
    done: list[tuple[str, float]] = [("page", 0.0)]
    if chance.random() < 0.3:
        # Read for fifty minutes: without the pings it would be two sessions.
        done += [("ping", 600.0)] * 5 + [("page", 300.0)]
    for kind in ("consent", "click", "search", "list", "product", "page", "remove"):
        if chance.random() < 0.35:
            done.append((kind, chance.choice([3.25, 19.999, 61.0, 900.5])))
    if chance.random() < 0.4:
        done.append(("add", 11.5))
        if chance.random() < 0.7:
            done += [("checkout", 40.0), ("purchase", 95.125)]
    return done


def _order(name: str, customer: str | None, at: datetime, products: list[str]) -> dict[str, object]:
    return {
        "order": name, "customer": customer, "at": at + timedelta(seconds=1), "products": products,
        "net": sum(PRICES[product] for product in products),
    }  # fmt: skip
