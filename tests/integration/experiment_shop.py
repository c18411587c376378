"""The exports of a shop in Los Angeles that tries things, well and badly; nothing here reads SQL.

Its clock is set back to 1 December 2024: what its files tell of later days is not known yet.
"""

import csv
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ZONE = "America/Los_Angeles"
AS_OF = datetime(2024, 12, 1)
VARS = f"{{as_of: '2024-12-01', time_zone: {ZONE}}}"
CATEGORIES = {"kettle": "kitchen", "spade": "garden", "puzzle": "toys"}
COUNTRIES = ("DE", "GB", "")
ERASED = "c119"
_JUNE = datetime(2024, 6, 1)

# Of each plan: the metric it is judged by, its arms and weights, and when it starts and ends.
PLANS: dict[str, tuple[str, dict[str, str], datetime, datetime | None]] = {
    # Weights of no sum, and the same of 1.
    "promise": ("order_rate_30", {"control": "1", "new": "3"}, _JUNE, datetime(2024, 8, 1)),
    "promise_again": (
        "order_rate_30", {"control": ".25", "new": ".75"}, _JUNE, datetime(2024, 8, 1)
    ),
    "three": ("orders_90", {"control": "1", "a": "1", "b": "1"}, _JUNE, datetime(2024, 9, 1)),
    "running": ("order_rate_30", {"control": "1", "new": "1"}, datetime(2024, 10, 1), None),
    "one_arm": ("order_rate_30", {"only": "1"}, _JUNE, datetime(2024, 8, 1)),
    # Nobody of it ever came or bought.
    "flat": ("orders_90", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 8, 1)),
    "backwards": ("orders_90", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 5, 1)),
    "unexposed": ("order_rate_30", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 8, 1)),
    "metricless": ("happiness", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 8, 1)),
    "leaky": ("order_rate_30", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 8, 1)),
    # Reviews are written by some, and the windows of the last of them are not over.
    "rated": ("rating_90", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 10, 1)),
    "devices": ("return_rate_7", {"control": "1", "new": "1"}, _JUNE, datetime(2024, 8, 1)),
}  # fmt: skip
# Of whom the one order was how long after the exposure: around it, and around 30 days of it.
EDGES = {
    f"c{10 + number}": timedelta(days=days, seconds=seconds)
    for number, (days, seconds) in enumerate(
        (days, seconds) for days in (-30, 0, 30) for seconds in (-1, 0, 1)
    )
}


@dataclass(frozen=True)
class Order:
    """An order of one product; what was given back of it, and when."""

    customer: str
    at: datetime
    product: str
    amount: int
    refunds: tuple[tuple[datetime, int], ...] = ()


@dataclass(frozen=True)
class Visit:
    """The instants of a visit, at most some minutes apart."""

    customer: str
    device: str
    instants: tuple[datetime, ...]


@dataclass
class ExperimentShop:
    """What happened. ``exposures``: experiment, arm, unit, instant; a unit of `devices` is a
    visitor, whose name is the customer's after a v."""

    orders: list[Order] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    reviews: list[tuple[str, datetime, int]] = field(default_factory=list)
    exposures: list[tuple[str, str, str, datetime]] = field(default_factory=list)

    def country(self, customer: str) -> str:
        return COUNTRIES[int(customer[1:]) % 3]

    def write(self, folder: Path) -> None:
        """Write the exports as CSV files, named after tables."""
        folder.mkdir(parents=True)
        for name, rows in self._tables().items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)

    def _tables(self) -> dict[str, list[dict[str, Any]]]:
        named = [(f"o{number}", order) for number, order in enumerate(self.orders)]
        instants = [(v, at) for v in self.visits for at in v.instants]
        return {
            "customers": [
                *({"customer_id": f"c{n}", "country": self.country(f"c{n}")} for n in range(120)),
                *({"customer_id": f"quiet {n}", "country": ""} for n in range(30)),
            ],
            "products": [
                {"product_id": p, "name": p, "category_path": c} for p, c in CATEGORIES.items()
            ],
            "orders": [
                {"order_id": name, "customer_id": o.customer, "ordered_at": o.at,
                 "status": "paid", "currency": "GBP"}
                for name, o in named
            ],
            "order_lines": [
                {"order_id": name, "product_id": o.product, "quantity": 1, "unit_price": o.amount}
                for name, o in named
            ],
            "refunds": [
                {"refund_id": f"{name} {number}", "order_id": name, "product_id": o.product,
                 "amount": amount, "currency": "GBP", "refunded_at": at}
                for name, o in named for number, (at, amount) in enumerate(o.refunds)
            ],
            "reviews": [
                {"review_id": f"r{number}", "customer_id": customer, "product_id": "kettle",
                 "rating": rating, "created_at": at}
                for number, (customer, at, rating) in enumerate(self.reviews)
            ],
            "events": [
                {"event_id": f"e{number}", "event_type": "page_view", "occurred_at": at,
                 "visitor_id": f"v{v.customer}", "customer_id": v.customer,
                 "device_type": v.device}
                for number, (v, at) in enumerate(instants)
            ],
            "experiments": [
                {"experiment_id": name, "arm": arm, "weight": weight,
                 "unit_kind": "visitor" if name == "devices" else "customer",
                 "primary_metric": metric, "starts_at": starts, "ends_at": ends or ""}
                for name, (metric, arms, starts, ends) in PLANS.items()
                for arm, weight in arms.items()
            ],
            "exposures": [
                {"experiment_id": name, "arm": arm, "unit_id": unit, "exposed_at": at}
                for name, arm, unit, at in self.exposures
            ],
            "erasure_requests": [{"customer_id": ERASED, "requested_at": datetime(2024, 12, 5)}],
        }  # fmt: skip


