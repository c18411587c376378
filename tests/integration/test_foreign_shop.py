"""A shop that is not ours: from files to every mart by settings alone, and pandas agrees."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stayhouse import cli
from tests.building import Run, mart_hashes
from tests.conftest import KEY
from tests.integration.foreign_shop import BARE, ZONE, ForeignShop, foreign_shop

VARS = (
    "{base_currency: JPY, time_zone: Asia/Tokyo, return_window_days: 14, "
    "prices_include_tax: {shop: true}}"
)


@pytest.fixture(scope="module")
def shop() -> ForeignShop:
    return foreign_shop()


@pytest.fixture(scope="module")
def built(shop: ForeignShop, tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """The shop, landed as its people would land it and built with its settings."""
    # A folder as people name them: no pattern and no key=value of it means anything.
    folder = tmp_path_factory.mktemp("foreign") / "東京 [shop] customer_id=zz 'q'"
    shop.write(folder / "exports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        patch.setenv("STAYHOUSE_PII_KEY", KEY)
        assert cli.main(["land", "shop", str(folder / "exports")]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    run.build("--vars", VARS)
    return run


@pytest.fixture(scope="module")
def counted(shop: ForeignShop) -> pd.DataFrame:
    """The orders with what they are worth without tax, and when; by hand, in whole yen."""
    orders = shop.orders.copy()
    kept = ~orders["is_cancelled"]
    orders["net"] = (orders["gross"] - orders["discount"] - orders["tax"]).where(kept, 0)
    # What is given back was paid with its tax, a tenth on top.
    orders["net_refund"] = orders["refunded"] * 10 // 11
    orders["net_sales"] = orders["net"] - orders["net_refund"]
    as_of = orders["ordered_at"].max().normalize()
    refunded_by_then = orders["net_refund"].where(orders["refunded_at"] < as_of, 0)
    orders["net_then"] = orders["net"] - refunded_by_then
    orders["is_net_then"] = (orders["net_then"] > 0) & (orders["ordered_at"] < as_of)
    local = orders["ordered_at"].dt.tz_localize("UTC").dt.tz_convert(ZONE)
    orders["month"] = local.dt.year * 12 + local.dt.month - 1
    orders["day"] = local.dt.date
    orders.attrs["as_of"] = as_of
    return orders


def test_the_clock_is_that_of_the_last_true_order(built: Run, counted: pd.DataFrame) -> None:
    clock = built.frame("select * from core.clock").iloc[0]
    assert clock["as_of_at"] == counted.attrs["as_of"]
    assert (clock["time_zone"], clock["base_currency"]) == (ZONE, "JPY")
    assert not clock["is_sample"]


def test_every_order_is_worth_what_a_person_counts(built: Run, counted: pd.DataFrame) -> None:
    mart = built.frame("select * from core.orders").set_index("order_id")
    expected = counted.set_index("order_id")
    assert set(mart.index) == {*expected.index, *BARE}
    assert not mart.loc[BARE, "is_order"].any()
    mart = mart.loc[expected.index]
    for column, values in {
        "net_sales": expected["net_sales"],
        "tax_amount": expected["tax"],
        "shipping_amount": expected["shipping"],
        "gift_card_amount": expected["gift_cards"],
        "refund_amount": expected["net_refund"],
    }.items():
        got = mart[column].map(Decimal)
        assert (got == values.map(Decimal)).all(), mart[got != values.map(Decimal)]
    before_returns = mart["gross_sales"] - mart["discount_amount"] - mart["cancelled_amount"]
    assert (before_returns.map(Decimal) == expected["net"].map(Decimal)).all()
    assert (mart["currency"] == "JPY").all()
    assert (mart["gross_sales"] > 1_000_000).sum() > 100


def test_an_address_is_a_person(built: Run, counted: pd.DataFrame) -> None:
    mart = built.frame("select order_id, person_id from core.orders").set_index("order_id")
    people = counted.set_index("order_id")["buyer"]
    person_id = mart.loc[people.index, "person_id"]
    assert person_id[people.isna()].isna().all()
    pairs = pd.DataFrame({"buyer": people, "person_id": person_id}).dropna().drop_duplicates()
    assert len(pairs) == pairs["buyer"].nunique() == pairs["person_id"].nunique() > 200
    assert people.isna().sum() > 5


def test_cohorts(built: Run, counted: pd.DataFrame) -> None:
    bought = counted[counted["is_net_then"] & counted["buyer"].notna()]
    as_of = counted.attrs["as_of"].tz_localize("UTC").tz_convert(ZONE)
    last = as_of.year * 12 + as_of.month - 2
    start = bought.groupby("buyer")["month"].min()
    seen = bought.groupby("buyer")["month"].agg(set)
    expected = {}
    for first in range(start.min(), last + 1):
        people = start.index[start == first]
        for index in range(last - first + 1) if len(people) else ():
            back = sum(first + index in seen[person] for person in people)
            expected[first, index] = (len(people), back)
    mart = built.frame(
        "select * from retention.cohort_retention where cohort_grain = 'month' "
        "and start_kind = 'net_order' and definition = 'on' and clock_kind = 'calendar'"
    )
    months = mart["cohort_start"].dt.year * 12 + mart["cohort_start"].dt.month - 1
    cells = zip(
        months, mart["period_index"], mart["eligible_count"], mart["retained_count"], strict=True
    )
    assert {(m, i): (n, k) for m, i, n, k in cells} == expected
    assert len(expected) > 90


def test_rfm(built: Run, counted: pd.DataFrame) -> None:
    as_of = counted.attrs["as_of"]
    known = counted[counted["buyer"].notna()]
    bought = known[known["is_net_then"]].groupby("buyer")["ordered_at"].agg(["count", "max"])
    then = known[known["ordered_at"] < as_of].groupby("buyer")["net_then"].sum()
    expected = pd.DataFrame(
        {
            "recency_days": (as_of - bought["max"]) // pd.Timedelta(days=1),
            "order_count": bought["count"],
            "net_sales": then[bought.index],
        }
    )
    ranks = {
        "recency_score": (-expected["recency_days"]).rank(method="max", pct=True),
        "monetary_score": expected["net_sales"].rank(method="max", pct=True),
    }
    for name, share in ranks.items():
        expected[name] = np.ceil((5 * share).round(9)).astype(int)
    expected["frequency_score"] = np.searchsorted([1, 2, 3, 5, 10], bought["count"], side="right")
    mart = built.frame(
        "select o.order_id, r.* from segments.rfm_segments as r "
        "inner join core.orders as o on r.person_id = o.person_id "
        "qualify row_number() over (partition by r.person_id order by o.order_id) = 1"
    )
    buyer = counted.set_index("order_id")["buyer"]
    mart.index = pd.Index(buyer[mart["order_id"]].to_numpy(), name="buyer")
    columns = list(expected.columns)
    got = mart[columns].astype(float).sort_index()
    pd.testing.assert_frame_equal(got, expected[columns].astype(float).sort_index())


def test_people_come_and_go_by_the_months_of_tokyo(built: Run, counted: pd.DataFrame) -> None:
    known = counted[counted["buyer"].notna()]
    as_of = counted.attrs["as_of"].tz_localize("UTC").tz_convert(ZONE)
    last = as_of.year * 12 + as_of.month - 2
    active = known[known["month"] <= last].groupby("month")["buyer"].agg(set)
    expected, ever, before = [], set(), set()
    for month in range(active.index.min(), last + 1):
        now = active.get(month, set())
        expected.append((
            len(now), len(now - ever), len(now & before), len((now & ever) - before),
            len(before - now),
        ))  # fmt: skip
        ever, before = ever | now, now
    mart = built.frame(
        "select active_count, new_count, returning_count, resurrected_count, lapsed_count "
        "from retention.lifecycle where period_grain = 'month' order by period_start"
    )
    assert list(mart.itertuples(index=False, name=None)) == expected


def test_every_day_of_every_person(built: Run, counted: pd.DataFrame) -> None:
    known = counted[counted["buyer"].notna()]
    expected = known.groupby(["buyer", "day"])["net_sales"].agg(["count", "sum"])
    mart = built.frame("select order_count, net_sales, local_day from core.customer_days")
    got = sorted(
        zip(mart["local_day"].dt.date, mart["order_count"], mart["net_sales"], strict=True)
    )
    want = sorted((day, n, s) for (_, day), n, s in expected.itertuples(name=None))
    assert got == want


def test_every_row_is_accounted_for(built: Run, shop: ForeignShop) -> None:
    quality = built.frame(
        "select table_name, disposition, sum(row_count)::bigint as n from core.data_quality "
        "group by all"
    )
    got = {(r.table_name, r.disposition): r.n for r in quality.itertuples()}
    orders = len(shop.orders)
    assert got["orders", "accepted"] == orders + len(BARE)
    assert got["orders", "rejected"] == 1
    assert got["orders", "repeated_copy"] == 2
    assert got["order_lines", "orphaned"] == 2
    assert got["order_lines", "accepted"] == len(shop.exports["order_lines"]) - 2
    for name in ("order_charges", "refunds"):
        assert got[name, "accepted"] == len(shop.exports[name])
    bare = built.frame(
        "select sum(row_count) as n from core.data_quality "
        "where reason_code = 'order_without_lines'"
    )
    assert bare["n"][0] == len(BARE)
    nobody = built.frame(
        "select sum(row_count) as n from core.data_quality where reason_code = 'without_person'"
    )
    assert nobody["n"][0] == shop.orders["buyer"].isna().sum()


def test_every_mart_that_orders_fill_has_rows(built: Run) -> None:
    hashes = mart_hashes(built.database)
    empty = {name.split(".")[1] for name, (rows, _) in hashes.items() if not rows}
    # What people do in a shop is told by events, of which there are none; what they buy and when it
    # sells, by orders.
    told = {
        "activity_forecast", "basket_rules", "forecast_backtest", "forecast_models",
        "rule_settings", "seasonality",
    }  # fmt: skip
    behavior = {name.split(".")[1] for name in hashes if name.startswith("behavior.")}
    assert behavior - empty == told
    behavior -= told
    # Of these the shop exported nothing, or too little to judge anybody by.
    allowed = behavior | {
        "campaigns", "channel_costs", "contacts", "content", "content_recommendations",
        "customer_versions", "customers",
        "events", "experiments", "exposures",
        "experiment_health", "experiment_outcomes", "experiment_results", "experiment_units",
        "identity_conflicts", "identity_map", "identity_sightings", "product_versions",
        "products", "rejected_events", "reviews", "sessions", "visitor_days",
        "feedback_alerts", "feedback_left_out", "feedback_themes_monthly", "review_models",
        "review_sentiment", "support_messages", "theme_candidates",
    }  # fmt: skip
    assert {
        "orders",
        "money_lines",
        "cohort_retention",
        "rfm_segments",
        "rfm_history",
        "rfm_movement",
        "rfm_cut_points",
        "profile_segment_sizes",
        "lifecycle",
        "rule_settings",
    } & empty == set()
    assert {name for name in empty if not name.startswith(("churn_", "referral"))} <= allowed
