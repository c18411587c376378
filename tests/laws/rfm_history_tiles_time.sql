-- Each buyer is of one segment at each month end, from the first net order on (as far as history is
-- kept) until today: intervals of a person follow each other without gap or overlap, neighbours
-- differ, and the last one is open.
-- If it breaks: look for the person's months in segments.int_rfm__scored: one is missing or there
-- twice, or says of the month before another segment than that month says of itself.
with sequenced as (
    select
        *,
        lead(segment) over by_month as next_segment,
        lead(from_month) over by_month as next_from_month
    from {{ ref('rfm_history') }}
    window by_month as (partition by person_id order by from_month)
),

firsts as (
    select
        person_id,
        min(from_month) as first_month
    from {{ ref('rfm_history') }}
    group by person_id
),

kept as (
    select min(from_month) as first_month
    from {{ ref('rfm_history') }}
),

-- Of orders from which nothing was taken back it is known when they became net.
bought as (
    select
        person_id,
        min(local_day) as first_day
    from {{ ref('orders') }}
    where
        is_net_at_clock
        and person_id is not null
        and refund_amount = 0
        and cancelled_amount = 0
    group by person_id
)

select
    person_id,
    from_month
from sequenced
where
    segment = next_segment
    or (next_from_month is null) <> (to_month is null)
    or {{ period_number('to_month', "'month'") }} + 1
    <> {{ period_number('next_from_month', "'month'") }}
    or from_month <> date_trunc('month', from_month)
    or to_month < from_month
union all
select
    b.person_id,
    f.first_month as from_month
from bought as b
cross join kept as k
left join firsts as f
    on b.person_id = f.person_id
where
    f.first_month is null
    or f.first_month > greatest(date_trunc('month', b.first_day), k.first_month)
