-- Why a visitor is taken for a customer: an event that names both, or an order. Of a run of
-- sightings of one customer only those stay that tell something new: the first, and a later one
-- that became known earlier.
with events as (
    select * from {{ ref('events') }}
    where visitor_id is not null and customer_id is not null
),

-- A test order tells nothing of who uses the device.
int_orders__named as (
    select * from {{ ref('int_orders__named') }}
    where visitor_id is not null and customer_id is not null and not is_test
),

sightings as (
    select
        source_name,
        visitor_id,
        customer_id,
        'event' as evidence,
        occurred_at as seen_at,
        available_at as known_at
    from events
    union all
    select
        source_name,
        visitor_id,
        customer_id,
        evidence,
        ordered_at as seen_at,
        known_at
    from int_orders__named
),

followed as (
    select
        *,
        lag(customer_id) over (
            partition by source_name, visitor_id
            order by seen_at, known_at, customer_id, evidence
        ) as previous_customer_id
    from sightings
),

-- A, B, A is three runs.
numbered as (
    select
        *,
        sum(case when previous_customer_id = customer_id then 0 else 1 end) over (
            partition by source_name, visitor_id
            order by seen_at, known_at, customer_id, evidence
            rows between unbounded preceding and current row
        ) as run_number
    from followed
),

-- What was known of the run before this sighting of it was.
compared as (
    select
        *,
        min(known_at) over (
            partition by source_name, visitor_id, run_number
            order by seen_at, known_at, customer_id, evidence
            rows between unbounded preceding and 1 preceding
        ) as earlier_known_at
    from numbered
),

final as (
    select
        source_name,
        visitor_id,
        customer_id,
        evidence,
        cast(run_number as bigint) as run_number,
        seen_at,
        known_at
    from compared
    where earlier_known_at is null or known_at < earlier_known_at
)

select * from final
