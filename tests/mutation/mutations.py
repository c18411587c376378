"""The faults: what is changed where, and which checks must see it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One fault.

    Attributes:
        name: what went wrong, in words.
        path: the file, within the project.
        old: text that stands in the file exactly once.
        new: what replaces it.
        models: the models to run again, in dbt's selection syntax.
        dbt_checks: dbt tests (laws, unit tests), each of which must fail.
        truth_checks: checks of ``tests.truth.exact``, each of which must find a difference.
    """

    name: str
    path: str
    old: str
    new: str
    models: str
    dbt_checks: tuple[str, ...] = ()
    truth_checks: tuple[str, ...] = ()


# What stands between landed events and those that count.
EVENTS = "int_batches__numbered int_events__landed int_events__repeated int_events__checked"

MUTATIONS = (
    Mutation(
        name="a gap of exactly 1800 s cuts a session",
        path="models/core/events/int_sessions__merged.sql",
        old=") <= {{ gap }}\n                then null",
        new=") < {{ gap }}\n                then null",
        models=f"{EVENTS} int_sessions__merged",
        dbt_checks=("session_is_cut_after_1800_seconds",),
    ),
    Mutation(
        name="a session is cut at half the gap",
        path="models/core/events/int_sessions__merged.sql",
        old="cast(1000000 as bigint)",
        new="cast(500000 as bigint)",
        models=f"{EVENTS} int_sessions__merged sessions",
        dbt_checks=("session_is_cut_after_1800_seconds", "sessions_do_not_touch"),
        truth_checks=("sessions",),
    ),
    Mutation(
        name="cohort size is the denominator",
        path="models/retention/retention_cube.sql",
        old="cast(s.retained_count as double) / s.eligible_count",
        new="cast(s.retained_count as double) / z.cohort_size",
        models="retention_cube",
        dbt_checks=("rate_is_of_the_eligible_not_of_the_cohort",),
    ),
    Mutation(
        name="the whole cohort counts as eligible",
        path="models/retention/int_retention__cells.sql",
        old="cast(k.eligible_count as bigint) as eligible_count",
        new="cast(k.cohort_size as bigint) as eligible_count",
        models="int_retention__cells",
        dbt_checks=("rolling_eligibility_edge",),
    ),
    Mutation(
        name="a feature looks one day ahead",
        path="models/features/int_visits__as_known.sql",
        old="on c.cut_off_date > v.available_day",
        new="on c.cut_off_date >= v.available_day",
        models="int_visits__as_known int_visits__measured customer_snapshots",
        dbt_checks=("snapshots_know_nothing_later",),
    ),
    Mutation(
        name="refunds are dropped",
        path="models/core/money/int_money_lines__native.sql",
        old="    select * from refunds\n    union all\n    select * from cancelled",
        new="    select * from cancelled",
        models="int_money_lines__native money_lines orders",
        dbt_checks=("ledger_equals_staged_money",),
        truth_checks=("orders", "ledger"),
    ),
    Mutation(
        name="copies are counted twice",
        path="models/core/events/int_events__checked.sql",
        old="when r.is_same_content then 'repeated_copy'",
        new="when r.is_same_content then 'accepted'",
        models=f"{EVENTS} events int_sessions__merged sessions",
        dbt_checks=("a_repeated_event_counts_once",),
        truth_checks=("sessions",),
    ),
    Mutation(
        name="a state lasts a day longer",
        path="models/retention/customer_lifecycle.sql",
        old="            when days_since_active <= 7 then 'current'",
        new="            when days_since_active <= 8 then 'current'",
        models="customer_lifecycle",
        dbt_checks=("lifecycle_states", "customer_lifecycle_equals_customer_days"),
    ),
    Mutation(
        name="resurrected people count as new",
        path="models/retention/lifecycle.sql",
        old="count(case when previous_number is null then 1 end)",
        new="count(case when previous_number is distinct from period_number - 1 then 1 end)",
        models="lifecycle",
        dbt_checks=("lifecycle_days", "lifecycle_conserves_people"),
    ),
    Mutation(
        name="who is not back counts through the open day",
        path="models/retention/repeat_survival.sql",
        old="{{ days_between('p.first_order_day', 'p.open_day') }} - 1",
        new="{{ days_between('p.first_order_day', 'p.open_day') }}",
        models="repeat_survival",
        dbt_checks=("survival_counts_each_person_as_long_as_seen",),
    ),
    Mutation(
        name="who is exactly one standard error away cannot be champion",
        path="models/churn/judge/churn_champion.sql",
        old="e.gap_to_best <= e.gap_standard_error",
        new="e.gap_to_best < e.gap_standard_error",
        models="churn_champion",
        dbt_checks=("the_simplest_within_one_standard_error_is_champion",),
    ),
    Mutation(
        name="the last customer on a list counts whole or not at all",
        path="models/churn/judge/churn_curves.sql",
        old="* (contacted_count - reached_count + tied_count) as hit_count",
        new="* tied_count as hit_count",
        models="churn_curves",
        dbt_checks=("churn_curves_equal_evaluation",),
    ),
    Mutation(
        name="more people are at high risk than can be contacted",
        path="macros/is_within_capacity.sql",
        old=") <= {{ setting('churn_capacity') }} *",
        new=") - 1 <= {{ setting('churn_capacity') }} *",
        models="churn_thresholds",
        dbt_checks=("churn_thresholds_equal_evaluation",),
    ),
    Mutation(
        name="a segment is given away by subtraction",
        path="models/churn/judge/churn_evaluation_by_segment.sql",
        old="or smaller_count between 1 and",
        new="or smaller_count between 2 and",
        models="churn_evaluation_by_segment",
        dbt_checks=("a_small_segment_is_not_given_away_by_subtraction",),
    ),
    Mutation(
        name="an order whose refund came later still counts at month ends",
        path="models/segments/int_rfm__states.sql",
        old="        -1 as order_count,",
        new="        0 as order_count,",
        models="int_rfm__states rfm_cut_points int_rfm__scored rfm_segments",
        dbt_checks=("states_change_when_the_ledger_does", "rfm_equals_orders"),
    ),
    Mutation(
        name="what a person was a month before is scored by this month's cut points",
        path="models/segments/int_rfm__scored.sql",
        old="lag(c.recency_4) over by_month as previous_recency_4",
        new="c.recency_4 as previous_recency_4",
        models="int_rfm__scored rfm_history rfm_movement",
        dbt_checks=("rfm_movement_conserves_people",),
    ),
    Mutation(
        name="an edge of scores belongs to the worse one",
        path="models/segments/int_rfm__scored.sql",
        old="when net_sales >= monetary_5 then 5",
        new="when net_sales > monetary_5 then 5",
        models="int_rfm__scored rfm_segments",
        dbt_checks=("rfm_scores_and_map", "rfm_equals_orders", "rfm_cut_points_tell_scores"),
    ),
    Mutation(
        name="one condition of a rule is enough",
        path="models/segments/int_profile__judged.sql",
        old="having count(*) = max(condition_count)",
        new="having count(*) >= 1",
        models="int_profile__judged",
        dbt_checks=("every_operator_on_both_sides_of_its_edge",),
    ),
    Mutation(
        name="the open day counts as over",
        path="models/core/events/days.sql",
        old="local_day < open_day as is_day_complete",
        new="local_day <= open_day as is_day_complete",
        models="days",
        dbt_checks=("days_hold_every_fact", "days_reach_past_an_earlier_clock"),
    ),
    Mutation(
        name="the last exposure of a unit counts",
        path="models/core/outreach/exposures.sql",
        old="min(exposed_at)",
        new="max(exposed_at)",
        models="exposures",
        dbt_checks=("the_first_exposure_to_an_arm_counts",),
    ),
    Mutation(
        name="an exposed visitor is whoever has the device today",
        path="models/core/outreach/exposures.sql",
        old="and p.exposed_at >= i.valid_from\n            and p.exposed_at < i.valid_to",
        new="and i.valid_to > timestamp '9999-01-01 00:00:00'",
        models="exposures",
        dbt_checks=("a_visitor_is_who_it_was_when_exposed",),
    ),
    Mutation(
        name="whoever has the bucket of the limit is held out",
        path="models/core/people/customers.sql",
        old=" < {{ setting('holdout_buckets') }}",
        new=" <= {{ setting('holdout_buckets') }}",
        models="customers",
        dbt_checks=("the_lowest_buckets_are_held_out", "nobody_need_be_held_out"),
    ),
    Mutation(
        name="clusters are assigned on another scale than they were found on",
        path="models/segments/customer_clusters.sql",
        old="({{ signed_log('p.' ~ measure) }} - c.",
        new="(p.{{ measure }} - c.",
        models="customer_clusters",
        dbt_checks=("the_nearest_centre_takes_a_person",),
    ),
    Mutation(
        name="bots are on the paths of people",
        path="models/behavior/int_sessions__recent.sql",
        old="    where not is_bot\n",
        new="",
        models="int_sessions__recent",
        dbt_checks=("sessions_of_the_window_are_whole",),
    ),
    Mutation(
        name="the first event of a session is on no path",
        path="models/behavior/int_events__recent.sql",
        old="and e.occurred_at >= s.started_at",
        new="and e.occurred_at > s.started_at",
        models="int_events__recent page_dwell path_transitions",
        dbt_checks=("recent_events_are_of_whole_sessions", "pages_hold_every_event"),
    ),
    Mutation(
        name="what is put into the cart after an order is of the same cart",
        path="models/behavior/int_carts__events.sql",
        old="    window earlier as (\n        partition by owner_id, spell_number",
        new="    window earlier as (\n        partition by owner_id",
        models="int_carts__events carts",
        dbt_checks=("carts_end_with_a_pause_or_an_order", "carts_hold_every_add"),
    ),
    Mutation(
        name="test orders are baskets",
        path="models/behavior/int_baskets__lines.sql",
        old="    where o.is_order and o.ordered_at < k.as_of_at\n",
        new="",
        models="int_baskets__lines+",
        dbt_checks=("a_basket_holds_an_item_once", "basket_rules_equal_money_lines"),
    ),
    Mutation(
        name="a forecast begins with a day that is not over",
        path="models/behavior/int_rhythm__days.sql",
        old="    where is_day_complete\n",
        new="",
        models="int_rhythm__holidays int_rhythm__days ml_activity_forecasts "
        "int_forecasts__judged forecast_backtest forecast_models activity_forecast",
        dbt_checks=("only_days_that_are_over_count", "forecasts_follow_the_clock"),
    ),
    Mutation(
        name="a past cut-off knows of what came later",
        path="models/value/int_value__people.sql",
        old="            and s.from_number >= d.from_number\n",
        new="",
        models="int_value__people",
        dbt_checks=("histories_begin_with_the_first_order_day",),
    ),
    Mutation(
        name="tax is what a customer brought",
        path="models/value/customer_ltv.sql",
        old="        and {{ is_sale_kind('m.kind') }}\n",
        new="",
        models="customer_ltv",
        dbt_checks=("what_was_brought_and_what_is_to_come", "customer_ltv_equals_money_lines"),
    ),
    Mutation(
        name="who gave everything back is of a cohort of value",
        path="models/value/int_cohorts__channels.sql",
        old="    where person_id is not null and is_net_at_clock\n",
        new="    where person_id is not null\n",
        models="int_cohorts__channels ltv_by_cohort payback",
        dbt_checks=(
            "ltv_by_cohort_equals_revenue_retention",
            "payback_equals_channel_quality",
            "sales_of_a_cohort_add_up_by_channel",
        ),
    ),
    Mutation(
        name="of equal values the higher person_id is in the top fifth",
        path="models/strategy/int_tiers__ranked.sql",
        old="order by h.net_sales_365d desc, h.person_id asc\n",
        new="order by h.net_sales_365d desc, h.person_id desc\n",
        models="int_tiers__ranked value_tiers value_tier_edges",
        dbt_checks=("a_fifth_and_no_more",),
    ),
    Mutation(
        name="a unit that met both arms counts in the one it met first",
        path="models/experiments/experiment_units.sql",
        old="u.is_planned and not u.is_in_two_arms as is_counted",
        new="u.is_planned as is_counted",
        models="experiment_units",
        dbt_checks=(
            "a_unit_of_two_arms_or_of_none_of_the_plan_does_not_count",
            "experiment_units_are_exposures",
        ),
    ),
    Mutation(
        name="the orders of a whole year are those of 90 days",
        path="models/experiments/experiment_outcomes.sql",
        old="window_days * 86400000000 as window_micros",
        new="365 * 86400000000 as window_micros",
        models="experiment_outcomes",
        dbt_checks=("experiment_outcomes_equal_orders",),
    ),
    Mutation(
        name="who bought again soon after an order is followed from it too",
        path="models/feedback/int_followed__orders.sql",
        old="        and coalesce(next_ordered_at >= landmark_at, true)\n",
        new="",
        models="int_followed__orders int_followed__strata churn_after_feedback",
        dbt_checks=(
            "one_order_a_person_that_nothing_later_chose",
            "churn_after_feedback_equals_orders",
        ),
    ),
)
