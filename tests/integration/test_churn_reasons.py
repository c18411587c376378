"""Reasons in the sample."""

import re

from tests.building import Run


def test_everybody_with_a_score_is_told_what_moves_it(warehouse: Run) -> None:
    """Three families at most, each by .1 or more of log-odds; nearly everybody has two."""
    ((everybody, most, least, share),) = warehouse.query(
        """
        select
            count(distinct person_id) = (select count(distinct person_id) from churn.churn_scores),
            max(reason_rank),
            min(abs(contribution)),
            count(*) filter (reason_rank = 2) / count(distinct person_id)
        from churn.churn_reasons
        """
    )
    assert everybody
    assert most == 3
    assert 0.1 <= float(str(least)) < 0.11
    assert float(str(share)) > 0.9


def test_no_reason_says_the_opposite_of_its_direction(warehouse: Run) -> None:
    """What a stranger found: risk that is raised by visits, reviews, spending or five stars."""
    found = warehouse.query(
        """
        select reason_en from churn.churn_reasons
        where direction = 'raises' and (
            (feature in ('lowest_rating', 'last_rating') and feature_value >= 4)
            or (feature like 'visit_pace%' and feature_value >= 1)
            or (feature = 'review_count' and feature_value > 1)
            or (feature like 'purchase_count%change' and feature_value > 0)
            or (feature like 'recency_over%' and feature_value < 1)
        )
        or direction = 'lowers' and (
            (feature in ('lowest_rating', 'last_rating') and feature_value <= 3)
            or (feature like 'visit_pace%' and feature_value <= 1)
            or (feature in ('is_last_order_late', 'late_order_count') and feature_value > 0)
            or (feature = 'support_messages_90d' and feature_value > 0)
            or (feature like 'recency_over%' and feature_value > 1)
        )
        """
    )
    assert found == []


def test_a_reason_shows_the_customers_own_numbers(warehouse: Run) -> None:
    """The example of the issue, from the snapshot itself."""
    rows = warehouse.query(
        """
        select r.reason_en, round(s.mean_gap_days), s.recency_days, r.reason_zh
        from churn.churn_reasons as r
        inner join features.customer_snapshots as s
            on r.person_id = s.person_id and s.split = 'today'
        where r.feature = 'recency_over_mean_gap' and s.mean_gap_days >= 10
            and s.recency_days >= 10 and s.purchase_count > 2
        """
    )
    assert len(rows) > 10
    for english, gap, recency, chinese in rows:
        gap_text = f"{gap:.0f}"
        told = f"usually comes back every {gap_text} days, last ordered {recency:,} days ago"
        # A half is rounded upwards in the sentence and away from zero in SQL: the same above 0.
        assert english == told
        assert re.findall(r"[\d,]+", str(chinese)) == [gap_text, f"{recency:,}"]


def test_one_gap_is_not_usual(warehouse: Run) -> None:
    """Whoever ordered on two days has no habit to be held to."""
    told = warehouse.query(
        """
        select s.purchase_count > 2, count(*), bool_and(starts_with(r.reason_en, 'usually ')),
            bool_or(starts_with(r.reason_en, 'usually '))
        from churn.churn_reasons as r
        inner join features.customer_snapshots as s
            on r.person_id = s.person_id and s.split = 'today'
        where r.feature = 'recency_over_mean_gap' and s.purchase_count >= 2
        group by all order by all
        """
    )
    assert [(several, every, some) for several, _, every, some in told] == [
        (False, False, False), (True, True, True),
    ]  # fmt: skip
    assert min(int(str(people)) for _, people, *_ in told) > 10


def test_drivers_share_the_whole_and_have_every_rank(warehouse: Run) -> None:
    rows = warehouse.query(
        """
        select
            round(sum(share_of_total), 9),
            count(*),
            sum(driver_rank),
            count(rank_today),
            sum(rank_today)
        from churn.churn_drivers
        where classifier = 'boosted_trees'
        """
    )
    ((share, count, rank, read_today, today),) = rows
    assert share == 1
    assert rank == count * (count + 1) / 2
    # A feature that only the fit for validation kept has no place today.
    assert 0 < read_today <= count
    assert today == read_today * (read_today + 1) / 2
