"""Checks of what is estimated: how often an interval holds the true value.

Nothing here decides what is good enough; tests and the page ``docs/truth.md`` do.
"""

import json
import re
from datetime import timedelta

import duckdb
import numpy as np
import pandas as pd
from scipy.stats import betabinom, binom, binomtest, norm
from sklearn.metrics import roc_auc_score

from tests.truth.shop import DAYS, START, Shop

CONFIDENCE = 0.95
DECILES = 10
# A cell of fewer people in all other populations has no true rate worth the name. On a day on which
# the reference sees less than one newcomer a population (the outage) there may be no cohort.
LEAST_REFERENCE = 100
# Where ten deciles are read at once: all of them hold for a calibrated probability in at least
# 95 % of shops.
OF_ALL_DECILES = 1 - (1 - CONFIDENCE) / DECILES

# The start itself is the return of index 0, so that cells of index 0 cannot miss.
_CELLS = """
    select r.cohort_grain, r.start_kind, r.definition, r.cohort_start, r.period_index,
        r.eligible_count, r.retained_count, r.rate_low, r.rate_high, t.true_rate
    from retention.cohort_retention as r
    full outer join truth.retention as t
        on r.cohort_grain = t.cohort_grain and r.cohort_start = t.cohort_start
        and r.start_kind = t.order_kind and r.return_kind = t.order_kind
        and r.definition = t.definition and r.period_index = t.period_index
        and r.clock_kind = 'calendar'
    where coalesce(r.period_index, t.period_index) > 0
    order by all
"""
# Cells of visits and logins that everybody of the cohort has had the time for.
_ACTIVITY_CELLS = f"""
    select
        coalesce(r.return_kind, t.return_kind) as return_kind,
        coalesce(r.definition, t.definition) as definition,
        coalesce(r.period_index, t.period_index) as period_index,
        coalesce(r.cohort_start, t.cohort_start) as cohort_start,
        r.eligible_count, r.retained_count, r.rate_low, r.rate_high,
        t.reference_size, t.reference_retained, t.true_rate
    from (
        from retention.retention_cube
        where return_kind in ('visit', 'login') and slice = 'none' and period_index > 0
            and is_mature
    ) as r
    full outer join truth.activity_retention as t
        on r.cohort_grain = t.cohort_grain and r.cohort_start = t.cohort_start
        and r.start_kind = t.start_kind and r.return_kind = t.return_kind
        and r.definition = t.definition and r.clock_kind = t.clock_kind
        and r.period_index = t.period_index
        and coalesce(r.bracket_to, r.period_index) = t.last_index
    where r.cut_id is not null or t.reference_size >= {LEAST_REFERENCE}
    order by all
"""
_JUDGED = """
    select j.classifier, c.classifier is not null as is_champion, j.person_id,
        j.churn_probability, j.has_churned, t.churned, t.p_observable
    from churn.int_churn__judged as j
    left join churn.churn_champion as c on j.classifier = c.classifier and c.is_champion
    inner join truth.churn as t
        on j.person_id = 'c:shop:' || t.customer_id
        and j.cut_off_date = t.cut_off_date and j.horizon_days = t.horizon_days
    where j.split = 'test'
    order by j.classifier, j.person_id
"""

_CATEGORIES = "retention.int_retention__first_categories"
_OWN_CATALOG = re.compile(r'"stayhouse"\.("\w+"\."\w+")')
_NEXT_ORDERS = """
    with next_days as (
        select person_id, min(order_day) as next_day
        from all_days inner join core.clock on order_day >= open_day
        group by person_id
    )
    select r.person_id, r.first_category, r.gap_count,
        n.next_day between r.expected_order_day_low and r.expected_order_day_high as is_inside,
        n.next_day > r.expected_order_day as is_after_median
    from retention.purchase_rhythm as r
    inner join next_days as n on r.person_id = n.person_id
    where r.days_since_last_order <= 7
    order by r.person_id
"""

_BOTS = """
    select count(*) filter (s.is_bot) as flagged, count(*) filter (t.is_bot) as planted,
        count(*) filter (s.is_bot and t.is_bot) as rightly
    from core.sessions as s
    inner join truth.sessions as t
        on s.visitor_id = t.visitor_id and s.started_at = t.started_at
"""

