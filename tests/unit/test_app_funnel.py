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
            40 as reached_count, 0.4 as rate, 0.8 as usual_rate, 0.7 as expected_rate,
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


def left_out(strangers: int) -> str:
    return f"""
        insert into behavior.behavior_left_out by name
        select reason, 100 as session_count, n as event_count
        from (values ('counted', 900), ('without_visitor', {strangers})) as reasons(reason, n)
        where n > 0
    """


@pytest.mark.parametrize(("strangers", "is_told"), [(100, False), (101, True)])
def test_events_without_a_visitor_are_told_first_where_they_are_many(
    place: Path, strangers: int, is_told: bool
) -> None:
    put(place, *empty_marts(), SHOP, left_out(strangers))
    text = text_of(draw_page("funnel"))
    said = f"{strangers} of {900 + strangers:,} events of the window name no visitor"
    assert (said in text) is is_told
    assert f"{strangers} without a visitor" in text


@pytest.mark.parametrize("strangers", [0, 5000])
def test_a_page_without_a_visit_says_why(place: Path, strangers: int) -> None:
    put(place, *empty_marts(), OVERVIEW)
    put(place, left_out(strangers), "delete from behavior.behavior_left_out where reason='counted'")
    text = text_of(draw_page("funnel"))
    assert "No visit is known yet." in text
    assert ("5,000 of 5,000 events of the window name no visitor" in text) is (strangers > 0)


def test_steps_are_headed_by_the_funnel_that_is_chosen(place: Path) -> None:
    steps = """
        insert into behavior.funnel_steps by name
        select funnel, 'all' as slice_kind, 'all' as slice, n as step_number, 'payment' as
            event_type, size // n as entered_count, size // n as reached_count,
            1 / n as rate_from_previous, 1 / n as rate_from_first, true as is_mature
        from range(1, 3) as steps(n),
            (values ('first_order', 100), ('my_own', 10)) as funnels(funnel, size)
    """
    put(place, *empty_marts(), SHOP, steps)
    assert "Step by step: from sign-up to the next order" in text_of(draw_page("funnel"))
    text = text_of(draw_page("funnel", address="funnel-funnel=my_own"))
    assert "Step by step: my own" in text


def test_where_nobody_has_a_score_nobody_is_said_to_be_safe(place: Path) -> None:
    score = """
        insert into churn.churn_scores by name
        select 'p' as person_id, date '2025-05-14' as as_of_date, 90 as horizon_days,
            'forest' as classifier, true as is_champion, 0.1 as churn_probability,
            'low' as risk_band;
        insert into segments.rfm_segments by name
        select 'p' as person_id, 10 as net_sales
    """
    put(place, *empty_marts(), OVERVIEW)
    assert "Who is at risk is not known: nobody has a score." in text_of(draw_page("overview"))
    put(place, score)
    assert "and nobody is at high risk" in text_of(draw_page("overview"))


def test_a_device_that_nobody_knows_is_said_in_the_readers_language(place: Path) -> None:
    over = "update behavior.funnel_anomalies set state = 'closed', ended_on = date '2025-05-11'"
    put(place, *empty_marts(), SHOP, alarm("unknown"), over)
    assert "未知设备" in text_of(draw_page("funnel", "zh"))


def test_orders_that_a_fault_seems_to_have_brought_are_none_lost(place: Path) -> None:
    more = "update behavior.funnel_anomalies set lost_order_count = -2, lost_order_low = -9"
    put(place, *empty_marts(), SHOP, alarm("all"), more)
    assert "about 0 orders lost (95 % interval: 0 to 50)" in text_of(draw_page("funnel"))


@pytest.mark.parametrize(("growth", "is_told"), [("true", True), ("false", False), ("null", False)])
def test_an_alarm_that_is_over_says_that_it_may_have_been_growth(
    place: Path, growth: str, is_told: bool
) -> None:
    over = f"set state = 'closed', ended_on = date '2025-05-11', may_be_growth = {growth}"
    put(place, *empty_marts(), SHOP, alarm("all"), f"update behavior.funnel_anomalies {over}")
    assert ("more came, no fewer bought" in text_of(draw_page("funnel"))) is is_told


@pytest.mark.parametrize(("payments", "is_told"), [(0, True), (1, False)])
def test_a_step_that_nobody_takes_is_no_silent_zero(
    place: Path, payments: int, is_told: bool
) -> None:
    """A tracker that sends no payments has no orders in the funnel either."""
    steps = f"""
        insert into behavior.funnel_steps by name
        select 'order' as funnel, 'all' as slice_kind, 'all' as slice, n as step_number, event_type,
            n as entered_count, reached_count, 0.5 as rate_from_previous, 0.5 as rate_from_first,
            true as is_mature
        from (values (1, 'checkout', 9), (2, 'payment', {payments}), (3, 'purchase', {payments}))
            as steps(n, event_type, reached_count)
    """
    put(place, *empty_marts(), SHOP, steps)
    told = "Nobody is counted at payment: if the tracker sends no such event"
    assert (told in text_of(draw_page("funnel"))) is is_told


def test_what_may_be_mended_is_told_beside_the_alarm(place: Path) -> None:
    put(place, *empty_marts(), SHOP, alarm("all"))
    told = "on the step is taken as usual again, so far"
    assert told not in text_of(draw_page("funnel"))
    put(place, "update behavior.funnel_anomalies set back_since = date '2025-05-11'")
    for page in ("funnel", "overview"):
        assert f"From 11 May 2025 {told}" in text_of(draw_page(page))


@pytest.mark.parametrize(("growth", "is_told"), [("true", True), ("false", False), ("null", False)])
def test_where_no_fewer_buy_the_alarm_says_that_more_came(
    place: Path, growth: str, is_told: bool
) -> None:
    a_day = f"set orders_a_day = 5.8, usual_orders_a_day = 6, may_be_growth = {growth}"
    put(place, *empty_marts(), SHOP, alarm("all"), f"update behavior.funnel_anomalies {a_day}")
    for page in ("funnel", "overview"):
        text = text_of(draw_page(page))
        assert (
            "no fewer, but for chance: 5.8 a day since then, 6.0 before. More came" in text
        ) is is_told
