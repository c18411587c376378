"""Marts of the sample, computed once more by other code, from orders and the ledger in pandas."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from stayhouse import cli
from stayhouse.shop.writing.words import email_of
from tests.building import Run
from tests.naive_rfm import SEGMENTS

ZONE = "Europe/London"


def periods(instants: pd.Series, grain: str) -> pd.Series:
    """The local period of each UTC instant as pandas counts periods; weeks end on Sunday."""
    local = instants.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None)
    return local.dt.to_period({"week": "W-SUN", "month": "M"}[grain])


@pytest.mark.parametrize("grain", ["week", "month"])
@pytest.mark.parametrize("kind", ["order", "net_order"])
def test_cohort_retention(warehouse: Run, grain: str, kind: str) -> None:
    condition = "is_order" if kind == "order" else "is_net_at_clock"
    orders = warehouse.frame(
        "select person_id, ordered_at from core.orders cross join core.clock "
        f"where {condition} and person_id is not null and ordered_at < as_of_at"
    )
    as_of = warehouse.frame("select as_of_at from core.clock")["as_of_at"]
    last = periods(as_of, grain).iloc[0].ordinal - 1
    period = periods(orders["ordered_at"], grain)
    orders["period"] = [p.ordinal for p in period]
    orders["start"] = orders.groupby("person_id")["period"].transform("min")
    orders = orders[orders["period"] <= last]
    visited = {
        (start, person): set(group)
        for (start, person), group in orders.groupby(["start", "person_id"])["period"]
    }
    expected: dict[tuple[str, int, int], tuple[int, int]] = {}
    for start in range(min(orders["start"]), last + 1):
        people = [seen for (s, _), seen in visited.items() if s == start]
        for index in range(last - start + 1) if people else ():
            on = sum(start + index in seen for seen in people)
            after = sum(max(seen) >= start + index for seen in people)
            expected["on", start, index] = (len(people), on)
            expected["on_or_after", start, index] = (len(people), after)

    mart = warehouse.frame(
        "select * from retention.cohort_retention "
        f"where cohort_grain = '{grain}' and start_kind = '{kind}' and return_kind = '{kind}'"
    )
    start = mart["cohort_start"].dt.to_period({"week": "W-SUN", "month": "M"}[grain])
    actual = {
        (row.definition, first.ordinal, row.period_index): (row.eligible_count, row.retained_count)
        for row, first in zip(mart.itertuples(), start, strict=True)
    }
    assert len(expected) > 200
    assert actual == expected


def test_intervals_are_scipys_wilson(warehouse: Run) -> None:
    cells = warehouse.frame(
        "select distinct eligible_count, retained_count, rate_low, rate_high "
        "from retention.cohort_retention"
    )
    assert len(cells) > 100
    for cell in cells.itertuples():
        interval = binomtest(cell.retained_count, cell.eligible_count).proportion_ci(
            0.95, method="wilson"
        )
        assert (cell.rate_low, cell.rate_high) == pytest.approx(interval, abs=1e-12)


def test_rfm_scores(warehouse: Run) -> None:
    mart = warehouse.frame("select * from segments.rfm_segments")
    orders = warehouse.frame(
        "select person_id, as_of_at - ordered_at as age from core.orders cross join core.clock "
        "where is_net_at_clock and person_id is not null"
    )
    orders["days"] = orders["age"] // pd.Timedelta(days=1)
    by_person = orders.groupby("person_id")["days"].agg(["min", "size"])
    mart = mart.set_index("person_id").loc[by_person.index]
    assert (mart["recency_days"] == by_person["min"]).all()
    assert (mart["order_count"] == by_person["size"]).all()

    def fifths(values: pd.Series) -> pd.Series:
        return np.ceil(values.rank(method="max") * 5 / len(values)).astype(int)

    assert (mart["recency_score"] == fifths(-mart["recency_days"])).all()
    assert (mart["monetary_score"] == fifths(mart["net_sales"])).all()
    edges = pd.cut(by_person["size"], [0, 1, 2, 4, 9, np.inf], labels=[1, 2, 3, 4, 5]).astype(int)
    assert (mart["frequency_score"] == edges).all()


def test_rfm_map_is_the_table_of_the_definitions(warehouse: Run) -> None:
    expected = {(r, f): name for name, (rs, fs) in SEGMENTS.items() for r in rs for f in fs}
    rows = warehouse.query(
        "select recency_score, frequency_score, segment from seeds.rfm_segment_map"
    )
    assert {(r, f): name for r, f, name in rows} == expected
    assert len(expected) == len(rows) == 25


@pytest.mark.parametrize("known_as", ["person_id like 'e:%'", "customer_id is not null"])
def test_an_address_finds_its_orders(
    warehouse: Run, known_as: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shop gives its nth customer an address; guests and accounts are found by it alike."""
    orders = warehouse.query(
        f"select order_id, person_id from core.orders where {known_as} and not is_test "
        "and order_id similar to 'o[0-9]+' order by order_id limit 5"
    )
    assert len(orders) == 5
    for order_id, person_id in orders:
        address = email_of(int(str(order_id)[1:]) // 1000)
        for typed in (address, str(order_id)):
            assert cli.main(["who", typed, "--db", str(warehouse.database)]) == 0
            assert f"{person_id}  (shop, " in capsys.readouterr().out
