"""The page Value where no forecast is shown, and its words for what has paid and what has not."""

from pathlib import Path

import pytest

from tests.unit.test_app_customer import rows_of
from tests.unit.test_app_pages import draw_page, empty_marts, place, put, shown

__all__ = ["place"]

# Two buyers of a shop that is too young to foresee anything.
YOUNG = """
insert into core.clock by name select 'JPY' as base_currency;
insert into strategy.value_tiers by name
select unnest(['a', 'b']) as person_id, unnest(['high', 'low']) as value_tier,
    unnest([6000, -500]) as net_sales_365d, false as is_served;
insert into value.customer_ltv by name
select unnest(['a', 'b']) as person_id, unnest([7000, -500]) as booked_net_sales;
insert into strategy.value_tier_edges by name
select unnest(['net_sales_365d', 'expected_net_sales_365d']) as measure,
    unnest([6000, null]) as lowest_inside, unnest([1, 0]) as inside_count, 2 as buyer_count,
    0 as tied_outside_count, false as is_month_complete;
insert into value.value_matrix by name
select 'under 30 days' as recency_band, unnest(['one', 'two']) as frequency_band,
    1 as recency_number, unnest([1, 2]) as frequency_number, unnest([2, 0]) as people_count;
insert into value.value_evaluation by name
select 'none' as split, 'none' as forecaster, 'history_too_short' as reason, 2 as customer_count;
"""
# Of a channel a month: its number of people, what they cost, what was left, and what became of it.
PAYBACK = """
insert into value.payback by name
select *, 'setting' as margin_source, .25 as margin,
    cost / nullif(people_count, 0) as cost_per_person,
    booked_margin / nullif(people_count, 0) as booked_margin_per_person
from (values
    ('email', date '2024-01-01', 0, 10, 100.0, 100.0, 0, true, true),
    ('email', date '2024-02-01', 0, 10, 100.0, 60.0, 1, true, false),
    ('email', date '2024-02-01', 1, 10, 100.0, 110.0, 1, false, false),
    ('email', date '2024-03-01', 0, 10, 100.0, 40.0, 2, true, false),
    ('email', date '2024-04-01', 0, 10, 100.0, 40.0, null, true, true),
    ('email', date '2024-05-01', 0, 10, 100.0, 40.0, null, true, false),
    ('email', date '2023-12-01', 0, 0, 50.0, 0.0, null, true, true),
    ('referral', date '2024-05-01', 0, 30, null, 340.0, null, true, false)
) as t(channel, acquisition_month, period_index, people_count, cost, booked_margin, payback_index,
    is_settled, is_mature)
"""


def test_without_a_forecast_only_what_was_brought_is_told(place: Path) -> None:
    put(place, *empty_marts(), YOUNG)
    text = shown("value")
    assert "High · 1 person" in text
    assert "¥6,000" in text
    assert "−¥500" in text
    assert "No forecast is shown" in text
    assert "No forecast can be judged yet." in text
    assert "nan" not in text.lower()
    assert "who is sure to stay leaves" not in text
    # Nobody knows what is to be expected, so cells tell of people alone.
    assert "costs are known." in text
    assert "tier of a month before is known yet." in text
    assert "No month with first orders is over yet." in text
    row = rows_of("value_tiers", " ".join(
        str(e.proto.body) for e in draw_page("value").main if e.type == "html"
    ))[0]  # fmt: skip
    assert row == ["High", "1", "109 %", "6,000", "–", "–", "–", "–", "7,000"]


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_a_channel_tells_what_paid_and_whether_to_wait(place: Path, tongue: str) -> None:
    put(place, *empty_marts(), YOUNG, PAYBACK)
    test = draw_page("value", tongue)
    text = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    words = {
        "en": ["not yet", "not within 12 months", "after 2 months", "after 1 month",
               "in the first month", "not within 12 months"],
        "zh": ["尚未", "12 个月内未收回", "2 个月后", "1 个月后", "首月之内",
               "12 个月内未收回"],
    }  # fmt: skip
    assert [row[-1] for row in rows_of("value_months", text)] == words[tongue]
    # In month 1, over the one month that has come so far, 110 of 100 are back; of all that was
    # spent 330 of 550 are.
    (row,) = rows_of("value_channels", text)
    # What December cost, which won nobody, is in it, and lost.
    assert row[1:6] == ["50", "550", "11.00", "−220", words[tongue][1]]
    assert row[6] == {"en": "3 of 6", "zh": "3 / 6"}[tongue]
    assert row[7:] == ["1", "2"]
    assert rows_of("value_months", text)[-1][1:5] == ["0", "50.00", "–", "–"]
    # (100 + 60 + 40 + 40 + 40 + 340) / 80: month 1 is not settled, so month 0 says it.
    assert {"en": "left ¥8", "zh": "JP¥8"}[tongue] in text
    assert {"en": "may cost that", "zh": "可以花这么多"}[tongue] in text
    assert "25 %" in text
    # Of a channel without a known cost nothing is said but that.
    assert {"en": "Without a known cost: referral", "zh": "推荐"}[tongue] in text


def test_a_limit_is_told_of_people_followed_for_the_whole_time(place: Path) -> None:
    followed = """
        insert into value.payback by name
        select 'email' as channel, 'setting' as margin_source, .25 as margin,
            date '2023-01-01' as acquisition_month, 12 as period_index, 20 as people_count,
            500.0 as booked_margin, true as is_settled, true as is_mature
    """
    put(place, *empty_marts(), YOUNG, PAYBACK, followed)
    assert "may cost ¥25 at most" in shown("value")
