"""What the summary says of the rooms above core: who comes back, what kind of customer, churn."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import duckdb

from stayhouse.base.currencies import amount
from stayhouse.reports.losses import share

# The page stays on a screen: this many cohorts (the latest) and periods; the mart has them all.
_COHORTS = 13
_PERIODS = 13
_WIDTH = 88

Rows = list[tuple[Any, ...]]
# Who first ordered in the month of the day that is not over: it has no cohort yet.
_IN_NO_COHORT = """
with firsts as (
    select min(local_day) as first_day
    from core.orders
    where is_net_at_clock and person_id is not null
    and local_day < (select open_day from core.clock)
    group by person_id
)

select month_began, (select count(*) from firsts where first_day >= month_began)
from (select date_trunc('month', open_day) as month_began from core.clock)
"""


def cohorts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the triangle that the app shows first: by month, net order to net order, in percent.

    A shop that only has events has no order to come back for: then visits are shown.
    """
    cells = query(
        con,
        """
        select cohort_start, period_index, retention_rate, cohort_size
        from retention.cohort_retention
        where cohort_grain = 'month' and start_kind = 'net_order' and return_kind = 'net_order'
            and definition = 'on' and clock_kind = 'calendar'
        """,
    )
    if not cells:
        has_orders = query(con, "select 1 from core.orders where is_order limit 1")
        # Buyers of a month that is not over are in no cohort yet.
        return [] if has_orders else _visits(con)
    rates = {(start, index): rate for start, index, rate, _ in cells}
    sizes = {start: size for start, _, _, size in cells}
    shown = sorted(sizes)[-_COHORTS:]
    last = min(max(index for start, index in rates if start in shown), _PERIODS - 1)
    rows = [
        (f"{start:%Y-%m}", sizes[start], *(_percent(rates.get((start, i))) for i in periods))
        for periods in [range(1, last + 1)]
        for start in shown
    ]
    left_out = len(sizes) - len(shown)
    young = [
        f"buyers of {began:%Y-%m}, which is not over, are in no cohort yet: {count:,}"
        for began, count in query(con, _IN_NO_COHORT)
        if count
    ]
    return [
        "buyers by month of their first net order, and percent of them with a net order again",
        "n calendar months later (kind net_order, definition on; the app's first table)",
        *aligned(["month", "buyers", *(str(index) for index in range(1, last + 1))], rows),
        *([f"{left_out} earlier months are in retention.cohort_retention"] if left_out else []),
        *young,
    ]


