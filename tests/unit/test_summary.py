"""The summary: its numbers are those of the marts, and a missing mart is no accident."""

import duckdb
import pytest

from stayhouse.summary import summary_lines

MARTS = """
create schema core;
create schema retention;
create schema segments;
create schema churn;
create schema features;
create table features.churn_horizon as select 90::bigint as horizon_days,
    90::bigint as suggested_days, 0.8526 as covered_gap_share, 1689::bigint as gap_count,
    false as is_from_var;
create table core.clock as select timestamp '2024-04-01' as as_of_at, 'GBP' as base_currency;
create table core.data_quality as from (values
    ('shop', 'events', 'accepted', 1000::bigint), ('shop', 'events', 'accepted', 200),
    ('shop', 'events', 'repeated_copy', 30), ('shop', 'events', 'unknown_event_type', 4),
    ('shop', 'orders', 'accepted', 50), ('shop', 'orders', 'invalid_ordered_at', 1)
) as t(source_name, table_name, reason_code, row_count);
create table core.sessions as from (values
    ('a', false), ('a', false), ('v', false), ('robot', true), (null, false)
) as t(person_id, is_bot);
create table core.orders as from (values
    ('a', true, true, 10.50::decimal(18, 4)), ('b', true, true, 1200), ('b', true, false, 0),
    ('tester', false, false, 99)
) as t(person_id, is_order, is_net_order, net_sales);
create table retention.cohort_retention as from (values
    (date '2024-01-01', 0, 1100, 1100), (date '2024-01-01', 1, 324, 1100),
    (date '2024-02-01', 0, 90, 90)
) as t(cohort_start, period_index, retained_count, cohort_size);
alter table retention.cohort_retention add column cohort_grain varchar default 'month';
alter table retention.cohort_retention add column start_kind varchar default 'order';
alter table retention.cohort_retention add column return_kind varchar default 'order';
alter table retention.cohort_retention add column definition varchar default 'on';
alter table retention.cohort_retention add column clock_kind varchar default 'calendar';
insert into retention.cohort_retention values
    ('2024-01-01', 1, 777, 1100, 'month', 'order', 'order', 'on_or_after', 'calendar'),
    ('2024-01-01', 1, 888, 1100, 'week', 'order', 'order', 'on', 'calendar'),
    ('2024-01-01', 1, 999, 1100, 'month', 'net_order', 'net_order', 'on', 'calendar');
create table segments.rfm_segments as from (values
    ('a', 'champions', 10.50::decimal(18, 4)), ('b', 'at_risk', 1000), ('c', 'at_risk', 200)
) as t(person_id, segment, net_sales);
create table churn.churn_readiness as select true as is_ready, null::varchar as reason;
create table churn.churn_evaluation as from (values
    ('recency', 'test', false, 0.7, 0.6), ('logistic', 'test', true, 0.8, 0.5),
    ('logistic', 'validation', true, 0.111, 0.222)
) as t(classifier, split, is_champion, roc_auc, log_loss);
alter table churn.churn_evaluation add column precision double default 0.71;
alter table churn.churn_evaluation add column recall double default 0.72;
alter table churn.churn_evaluation add column f1 double default 0.73;
alter table churn.churn_evaluation add column lift_10_churn double;
alter table churn.churn_evaluation add column cut_off_date date default '2024-01-02';
alter table churn.churn_evaluation add column horizon_days bigint default 90;
alter table churn.churn_evaluation add column customer_count bigint default 1234;
alter table churn.churn_evaluation add column prevalence double default 0.656;
"""


@pytest.fixture
def marts(tmp_path):
    path = tmp_path / "marts.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(MARTS)
    return path


def change(path, sql):
    with duckdb.connect(str(path)) as con:
        con.execute(sql)
    return "\n".join(summary_lines(path, [("elsewhere.duckdb", "here")]))


def cells(lines, first):
    """Return the words of the line that begins with a word."""
    (found,) = [line.split() for line in lines if line.split()[:1] == [first]]
    return found[1:]


