"""What a channel's people cost beside what they brought, and words where it is too early."""

from pathlib import Path

from tests.unit.test_app_customer import rows_of
from tests.unit.test_app_pages import draw_page, empty_marts, place, put

__all__ = ["place"]

# Of `email` the second month is not over; ten people are enough, nine are not.
MONTHS = """
insert into core.clock by name select 'GBP' as base_currency;
insert into retention.channel_quality by name
select * exclude (eligible), eligible as eligible_30d_count, eligible as eligible_90d_count,
    0 as retained_30d_count
from (values
    ('email', date '2025-01-01', 10, 10, 50.0, 200.0),
    ('email', date '2025-02-01', 5, 2, 500.0, 90.0),
    ('display', date '2025-01-01', 9, 9, 9.0, 90.0),
    ('paid_search', date '2025-02-01', 20, 0, 40.0, 0),
    ('referral', date '2025-01-01', 12, 12, null, 36.0)
) as t(channel, acquisition_month, people_count, eligible, cost, value_90d)
"""


def test_what_is_left_is_of_the_months_that_are_over(place: Path) -> None:
    put(place, *empty_marts(), MONTHS)
    test = draw_page("acquisition")
    text = " ".join(str(e.proto.body) for e in test.main if e.type == "html")
    found = {row[0]: row[2:] for row in rows_of("acquisition_channels", text)}
    # Back within 30 days, cost, people whose 90 days are over, and a person's cost, value and rest.
    assert found == {
        "e-mail": ["0.0 % of 12", "550", "10", "5.00", "20.00", "15.00"],
        "display": ["0.0 % of 9", "9", "9", "1.00", "too few people", "too few people"],
        "paid search": ["too early", "40", "0", "2.00", "too early", "too early"],
        "referral": ["0.0 % of 12", "–", "12", "–", "3.00", "–"],
    }
