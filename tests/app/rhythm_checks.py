"""What the page Rhythm of the shop must show after a choice."""

import pandas as pd
import pytest

from app.language import say_in
from tests.app.checks import same
from tests.app.conftest import Site, Visit
from tests.building import CHECKOUT

HOLIDAYS = CHECKOUT / "seeds" / "holidays.csv"
# Counted anew from orders and active days, not from the room's own marts.
COUNTED = {
    "orders": "select local_day, count(*) as n from core.orders where is_order group by 1",
    "active_people": """
        select local_day, count(distinct person_id) as n from core.customer_days group by 1
    """,
    "net_sales": "select local_day, sum(net_sales) as n from core.orders where is_order group by 1",
}
# What is told of the days to come is of sales on the day on which something is given back.
COMING = {
    **COUNTED,
    "net_sales": """
        select timezone('Europe/London', timezone('UTC', effective_at))::date as local_day,
            sum(amount) as n
        from core.money_lines as m
        left join core.orders as o using (source_name, order_id)
        where kind not in ('tax', 'shipping', 'gift_card') and (o.is_order or m.order_id is null)
        group by 1
    """,
}


def the_rhythm(visit: Visit, site: Site, name: str) -> None:
    """The days ahead follow the clock, last year's are counted, and Sundays are as counted."""
    (measure,) = (m for m in COUNTED if say_in("en", f"rhythm.{m}") == name)
    days = visit.csv("rhythm_days")
    same(days[["day", "last_year_value"]], site.csv(f"""
        select (open_day + d::integer)::date as day, n as last_year_value
        from core.clock, range(28) as days(d)
        left join ({COMING[measure]}) as counted
            on counted.local_day = (select open_day from core.clock) + d::integer - 364
        order by day
    """))  # fmt: skip
    assert (days["forecast_low"] < days["forecast"]).all()
    assert (days["forecast"] < days["forecast_high"]).all()
    weeks = visit.csv("rhythm_weeks")
    assert list(weeks["starts_on"]) == list(days["day"][::7])
    last_year = days["last_year_value"].to_numpy().reshape(4, 7).sum(axis=1)
    assert weeks["last_year_value"].tolist() == pytest.approx(last_year.tolist())
    sign = "£" if measure == "net_sales" else ""
    low, high = (f"{sign}{round(weeks[f'forecast_{end}'][0]):,}" for end in ("low", "high"))
    assert f"it will be {low} to {high}" in visit.words()
    _the_weekdays(visit.csv("rhythm_seasons"), site, measure)
    grid = visit.csv("rhythm_week")
    assert len(grid) == 168
    assert abs(grid["index_value"].mean() - 1) < 1e-9
    models = visit.csv("rhythm_models")
    # Of the two smoothings the one that knows holidays stands for both up to 2 % more error.
    errors = models["mean_absolute_error"]
    spare = 1.02 if models["model_name"][0] == "smoothing_holidays" else 1
    assert errors[0] <= spare * errors.min()
    assert models["state"][0] == "shown"


def _the_weekdays(shown: pd.DataFrame, site: Site, measure: str) -> None:
    """Whole weeks of which no day is a holiday of the most customers' country, Britain."""
    held = site.rows(f"""
        with counted as (
            select day::date as day, coalesce(n, 0) as n
            from range((select min(local_day) from ({COUNTED[measure]}))::timestamp,
                (select open_day from core.clock)::timestamp, interval 1 day) as days(day)
            left join ({COUNTED[measure]}) as c on c.local_day = day::date
        ),
        whole as (
            select date_trunc('week', day) as week from counted
            group by 1
            having count(*) = 7 and count(*) filter (
                where day in (
                    select local_day from read_csv('{HOLIDAYS}') where country = 'GB')) = 0
        )
        select isodow(day)::varchar, avg(n) / (select avg(n) from counted
            where date_trunc('week', day) in (from whole))
        from counted where date_trunc('week', day) in (from whole) group by 1 order by 1
    """)
    weekdays = shown[shown["kind"] == "weekday"]
    # The mart reads whole cents.
    exact = 1e-5 if measure == "net_sales" else 1e-9
    assert list(weekdays["season"]) == [day for day, _ in held]
    assert weekdays["index_value"].tolist() == pytest.approx(
        [index for _, index in held], abs=exact
    )