def test_numbers_are_those_of_the_marts(marts):
    lines = summary_lines(marts, [("elsewhere.duckdb", "here")])
    text = "\n".join(lines)
    # landed, accepted, repeated, rejected
    assert cells(lines, "shop.events") == ["1,234", "1,200", "30", "4"]
    assert cells(lines, "shop.orders") == ["51", "50", "0", "1"]
    assert "rejected for: unknown_event_type 4, invalid_ordered_at 1\n" in text
    # People a, b and v: neither the robot, nor the tester, nor the session of nobody.
    assert "as of 2024-04-01 00:00 UTC: 3 people, 4 sessions, 3 orders" in text
    assert "net sales 1,210.50 GBP, 2 net orders" in text
    # Only month, order to order, on; a cell that is not complete is blank.
    assert cells(lines, "2024-01") == ["1,100", "324"]
    assert cells(lines, "2024-02") == ["90"]
    assert cells(lines, "at_risk") == ["2", "1,200.00"]
    assert text.index("at_risk") < text.index("champions")
    assert "judged on 1,234 customers at 2024-01-02, 66% of whom did not order in 90 days" in text
    assert cells(lines, "logistic") == ["*", "0.800", "0.500", "0.710", "0.720", "0.730"]
    assert cells(lines, "recency")[0] == "0.700"
    assert "0.111" not in text


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ("gap_count = gap_count", "suggested by the shop's own gaps; 85% of 1,689 gaps end within"),
        ("is_from_var = true", "set by churn_horizon_days, its gaps suggest 90; 85% of 1,689 gaps"),
        (
            "is_from_var = true, suggested_days = null, covered_gap_share = null",
            "  horizon of 90 days, set by churn_horizon_days\n",
        ),
        ("suggested_days = 120", "horizon of 90 days, as long as its history allows; 85% of"),
        (
            "suggested_days = null, covered_gap_share = null",
            "since no gap could be followed for long enough to suggest one\n",
        ),
    ],
)
def test_the_horizon_says_who_chose_it(marts, changes, line):
    assert line in change(marts, f"update features.churn_horizon set {changes}")


def test_it_says_where_to_look_and_fits_a_screen(marts):
    lines = summary_lines(marts, [("elsewhere.duckdb", "here")])
    assert "Where to look" in lines
    assert any("elsewhere.duckdb" in line for line in lines)
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100


def test_scores_that_are_withheld_have_a_reason(marts):
    text = change(
        marts,
        "update churn.churn_readiness set is_ready = false, reason = 'Only 10 had bought.'",
    )
    assert "  no scores: Only 10 had bought." in text
    assert "logistic" not in text


@pytest.mark.parametrize(
    ("mart", "title"),
    [
        ("core.data_quality", "What arrived"),
        ("core.clock", "What happened"),
        ("retention.cohort_retention", "Who comes back"),
        ("segments.rfm_segments", "What kind of customer"),
        ("churn.churn_evaluation", "Who is about to leave"),
    ],
)
def test_an_empty_or_missing_mart_is_one_quiet_line(marts, mart, title):
    assert f"{title}\n  nothing yet\n\n" in change(marts, f"delete from {mart}")
    assert f"{title}\n  not built in this file\n\n" in change(marts, f"drop table {mart}")


def test_only_the_latest_cohorts_are_shown(marts):
    text = change(
        marts,
        "insert into retention.cohort_retention (cohort_start, period_index, retained_count, "
        "cohort_size) select date '2021-01-01' + to_months(i), p, 5, 5 from range(30) t(i), "
        "range(30) u(p)",
    )
    assert "19 earlier months are in retention.cohort_retention" in text
    assert "2022-08" in text
    assert "2022-07" not in text
    assert len(text.splitlines()) <= 60
    assert max(map(len, text.splitlines())) <= 100


def test_the_command(project, marts, done):
    assert "3 people" in done("summary", "--db", marts)


def test_a_missing_file_is_said(project, refused):
    assert "There is no warehouse file" in refused("summary", "--db", "nowhere.duckdb")
