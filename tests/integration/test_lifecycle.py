"""Lifecycle and stickiness of the sample, computed once more in pandas from active days."""

import pandas as pd
import pytest

from tests.building import Run

FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M"}


def active_days(run: Run) -> tuple[pd.DataFrame, pd.Timestamp]:
    """Each person's days before the clock's local day, and that day."""
    today = run.frame("select open_day from core.clock")["open_day"].iloc[0]
    days = run.frame("select person_id, local_day from core.customer_days")
    return days[days["local_day"] < today], today


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_lifecycle(warehouse: Run, grain: str) -> None:
    days, today = active_days(warehouse)
    ordinal = days["local_day"].dt.to_period(FREQUENCIES[grain]).map(lambda p: p.ordinal)
    last = pd.Period(today, FREQUENCIES[grain]).ordinal - 1
    people = {
        number: set(group) for number, group in days["person_id"].groupby(ordinal) if number <= last
    }
    expected = {}
    ever: set[str] = set()
    for number in range(min(people), last + 1):
        now, before = people.get(number, set()), people.get(number - 1, set())
        new, back = now - ever, (now & ever) - before
        lapsed = before - now
        ratio = (len(new) + len(back)) / len(lapsed) if lapsed else None
        expected[number] = (
            *(len(now), len(new), len(now & before), len(back), len(lapsed)),
            pytest.approx(ratio, abs=1e-12),
        )
        ever |= now

    mart = warehouse.query(
        "select period_start, active_count, new_count, returning_count, resurrected_count, "
        f"lapsed_count, quick_ratio from retention.lifecycle where period_grain = '{grain}'"
    )
    actual = {pd.Period(row[0], FREQUENCIES[grain]).ordinal: row[1:] for row in mart}
    assert len(mart) == len(expected) >= 15
    assert actual == expected


def test_states(warehouse: Run) -> None:
    """A person's state day by day, as it was told on each day since the first active one."""
    days, today = active_days(warehouse)
    mart = warehouse.frame("select * from retention.customer_lifecycle").set_index("person_id")
    assert set(mart["lifecycle_state"]) == {"current", "idle_8_30", "idle_over_30"}
    assert set(mart.index) == set(days["person_id"])
    edges = [-1, 7, 30, 10_000]
    for person, seen in days.groupby("person_id")["local_day"]:
        every_day = pd.Series(pd.date_range(seen.min(), today))
        latest = every_day.where(every_day.isin(seen)).ffill()
        states = pd.cut((every_day - latest).dt.days, edges, labels=False)
        changed_at = states.ne(states.shift()).to_numpy().nonzero()[0].max()
        row = mart.loc[person]
        assert row["lifecycle_state"] == ["current", "idle_8_30", "idle_over_30"][states.iloc[-1]]
        assert row["days_in_state"] == len(every_day) - 1 - changed_at, person


def test_stickiness(warehouse: Run) -> None:
    days, today = active_days(warehouse)
    days = days[days["local_day"] < today.replace(day=1)]
    month = days["local_day"].dt.to_period("M")
    daily = days.groupby("local_day")["person_id"].nunique()
    mart = warehouse.frame("select * from retention.stickiness order by active_day_count")
    assert mart["month_start"].nunique() == month.nunique()
    for start, rows in mart.groupby("month_start"):
        of_month = days[month == pd.Period(start, "M")]
        per_person = of_month.groupby("person_id").size()
        # The sample begins on the first of a month, so every month has all of its days.
        every_day = pd.date_range(start, periods=start.days_in_month)
        mean_daily = daily.reindex(every_day, fill_value=0).mean()
        assert list(rows["active_day_count"]) == list(range(1, start.days_in_month + 1))
        assert list(rows["people_count"]) == [
            (per_person == count).sum() for count in rows["active_day_count"]
        ]
        ratio = pytest.approx(mean_daily / len(per_person), abs=1e-12)
        assert set(rows["monthly_active_count"]) == {len(per_person)}
        assert rows["stickiness"].iloc[0] == ratio
        assert rows["people_share"].sum() == pytest.approx(1, abs=1e-12)
