"""Whether expected value foresees what the planted customers really buy.

Each planted life goes on past the end of the run, so that what every customer buys in the 90 days
after a cut-off is known. Half a year of seasons cannot be learnt from 510 days: a total is off by
what the season moves it.
"""

import pandas as pd

from tests.truth.shop import Shop
from tests.truth.tables import markdown

MOST_BIAS = 0.15
LEAST_INSIDE, MOST_INSIDE = 0.74, 0.88
# Small shops are judged on a sixth of the people.
SMALL_BIAS = 0.3

PEOPLE = """
    select
        e.person_id, t.order_count, t.net_sales::double as net_sales,
        e.expected_orders_90d, e.expected_orders_90d * e.order_day_value as expected_net_sales,
        e.low_spend_90d * e.order_day_value as low, e.high_spend_90d * e.order_day_value as high,
        case when e.age_days > 0 then e.repeat_count / e.age_days else 0 end as own_rate
    from (
        select e.*, n.person_id, c.cut_off_at
        from value.int_value__expected as e
        inner join value.int_value__persons as n using (person_number)
        inner join value.int_value__cutoffs as c using (cut_off_number)
        where c.split = 'test' and c.horizon_days = 90
    ) as e
    inner join truth.value as t
        on e.person_id = 'c:shop:' || t.customer_id and t.horizon_days = 90
            and t.cut_off_date = e.cut_off_at::date
    order by e.person_id
"""
# The latest cut-off of the truth is the clock.
TIERS = """
    select
        s.value_tier, count(*) as people_count, avg(t.net_sales)::double as net_sales,
        avg(s.net_sales_365d)::double as past
    from strategy.value_tiers as s
    inner join truth.value as t
        on s.person_id = 'c:shop:' || t.customer_id and t.horizon_days = 180
            and t.cut_off_date = s.as_of_date
    group by s.value_tier
"""
_TEXT = """
## Value

What `value.customer_ltv` would have said 90 days before the end, beside what was planted to happen
in those days: correlation of expected and actual orders over people, that of everybody's own past
rate (at most as high), how far the totals of orders and of net sales are off (net sales by at most
{bias:.0%} at 20,000 customers, {small:.0%} on average here; the season moves them, and 510 days
know none), and how many people end inside their 80 % interval ({least:.0%} to {most:.0%} is asked
for: of many, nothing is expected with more than 80 %).

{table}
"""


def value(shop: Shop) -> pd.Series:
    """Return how what was expected of a shop's people and what they did agree."""
    people = shop.both(PEOPLE)
    inside = (people["net_sales"] >= people["low"] - 1e-4) & (
        people["net_sales"] <= people["high"] + 1e-4
    )
    return pd.Series(
        {
            "people": float(len(people)),
            "correlation": people["expected_orders_90d"].corr(people["order_count"]),
            "own": people["own_rate"].corr(people["order_count"]),
            "orders": people["expected_orders_90d"].sum() / people["order_count"].sum() - 1,
            "net_sales": people["expected_net_sales"].sum() / people["net_sales"].sum() - 1,
            "inside": inside.mean(),
        }
    )


def deciles(shop: Shop) -> pd.Series:
    """Return what people of each tenth by expected net sales really brought, on average."""
    people = shop.both(PEOPLE).sort_values(["expected_net_sales", "person_id"])
    tenth = pd.Series(range(len(people)), index=people.index) * 10 // len(people)
    return people.groupby(tenth)["net_sales"].mean()


def tiers(shop: Shop) -> pd.DataFrame:
    """Return what people of each tier really bring in the 180 days after the clock, on average."""
    return shop.both(TIERS).set_index("value_tier")


class Value:
    """The shops so far, and what the page says of them."""

    reads = ("customer_ltv", "value_tiers", "int_value__expected")

    def __init__(self) -> None:
        self._found: list[pd.Series] = []

    def add(self, shop: Shop) -> None:
        self._found.append(value(shop))

    def failures(self) -> list[str]:
        mean = pd.DataFrame(self._found).mean()
        said = []
        if mean["correlation"] < mean["own"]:
            said.append(
                f"expected orders correlate by {mean['correlation']:.3f}, own past rates by "
                f"{mean['own']:.3f}"
            )
        if abs(mean["net_sales"]) > SMALL_BIAS:
            said.append(f"the total of net sales is off by {mean['net_sales']:+.0%}")
        if not LEAST_INSIDE <= mean["inside"] <= MOST_INSIDE:
            said.append(f"80 % intervals hold {mean['inside']:.1%}")
        return said

    def text(self) -> str:
        found = pd.DataFrame(self._found)
        names = {
            "correlation": ("correlation with what happened", "{:.3f}"),
            "own": ("that of own past rates", "{:.3f}"),
            "orders": ("total of orders, off by", "{:+.1%}"),
            "net_sales": ("total of net sales, off by", "{:+.1%}"),
            "inside": ("people inside their interval", "{:.1%}"),
        }
        rows = [
            (name, *(form.format(getattr(found[key], of)()) for of in ("mean", "min", "max")))
            for key, (name, form) in names.items()
        ]
        return _TEXT.format(
            bias=MOST_BIAS, small=SMALL_BIAS, least=LEAST_INSIDE, most=MOST_INSIDE,
            table=markdown(("of a shop", "mean", "lowest", "highest"), rows),
        )  # fmt: skip
