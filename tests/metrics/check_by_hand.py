"""A handful of rows, and what the metrics of them must be: the edges where a query goes wrong.

The marts have their own columns and these rows only, so each number can be counted on fingers.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.building import Run
from tests.metrics.asking import Ask, Shop, asking, shop

# Sunday 31 March 2024 ends a week and a month; Tuesday 2 April is the open day.
ROWS = """
insert into core.days by name
select
    d::date as local_day,
    d < date '2024-04-02' as is_day_complete,
    d < date '2024-04-01' as is_week_complete,
    d < date '2024-04-01' as is_month_complete
from generate_series(timestamp '2024-03-28', timestamp '2024-04-03', interval 1 day) as s(d);

insert into core.customers by name
select * from (values
    ('shop', 'a', 'c:shop:a', 'GB'), ('shop', 'b', 'c:shop:b', 'DE')
) as t(source_name, customer_id, person_id, country);

-- a comes on two days of one week and on the Monday after it; the visitor has no profile.
insert into core.customer_days by name
select * from (values
    ('c:shop:a', 'shop', date '2024-03-28'),
    ('c:shop:a', 'shop', date '2024-03-31'),
    ('c:shop:a', 'shop', date '2024-04-01'),
    ('c:shop:b', 'shop', date '2024-03-31'),
    ('v:shop:x', 'shop', date '2024-03-31'),
    ('c:shop:b', 'shop', date '2024-04-03')
) as t(person_id, source_name, local_day);

-- Nothing is sold on the 29th and 30th. Of the guests one is nobody, one is a visitor.
insert into core.orders by name
select * from (values
    ('first', 'c:shop:a', 'delivered', 1, 10.0001, true, false, date '2024-03-28'),
    ('cancelled', 'c:shop:a', 'cancelled', null, 0, true, false, date '2024-03-31'),
    ('second', 'c:shop:a', 'paid', 2, 5.5, true, false, date '2024-04-01'),
    ('guest', null, 'paid', null, 7, true, true, date '2024-03-31'),
    ('visitor', 'v:shop:x', 'paid', 1, 3, true, true, date '2024-03-31'),
    ('test', 'c:shop:b', 'paid', null, 1000, false, false, date '2024-03-31')
) as t(order_id, person_id, status, order_number, net_sales, is_order, is_guest, local_day);
update core.orders set source_name = 'shop', gross_sales = net_sales;

-- The 28th has engaged sessions without a purchase, the 30th none that is engaged.
insert into core.sessions by name
select * from (values
    ('s1', 'c:shop:a', 'mobile', 0, true, false, date '2024-03-28'),
    ('s2', null, 'mobile', 0, true, false, date '2024-03-28'),
    ('s3', null, 'desktop', 0, false, false, date '2024-03-30'),
    ('s4', 'c:shop:a', 'mobile', 2, true, false, date '2024-03-31'),
    ('s5', 'c:shop:b', null, 0, true, false, date '2024-03-31'),
    ('bot', null, 'desktop', 9, true, true, date '2024-03-31')
) as t(session_id, person_id, device_type, purchase_count, is_engaged, is_bot, local_day);

-- In its first month a shop loses nobody. The week of the 26th belongs to no month of its own.
insert into retention.lifecycle by name
select * from (values
    ('month', 5, 5, 0, 0, 0, null, date '2024-01-01'),
    ('month', 4, 1, 2, 1, 3, 0.667, date '2024-02-01'),
    ('week', 4, 4, 0, 0, 0, null, date '2024-01-29'),
    ('week', 2, 0, 2, 0, 2, 0, date '2024-02-26'),
    ('day', 9, 9, 9, 9, 9, 2, date '2024-02-01')
) as t(
    period_grain, active_count, new_count, returning_count, resurrected_count, lapsed_count,
    quick_ratio, period_start
);

insert into segments.rfm_segments by name
select * from (values
    ('c:shop:a', 'champions', 2, 15.5001, date '2024-04-02'),
    ('v:shop:x', 'new_customer', 1, 3, date '2024-04-02')
) as t(person_id, segment, order_count, net_sales, as_of_date);

-- February's second month is over for 4 of its 10 people only. Index 0 is no return.
insert into retention.retention_cube by name
select * from (values
    ('month_net_order_on', 'all', 0, 20, 20, true, date '2024-01-01'),
    ('month_net_order_on', 'all', 1, 20, 5, true, date '2024-01-01'),
    ('month_net_order_on', 'all', 2, 20, 2, true, date '2024-01-01'),
    ('month_net_order_on', 'all', 0, 10, 10, true, date '2024-02-01'),
    ('month_net_order_on', 'all', 1, 10, 5, true, date '2024-02-01'),
    ('month_net_order_on', 'all', 2, 4, 4, false, date '2024-02-01'),
    ('month_order_on', 'all', 1, 20, 20, true, date '2024-01-01')
) as t(cut_id, slice_value, period_index, eligible_count, retained_count, is_mature, cohort_start);

