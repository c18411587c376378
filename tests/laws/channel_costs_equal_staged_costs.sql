-- Costs in their own currencies are what was staged, by source, currency and day: of each channel's
-- day the row that landed last, of those that are not rejected.
-- If it breaks: look at models/core/money/channel_costs.sql: which of two rows of a channel and day
-- counts, and what staging rejected.
with landed as (
    {{ union_sources('channel_costs') }}
),

staged as (
    select
        source_name,
        channel,
        day,
        max_by(currency, batch_id * 1000000000 + landed_row) as currency,
        max_by(cost, batch_id * 1000000000 + landed_row) as cost
    from landed
    where reason_code is null
    group by source_name, channel, day
),

expected as (
    select
        source_name,
        currency,
        day,
        sum(cost) as native_cost
    from staged
    group by source_name, currency, day
),

costs as (
    select
        source_name,
        currency,
        day,
        sum(native_cost) as native_cost
    from {{ ref('channel_costs') }}
    group by source_name, currency, day
)

{{ differences('expected', 'costs', by=['source_name', 'currency', 'day'], of=['native_cost']) }}
