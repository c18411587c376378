-- Where the top fifths end, at the clock and at each month end: who was the last to be in one, and
-- whether others with the same value were left out.
with int_tiers__ranked as (
    select * from {{ ref('int_tiers__ranked') }}
),

measures as (
    select
        month,
        is_month_complete,
        'net_sales_365d' as measure,
        person_id,
        cast(net_sales_365d as double) as measured_value,
        past_rank as value_rank,
        is_top_past as is_inside,
        true as is_served
    from int_tiers__ranked
    union all
    select
        month,
        is_month_complete,
        'expected_net_sales_365d' as measure,
        person_id,
        expected_net_sales_365d as measured_value,
        expected_rank as value_rank,
        is_top_expected as is_inside,
        is_served
    from int_tiers__ranked
),

edges as (
    select
        month,
        measure,
        count(*) as buyer_count,
        count(case when is_inside then 1 end) as inside_count,
        max(case when is_inside then value_rank end) as edge_rank,
        min(case when is_inside then measured_value end) as lowest_inside,
        max(case when not is_inside then measured_value end) as highest_outside,
        min(case when is_served then 1 else 0 end) = 1 as is_served,
        min(case when is_month_complete then 1 else 0 end) = 1 as is_month_complete
    from measures
    group by month, measure
),

-- The last one inside, and who is as good and outside.
tied as (
    select
        e.month,
        e.measure,
        max(case when m.value_rank = e.edge_rank then m.person_id end) as edge_person_id,
        count(case when not m.is_inside then 1 end) as tied_outside_count
    from edges as e
    inner join measures as m
        on
            e.month = m.month
            and e.measure = m.measure
            and e.lowest_inside = m.measured_value
    group by e.month, e.measure
),

final as (
    select
        e.measure,
        t.edge_person_id,
        e.buyer_count,
        e.inside_count,
        coalesce(t.tied_outside_count, 0) as tied_outside_count,
        cast(e.lowest_inside as decimal(38, 4)) as lowest_inside,
        cast(e.highest_outside as decimal(38, 4)) as highest_outside,
        e.is_served,
        e.is_month_complete,
        e.month
    from edges as e
    left join tied as t
        on e.month = t.month and e.measure = t.measure
)

select * from final
