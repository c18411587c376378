-- In which slice of each cut people stand. People who agree in everything that slices ask for share
-- a profile: few profiles are counted in place of many people, and slices by number, not by name.
with int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

int_retention__people as (
    select * from {{ ref('int_retention__people') }}
),

profiles as (
    select distinct
        profile_number,
        channel,
        country,
        device,
        first_category
    from int_retention__people
),

valued as (
    select
        c.cut_number,
        p.profile_number,
        case c.slice
            when 'none' then 'all'
            when 'channel' then p.channel
            when 'country' then p.country
            when 'device' then p.device
            when 'first_category' then p.first_category
        end as slice_value
    from int_retention__cuts as c
    cross join profiles as p
),

final as (
    select
        cut_number,
        profile_number,
        slice_value,
        dense_rank() over (order by cut_number, slice_value) as slice_number
    from valued
)

select * from final
