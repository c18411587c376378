with landed as (
    select * from {{ landed('shop', 'channel_costs') }}
),

typed as (
    select
        {{ landed_facts('shop', 'channel_costs') }},
        lower({{ code_value('channel') }}) as channel,
        upper({{ code_value('currency') }}) as currency,
        {{ exact_decimal('cost') }} as cost,
        case
            when {{ matches('day', '^ *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T]00:00(:00)?)? *$') }}
                then try_cast(day as date)
        end as day
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ channel_cost_reason_code() }},
            {{ after_landed(['day']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        channel,
        currency,
        cost,
        day
    from checked
)

select * from final
