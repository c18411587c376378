-- Each person's state on the clock's local day, and since when, beside what cohorts tell people
-- apart by. What happens on that day itself is not complete and does not count.
with customer_days as (
    select * from {{ ref('customer_days') }}
),

clock as (
    select * from {{ ref('clock') }}
),

int_retention__people as (
    select * from {{ ref('int_retention__people') }}
),

active_days as (
    select
        d.person_id,
        d.local_day,
        lag(d.local_day) over (partition by d.person_id order by d.local_day) as previous_day
    from customer_days as d
    cross join clock
    where d.local_day < clock.open_day
),

-- A person stays current from one active day to the next one up to 8 days later: the day before
-- it is still at most 7 days after the first. A longer gap begins a new stretch.
people as (
    select
        person_id,
        count(*) as active_day_count,
        min(local_day) as first_active_day,
        max(local_day) as last_active_day,
        max(
            case
                when previous_day is null or {{ days_between('previous_day', 'local_day') }} > 8
                    then local_day
            end
        ) as current_since_day
    from active_days
    group by person_id
),

measured as (
    select
        p.person_id,
        p.active_day_count,
        p.first_active_day,
        p.last_active_day,
        p.current_since_day,
        {{ days_between('p.last_active_day', 'clock.open_day') }} as days_since_active,
        clock.open_day,
        cast(clock.as_of_at as date) as as_of_date
    from people as p
    cross join clock
),

stated as (
    select
        *,
        case
            when days_since_active <= 7 then 'current'
            when days_since_active <= 30 then 'idle_8_30'
            else 'idle_over_30'
        end as lifecycle_state,
        case
            when days_since_active <= 7 then current_since_day
            when days_since_active <= 30 then {{ add_days('last_active_day', 8, 'date') }}
            else {{ add_days('last_active_day', 31, 'date') }}
        end as state_since_day
    from measured
),

final as (
    select
        s.person_id,
        s.lifecycle_state,
        coalesce(p.channel, 'unknown') as channel,
        coalesce(p.country, 'unknown') as country,
        coalesce(p.device, 'unknown') as device,
        coalesce(p.first_category, 'unknown') as first_category,
        cast(s.days_since_active as bigint) as days_since_active,
        cast({{ days_between('s.state_since_day', 's.open_day') }} as bigint) as days_in_state,
        s.active_day_count,
        s.first_active_day,
        s.last_active_day,
        s.state_since_day,
        s.as_of_date
    from stated as s
    left join int_retention__people as p
        on s.person_id = p.person_id
)

select * from final