def experiment_shop(seed: int = 24) -> ExperimentShop:
    """Return the shop; the same for the same seed."""
    rng, shop = random.Random(seed), ExperimentShop()
    first = datetime(2024, 3, 20)

    def instant(start: datetime, days: int) -> datetime:
        return start + timedelta(seconds=rng.randrange(days * 86_400))

    for customer in (f"c{n}" for n in range(120)):
        for day in range(0, 270, 2):
            if rng.random() < 0.07:
                start = first + timedelta(days=day, hours=rng.randrange(24))
                shop.visits.append(
                    Visit(
                        customer, rng.choice(["mobile", "desktop"]),
                        tuple(start + timedelta(minutes=m) for m in range(rng.randrange(1, 20))),
                    )
                )  # fmt: skip
        # Who stands at an edge has only the order that the edge is about.
        for _ in range(rng.randrange(6) if customer not in EDGES else 0):
            at, amount = instant(first, 265), rng.randrange(10, 90)
            # Given back, a part or all, before the clock or after it.
            back = rng.choice([(), (), ((at + timedelta(days=9), 5),), ((at, amount),),
                               ((datetime(2024, 12, 3), amount),)])  # fmt: skip
            shop.orders.append(Order(customer, at, rng.choice([*CATEGORIES]), amount, back))
            if rng.random() < 0.6:
                shop.reviews.append((customer, at + timedelta(days=5), rng.randrange(1, 6)))
    _expose(shop, rng, instant)
    return shop


def _expose(shop: ExperimentShop, rng: random.Random, instant: Any) -> None:
    visits = {v.customer: v for v in shop.visits if _JUNE < v.instants[0] < datetime(2024, 8, 1)}
    people = [f"c{n}" for n in range(120)]
    for unit in people[20:]:
        arm, at = "new" if rng.random() < 0.75 else "control", instant(_JUNE, 55)
        # Half of them in the midst of a visit, as a site would.
        if unit in visits and rng.random() < 0.5:
            at = visits[unit].instants[-1]
        shop.exposures += [("promise", arm, unit, at), ("promise_again", arm, unit, at)]
        shop.exposures.append(
            ("three", rng.choice(["control", "a", "b"]), unit, instant(_JUNE, 90))
        )
        start = datetime(2024, 10, 1)
        shop.exposures.append(("running", rng.choice(["control", "new"]), unit, instant(start, 58)))
        for name in ("one_arm", "backwards", "metricless"):
            arm = rng.choice([*PLANS[name][1]])
            shop.exposures.append((name, arm, unit, instant(_JUNE, 30)))
        arm = "new" if rng.random() < 0.1 else "control"
        shop.exposures.append(("leaky", arm, unit, instant(_JUNE, 55)))
        if unit in visits:
            arm = rng.choice(["control", "new"])
            shop.exposures.append(("devices", arm, f"v{unit}", visits[unit].instants[0]))
    for number in range(30):
        arm = "new" if number % 2 else "control"
        shop.exposures.append(("flat", arm, f"quiet {number}", instant(_JUNE, 50)))
    _edges(shop)


def _edges(shop: ExperimentShop) -> None:
    """Customers 0 to 9 stand at the edges of plans, and those of EDGES at those of windows."""
    at, second = datetime(2024, 6, 20, 6, 59, 59), timedelta(seconds=1)
    for number, (arm, shift) in enumerate(
        [
            ("new", -30 * timedelta(days=1)),  # before the start
            ("new", timedelta(days=50)),  # after the end
            ("new", timedelta()), ("control", timedelta()), ("NEW", timedelta()),
            ("typo", timedelta()),
        ]
    ):  # fmt: skip
        shop.exposures.append(("promise", arm, f"c{number}", at + shift))
    # One in both arms, and one in one arm twice: the first exposure counts.
    shop.exposures.append(("promise", "control", "c2", at + second))
    shop.exposures.append(("promise", "control", "c3", at + 9 * second))
    shop.exposures.append(("promise", "control", "c3", datetime(2024, 6, 5)))
    # On the very instant of the start, and of the end, which is over.
    shop.exposures += [
        ("promise", "new", "c6", _JUNE), ("promise", "new", "c7", datetime(2024, 8, 1)),
    ]  # fmt: skip
    for unit, since in EDGES.items():
        shop.exposures.append(("promise", "new", unit, at))
        shop.orders.append(Order(unit, at + since, "spade", 7))
    # Whose window ends at the clock, and a second later.
    over = AS_OF - timedelta(days=30)
    shop.exposures += [("running", "new", "c8", over), ("running", "new", "c9", over + second)]
    shop.exposures += [
        ("rated", "new" if number % 2 else "control", f"c{number}", _JUNE + timedelta(days=number))
        for number in range(20, 120)
    ]
