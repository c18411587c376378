"""The page Funnel and faults of shops that the sample is not."""

from pathlib import Path

import pytest

from tests.unit.test_app_overview import SHOP as OVERVIEW
from tests.unit.test_app_overview import text_of
from tests.unit.test_app_pages import draw_page, empty_marts, place, put

__all__ = ["place"]

# The clock stands on 14 May; thirty a day came to a step up to 13 May, the last whole day.
SHOP = f"""
{OVERVIEW};
insert into behavior.funnel_daily by name
    select date '2025-01-01' + n::integer as local_day, device, 'purchase' as step,
        3 as step_number, 15 as entered_count, 12 as reached_count, 12 as ordered_count
    from range(133) as days(n), (values ('mobile'), ('desktop')) as devices(device)
"""


def alarm(device: str) -> str:
    return f"""
        insert into behavior.funnel_anomalies by name
        select '{device}' as device, 'purchase' as step, 'open' as state, 100 as entered_count,
            40 as reached_count, 0.4 as rate, 0.8 as usual_rate, 0.8 as expected_rate,
            40 as lost_order_count, 30 as lost_order_low, 50 as lost_order_high,
            date '2025-05-10' as started_on, date '2025-05-10' as found_on
    """


@pytest.mark.parametrize(
    ("device", "sentence", "remedy"),
    [
        ("all", "All devices: of 100 checkouts 40 end in an order, usually 80", "on any device"),
        ("mobile", "Mobile: of 100 checkouts 40 end in an order, usually 80", "on such a device"),
    ],
)
def test_what_fails_on_all_devices_is_said_of_all(
    place: Path, device: str, sentence: str, remedy: str
) -> None:
    put(place, *empty_marts(), SHOP, alarm(device))
    text = text_of(draw_page("funnel"))
    assert sentence in text
    assert remedy in text
    assert sentence in text_of(draw_page("overview"))


@pytest.mark.parametrize(("entered", "is_told"), [(15, True), (14, False)])
def test_a_day_without_anybody_is_told_where_thirty_came(
    place: Path, entered: int, is_told: bool
) -> None:
    put(
        place,
        *empty_marts(),
        SHOP,
        f"update behavior.funnel_daily set entered_count = {entered}",
        "delete from behavior.funnel_daily where local_day = date '2025-05-02'",
    )
    text = text_of(draw_page("funnel"))
    assert ("Not one visit came to a step on 2 May 2025:" in text) is is_told
    assert "No alarm is open" in text
    # It is over: nobody has to do anything.
    assert "No visit has come" not in text_of(draw_page("overview"))


def test_silence_up_to_today_is_told_on_both_pages(place: Path) -> None:
    last = "delete from behavior.funnel_daily where local_day >= date '2025-05-12'"
    put(place, *empty_marts(), SHOP, last)
    for page in ("funnel", "overview"):
        text = text_of(draw_page(page))
        assert "No visit has come to a step since 12 May 2025" in text
        assert "No alarm is open" not in text


def test_a_shop_that_rests_on_one_weekday_is_not_told_of_it(place: Path) -> None:
    rest = "delete from behavior.funnel_daily where dayofweek(local_day) = 0"
    put(place, *empty_marts(), SHOP, rest)
    assert "Not one visit" not in text_of(draw_page("funnel"))
