"""The sample's fault of tablets: open at the clock, 199 days after it began."""

from datetime import date

from tests.building import Run


def test_the_sample_tells_the_fault_of_tablets(warehouse: Run) -> None:
    """Planted on 27 October 2024 (docs/shop.md: day 300); payments fail, pages load as ever."""
    told = warehouse.query(
        "select device, step, started_on, found_on, ended_on, rate, usual_rate, "
        "failed_payment_share_before, failed_payment_share_during, "
        "lost_order_low > 0 and lost_order_low < lost_order_count "
        "and lost_order_count < lost_order_high "
        "from behavior.funnel_anomalies where state = 'open'"
    )
    assert len(told) == 1
    device, step, started, found, ended, rate, usual, before, during, is_told = told[0]
    assert (device, step, ended) == ("tablet", "purchase", None)
    assert abs((started - date(2024, 10, 27)).days) <= 1
    assert (found - date(2024, 10, 27)).days <= 7
    assert 0.40 < rate < 0.48
    assert 0.83 < usual < 0.92
    assert before < 0.1
    assert during > 0.4
    assert is_told


def test_today_alone_would_not_tell_it(warehouse: Run) -> None:
    """In the event window tablets look as they always did: that is why history is read."""
    months = warehouse.query(
        "select sum(reached_count) / sum(entered_count) from behavior.funnel_daily "
        "where device = 'tablet' and step = 'purchase' and local_day >= date '2025-02-13' "
        "group by local_day >= date '2025-03-30'"
    )
    assert len(months) == 2
    assert all(rate < 0.55 for (rate,) in months)
