-- What became of each new customer in the first 30 and 90 days, and whether those are over.
with int_acquisition__starts as (
    select * from {{ ref('int_acquisition__starts') }}
),

int_acquisition__channels as (
    select * from {{ ref('int_acquisition__channels') }}
),

orders as (
    select * from {{ ref('orders') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where {{ is_sale_kind('kind') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- Another order on one of the days 1 to 30, each of 24 hours from the start.
returns as (
    select distinct s.person_id
    from int_acquisition__starts as s
    inner join orders as o
        on s.person_id = o.person_id and s.started_at <= o.ordered_at
    where
        o.is_net_at_clock
        and {{ rolling_index('s.started_at', 'o.ordered_at', "'day'") }} between 1 and 30
),

-- Net sales as of 90 days after the start: a refund on day 91 counts for nobody, so that people who
-- came long ago and lately are measured alike. Earlier orders that came to nothing cancel out, and
-- test orders count nowhere.
values_90d as (
    select
        s.person_id,
        sum(m.amount) as value_90d
    from int_acquisition__starts as s
    inner join money_lines as m
        on s.person_id = m.person_id and {{ add_days('s.started_at', 90) }} > m.effective_at
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where not coalesce(o.is_test, false)
    group by s.person_id
),

final as (
    select
        s.source_name,
        s.person_id,
        c.channel,
        coalesce(v.value_90d, 0) as value_90d,
        r.person_id is not null as is_retained_30d,
        -- Day 30 is over when day 31 begins.
        {{ add_days('s.started_at', 31) }} <= clock.as_of_at as is_eligible_30d,
        {{ add_days('s.started_at', 90) }} <= clock.as_of_at as is_eligible_90d,
        {{ add_days('s.started_at', '90 + ' ~ return_window_days('s.source_name')) }}
        <= clock.as_of_at as is_settled,
        cast(date_trunc('month', {{ local_day('s.started_at') }}) as date) as acquisition_month,
        s.started_at
    from int_acquisition__starts as s
    inner join int_acquisition__channels as c
        on s.person_id = c.person_id
    left join returns as r
        on s.person_id = r.person_id
    left join values_90d as v
        on s.person_id = v.person_id
    cross join clock
    -- Months that are complete, as everywhere.
    where
        {{ local_day('s.started_at') }} < cast(date_trunc('month', clock.open_day) as date)
)

select * from final
