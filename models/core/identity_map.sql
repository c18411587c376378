-- Which customer a visitor is, and when that was known. The first customer known on a visitor also
-- owns its anonymous past; another customer starts a new interval and rewrites nothing.
with events as (
    select * from {{ ref('events') }}
),

sightings as (
    select
        source_name,
        visitor_id,
        customer_id,
        event_id,
        occurred_at,
        available_at,
        lag(customer_id) over visitor as previous_customer_id
    from events
    where visitor_id is not null and customer_id is not null
    window visitor as (
        partition by source_name, visitor_id
        order by occurred_at, customer_id, event_id
    )
),

-- A run of one customer on one visitor is one interval: A, B, A is three.
runs as (
    select
        *,
        sum(case when previous_customer_id = customer_id then 0 else 1 end) over (
            partition by source_name, visitor_id
            order by occurred_at, customer_id, event_id
        ) as run_number
    from sightings
),

intervals as (
    select
        source_name,
        visitor_id,
        customer_id,
        run_number,
        min(occurred_at) as first_seen_at,
        min(available_at) as known_at
    from runs
    group by source_name, visitor_id, customer_id, run_number
),

-- A device that many customers use is nobody's: from the sighting that goes past the limit on.
first_sightings as (
    select
        source_name,
        visitor_id,
        customer_id,
        min(occurred_at) as first_seen_at
    from sightings
    group by source_name, visitor_id, customer_id
),

shared as (
    select
        source_name,
        visitor_id,
        first_seen_at as shared_from
    from first_sightings
    qualify row_number() over (
        partition by source_name, visitor_id
        order by first_seen_at, customer_id
    ) = {{ setting('shared_device_max_customers') }} + 1
),

final as (
    select
        i.source_name,
        i.visitor_id,
        i.customer_id,
        case when i.run_number = 1 then timestamp '0001-01-01 00:00:00' else i.first_seen_at end
            as valid_from,
        coalesce(
            lead(i.first_seen_at) over (
                partition by i.source_name, i.visitor_id
                order by i.run_number
            ),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to,
        i.first_seen_at,
        i.known_at,
        s.shared_from
    from intervals as i
    left join shared as s
        on i.source_name = s.source_name and i.visitor_id = s.visitor_id
)

select * from final
