"""The summary: its numbers are those of the marts, and a missing mart is no accident."""

import duckdb
import pytest

from stayhouse.reports.summary import summary_lines
from tests.building import FINISHED

MARTS = """
create schema core;
create schema retention;
create schema segments;
create schema churn;
create schema features;
create table features.churn_horizon as select 90::bigint as horizon_days,
    90::bigint as suggested_days, 0.8526 as covered_gap_share, 1689::bigint as gap_count,
    false as is_from_var;
create table core.clock as
select timestamp '2024-04-01' as as_of_at, 'GBP' as base_currency, date '2024-04-01' as open_day;
create table core.data_quality as from (values
    ('events', 'accepted', 'accepted', null, null, 1000::bigint, null::decimal(38, 4)),
    ('events', 'accepted', 'accepted', null, null, 200, null),
    ('events', 'repeated_copy', 'repeated_copy', null, null, 30, null),
    ('events', 'rejected', 'unknown_event_type', null, 'teleport', 4, null),
    ('orders', 'accepted', 'accepted', null, null, 48, null),
    ('orders', 'accepted', 'without_person', null, null, 1, null),
    ('orders', 'accepted', 'before_its_customer', null, null, 1, null),
    ('orders', 'superseded', 'later_version', null, 'o7', 2, null),
    ('orders', 'rejected', 'invalid_ordered_at', null, 'last week', 1, null)
) as t(table_name, disposition, reason_code, currency, example, row_count, amount);
alter table core.data_quality add column source_name varchar default 'shop';
alter table core.data_quality add column batch_id bigint default 1;
create table core.sessions as from (values
    ('a', false), ('a', false), ('v', false), ('robot', true), (null, false)
) as t(person_id, is_bot);
alter table core.sessions add column started_at timestamp default '2024-03-31 23:59:59';
insert into core.sessions values ('late', false, '2024-04-01');
create table core.orders as from (values
    ('o1', 'a', true, true, timestamp '2024-01-10'), ('o2', 'b', true, true, '2024-03-01'),
    ('o3', 'b', true, false, '2024-03-31 23:59:59'), ('o4', 'b', false, false, '2024-03-01'),
    ('o5', 'c', true, true, '2024-02-01'), ('late', 'late', true, true, '2024-04-01')
) as t(order_id, person_id, is_order, is_net_at_clock, ordered_at);
alter table core.orders add column is_test boolean default false;
update core.orders set is_test = true where order_id = 'o4';
alter table core.orders add column local_day date;
update core.orders set local_day = ordered_at::date;
alter table core.orders add column source_name varchar default 'shop';
create table core.money_lines as from (values
    ('o1', 'a', 'item', 10.50::decimal(18, 4), timestamp '2024-01-10'),
    ('o1', 'a', 'tax', 99, '2024-01-10'),
    ('o2', 'b', 'item', 1300, '2024-03-01'), ('o2', 'b', 'refund', -300, '2024-03-05'),
    ('o2', 'b', 'refund', -77, '2024-04-01'), ('o5', 'c', 'item', 200, '2024-02-01'),
    ('o4', 'b', 'item', 1801.40, '2024-03-01'),
    (null, 'e', 'refund', -5, '2024-02-01'), ('late', 'late', 'item', 5000, '2024-04-01')
) as t(order_id, person_id, kind, amount, effective_at);
alter table core.money_lines add column source_name varchar default 'shop';
create table retention.cohort_retention as from (values
    (date '2024-01-01', 0, 1.0, 1100), (date '2024-01-01', 1, 0.2945, 1100),
    (date '2024-02-01', 0, 1.0, 90)
) as t(cohort_start, period_index, retention_rate, cohort_size);
alter table retention.cohort_retention add column cohort_grain varchar default 'month';
alter table retention.cohort_retention add column start_kind varchar default 'net_order';
alter table retention.cohort_retention add column return_kind varchar default 'net_order';
alter table retention.cohort_retention add column definition varchar default 'on';
alter table retention.cohort_retention add column clock_kind varchar default 'calendar';
insert into retention.cohort_retention values
    ('2024-01-01', 1, 0.77, 1100, 'month', 'net_order', 'net_order', 'on_or_after', 'calendar'),
    ('2024-01-01', 1, 0.88, 1100, 'week', 'net_order', 'net_order', 'on', 'calendar'),
    ('2024-01-01', 1, 0.99, 1100, 'month', 'order', 'order', 'on', 'calendar');
create table retention.retention_cube as from (values
    ('visit', 'none', 1, 1, date '2024-01-01', 100::bigint, 20::bigint, true),
    ('visit', 'none', 1, 1, '2024-01-02', 300, 20, true),
    ('visit', 'none', 1, 1, '2024-03-31', 50, 50, false),
    ('visit', 'none', 24, 30, '2024-01-01', 100, 5, true),
    ('visit', 'country', 1, 1, '2024-01-01', 77, 7, true)
) as t(start_kind, slice, bracket_from, bracket_to, cohort_start, eligible_count, retained_count,
    is_mature);
alter table retention.retention_cube add column return_kind varchar default 'visit';
alter table retention.retention_cube add column definition varchar default 'bracket';
alter table retention.retention_cube add column cohort_grain varchar default 'day';
create table segments.rfm_segments as from (values
    ('a', 'champions', 10.50::decimal(18, 4)), ('b', 'at_risk', 1000), ('c', 'at_risk', 200)
) as t(person_id, segment, net_sales);
create table churn.churn_readiness as select
    true as is_ready, null::varchar as reason, date '2024-04-03' as as_of_date;
create table churn.churn_evaluation as from (values
    ('recency', 'test', false, 0.7, 0.6), ('logistic', 'test', true, 0.8, 0.5),
    ('logistic', 'validation', true, 0.111, 0.222)
) as t(classifier, split, is_champion, roc_auc, log_loss);
create table churn.churn_model_comparison as from (values
    ('gru', 8::bigint, false, 'PyTorch is not installed.'), ('recency', 1, true, null),
    ('cnn', 7, false, 'PyTorch is not installed.'), ('bg_nbd', 2, false, 'No purchase.')
) as t(classifier, simplicity, is_fitted, reason);
alter table churn.churn_model_comparison
    add column fitted_as_of_date date default '2024-04-03';
alter table churn.churn_evaluation add column precision double default 0.71;
alter table churn.churn_evaluation add column recall double default 0.72;
alter table churn.churn_evaluation add column f1 double default 0.73;
alter table churn.churn_evaluation add column lift_10_churn double;
alter table churn.churn_evaluation add column cut_off_date date default '2024-01-02';
alter table churn.churn_evaluation add column horizon_days bigint default 90;
alter table churn.churn_evaluation add column customer_count bigint default 1234;
alter table churn.churn_evaluation add column prevalence double default 0.656;
"""

