"""Satisfaction of the sample, and what feedback is followed by, counted once more without SQL."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.building import Run

PARTS = {"rating_mean": 1, "positive_share": 1, "repeat_contact_rate": -1, "return_rate": -1}
LANDMARK = timedelta(days=21)


def months(warehouse: Run) -> list[dict[str, Any]]:
    rows = warehouse.frame(
        "select * from feedback.satisfaction where level = 'all' order by source_name, month"
    )
    return [
        {name: None if value != value else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]


def test_the_mean_of_stars_has_students_interval(warehouse: Run) -> None:
    stars = defaultdict(list)
    for month, rating in warehouse.query(
        """
        select
            date_trunc('month', timezone('Europe/London', timezone('UTC', r.created_at)))::date,
            r.rating
        from core.reviews as r
        inner join core.clock as k on r.created_at < k.as_of_at
        where r.rating is not null
        """
    ):
        stars[month].append(rating)
    told = {row["month"].date(): row for row in months(warehouse)}
    assert told.keys() == stars.keys()
    for month, given in stars.items():
        row = told[month]
        low, high = stats.t.interval(0.95, len(given) - 1, fmean(given), stats.sem(given))
        assert row["rating_mean"] == pytest.approx(fmean(given))
        assert row["rating_low"] == pytest.approx(max(low, 1), abs=2e-3)
        assert row["rating_high"] == pytest.approx(min(high, 5), abs=2e-3)


def test_who_had_to_ask_again(warehouse: Run) -> None:
    (as_of,) = (row[0] for row in warehouse.query("select as_of_at from core.clock"))
    by_person = defaultdict(list)
    for person, at in warehouse.query(
        "select person_id, written_at from feedback.support_messages where person_id is not null"
    ):
        by_person[person].append(at)
    week = timedelta(days=7)
    followed = [at for times in by_person.values() for at in times if at + week < as_of]
    again = [
        first
        for times in by_person.values()
        for first, second in pairwise(sorted(times))
        if second - first <= week and first + week < as_of
    ]
    told = months(warehouse)
    assert len(followed) > 200
    assert sum(row["followed_message_count"] for row in told) == len(followed)
    assert sum(row["repeated_message_count"] for row in told) == len(again) > 0


def test_returns_are_told_of_months_whose_orders_cannot_come_back_any_more(warehouse: Run) -> None:
    """The sample's shop takes back for 30 days, so of April 2025 half can still come."""
    refunded = {
        order
        for (order,) in warehouse.query(
            "select order_id from core.money_lines, core.clock "
            "where kind = 'refund' and effective_at < as_of_at"
        )
    }
    (as_of,) = (row[0] for row in warehouse.query("select as_of_at from core.clock"))
    orders = defaultdict(list)
    for order, day, at in warehouse.query(
        "select order_id, local_day, ordered_at from core.orders, core.clock "
        "where is_order and status <> 'cancelled' and ordered_at < as_of_at"
    ):
        orders[day.replace(day=1)].append((at + timedelta(days=30) <= as_of, order in refunded))
    told = {row["month"].date(): row for row in months(warehouse)}
    assert told.keys() == orders.keys()
    for month, placed in orders.items():
        row, settled = told[month], [back for is_settled, back in placed if is_settled]
        assert row["order_count"] == len(placed)
        assert row["settled_order_count"] == len(settled)
        assert row["returned_order_count"] == sum(settled)
        if len(settled) == len(placed):
            assert row["return_rate"] == pytest.approx(sum(settled) / len(settled))
        else:
            assert row["return_rate"] is None
            assert row["return_rate_z"] is None
            assert row["composite"] is None
    untold = [f"{month:%Y-%m}" for month, row in told.items() if row["return_rate"] is None]
    assert sorted(untold) == ["2025-04", "2025-05"]


