"""A shop for which every setting of docs/settings.md has another value than ours builds green.

One build: its laws hold at these values too, and what a setting moves has moved.
"""

import re
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from stayhouse.commands.rates import rates_of
from stayhouse.shop.orders import rates
from tests.building import CHECKOUT, Run
from tests.truth import shop

TABLES = [
    *("events", "orders", "order_lines", "order_charges", "refunds", "customers", "products"),
    *("reviews", "content", "campaigns", "contacts", "channel_costs", "experiments", "exposures"),
    "erasure_requests",
]
# Each var of docs/settings.md at a value that no build of ours has.
AWAY: dict[str, Any] = {
    "sources": {"shop": TABLES},
    "as_of": "2024-10-20",
    "time_zone": "Asia/Shanghai",
    "base_currency": "USD",
    "prices_include_tax": {"shop": True},
    "return_window_days": 14,
    "session_gap_seconds": 5400,  # More microseconds than 32 bits hold.
    "shared_device_max_customers": 1,
    "bot_max_events": 9,
    "bot_min_paced_events": 5,
    "rejection_warn_rate": 0.3,
    "rejection_stop_rate": 0.9,
    "max_line_breaks": 50,
    "retention_min_cell_size": 4,
    "rfm_history_months": 4,
    "rhythm_min_people": 12,
    "referral_window_days": 60,
    "behavior_window_days": 45,
    "slow_page_ms": 1000,
    "cart_window_days": 3,
    "search_min_people": 2,
    "basket_min_count": 3,
    "anomaly_false_alarms_a_year": 50,
    "seasonality_min_weeks": 200,
    "send_time_min_messages": 6,
    "feedback_false_alarms_a_year": 40,
    "embedding_texts_max": 7,
    "holdout_salt": "autumn",
    "holdout_buckets": 2500,
    "churn_horizon_days": 45,
    "churn_horizon_gap_share": 0.6,
    "churn_order_kind": "order",
    "churn_cutoff_step_days": 40,
    "churn_max_cutoffs": 2,
    "churn_warm_up_days": 30,
    "churn_min_buyers": 40,
    "train_every_days": 3,
    "churn_reason_min_log_odds": 0.4,
    "churn_capacity": None,
    "risk_band_high": 0.8,
    "risk_band_medium": 0.6,
    "value_margin": 0.3,
    "value_discount_rate": 0.25,
    "value_payback_months": 3,
    "recommendation_experiment": "campaign_k1",
}
DAYS = 300


def vars_of_the_page() -> dict[str, str]:
    """The vars of docs/settings.md: each row of the first table, its name and its default."""
    page = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    table = page.split("| var |")[1].split("\n\n")[0]
    return dict(re.findall(r"(?m)^\| `(\w+)` \| ([^|]*) \|", table))