FAULTS = """
create schema behavior;
create table behavior.funnel_anomalies as from (values
    ('tablet', 'purchase', 'open', 0.4341, 0.8652, date '2024-03-02', 1281.4, 917.2, 1600.7,
        8.99, 9.0, false, date '2024-03-28'),
    ('mobile', 'cart', 'closed', 0.111, 0.222, date '2024-02-01', 5.0, 1.0, 9.0, 9, 9, true, null),
    ('all', 'checkout', 'open', 0.2, 0.4, date '2024-03-30', 2000.0, -1000.0, 3000.0, 9, 9,
        true, null)
) as t(device, step, state, rate, usual_rate, started_on, lost_order_count, lost_order_low,
    lost_order_high, orders_a_day, usual_orders_a_day,
    may_be_growth, back_since);
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
    lines = summary_lines(marts, [("elsewhere.duckdb", "here")], 0.05)
    text = "\n".join(lines)
    # landed, accepted, repeated, superseded, in no figure
    assert cells(lines, "shop.events") == ["1,234", "1,200", "30", "0", "4"]
    assert cells(lines, "shop.orders") == ["53", "50", "0", "2", "1"]
    assert "  - shop.events rejected, unknown_event_type: 4 rows, such as teleport\n" in text
    assert "  - shop.orders rejected, invalid_ordered_at: 1 row, such as last week\n" in text
    assert "  - shop.orders accepted, before_its_customer: 1 row\n" in text
    # People a, b, c and v: neither the robot, nor the session of nobody, nor who came at the clock
    # itself. A test order is none, and neither is its money.
    assert (
        "as of 2024-04-01 00:00 UTC: 4 people, 4 sessions (1 of bots left out), 4 orders\n" in text
    )
    assert (
        "net sales 1,205.50 GBP; 3 buyers with 3 net orders; 1 order after that instant not "
        "counted yet" in text
    )
    assert "1,210.50 GBP of it by these buyers, -5.00 by people without a net" in text
    # Only month, net order to net order, on; a cell that is not complete is blank.
    assert cells(lines, "month") == ["buyers", "1"]
    assert cells(lines, "2024-01") == ["1,100", "29"]
    assert cells(lines, "2024-02") == ["90"]
    assert "kind net_order" in text
    assert cells(lines, "all") == ["buyers", "3", "1,210.50"]
    assert cells(lines, "at_risk") == ["2", "1,200.00"]
    assert text.index("at_risk") < text.index("champions")
    assert "judged on 1,234 customers at 2024-01-02, 66% of whom did not order in 90 days" in text
    assert cells(lines, "logistic") == ["*", "0.800", "0.500", "0.710", "0.720", "0.730"]
    assert cells(lines, "recency")[0] == "0.700"
    assert "0.111" not in text
    absent = (
        "  not fitted: bg_nbd. No purchase.\n  not fitted: cnn, gru. PyTorch is not installed.\n"
    )
    assert absent in text
    assert "fitted as of" not in text


def test_every_reason_is_named_however_many_there_are(marts):
    codes = ["a", "b", "c", "d", "e"]
    rows = ", ".join(f"('refunds', 'rejected', 'z_{code}', 1, 'shop', 1, null)" for code in codes)
    columns = "(table_name, disposition, reason_code, row_count, source_name, batch_id, example)"
    rows = f"{rows[:-5]}'x')"  # the build has an example of what it rejects
    text = change(marts, f"insert into core.data_quality {columns} values {rows}")
    assert "rejected, z_a: 1 row\n" in text
    # The two least of seven, by their share of what landed.
    assert (
        "  and 2 more in core.data_quality: invalid_ordered_at (shop.orders, 1), "
        "unknown_event_type\n    (shop.events, 4)\n" in text
    )


@pytest.mark.parametrize(("base", "all_sales"), [("GBP", "1,210.50"), ("JPY", "1,210")])
def test_sales_of_segments_are_in_the_shops_currency(marts, base, all_sales):
    text = change(marts, f"update core.clock set base_currency = '{base}'")
    assert f"people  net sales, {base}\n" in text
    assert cells(text.splitlines(), "all") == ["buyers", "3", all_sales]


def test_a_fit_of_an_earlier_night_says_so(marts):
    text = change(marts, "update churn.churn_model_comparison set fitted_as_of_date = '2024-04-02'")
    assert "fitted as of 2024-04-02, scored as of 2024-04-03\n" in text


@pytest.mark.parametrize(
    ("rate", "is_first"),
    # One order of four, and 10.50 of 1,210.50: a quarter of the orders.
    [(0.24, True), (0.25, False)],
)
def test_orders_of_nobody_are_counted_with_their_money(marts, rate, is_first):
    told = "  1 order names nobody (25.0% of 4), with net sales of 10.50 GBP: no"
    with duckdb.connect(str(marts)) as con:
        con.execute("update core.orders set person_id = null where person_id = 'a'")
        con.execute("update core.money_lines set person_id = null where person_id = 'a'")
    lines = summary_lines(marts, [], rate)
    assert sum(line.startswith(told) for line in lines) == 1 + is_first
    assert (lines[0] == "Look at this first" and lines[1].startswith(told)) == is_first
    assert (
        "1,200.00 GBP of it by these buyers, 5.50 by people without a net order and by nobody"
        in "\n".join(lines)
    )


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


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("finished", []),
        ("unfinished", ["  The last build was broken off before its end"]),
        ("part", ["  The last dbt run made a part of the tables"]),
    ],
)
def test_tables_of_two_builds_are_told_first(marts, state, told):
    change(marts, FINISHED.replace("'finished'", f"'{state}'"))
    lines = summary_lines(marts, [])
    assert lines[0] == "Look at this first"
    found = [line.split(",")[0] for line in lines if line.startswith("  The last")]
    assert found == told
    assert told == [] or lines[1].startswith(told[0])


def test_it_says_where_to_look_and_fits_a_screen(marts):
    lines = summary_lines(marts, [("elsewhere.duckdb", "here")])
    assert "Where to look" in lines
    assert any("elsewhere.duckdb" in line for line in lines)
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100


def test_scores_that_are_withheld_have_a_reason(marts):
    text = change(
        marts, "update churn.churn_readiness set is_ready = false, reason = 'Only 10 had bought.'"
    )
    assert "  no scores: Only 10 had bought." in text
    assert "logistic" not in text


def test_steps_that_fail_are_told_first_the_dearest_before_the_others(marts):
    text = " ".join(change(marts, FAULTS).split())
    every = (
        "Something fails in the shop (all devices): 20% of visits with something in the cart "
        "begin to check out, usually 40%, since 2024-03-30; about 2,000 orders lost [0, 3,000]. "
        "Yet 9.0 visits a day had an order since then, 9.0 before: more came."
    )
    tablet = (
        "Something fails in the shop (tablet): 43% of checkouts end in an order, usually 87%, "
        "since 2024-03-02; about 1,281 orders lost [917, 1,601]. From 2024-03-28 on it is as usual "
        "again, so far."
    )
    assert f" {every} {tablet} What arrived" in text.removeprefix("Look at this first")
    quiet = change(marts, "update behavior.funnel_anomalies set state = 'closed'")
    assert "Something fails" not in quiet


def test_where_a_mart_lacks_what_tells_of_faults_that_is_said(marts):
    """As after an upgrade: the rest is told, and no traceback."""
    older = FAULTS + "alter table behavior.funnel_anomalies drop column back_since;"
    text = change(marts, older)
    assert "Whether a step fails is not known: built before this version" in text
    assert "Who comes back" in text


@pytest.mark.parametrize(
    ("mart", "title"),
    [
        ("core.data_quality", "What arrived"),
        ("core.clock", "What happened"),
        ("segments.rfm_segments", "What kind of customer"),
        ("churn.churn_evaluation", "Who is about to leave"),
    ],
)
def test_an_empty_or_missing_mart_is_one_quiet_line(marts, mart, title):
    assert f"{title}\n  nothing yet\n\n" in change(marts, f"delete from {mart}")
    assert f"{title}\n  not built in this file\n\n" in change(marts, f"drop table {mart}")


def test_a_shop_without_orders_is_told_who_visits_again(marts):
    text = change(marts, "delete from retention.cohort_retention")
    assert "Who comes back\n  nothing yet\n\n" in text  # no month of a buyer is over yet
    text = change(marts, "delete from core.orders")
    assert "nobody has ordered; visitors of all days" in text
    # Only days whose bracket is over: 40 of 400.
    lines = text.splitlines()
    assert next(x.split() for x in lines if "day 1 " in x) == ["day", "1", "400", "40", "10.0%"]
    assert next(x.split() for x in lines if "days 24 to 30" in x)[-3:] == ["100", "5", "5.0%"]
    assert "Who comes back\n  nothing yet\n\n" in change(
        marts, "delete from retention.retention_cube"
    )
    text = change(marts, "drop table retention.cohort_retention")
    assert "Who comes back\n  not built in this file\n\n" in text


@pytest.mark.parametrize(
    ("open_day", "told"),
    [
        # b and c bought in March and February for the first time, a in January.
        ("2024-03-02", "buyers of 2024-03, which is not over, are in no cohort yet: 1"),
        ("2024-03-01", None),
        ("2024-02-29", "buyers of 2024-02, which is not over, are in no cohort yet: 1"),
        # As of the midnight that ends a month it is over, and nobody has bought in the next.
        ("2024-04-01", None),
    ],
)
def test_buyers_of_a_month_that_is_not_over_are_counted(marts, open_day, told):
    text = change(marts, f"update core.clock set open_day = date '{open_day}'")
    assert ("in no cohort yet" in text) is bool(told)
    assert (told or "") in text


def test_only_the_latest_cohorts_are_shown(marts):
    text = change(
        marts,
        "insert into retention.cohort_retention (cohort_start, period_index, retention_rate, "
        "cohort_size) select date '2021-01-01' + to_months(i), p, 0.5, 5 from range(30) t(i), "
        "range(30) u(p)",
    )
    assert "19 earlier months are in retention.cohort_retention" in text
    assert "2022-08" in text
    assert "2022-07" not in text
    assert len(text.splitlines()) <= 60
    assert max(map(len, text.splitlines())) <= 100


def test_the_command(project, marts, done):
    assert "4 people" in done("summary", "--db", marts)


def test_a_missing_file_is_said(project, refused):
    assert "There is no warehouse file" in refused("summary", "--db", "nowhere.duckdb")