def test_deviations_are_from_the_shops_own_complete_months(warehouse: Run) -> None:
    told = months(warehouse)
    complete = [row for row in told if row["is_month_complete"]]
    assert len(complete) == len(told) - 1 == 16
    composites = 0
    for part, sign in PARTS.items():
        known = [row[part] for row in complete if row[part] is not None]
        for row in complete:
            if row[part] is None:
                assert row[f"{part}_z"] is None
            else:
                expected = sign * (row[part] - fmean(known)) / stdev(known)
                assert row[f"{part}_z"] == pytest.approx(expected, abs=1e-6)
    for row in told:
        parts = [row[f"{part}_z"] for part in PARTS]
        if row["is_month_complete"] and None not in parts:
            composites += 1
            assert row["composite"] == pytest.approx(fmean(parts))
        else:
            assert row["composite"] is None
    assert composites == 14


@pytest.mark.parametrize(
    ("kind", "value"), [("rating", "good"), ("rating", "bad"), ("theme", "quality")]
)
def test_the_adjusted_interval_is_as_wide_as_people_vary(
    kind: str, value: str, warehouse: Run
) -> None:
    """A bootstrap over people knows no formula of a variance."""
    (told,) = warehouse.frame(
        "select * from feedback.churn_after_feedback "
        f"where follow_kind = '{kind}' and follow_value = '{value}'"
    ).to_dict("records")
    people = _people(warehouse, kind, value)
    assert told["person_count"] == people[:, 1].sum()
    assert told["adjusted_difference"] == pytest.approx(_adjusted(people))
    draw = np.random.default_rng(0)
    drawn = [_adjusted(people[draw.integers(0, len(people), len(people))]) for _ in range(1_000)]
    half = (told["adjusted_high"] - told["adjusted_low"]) / 2
    assert half == pytest.approx(1.96 * np.std(drawn, ddof=1), rel=0.12)


def _people(warehouse: Run, kind: str, value: str) -> Any:
    """One row per person: group of people who are alike, whether they wrote it and came back."""
    orders = warehouse.query(
        "select person_id, order_id, lateness, order_band, first_category, has_come_back, "
        "ordered_at from feedback.int_followed__orders order by person_id"
    )
    products = set(
        warehouse.query("select order_id, product_id from core.money_lines where kind = 'item'")
    )
    texts = defaultdict(list)
    for person, at, product, order, rating, themes in warehouse.query(
        """
        select w.person_id, w.written_at, w.product_id, w.order_id, w.rating, t.themes
        from feedback.int_feedback__written as w
        inner join feedback.ml_feedback_texts as t using (source_name, text_kind, text_id)
        """
    ):
        is_it = {
            "good": rating is not None and rating >= 4,
            "bad": rating is not None and rating <= 2,
        }.get(value, value in (themes or "").split(","))
        if is_it:
            texts[person].append((at, product, order))
    groups: dict[Any, int] = {}
    rows = []
    for person, order_id, *alike, came_back, at in orders:
        wrote = any(
            at <= written < at + LANDMARK
            and (order == order_id if product is None else (order_id, product) in products)
            for written, product, order in texts[person]
        )
        rows.append((groups.setdefault(tuple(alike), len(groups)), wrote, came_back))
    return np.array(rows, dtype=int)


def _adjusted(people: Any) -> float:
    """Mantel and Haenszel's difference of the two rates over the groups."""
    group, wrote, came_back = people.T
    size = group.max() + 1

    def count(condition: Any) -> Any:
        return np.bincount(group[condition], minlength=size).astype(float)

    those, others = count(wrote == 1), count(wrote == 0)
    back, others_back = (
        count((wrote == 1) & (came_back == 1)),
        count((wrote == 0) & (came_back == 1)),
    )
    both = those * others > 0
    those, others, back, others_back = (x[both] for x in (those, others, back, others_back))
    everybody = those + others
    excess = (back * others - others_back * those) / everybody
    return float(excess.sum() / (those * others / everybody).sum())
