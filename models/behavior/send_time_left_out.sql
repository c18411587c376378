-- Which messages say when a person opens, and which do not and why.
with int_send_time__messages as (
    select * from {{ ref('int_send_time__messages') }}
),

hours as (
    select count(distinct hour_band) as hour_count
    from int_send_time__messages
    where reason = 'counted'
),

reasons as (
    select
        case when m.reason = 'counted' and h.hour_count = 1 then 'one_hour' else m.reason end
            as reason
    from int_send_time__messages as m
    cross join hours as h
),

final as (
    select
        cast(reason as string) as reason,
        cast(count(*) as bigint) as contact_count
    from reasons
    group by reason
)

select * from final
