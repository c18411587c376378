-- A channel's month costs and holds what retention.channel_quality says of it, once for each month
-- since; the channels of a month have together brought what its cohort has. What has paid for its
-- people was enough in that month and in each later one, and not enough before.
-- If it breaks: a person's channel in retention.customer_lifecycle is not that of
-- int_acquisition__people, or payback.sql compares another month's sales or costs.
with channels as (
    select
        channel,
        acquisition_month,
        people_count,
        cost,
        cost_per_person
    from {{ ref('channel_quality') }}
),

told as (
    select * from {{ ref('payback') }}
),

firsts as (
    select * from told
    where period_index = 0
),

changed as (
    {{ differences(
        'firsts',
        'channels',
        by=['channel', 'acquisition_month'],
        of=['people_count', 'cost', 'cost_per_person']
    ) }}
),

summed as (
    select
        acquisition_month,
        period_index,
        cast(sum(people_count) as bigint) as cohort_size,
        cast(sum(booked_net_sales) as decimal(38, 4)) as booked_net_sales
    from told
    group by acquisition_month, period_index
    having sum(people_count) > 0
),

cohorts as (
    select * from {{ ref('ltv_by_cohort') }}
),

uneven as (
    {{ differences(
        'summed',
        'cohorts',
        by=['acquisition_month', 'period_index'],
        of=['cohort_size', 'booked_net_sales']
    ) }}
)

select
    channel,
    acquisition_month
from changed
union all
select
    cast(null as string) as channel,
    acquisition_month
from uneven
union all
select
    channel,
    acquisition_month
from told
where
    coalesce(booked_margin >= cost, false)
    <> coalesce(period_index >= payback_index, false)
