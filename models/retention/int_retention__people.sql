-- People by number, since numbers are counted several times faster than names, with what slices
-- tell them apart by: facts of their beginning, which do not depend on how long they stayed.
with sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

customers as (
    select * from {{ ref('customers') }}
),

int_acquisition__channels as (
    select * from {{ ref('int_acquisition__channels') }}
),

int_retention__first_categories as (
    select * from {{ ref('int_retention__first_categories') }}
),

-- The first session of each device type before the first of all: a person has few devices and many
-- sessions.
first_seen as (
    select
        person_id,
        device_type,
        min(started_at) as started_at
    from sessions
    group by person_id, device_type
),

first_sessions as (
    select
        person_id,
        min_by(device_type, concat(cast(started_at as string), device_type)) as device_type
    from first_seen
    group by person_id
),

orders as (
    select distinct person_id
    from {{ ref('orders') }}
    where person_id is not null and is_order
),

known as (
    select person_id from first_sessions
    union
    select person_id from orders
    union
    select person_id from customers
),

described as (
    select
        k.person_id,
        coalesce(a.channel, 'unknown') as channel,
        coalesce(c.country, 'unknown') as country,
        coalesce(s.device_type, 'unknown') as device,
        coalesce(f.first_category, 'unknown') as first_category,
        row_number() over (order by k.person_id) as person_number
    from known as k
    left join int_acquisition__channels as a
        on k.person_id = a.person_id
    left join customers as c
        on k.person_id = c.person_id
    left join first_sessions as s
        on k.person_id = s.person_id
    left join int_retention__first_categories as f
        on k.person_id = f.person_id
),

-- People who agree in everything that slices ask for share a profile.
profiles as (
    select
        channel,
        country,
        device,
        first_category,
        row_number() over (order by channel, country, device, first_category) as profile_number
    from described
    group by channel, country, device, first_category
),

final as (
    select
        d.person_id,
        d.channel,
        d.country,
        d.device,
        d.first_category,
        d.person_number,
        p.profile_number
    from described as d
    inner join profiles as p
        on
            d.channel = p.channel
            and d.country = p.country
            and d.device = p.device
            and d.first_category = p.first_category
)

select * from final
