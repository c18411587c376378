-- Every cost of a complete month is in exactly one row of channel_quality, whoever came by it.
-- If it breaks: a month or a channel falls out of a join in models/retention/channel_quality.sql;
-- seed channel_names may name one channel twice.
with spent as (
    select
        cast(date_trunc('month', c.day) as date) as acquisition_month,
        sum(c.cost) as cost
    from {{ ref('channel_costs') }} as c
    cross join {{ ref('clock') }} as k
    where date_trunc('month', c.day) < date_trunc('month', k.open_day)
    group by date_trunc('month', c.day)
),

told as (
    select
        acquisition_month,
        sum(cost) as cost
    from {{ ref('channel_quality') }}
    group by acquisition_month
    having count(cost) > 0
)

{{ differences('spent', 'told', by=['acquisition_month'], of=['cost']) }}
