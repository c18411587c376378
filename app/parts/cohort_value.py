"""What customers have brought by months since their first order: the latest beside all."""

import pandas as pd

from app import charts, figures, layout
from app.language import say
from app.published import Published

# All cohorts together, of the months that are settled, and the latest three quarters; a point of
# which not all months are over is absent, so that the line of a quarter is of the same people.
_CURVES = """
with cohorts as (
    select *, date_trunc('quarter', acquisition_month)::date as quarter
    from value.ltv_by_cohort
),

latest as (
    select quarter, count(distinct acquisition_month) as month_count
    from cohorts group by quarter order by quarter desc limit 3
),

points as (
    select
        c.quarter, c.period_index, sum(c.cohort_size)::bigint as people_count,
        sum(c.booked_net_sales) as booked_net_sales, bool_and(c.is_settled) as is_settled
    from cohorts as c
    inner join latest as l on c.quarter = l.quarter
    group by c.quarter, c.period_index, l.month_count
    having count(*) = l.month_count
    union all
    select
        null as quarter, period_index, sum(cohort_size)::bigint, sum(booked_net_sales), true
    from cohorts where is_settled
    group by period_index
)

select
    quarter, period_index, people_count, booked_net_sales::double / people_count as brought,
    is_settled, 2 * people_count < max(people_count) over (partition by quarter) as is_few
from points
order by quarter nulls first, period_index
"""

# Months after the first one: before that, a comparison is one of first orders.
_ENOUGH = 2


def show(published: Published, currency: str) -> None:
    """Draw the curves, and say how the latest customers compare."""
    found = published.ask(_CURVES)
    if found.frame.empty:
        layout.notice(say("value.no_cohort"), say("value.no_cohort_remedy"))
        return
    _compare(found.frame, currency)
    frame = found.frame.assign(
        who=[
            say("value.all_cohorts") if figures.is_nothing(quarter) else figures.quarter(quarter)
            for quarter in found.frame["quarter"]
        ],
        is_open=~found.frame["is_settled"].astype(bool) | found.frame["is_few"].astype(bool),
    )
    drawing = charts.lines(
        frame, "period_index", "brought", None, None, series="who",
        x_title=say("value.months_since"), y_title=say("value.brought", currency=currency),
        y_format=",.0f", apart="is_open",
    )  # fmt: skip
    layout.chart("value_cohorts", drawing, found, "value.ltv_by_cohort")


def _compare(frame: pd.DataFrame, currency: str) -> None:
    """Say what the latest quarter that has had time brought by then, and all."""
    is_all = frame["quarter"].isna()
    settled = frame[~is_all & frame["is_settled"] & (frame["period_index"] >= _ENOUGH)]
    if settled.empty:
        return
    latest = settled[settled["quarter"] == settled["quarter"].max()].iloc[-1]
    whole = frame[is_all & (frame["period_index"] == latest["period_index"])].iloc[0]
    layout.remark(
        say("value.compare", quarter=figures.quarter(latest["quarter"]),
            months=figures.count(latest["period_index"]),
            brought=figures.money(latest["brought"], currency),
            all=figures.money(whole["brought"], currency))
    )  # fmt: skip
