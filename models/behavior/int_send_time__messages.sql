-- Messages with the hour at which their person got them, and whether they tell of opening.
with contacts as (
    select * from {{ ref('contacts') }}
),

customers as (
    select * from {{ ref('customers') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- Some ways tell of no opening, ever: there silence is no answer.
channels as (
    select
        source_name,
        channel,
        count(opened_at) as open_count
    from contacts
    group by source_name, channel
),

placed as (
    select
        m.source_name,
        m.contact_id,
        m.person_id,
        case
            when not coalesce(c.has_marketing_consent, false) then 'without_consent'
            when h.open_count = 0 then 'channel_without_openings'
            -- Who opens it after the weekend has not done so yet.
            when m.sent_at >= {{ add_days('k.as_of_at', -3) }} then 'too_recent'
            else 'counted'
        end as reason,
        m.opened_at is not null as is_opened,
        hour({{ local_time_in('m.sent_at', 'c.time_zone') }}) as hour_band
    from contacts as m
    cross join clock as k
    inner join channels as h
        on m.source_name = h.source_name and m.channel is not distinct from h.channel
    left join customers as c
        on m.source_name = c.source_name and m.customer_id = c.customer_id
),

hours as (
    select
        hour_band,
        count(*) as contact_count,
        max(count(*)) over () as most_count
    from placed
    where reason = 'counted'
    group by hour_band
),

-- An hour at which the shop hardly ever sends is known for nobody.
final as (
    select
        p.source_name,
        p.contact_id,
        p.person_id,
        case
            when p.reason = 'counted' and 10 * h.contact_count < h.most_count then 'rare_hour'
            else p.reason
        end as reason,
        cast(p.hour_band as bigint) as hour_band,
        p.is_opened
    from placed as p
    left join hours as h
        on p.hour_band = h.hour_band
)

select * from final
