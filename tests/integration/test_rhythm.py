"""Rhythm and survival of the sample, computed once more in pandas and by lifelines, from orders."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from scipy.stats import logistic

from tests.building import Run

ZONE = "Europe/London"


def order_days(run: Run) -> pd.DataFrame:
    """Each person's local days with an order that is net at the clock, in their order."""
    orders = run.frame(
        "select person_id, ordered_at from core.orders "
        "where is_net_at_clock and person_id is not null"
    )
    local = orders["ordered_at"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    orders["day"] = local.dt.tz_localize(None).dt.normalize()
    return orders[["person_id", "day"]].drop_duplicates().sort_values(["person_id", "day"])


def first_categories(run: Run) -> pd.Series:
    """The category of the dearest line of each person's first net order."""
    lines = run.frame(
        "select o.person_id, o.ordered_at, o.source_name, o.order_id, m.line_id, "
        "m.native_amount, p.category_path from core.orders as o "
        "join core.money_lines as m using (source_name, order_id) "
        "join core.products as p using (source_name, product_id) "
        "where o.is_net_at_clock and o.person_id is not null and m.kind = 'item'"
    )
    orders = lines.sort_values(["ordered_at", "order_id"]).drop_duplicates("person_id")
    lines = lines[lines["order_id"].isin(orders["order_id"])]
    lines = lines.sort_values(["native_amount", "line_id"]).groupby("person_id").tail(1)
    assert lines["category_path"].str.startswith("shop/").all()
    return lines.set_index("person_id")["category_path"].str.split("/").str[1]


@pytest.fixture(scope="module")
def people(warehouse: Run) -> pd.DataFrame:
    """A row a person: order days, the gaps between them, the first category."""
    days = order_days(warehouse)
    grouped = days.groupby("person_id")["day"]
    frame = pd.DataFrame({"days": grouped.apply(list), "category": first_categories(warehouse)})
    frame["gaps"] = frame["days"].map(lambda own: [(b - a).days for a, b in pairwise(own)])
    return frame


def prior(gaps: list[list[int]]) -> tuple[float, float, float]:
    """Mean, variance within and variance between people of log gaps, each person counting once."""
    logs = [np.log(own) for own in gaps if own]
    n = np.array([len(own) for own in logs])
    means = np.array([own.mean() for own in logs])
    within = sum(((own - own.mean()) ** 2).sum() for own in logs) / (n - 1).sum()
    between = max(0.0, means.var(ddof=1) - within * (1 / n).mean())
    return means.mean(), within, between


def test_rhythm(warehouse: Run, people: pd.DataFrame) -> None:
    mart = warehouse.frame("select * from retention.purchase_rhythm").set_index("person_id")
    today = warehouse.frame("select open_day from core.clock")["open_day"].iloc[0]
    assert set(mart.index) == set(people.index)
    mart = mart.loc[people.index]
    assert list(mart["first_category"]) == list(people["category"])
    # All eight categories of the sample have thirty people who came back, so none borrows.
    assert set(mart["prior_level"]) == {"category"}
    assert mart["first_category"].nunique() == 8
    for _, group in people.groupby("category"):
        mean, within, between = prior(list(group["gaps"]))
        n = group["gaps"].map(len)
        sums = group["gaps"].map(lambda own: np.log(own).sum() if own else 0.0)
        # The posterior of a normal mean, written by precisions.
        precision = n / within + (1 / between if between > 0 else np.inf)
        centre = (sums / within + mean / between) / precision if between > 0 else mean
        variance = within + 1 / precision
        predicted = logistic(loc=centre, scale=np.sqrt(3 * variance) / np.pi)
        rows = mart.loc[group.index]
        for column, share in (("_low", 0.1), ("", 0.5), ("_high", 0.9)):
            days = np.exp(predicted.ppf(share))
            assert np.allclose(rows[f"expected_gap_days{column}"], days, rtol=1e-8, atol=0)
            after = (rows[f"expected_order_day{column}"] - rows["last_order_day"]).dt.days
            assert (abs(after - np.maximum(days, 1)) <= 0.5 + 1e-6).all()
        recency = group["days"].map(lambda days: (today - days[-1]).days)
        assert (rows["days_since_last_order"] == recency).all()
        late = (pd.Timestamp(today) - rows["expected_order_day_high"]).dt.days.clip(lower=0)
        assert (rows["overdue_days"] == late).all()
        score = predicted.cdf(np.log(recency.clip(lower=1e-300)))
        assert np.allclose(rows["overdue_score"], score, rtol=0, atol=1e-9)
        own = rows["own_weight"]
        assert np.allclose(own, n * between / (n * between + within), rtol=0, atol=1e-9)


KEYS = {
    "all": [],
    "month": ["cohort_month"],
    "category": ["first_category"],
    "month_and_category": ["cohort_month", "first_category"],
}


@pytest.mark.parametrize("cut", KEYS)
def test_survival_is_lifelines(warehouse: Run, people: pd.DataFrame, cut: str) -> None:
    today = warehouse.frame("select open_day from core.clock")["open_day"].iloc[0]
    frame = pd.DataFrame(
        {
            "first_category": people["category"],
            "first": pd.to_datetime(people["days"].str[0]),
            "second": pd.to_datetime(people["days"].str[1]),
        }
    )
    frame = frame[frame["first"] < today]
    frame["cohort_month"] = frame["first"].dt.to_period("M").dt.to_timestamp()
    frame["came_back"] = frame["second"] < today
    seen_until = frame["second"].where(frame["came_back"], today - pd.Timedelta(days=1))
    frame["days"] = (seen_until - frame["first"]).dt.days
    keys = KEYS[cut]
    if "cohort_month" in keys:
        frame = frame[frame["cohort_month"] < today.replace(day=1)]

    mart = warehouse.frame(
        "select * from retention.repeat_survival "
        f"where cut_kind = '{cut}' order by days_since_first"
    )
    curves = dict(list(mart.groupby(keys))) if keys else {(): mart}
    groups = dict(list(frame.groupby(keys))) if keys else {(): frame}
    assert curves.keys() == groups.keys()
    assert len(curves) == {"all": 1, "month": 16, "category": 8}.get(cut, len(curves))
    # A fit takes 40 ms: of many curves every third is enough.
    for key in list(groups)[:: 3 if len(groups) > 100 else 1]:
        group = groups[key]
        fitter = KaplanMeierFitter().fit(group["days"], group["came_back"])
        table = fitter.event_table
        curve = curves[key].set_index("days_since_first")
        assert list(curve.index) == list(table.index)
        assert (curve["at_risk_count"] == table["at_risk"]).all()
        assert (curve["repeat_count"] == table["observed"]).all()
        assert (curve["censored_count"] == table["censored"]).all()
        bounds = fitter.confidence_interval_survival_function_
        expected = pd.concat([fitter.survival_function_, bounds], axis="columns")
        actual = curve[["survival", "survival_low", "survival_high"]]
        assert np.allclose(actual, expected.loc[curve.index], rtol=0, atol=1e-9)