def defaults() -> dict[str, Any]:
    text = (CHECKOUT / "dbt_project.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["vars"])


def test_the_page_the_project_and_this_table_name_the_same_vars() -> None:
    assert vars_of_the_page().keys() == defaults().keys() == AWAY.keys()


@pytest.mark.parametrize("name", AWAY)
def test_every_setting_is_at_another_value(name: str) -> None:
    default = defaults()[name]
    assert AWAY[name] != default
    if name != "sources":
        assert vars_of_the_page()[name] == ("none" if default is None else str(default))


def rates_in(base: str, folder: Path) -> list[tuple[str, str, str, str]]:
    """The rates of the planted world in another base, by way of a file of the bank's form."""
    lines = ["Date,USD,GBP,"]
    for day in range((rates.LAST_RATE_DATE - rates.FIRST_RATE_DATE).days, -1, -1):
        date = rates.FIRST_RATE_DATE + timedelta(days=day)
        pounds, dollars = (rates.published_rate(c, date) for c in ("EUR", "USD"))
        if pounds and dollars:
            lines.append(f"{date},{pounds / dollars:.12f},{pounds / rates.RATE_SCALE:.5f},")
    file = folder / "eurofxref-hist.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [(base, str(rate.day), rate.currency, str(rate.value)) for rate in rates_of(file, base)]


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """A small planted shop, built once with all settings away from ours."""
    folder = tmp_path_factory.mktemp("away")
    run = shop.plant(folder, customers_per_year=250, seed=5, days=DAYS, parsed=parsed).run
    words = ("--vars", yaml.safe_dump(AWAY, default_flow_style=True, width=10**6))
    seeded = run.dbt("seed", *words)
    assert seeded.returncode == 0, seeded.stdout[-4000:]
    with duckdb.connect(str(run.database)) as con:
        con.executemany(
            "insert into seeds.exchange_rates (base_currency, rate_date, currency, rate) "
            "values (?, ?, ?, ?)",
            rates_in("USD", folder),
        )
    # A unit test states the vars it needs (tests/architecture/settings.py): none moves it.
    run.build("--exclude-resource-type", "seed", *words)
    return run


def test_sessions_are_cut_by_the_pause_that_is_set(away: Run) -> None:
    """Counted from the events themselves: one session for each visitor, and one for each pause."""
    pauses = """
        select count(*) from (
            select date_diff('microsecond', lag(occurred_at) over (
                partition by source_name, visitor_id order by occurred_at
            ), occurred_at) as pause
            from core.events where visitor_id is not null
        ) where pause is null or pause > ? * 1000000::bigint
    """
    with duckdb.connect(str(away.database), read_only=True) as con:
        gaps = AWAY["session_gap_seconds"], 1800
        ours, usual = (con.execute(pauses, [gap]).fetchall()[0][0] for gap in gaps)
    assert away.query("select count(*) from core.sessions") == [(ours,)]
    assert ours < usual


def test_days_begin_in_shanghai(away: Run) -> None:
    """Eight hours before UTC, in summer and in winter."""
    for mart, instant in (("sessions", "started_at"), ("orders", "ordered_at")):
        days = f"local_day = cast({instant} + interval 8 hours as date)"
        later = f"local_day > cast({instant} as date)"
        found = away.query(f"select bool_and({days}), bool_or({later}) from core.{mart}")
        assert found == [(True, True)]


def test_money_is_in_dollars(away: Run) -> None:
    found = away.query("select distinct base_currency, as_of_at::varchar from core.clock")
    assert found == [("USD", "2024-10-20 00:00:00")]
    lines = away.query(
        "select currency, effective_at::date, rate::double, native_amount::double, amount::double "
        "from core.money_lines"
    )
    assert {line[0] for line in lines} == {"GBP", "EUR", "USD"}
    for currency, day, rate, native, amount in lines:
        in_pounds = [rates.last_known_rate(c, day) / 1e8 for c in (str(currency), "USD")]
        assert rate == pytest.approx(in_pounds[0] / in_pounds[1], abs=1e-6)
        assert amount == pytest.approx(native * rate, abs=1e-4)


def test_devices_bots_and_returns_follow_their_settings(away: Run) -> None:
    """Each rule in the words of docs/settings.md, with rows on both sides of our own value."""
    shared = away.query(
        "select bool_and((shared_from is not null) = (customers > 1)), "
        "count(*) filter (where customers between 2 and 4) from (select visitor_id, "
        "any_value(shared_from) as shared_from, count(distinct customer_id) as customers "
        "from core.identity_map group by source_name, visitor_id)"
    )
    assert shared[0][0] is True
    assert shared[0][1] > 0
    bots = away.query(
        "select bool_and(bot_reason is not null) filter (where event_count > 9), "
        "bool_and(event_count > 9) filter (where bot_reason = 'too_many_events'), "
        "count(*) filter (where event_count = 9 and bot_reason is null) > 0 from core.sessions"
    )
    assert bots == [(True, True, True)]
    settled = away.query(
        "select bool_and(is_settled = (ordered_at <= timestamp '2024-10-06')), "
        "count(*) filter (where is_settled and ordered_at > timestamp '2024-09-20') "
        "from core.orders"
    )
    assert settled[0][0] is True
    assert settled[0][1] > 0


def test_who_is_held_out_follows_its_settings(away: Run) -> None:
    """The lowest 2,500 of 10,000 under the salt, by the standard library's md5."""
    customers = away.query("select customer_id, is_held_out from core.customers")
    for customer_id, is_held_out in customers:
        bucket = int(md5(f"autumn|{customer_id}".encode()).hexdigest()[:8], 16) % 10_000
        assert is_held_out == (bucket < 2_500)
    assert 0.15 < sum(bool(held) for _, held in customers) / len(customers) < 0.35


def test_as_many_months_of_segments_are_kept(away: Run) -> None:
    """Four that are over, from June on, and October so far; of May nobody is asked."""
    months = away.query("select distinct month::varchar from segments.rfm_cut_points order by all")
    assert [month for (month,) in months] == [f"2024-{number:02}-01" for number in range(6, 11)]
    moved = away.query("select min(month)::varchar, max(month)::varchar from segments.rfm_movement")
    assert moved == [("2024-07-01", "2024-10-01")]


def test_churn_follows_its_settings(away: Run) -> None:
    found = away.query("select is_ready, required_buyer_count from churn.churn_readiness")
    assert found == [(True, 40)]
    assert away.query("select horizon_days from features.churn_horizon") == [(45,)]
    # What moves a score by less than a factor of exp(.4) is no reason there, and some is more.
    least = "select min(abs(contribution)) >= 0.4, count(family) > 0 from churn.churn_reasons"
    assert away.query(least) == [(True, True)]
    bands = away.query(
        "select risk_band, min(churn_probability) >= 0.8, max(churn_probability) < 0.6, count(*) "
        "from churn.churn_scores group by all order by all"
    )
    assert {(band, high, low) for band, high, low, _ in bands} == {
        ("high", True, False), ("medium", False, False), ("low", False, True),
    }  # fmt: skip
    rules = away.query("select distinct rule_name from churn.churn_thresholds order by all")
    assert rules == [("best_f1",), ("probability",)]


def test_value_is_of_the_margin_and_waits_at_the_rate_that_is_set(away: Run) -> None:
    """Of 30 days, all of it waits for 30 days: .3 of net sales, over 1.25 in a year."""
    ratios = away.query(
        "select expected_value_30d / expected_net_sales_30d from value.customer_ltv "
        "where expected_orders_30d > .001"
    )
    assert ratios
    assert [ratio for (ratio,) in ratios] == pytest.approx(
        [0.3 * 1.25 ** (-30 / 365)] * len(ratios), rel=1e-5
    )
    # Any order is an order day here, and history of 30 days is enough for a fit.
    ((fits,),) = away.query("select count(distinct cut_off_at) from value.value_fits")
    assert isinstance(fits, int)
    assert fits > 3


def test_as_many_false_alarms_are_allowed_for(away: Run) -> None:
    """The level of an alarm is made of them: 50 a year, over the tests of a day."""
    assert away.query("select false_alarms_a_year from behavior.int_funnel__plan") == [(50,)]
    alarms = away.query("select 50 / 365 / alarm_level from behavior.funnel_anomalies")
    assert all(abs(tests - round(tests)) < 1e-9 and round(tests) % 3 == 0 for (tests,) in alarms)


def test_as_many_alerts_may_be_chance(away: Run) -> None:
    """The level of an alert is made of them: 40 a year, over weeks and months and their tests."""
    told = away.query("select distinct false_alarms_a_year from feedback.int_feedback__periods")
    assert told == [(40,)]
    levels = away.query(
        "select alert_level * count(*) from feedback.feedback_alerts where reason_code is null "
        "group by grain, period_start, alert_level"
    )
    assert [level for (level,) in levels] == pytest.approx([40 / (365.25 / 7 + 12)] * len(levels))


def test_so_many_weeks_tell_of_weekdays(away: Run) -> None:
    """Weeks enough for the default, 8: nothing is known where 200 are asked for."""
    found = away.query(
        "select kind, bool_or(is_known), min(day_count) >= 8 from behavior.seasonality "
        "where kind in ('weekday', 'hour', 'weekday_hour') group by kind order by kind"
    )
    kinds = ("hour", "weekday", "weekday_hour")
    assert found == [(kind, False, True) for kind in kinds]


def test_whom_fewer_messages_reached_has_the_rates_of_all(away: Run) -> None:
    people = (
        "select is_shrunk_to_all, min(messages), max(messages) from (select person_id, "
        "is_shrunk_to_all, sum(contact_count) as messages from behavior.send_time group by all) "
        "group by all order by all"
    )
    (_, own_least, _), (_, _, all_most) = away.query(people)
    assert (own_least, all_most) == (6, 5)


def test_a_channel_is_judged_by_so_many_months(away: Run) -> None:
    """On 20 October June is the last month whose third month since is over, and settled after 14
    days.
    """
    months = away.query(
        "select distinct acquisition_month::varchar, is_mature from value.payback "
        "where people_count > 0 and acquisition_month > '2024-04-30' order by 1"
    )
    assert months == [
        ("2024-05-01", True), ("2024-06-01", True), ("2024-07-01", False), ("2024-08-01", False),
        ("2024-09-01", False),
    ]  # fmt: skip
