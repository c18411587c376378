-- What a channel brings and what it costs. Costs of a month in which nobody came by the channel
-- keep their row, so that nothing spent is lost.
with int_acquisition__people as (
    select * from {{ ref('int_acquisition__people') }}
),

channel_costs as (
    select * from {{ ref('channel_costs') }}
),

channel_names as (
    select * from {{ ref('channel_names') }}
),

clock as (
    select * from {{ ref('clock') }}
),

people as (
    select
        channel,
        acquisition_month,
        count(*) as people_count,
        count(case when is_eligible_30d then 1 end) as eligible_30d_count,
        -- Null, not 0, where nobody is eligible: then there is no rate either.
        cast(
            sum(case when is_eligible_30d then case when is_retained_30d then 1 else 0 end end)
            as bigint
        ) as retained_30d_count,
        count(case when is_eligible_90d then 1 end) as eligible_90d_count,
        sum(case when is_eligible_90d then value_90d else 0 end) as value_90d,
        min(case when is_settled then 1 else 0 end) = 1 as is_settled
    from int_acquisition__people
    group by channel, acquisition_month
),

named_costs as (
    select
        c.cost,
        coalesce(n.channel, c.channel) as channel,
        cast(date_trunc('month', c.day) as date) as acquisition_month
    from channel_costs as c
    left join channel_names as n
        on c.channel = n.cost_channel
    cross join clock
    where c.day < cast(date_trunc('month', clock.open_day) as date)
),

costs as (
    select
        channel,
        acquisition_month,
        sum(cost) as cost
    from named_costs
    group by channel, acquisition_month
),

final as (
    select
        coalesce(p.channel, c.channel) as channel,
        coalesce(p.people_count, 0) as people_count,
        cast(c.cost as decimal(38, 4)) as cost,
        cast(round(c.cost / nullif(p.people_count, 0), 4) as decimal(38, 4)) as cost_per_person,
        coalesce(p.eligible_30d_count, 0) as eligible_30d_count,
        coalesce(p.retained_30d_count, 0) as retained_30d_count,
        cast(p.retained_30d_count as double) / p.eligible_30d_count as retention_30d,
        {{ wilson_bound('p.retained_30d_count', 'p.eligible_30d_count', '-') }} as rate_low,
        {{ wilson_bound('p.retained_30d_count', 'p.eligible_30d_count', '+') }} as rate_high,
        coalesce(p.eligible_90d_count, 0) as eligible_90d_count,
        cast(coalesce(p.value_90d, 0) as decimal(38, 4)) as value_90d,
        cast(round(p.value_90d / nullif(p.eligible_90d_count, 0), 4) as decimal(38, 4))
            as value_90d_per_person,
        coalesce(p.is_settled, true) as is_settled,
        coalesce(p.acquisition_month, c.acquisition_month) as acquisition_month
    from people as p
    full outer join costs as c
        on p.channel = c.channel and p.acquisition_month = c.acquisition_month
)

select * from final
