-- When what a channel's new customers brought has paid for what they cost. Costs of a month that
-- brought nobody keep their rows, so that nothing spent is lost: nobody brings 0, and that stays.
with channel_quality as (
    select * from {{ ref('channel_quality') }}
),

int_cohorts__channels as (
    select * from {{ ref('int_cohorts__channels') }}
),

int_value__terms as (
    select * from {{ ref('int_value__terms') }}
),

clock as (
    select * from {{ ref('clock') }}
),

cohorts as (
    select
        q.channel,
        q.acquisition_month,
        q.people_count,
        q.cost,
        q.cost_per_person,
        {{ numbers_up_to(
            period_number('clock.open_day', "'month'") ~ ' - 1 - ('
            ~ period_number('q.acquisition_month', "'month'") ~ ')'
        ) }} as period_index
    from channel_quality as q
    cross join clock
),

earned as (
    select
        c.channel,
        c.acquisition_month,
        c.people_count,
        c.cost,
        c.cost_per_person,
        c.period_index,
        coalesce(v.booked_net_sales, 0) as booked_net_sales,
        -- As decimals of 38 digits together, so that what just pays for itself does so on every
        -- engine.
        cast(coalesce(v.booked_net_sales, 0) as decimal(30, 4)) * cast(t.margin as decimal(7, 6))
            as booked_margin,
        t.margin_source,
        t.margin,
        coalesce(v.is_settled, c.people_count = 0) as is_settled
    from cohorts as c
    cross join int_value__terms as t
    left join int_cohorts__channels as v
        on
            c.channel = v.channel
            and c.acquisition_month = v.acquisition_month
            and c.period_index = v.period_index
),

-- Whether a channel pays is asked of its months with people and costs. What is sold never falls,
-- so the first month that covers the costs is the only one to look for.
judged as (
    select
        *,
        min(case when booked_margin >= cost then period_index end) over of_cohort
            as payback_index,
        max(
            case
                when period_index = {{ setting('value_payback_months') }} and is_settled then 1
                else 0
            end
        ) over of_cohort = 1 as is_mature
    from earned
    window of_cohort as (partition by channel, acquisition_month)
),

final as (
    select
        channel,
        margin_source,
        cast(period_index as bigint) as period_index,
        people_count,
        cast(payback_index as bigint) as payback_index,
        cost,
        cost_per_person,
        cast(booked_net_sales as decimal(38, 4)) as booked_net_sales,
        cast(booked_margin as decimal(38, 4)) as booked_margin,
        cast(round(booked_net_sales / nullif(people_count, 0), 4) as decimal(38, 4))
            as booked_net_sales_per_person,
        cast(round(booked_margin / nullif(people_count, 0), 4) as decimal(38, 4))
            as booked_margin_per_person,
        margin,
        is_settled,
        is_mature,
        acquisition_month
    from judged
)

select * from final
