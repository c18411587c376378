"""Channels and referrals of the sample, computed once more by other code, in pandas."""

import pandas as pd
import pytest

from tests.building import Run

ZONE = "Europe/London"
Z = 1.959963984540054
# The sample's visits carry a medium wherever they do not come directly.
CHANNELS = {
    "organic": "organic_search",
    "cpc": "paid_search",
    "paid_social": "paid_social",
    "email": "email",
    "referral": "referral",
    "message": "campaign_message",
}
COSTS = {"organic": "organic_search", "search_ads": "paid_search", "social_ads": "paid_social"}


def months(instants: pd.Series) -> pd.Series:
    """The local month of each UTC instant, as its first day."""
    local = instants.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None)
    return local.dt.to_period("M").dt.to_timestamp()


@pytest.fixture(scope="module")
def people(warehouse: Run) -> pd.DataFrame:
    """One row per person: channel, month, and what 30 and 90 days brought."""
    as_of = warehouse.frame("select as_of_at from core.clock")["as_of_at"][0]
    orders = warehouse.frame(
        "select person_id, ordered_at from core.orders where is_net_at_clock"
    ).dropna()
    lines = warehouse.frame(
        "select person_id, amount::double as amount, effective_at from core.money_lines "
        "where kind in ('item', 'discount', 'refund', 'cancellation')"
    )
    sessions = warehouse.frame("from core.sessions where not is_bot and person_id is not null")
    sessions = sessions.sort_values(["started_at", "session_id"])
    visits = dict(iter(sessions.groupby("person_id")))
    money = dict(iter(lines.groupby("person_id")))
    rows = []
    for person, group in orders.groupby("person_id"):
        times = sorted(group["ordered_at"])
        start, day = times[0], pd.Timedelta(days=1)
        seen = visits.get(person)
        before = None if seen is None else seen[seen["started_at"] <= start]
        channel = "unknown"
        if before is not None and len(before):
            medium = before.iloc[0]["utm_medium"]
            channel = "direct" if pd.isna(medium) else CHANNELS[medium]
        until = money[person][money[person]["effective_at"] < start + 90 * day]
        back = any(start + day <= time < start + 31 * day for time in times)
        is_old = {days: start + days * day <= as_of for days in (31, 90, 120)}
        value = until["amount"].sum()
        rows.append((person, start, channel, back, value, is_old[31], is_old[90], is_old[120]))
    table = pd.DataFrame(
        rows, columns=["person", "start", "channel", "back", "value", "d30", "d90", "settled"]
    )
    table["month"] = months(table["start"])
    open_month = months(pd.Series([as_of]))[0]
    return table[table["month"] < open_month]


def test_channel_quality(warehouse: Run, people: pd.DataFrame) -> None:
    mart = warehouse.frame("from retention.channel_quality").set_index(
        ["channel", "acquisition_month"]
    )
    costs = warehouse.frame("select channel, day, cost::double as cost from core.channel_costs")
    costs["channel"] = costs["channel"].replace(COSTS)
    costs["month"] = costs["day"].dt.to_period("M").dt.to_timestamp()
    spent = costs.groupby(["channel", "month"])["cost"].sum()
    groups = dict(iter(people.groupby(["channel", "month"])))
    last = people["month"].max()
    assert set(mart.index) == set(groups) | {key for key in spent.index if key[1] <= last}
    assert len(groups) > 60
    for key, group in groups.items():
        row = mart.loc[key]
        eligible = group[group["d30"]]
        complete = group[group["d90"]]
        assert row["people_count"] == len(group)
        assert row["eligible_30d_count"] == len(eligible)
        assert row["retained_30d_count"] == eligible["back"].sum()
        assert row["eligible_90d_count"] == len(complete)
        assert float(row["value_90d"]) == pytest.approx(complete["value"].sum(), abs=1e-3)
        assert row["is_settled"] == group["settled"].all()
        if key in spent.index:
            assert float(row["cost"]) == pytest.approx(spent[key], abs=1e-6)
        else:
            assert pd.isna(row["cost"])


def test_the_tree_walked_step_by_step(warehouse: Run) -> None:
    customers = warehouse.frame("select customer_id, referred_by from core.customers")
    known = set(customers["customer_id"])
    parent = {
        row.customer_id: row.referred_by
        for row in customers.itertuples()
        if row.referred_by in known and row.referred_by != row.customer_id
    }
    expected: dict[str, tuple[str, int]] = {}
    below = dict.fromkeys(known, 0)
    for customer in known:
        at, steps = customer, 0
        while at in parent:
            at, steps = parent[at], steps + 1
            below[at] += 1
        expected[customer] = (at, steps)
    mart = warehouse.frame("from retention.referrals")
    assert max(mart["generation"]) >= 2
    assert {
        row.customer_id: (row.root_customer_id, row.generation) for row in mart.itertuples()
    } == expected
    assert dict(zip(mart["customer_id"], mart["descendant_count"], strict=True)) == below
    assert {
        row.customer_id: row.referrer_id for row in mart.itertuples() if row.referrer_id in known
    } == parent


def test_the_bounds_of_k_are_z_standard_errors_away(warehouse: Run) -> None:
    """Each bound is the mean at which what was counted lies just z of *its* standard errors off."""
    rows = warehouse.frame("from retention.referral_k where referred_count > 0")
    assert len(rows) > 2
    for row in rows.itertuples():
        for bound, sign in ((row.k_low, 1), (row.k_high, -1)):
            off = (row.k_factor - bound) / (bound / row.eligible_count) ** 0.5
            assert off == pytest.approx(sign * Z, rel=1e-9)
