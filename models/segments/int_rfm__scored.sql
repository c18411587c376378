-- Each person at each month end since their first net order, with the scores of that month's cut
-- points and the segment that they give; without a net order left, a prospect. What a person was a
-- month before is scored beside it, since looking it up among all rows would sort them all.
with int_rfm__states as (
    select * from {{ ref('int_rfm__states') }}
),

int_rfm__months as (
    select * from {{ ref('int_rfm__months') }}
),

rfm_cut_points as (
    select * from {{ ref('rfm_cut_points') }}
),

rfm_segment_map as (
    select * from {{ ref('rfm_segment_map') }}
),

-- A score that nobody has, since a large tie jumps it, is null here, and no value compares with it.
cut_points as (
    select
        month,
        max(case when measure = 'recency' and score = 5 then highest_value end) as recency_5,
        max(case when measure = 'recency' and score = 4 then highest_value end) as recency_4,
        max(case when measure = 'recency' and score = 3 then highest_value end) as recency_3,
        max(case when measure = 'recency' and score = 2 then highest_value end) as recency_2,
        max(case when measure = 'monetary' and score = 5 then lowest_value end) as monetary_5,
        max(case when measure = 'monetary' and score = 4 then lowest_value end) as monetary_4,
        max(case when measure = 'monetary' and score = 3 then lowest_value end) as monetary_3,
        max(case when measure = 'monetary' and score = 2 then lowest_value end) as monetary_2
    from rfm_cut_points
    group by month
),

months as (
    select
        m.month_number,
        m.month,
        m.is_month_complete,
        m.end_at,
        lag(m.end_at) over by_month as previous_end_at,
        c.recency_5,
        c.recency_4,
        c.recency_3,
        c.recency_2,
        c.monetary_5,
        c.monetary_4,
        c.monetary_3,
        c.monetary_2,
        lag(c.recency_5) over by_month as previous_recency_5,
        lag(c.recency_4) over by_month as previous_recency_4,
        lag(c.recency_3) over by_month as previous_recency_3,
        lag(c.recency_2) over by_month as previous_recency_2
    from int_rfm__months as m
    left join cut_points as c
        on m.month = c.month
    window by_month as (order by m.month_number)
),

steps as (
    select
        *,
        {{ numbers_up_to('to_month_number - from_month_number') }} as step
    from int_rfm__states
),

points as (
    select
        s.person_id,
        s.order_count,
        s.net_sales,
        s.month_net_sales,
        s.frequency_score,
        s.last_order_at,
        s.is_first,
        s.from_month_number + s.step = s.changed_month_number as is_changed,
        s.from_month_number + s.step as point_month_number,
        case
            when s.from_month_number + s.step = s.changed_month_number
                then s.previous_frequency_score
            else s.frequency_score
        end as previous_frequency_score,
        case
            when s.from_month_number + s.step = s.changed_month_number
                then s.previous_last_order_at
            else s.last_order_at
        end as previous_last_order_at
    from steps as s
),

aged as (
    select
        p.*,
        m.*,
        {{ floor_divide(
            epoch_micros('m.end_at') ~ ' - ' ~ epoch_micros('p.last_order_at'), 86400000000
        ) }} as recency_days,
        {{ floor_divide(
            epoch_micros('m.previous_end_at') ~ ' - ' ~ epoch_micros('p.previous_last_order_at'),
            86400000000
        ) }} as previous_recency_days
    from points as p
    inner join months as m
        on p.point_month_number = m.month_number
),

scored as (
    select
        *,
        case
            when order_count = 0 then null
            when recency_days <= recency_5 then 5
            when recency_days <= recency_4 then 4
            when recency_days <= recency_3 then 3
            when recency_days <= recency_2 then 2
            else 1
        end as recency_score,
        case
            when order_count = 0 then null
            when net_sales >= monetary_5 then 5
            when net_sales >= monetary_4 then 4
            when net_sales >= monetary_3 then 3
            when net_sales >= monetary_2 then 2
            else 1
        end as monetary_score,
        case
            when previous_recency_days <= previous_recency_5 then 5
            when previous_recency_days <= previous_recency_4 then 4
            when previous_recency_days <= previous_recency_3 then 3
            when previous_recency_days <= previous_recency_2 then 2
            else 1
        end as previous_recency_score
    from aged
),

final as (
    select
        s.person_id,
        coalesce(p.segment, 'prospect') as segment,
        -- Null where history is cut off before.
        case
            when s.is_first and s.is_changed then 'none'
            when s.previous_end_at is not null then coalesce(q.segment, 'prospect')
        end as previous_segment,
        s.recency_days,
        s.order_count,
        s.net_sales,
        cast(case when s.is_changed then s.month_net_sales else 0 end as decimal(38, 4))
            as month_net_sales,
        cast(s.recency_score as bigint) as recency_score,
        s.frequency_score,
        cast(s.monetary_score as bigint) as monetary_score,
        s.is_month_complete,
        s.month
    from scored as s
    left join rfm_segment_map as p
        on s.recency_score = p.recency_score and s.frequency_score = p.frequency_score
    left join rfm_segment_map as q
        on
            s.previous_recency_score = q.recency_score
            and s.previous_frequency_score = q.frequency_score
)

select * from final
