"""Reasons in the sample."""

import re

from tests.building import Run


def test_everybody_with_a_score_has_three_reasons(warehouse: Run) -> None:
    """Fewer only where the classifier that is explained reads fewer families."""
    ((families,),) = warehouse.query(
        """
        select count(distinct f.family)
        from churn.ml_churn_contributions as c
        inner join churn.int_churn__features as f on c.feature = f.feature
        """
    )
    reasons = min(3, int(str(families)))
    assert warehouse.query(
        """
        select
            count(distinct person_id) = (select count(distinct person_id) from churn.churn_scores),
            max(reason_rank),
            count(*) / count(distinct person_id)
        from churn.churn_reasons
        """
    ) == [(True, reasons, reasons)]


def test_a_reason_shows_the_customers_own_numbers(warehouse: Run) -> None:
    """The example of the issue, from the snapshot itself."""
    rows = warehouse.query(
        """
        select r.reason_en, round(s.mean_gap_days), s.recency_days, r.reason_zh
        from churn.churn_reasons as r
        inner join features.customer_snapshots as s
            on r.person_id = s.person_id and s.split = 'today'
        where r.family = 'recency' and s.mean_gap_days >= 10 and s.recency_days >= 10
        """
    )
    assert len(rows) > 10
    for english, gap, recency, chinese in rows:
        gap_text = f"{gap:.0f}"
        told = f"usually orders every {gap_text} days; {recency:,} days since the last"
        # A half is rounded upwards in the sentence and away from zero in SQL: the same above 0.
        assert english == told
        assert re.findall(r"[\d,]+", str(chinese)) == [gap_text, f"{recency:,}"]


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