-- Nobody's 30 days are over in March; a channel may cost and bring nobody.
insert into retention.channel_quality by name
select * from (values
    ('email', 4, 4, 1, 4, 100.5, date '2024-01-01'),
    ('email', 3, 0, null, 0, 0, date '2024-03-01'),
    ('billboard', 0, 0, null, 0, 0, date '2024-01-01')
) as t(
    channel, people_count, eligible_30d_count, retained_30d_count, eligible_90d_count, value_90d,
    acquisition_month
);

insert into features.churn_labels by name
select * from (values
    ('c:shop:a', true, false, date '2024-01-01', timestamp '2024-01-01'),
    ('c:shop:b', false, false, date '2024-01-01', timestamp '2024-01-01'),
    ('c:shop:c', false, false, date '2024-01-31', timestamp '2024-01-31'),
    ('c:shop:a', null, true, date '2024-04-02', timestamp '2024-04-02')
) as t(person_id, has_churned, is_censored, cut_off_date, cut_off_at);

insert into churn.churn_scores by name
select * from (values
    ('c:shop:a', 'boosted_trees', true, 0.25, 'low', date '2024-04-02'),
    ('c:shop:b', 'boosted_trees', true, 0.75, 'high', date '2024-04-02'),
    ('c:shop:a', 'recency', false, 0.99, 'high', date '2024-04-02'),
    ('c:shop:b', 'recency', false, 0.99, 'high', date '2024-04-02')
) as t(person_id, classifier, is_champion, churn_probability, risk_band, as_of_date);
"""


@pytest.fixture(scope="module")
def by_hand(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("by_hand") / "project"
    (folder / "published").mkdir(parents=True)
    file = folder / "published" / "stayhouse.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute(f"attach '{warehouse.database}' as sample (read_only)")
        for room, mart in con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = 'sample' and table_schema in "
            "('core', 'features', 'retention', 'segments', 'churn')"
        ).fetchall():
            con.execute(f"create schema if not exists {room}")
            con.execute(f"create table {room}.{mart} as from sample.{room}.{mart} limit 0")
        con.execute(ROWS)
    return shop(folder, warehouse.target)


@pytest.fixture(scope="module")
def ask(by_hand: Shop) -> Iterator[Ask]:
    with asking(by_hand) as answer:
        yield answer


def asked(ask: Ask, metrics: str, by: str, *where: str) -> dict[str, tuple[float | None, ...]]:
    """The numbers of each row by what it is grouped by, as text; without a name it is empty."""
    return {
        str("" if first is None else first).removesuffix(" 00:00:00"): tuple(
            None if value is None else float(value) for value in values
        )
        for first, *values in ask(metrics.split(","), [by], where)
    }


def test_a_day_without_orders_has_no_row(ask: Ask) -> None:
    days = asked(ask, "orders,net_sales", "metric_time__day")
    assert days == {
        "2024-03-28": (1, 10.0001),
        # The cancelled order, the guest's and the visitor's; the test order is none.
        "2024-03-31": (3, 10),
        "2024-04-01": (1, 5.5),
    }


def test_weeks_begin_on_monday(ask: Ask) -> None:
    weeks = asked(ask, "net_sales", "metric_time__week")
    assert weeks == {"2024-03-25": (20.0001,), "2024-04-01": (5.5,)}
    months = asked(ask, "net_sales", "metric_time__month")
    assert months == {"2024-03-01": (20.0001,), "2024-04-01": (5.5,)}


def test_periods_that_are_not_over_are_left_out_where_asked(ask: Ask) -> None:
    weeks = ("active_people", "metric_time__week")
    assert asked(ask, *weeks) == {"2024-03-25": (3,), "2024-04-01": (2,)}
    over = "{{ Dimension('calendar_day__is_week_complete') }}"
    assert asked(ask, *weeks, over) == {"2024-03-25": (3,)}


def test_people_are_counted_once_a_period(ask: Ask) -> None:
    days = asked(ask, "active_people", "metric_time__day")
    assert [n for (n,) in days.values()].count(1) == 3
    assert days["2024-03-31"] == (3,)
    # Four active days of three people.
    assert asked(ask, "active_people", "metric_time__month") == {
        "2024-03-01": (3,),
        "2024-04-01": (2,),
    }


def test_people_are_gained_and_lost_in_periods_of_one_grain(ask: Ask) -> None:
    words = ["new_people", "returning_people", "resurrected_people", "lapsed_people", "quick_ratio"]
    assert asked(ask, ",".join(words), "metric_time__month") == {
        "2024-01-01": (5, 0, 0, 0, None),
        "2024-02-01": (1, 2, 1, 3, pytest.approx(2 / 3)),
    }
    weekly = ",".join(f"weekly_{word}" for word in words)
    assert asked(ask, weekly, "metric_time__week") == {
        "2024-01-29": (4, 0, 0, 0, None),
        "2024-02-26": (0, 2, 0, 2, 0),
    }


def test_seven_days_reach_back_over_the_month(ask: Ask) -> None:
    days = asked(ask, "active_people_7d", "metric_time__day")
    assert days == {
        "2024-03-28": (1,),
        "2024-03-29": (1,),
        "2024-03-30": (1,),
        "2024-03-31": (3,),
        "2024-04-01": (3,),
        "2024-04-02": (3,),
        "2024-04-03": (3,),
    }


def test_who_has_no_profile_is_the_null_group(ask: Ask) -> None:
    """One row of it, also where metrics of several marts meet."""
    assert asked(ask, "active_people,net_sales,sessions", "person__country") == {
        "GB": (1, 15.5001, 2),
        "DE": (1, None, 1),
        "": (1, 10, 2),
    }


def test_repeated_are_orders_of_somebody(ask: Ask) -> None:
    metrics = "numbered_orders,repeat_orders,repeat_order_share"
    months = asked(ask, metrics, "metric_time__month")
    # The guest's order is nobody's, the cancelled one came to nothing.
    assert months == {"2024-03-01": (2, 0, 0), "2024-04-01": (1, 1, 1)}
    people = asked(ask, "repeat_rate,value_per_customer", "metric_time__day")
    assert people == {"2024-04-02": (0.5, 9.25005)}


def test_conversion_is_of_engaged_sessions(ask: Ask) -> None:
    metrics = "sessions,engaged_sessions,conversion_rate"
    assert asked(ask, metrics, "metric_time__day") == {
        "2024-03-28": (2, 2, 0),
        "2024-03-30": (1, 0, None),
        "2024-03-31": (2, 2, 0.5),
    }
    # A device that is not known is a group; the bot is in none.
    assert asked(ask, metrics, "session__device_type") == {
        "mobile": (3, 3, pytest.approx(1 / 3)),
        "desktop": (1, 0, None),
        "": (1, 1, 0),
    }


def test_retention_is_of_mature_cells_of_its_cut(ask: Ask) -> None:
    metrics = "eligible_people,retained_people,retention_rate"
    assert asked(ask, metrics, "retention_cell__period_index") == {
        "1": (30, 10, pytest.approx(1 / 3)),
        "2": (20, 2, 0.1),
    }
    assert asked(ask, metrics, "metric_time__month") == {
        "2024-01-01": (40, 7, 0.175),
        "2024-02-01": (10, 5, 0.5),
    }


def test_nobody_eligible_is_no_rate(ask: Ask) -> None:
    metrics = "new_customers,retention_30d,value_90d_per_customer"
    assert asked(ask, metrics, "metric_time__month") == {
        "2024-01-01": (4, 0.25, 25.125),
        "2024-03-01": (3, None, None),
    }
    assert asked(ask, metrics, "channel_month__channel") == {
        "email": (7, 0.25, 25.125),
        "billboard": (0, None, None),
    }


def test_churn_is_of_horizons_that_are_over(ask: Ask) -> None:
    metrics = "judged_buyers,churned_buyers,churn_rate"
    assert asked(ask, metrics, "metric_time__day") == {
        "2024-01-01": (2, 1, 0.5),
        "2024-01-31": (1, 0, 0),
    }
    # Of the champion only: others score the same people again.
    scored = asked(ask, "scored_buyers,expected_churn_rate", "metric_time__day")
    assert scored == {"2024-04-02": (2, 0.5)}


def test_a_file_that_is_not_there_is_not_made(by_hand: Shop, tmp_path: Path) -> None:
    """A target that only reads cannot leave an empty warehouse behind."""
    empty = shop(tmp_path / "empty", by_hand.folder / "target")
    done = empty.mf("query", "--metrics", "orders")
    assert done.returncode != 0
    assert not (empty.folder / "published").exists()
