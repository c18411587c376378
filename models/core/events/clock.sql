-- The one clock of a build: var `as_of`, else the latest accepted instant of events and orders,
-- down to UTC midnight. The machine's clock is never read, so a build can be repeated.
with events as (
    select * from {{ ref('events') }}
),

int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

instants as (
    select
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from events
    union all
    select
        min(ordered_at) as first_at,
        max(ordered_at) as last_at
    from int_orders__versions
),

clock as (
    select
        coalesce(cast({{ setting('as_of') }} as timestamp), date_trunc('day', max(last_at)))
            as as_of_at,
        min(first_at) as first_at,
        max(last_at) as last_at
    from instants
),

final as (
    select
        {{ setting('time_zone') }} as time_zone,
        {{ setting('base_currency') }} as base_currency,
        {{ 'true' if landing_root() == 'seeds/sample' else 'false' }} as is_sample,
        -- The first local day that is not complete yet; its week and month are not either.
        {{ local_day('as_of_at') }} as open_day,
        cast(as_of_at as timestamp) as as_of_at,
        first_at,
        last_at
    from clock
)

select * from final