def _visits(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = query(
        con,
        """
        select
            bracket_from, bracket_to,
            sum(eligible_count)::bigint as eligible, sum(retained_count)::bigint as retained
        from retention.retention_cube
        where start_kind = 'visit' and return_kind = 'visit' and definition = 'bracket'
            and slice = 'none' and cohort_grain = 'day' and is_mature
        group by all
        order by bracket_from, bracket_to
        """,
    )
    if not rows:
        return []
    shown = [
        (
            f"day {first}" if first == last else f"days {first} to {last}",
            eligible,
            retained,
            f"{share(retained / eligible)}" if eligible else None,
        )
        for first, last, eligible, retained in rows
    ]
    return [
        "nobody has ordered; visitors of all days, and who of them visited again (kind visit)",
        *aligned(["after their first visit", "visitors", "came back", ""], shown),
    ]


_STEPS = {
    "cart": "visits that look at a product put something into the cart",
    "checkout": "visits with something in the cart begin to check out",
    "purchase": "checkouts end in an order",
}


def faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a sentence for each step that fails today, the dearest first; none where none does."""
    try:
        rows = query(
            con,
            """
            select
                case device when 'all' then 'all devices' else device end, step, 100 * rate,
                100 * usual_rate, started_on, greatest(lost_order_count, 0),
                greatest(lost_order_low, 0), greatest(lost_order_high, 0),
                case when may_be_growth then format(
                    ' Yet {:.1f} visits a day had an order since then, {:.1f} before: more came.',
                    orders_a_day, usual_orders_a_day
                ) else '' end,
                coalesce(' From ' || back_since || ' on it is as usual again, so far.', '')
            from behavior.funnel_anomalies
            where state = 'open'
            order by lost_order_count desc, step, device
            """,
        )
    # A part of a build, or one before there was such a mart, has no alarm.
    except duckdb.CatalogException:
        return []
    except duckdb.BinderException:
        return ["Whether a step fails is not known: built before this version, so build it again."]
    return [
        f"Something fails in the shop ({device}): {now:.0f}% of {_STEPS[step]}, "
        f"usually {usual:.0f}%, since {since}; about {lost:,.0f} orders lost "
        f"[{low:,.0f}, {high:,.0f}].{grew}{back}"
        for device, step, now, usual, since, lost, low, high, grew, back in rows
    ]


def segments(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = query(
        con,
        """
        select segment, count(*) as people, sum(net_sales) as net_sales, base_currency
        from segments.rfm_segments
        cross join core.clock
        group by all
        order by people desc, segment
        """,
    )
    if not rows:
        return []
    base = rows[0][3]
    shown = [(segment, people, amount(net_sales, base)) for segment, people, net_sales, _ in rows]
    people, net_sales = (sum(row[place] for row in rows) for place in (1, 2))
    everybody = ("all buyers", people, amount(net_sales, base))
    return aligned(["segment", "people", f"net sales, {base}"], [*shown, everybody])


def churn(con: duckdb.DuckDBPyConnection) -> list[str]:
    horizon_lines = _horizon(con)
    readiness = query(con, "select is_ready, reason from churn.churn_readiness")
    if readiness and not readiness[0][0]:
        return [*horizon_lines, *wrap(f"no scores: {readiness[0][1]}", _WIDTH)]
    rows = query(
        con,
        """
        select
            classifier, is_champion, roc_auc, log_loss, precision, recall, f1, lift_10_churn,
            cut_off_date, horizon_days, customer_count, prevalence
        from churn.churn_evaluation
        where split = 'test'
        order by log_loss, classifier
        """,
    )
    if not rows:
        return []
    fitted = query(
        con,
        """
        select distinct m.fitted_as_of_date, r.as_of_date
        from churn.churn_model_comparison as m
        inner join churn.churn_readiness as r on m.fitted_as_of_date < r.as_of_date
        """,
    )
    absent = query(
        con,
        """
        select string_agg(classifier, ', ' order by simplicity), reason
        from churn.churn_model_comparison
        where not is_fitted
        group by reason
        order by min(simplicity)
        """,
    )
    cut_off, horizon, customers, prevalence = rows[0][8:]
    figures = [
        (f"{classifier}{' *' if is_champion else ''}", *(_decimal(value) for value in values))
        for classifier, is_champion, *values in (row[:8] for row in rows)
    ]
    return [
        *horizon_lines,
        f"judged on {customers:,} customers at {cut_off:%Y-%m-%d}, {prevalence:.0%} of whom did "
        f"not order in {horizon} days",
        *aligned(
            ["classifier", "ROC-AUC", "log loss", "precision", "recall", "F1", "lift 10%"], figures
        ),
        "* the champion, chosen on validation: churn.churn_scores has its scores by customer",
        *(f"fitted as of {day:%Y-%m-%d}, scored as of {today:%Y-%m-%d}" for day, today in fitted),
        *(
            line
            for names, reason in absent
            for line in wrap(f"not fitted: {names}. {reason}", _WIDTH, subsequent_indent="  ")
        ),
    ]


def _horizon(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return which horizon is asked for, and what the shop's own gaps say to it."""
    try:
        rows = query(
            con,
            "select horizon_days, suggested_days, covered_gap_share, gap_count, is_from_var "
            "from features.churn_horizon",
        )
    except duckdb.CatalogException:
        return []
    lines = []
    for days, suggested, covered_share, gaps, is_from_var in rows:
        if is_from_var:
            advice = "" if suggested is None else f", its gaps suggest {suggested}"
            chosen = f"set by churn_horizon_days{advice}"
        elif suggested == days:
            chosen = "suggested by the shop's own gaps"
        elif suggested is None:
            chosen = "since no gap could be followed for long enough to suggest one"
        else:
            chosen = "as long as its history allows"
        covered = (
            "" if covered_share is None else f"; {covered_share:.0%} of {gaps:,} gaps end within it"
        )
        lines += wrap(f"horizon of {days} days, {chosen}{covered}", _WIDTH)
    return lines


def query(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return con.execute(sql).fetchall()


def wrapped(line: str) -> list[str]:
    """Return a line as lines of the page's width, each below the beginning of the first."""
    inner = len(line) - len(line.lstrip()) + 2
    return wrap(
        line, _WIDTH, subsequent_indent=" " * inner, break_long_words=False, drop_whitespace=True
    )


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{value * 100:.0f}"


def _decimal(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def aligned(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return aligned lines: the first column to the left, the others to the right."""
    cells = [list(header)] + [
        [
            "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
            for value in row
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if position == 0 else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