# A device tells whose it is when a landed event or order names both, or an order that names nobody
# has the address of somebody's account. Read from the landed files, by other code than the models.
_NAMED_VISITORS = """
    select distinct visitor_id, customer_id from {events}
    where visitor_id is not null and customer_id is not null
    union
    select distinct visitor_id, customer_id from {orders}
    where visitor_id is not null and customer_id is not null
    union
    select distinct o.visitor_id, c.customer_id
    from {orders} as o inner join {customers} as c on o.email_hash = c.email_hash
    where o.visitor_id is not null and o.customer_id is null
"""
_PAIRS = """
    with unshared as (select visitor_id, customer_id from truth.visitors where not is_shared),
    named as ({named}),
    found as (
        select distinct visitor_id, customer_id from core.identity_map
        where customer_id is not null
            and visitor_id not in (select visitor_id from truth.visitors where is_shared)
    ),
    visits as (
        select sum(s.event_count) as planted,
            sum(s.event_count) filter (n.visitor_id is not null) as named,
            sum(s.event_count) filter (s.person_id = 'c:shop:' || u.customer_id) as rightly
        from unshared as u
        inner join core.sessions as s on u.visitor_id = s.visitor_id
        left join named as n on u.visitor_id = n.visitor_id and u.customer_id = n.customer_id
    )
    select
        (select count(*) from unshared) as planted,
        (select count(*) from unshared semi join named using (visitor_id, customer_id)) as named,
        (select count(*) from found) as found,
        (select count(*) from found semi join unshared using (visitor_id, customer_id)) as rightly,
        planted as planted_events, named as named_events, rightly as rightly_events
    from visits
"""


def visitor_pairs(shop: Shop) -> pd.Series:
    """Return counts of pairs of a visitor and its customer outside shared devices.

    `planted` in truth; of these `named`, where the landed files tell of it at all; `found` by the
    warehouse and `rightly` so; and the events of planted visitors, all, of named pairs, and those
    rightly attributed.
    """
    tables = {
        table: f"read_parquet('{shop.landed(table)}/*/*.parquet', hive_partitioning = false)"
        for table in ("events", "orders", "customers")
    }
    return shop.both(_PAIRS.format(named=_NAMED_VISITORS.format(**tables))).iloc[0]


def bots(shop: Shop) -> pd.Series:
    """Return the sessions `flagged` as a bot's, those `planted` as one's, and `rightly` both."""
    return shop.both(_BOTS).iloc[0]


def retention_cells(shop: Shop) -> pd.DataFrame:
    """Return one row per mature cell of index 1 or more, with `misses`.

    The true rate of a cell is the probability that a customer of the planted process who first
    ordered in that period returns in that one. It has no closed form, because leaving depends on
    orders, so the shop counts it on 20 further populations of the same parameters that no model
    sees: it carries a sampling error of its own, a fifth (1 / sqrt 20) of the warehouse's. A cell
    that only one side has is a miss.
    """
    cells = shop.both(_CELLS)
    is_inside = (cells["rate_low"] <= cells["true_rate"]) & (
        cells["true_rate"] <= cells["rate_high"]
    )
    return cells.assign(misses=~is_inside)


def activity_cells(shop: Shop) -> pd.DataFrame:
    """Return one row per mature cell of visits and logins, with `misses` and `miss_probability`.

    The truth of a cell is as `retention_cells` says: counts of 20 further populations. Cohorts of
    a day are small, so that a 95 % interval does not hold in exactly 95 % of them: given what the
    reference counted, the number of a cohort's people who return is beta-binomial, and
    `miss_probability` is that of the numbers whose interval leaves the true rate out.
    """
    cells = shop.both(_ACTIVITY_CELLS)
    is_inside = (cells["rate_low"] <= cells["true_rate"]) & (
        cells["true_rate"] <= cells["rate_high"]
    )
    chances = [
        miss_probability(*row)
        for row in cells[["eligible_count", "reference_size", "reference_retained"]]
        .fillna(0)
        .astype(int)
        .itertuples(index=False)
    ]
    return cells.assign(misses=~is_inside.fillna(False), miss_probability=chances)


