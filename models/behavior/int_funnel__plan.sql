-- What the search for alarms has to know beside the counts.
with clock as (
    select * from {{ ref('clock') }}
),

final as (
    select
        cast({{ setting('anomaly_false_alarms_a_year') }} as bigint) as false_alarms_a_year,
        {{ add_days('open_day', -1, 'date') }} as last_day
    from clock
)

select * from final