def misses(rate: np.ndarray, true: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return whether the Wilson interval of these people's rate leaves the true one out."""
    z = norm.ppf(0.5 + CONFIDENCE / 2)
    # The score test, which the Wilson interval inverts.
    return np.asarray((rate - true) ** 2 > z**2 * true * (1 - true) / people)


def miss_probability(people: int, reference: int, returned: int) -> float:
    """Return how probably the Wilson interval of so many people misses the reference's rate."""
    if people == 0 or reference == 0:
        return CONFIDENCE
    counts = np.arange(people + 1)
    outside = misses(counts / people, np.array(returned / reference), np.array(people))
    chance = betabinom.pmf(counts, people, returned + 0.5, reference - returned + 0.5)
    return float(chance[outside].sum())


def allowed_misses(cells: pd.DataFrame, dependence: float = 1.0) -> float:
    """Return the misses of cells, each with its `miss_probability`, that chance exceeds in 1 %.

    An exact count of people who depend on each other misses `dependence` times as often.
    """
    chance = cells["miss_probability"]
    spread = (dependence * chance * (1 - chance)).sum() ** 0.5
    return float(dependence * chance.sum() + norm.ppf(0.99) * spread)


def pooled_deviation(cells: pd.DataFrame) -> float:
    """Return how far all people of some cells, none twice, are from the true rates.

    In standard deviations of what chance leaves, that of the reference included.
    """
    people, true = cells["eligible_count"], cells["true_rate"]
    variance = people * true * (1 - true) * (1 + people / cells["reference_size"])
    missing = cells["retained_count"].sum() - (people * true).sum()
    return float(missing / np.sqrt(variance.sum()))


def next_orders(shop: Shop) -> pd.DataFrame:
    """Return the next orders that `purchase_rhythm` predicted at seven clocks a month apart.

    One row per clock and person whose last order day then was at most a week ago and who did come
    back by the end of the run, at least 120 days later: `first_category`, `gap_count`, and whether
    the next order day `is_inside` the interval. The models' own SQL reads the orders before each
    clock.
    """
    sql = {}
    for name in ("int_retention__order_days", "int_retention__gap_priors", "purchase_rhythm"):
        path = shop.run.target / f"compiled/stayhouse/models/retention/{name}.sql"
        sql[name] = _OWN_CATALOG.sub(r"\1", path.read_text(encoding="utf-8"))
    found = []
    with duckdb.connect() as con:
        con.execute(f"attach '{shop.run.database}' as warehouse (read_only)")
        con.execute("create schema core; create schema retention")
        con.execute(f"create view {_CATEGORIES} as from warehouse.{_CATEGORIES}")
        con.execute("create view core.orders as from warehouse.core.orders")
        con.execute(f"create table all_days as {sql['int_retention__order_days']}")
        for day in range(DAYS - 300, DAYS - 119, 30):
            clock = START + timedelta(days=day)
            con.execute(
                "create or replace table core.clock as select "
                f"date '{clock}' as open_day, timestamp '{clock}' as as_of_at"
            )
            con.execute(
                "create or replace table retention.int_retention__order_days as "
                f"from all_days where order_day < date '{clock}'"
            )
            for name in ("int_retention__gap_priors", "purchase_rhythm"):
                con.execute(f"create or replace table retention.{name} as {sql[name]}")
            found.append(con.execute(_NEXT_ORDERS).df().assign(clock=clock))
    return pd.concat(found)


def referral_k(shop: Shop) -> pd.Series:
    """Return the row of `referral_k` of all customers, with the `planted` number beside it."""
    parameters = json.loads((shop.truth / "parameters.json").read_text(encoding="utf-8"))
    row = shop.both("from retention.referral_k where cohort_grain = 'all'").iloc[0]
    row["planted"] = parameters["model"]["referral_k"]
    return row


def most_misses(cells: int) -> int:
    """Return the misses that 95 % intervals exceed with a probability below 1 %."""
    return int(binom.ppf(0.99, cells, 1 - CONFIDENCE))


def judged(shop: Shop) -> pd.DataFrame:
    """Return one row per classifier and customer at the test cut-off, with `p_observable`.

    Guests that no name is known of are persons of the warehouse only and are left out.
    """
    return shop.both(_JUDGED)


def aucs(customers: pd.DataFrame) -> pd.DataFrame:
    """Return by classifier: `auc`, that of `p_observable` for the same customers, their `ratio`."""
    rows = []
    for (name, is_champion), part in customers.groupby(["classifier", "is_champion"]):
        labels = part["has_churned"].astype(bool)
        auc = roc_auc_score(labels, part["churn_probability"])
        best = roc_auc_score(labels, part["p_observable"])
        rows.append((name, is_champion, auc, best, auc / best))
    columns = ["classifier", "is_champion", "auc", "observable_auc", "ratio"]
    return pd.DataFrame(rows, columns=columns)


def calibration(
    customers: pd.DataFrame, probability: str, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Return by decile of a probability: `mean`, `rate`, `low`, `high` and `misses`.

    A decile misses if its mean probability lies outside the Wilson interval of the share that
    really churned.
    """
    by_rank = customers[probability].rank(method="first")
    decile = np.ceil(by_rank * DECILES / len(customers)).astype(int)
    rows = []
    for number, part in customers.groupby(decile):
        churned = int(part["has_churned"].sum())
        interval = binomtest(churned, len(part)).proportion_ci(confidence, method="wilson")
        mean = part[probability].mean()
        misses = not interval.low <= mean <= interval.high
        rows.append((number, len(part), mean, churned / len(part), *interval, misses))
    columns = ["decile", "customers", "mean", "rate", "low", "high", "misses"]
    return pd.DataFrame(rows, columns=columns)
