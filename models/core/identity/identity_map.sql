-- Which person a visitor is, and when that was known. The first customer known on a visitor also
-- owns its anonymous past; another customer starts a new interval and rewrites nothing. A visitor
-- on whom no customer is known is, by the same rules, who bought there by e-mail.
{{ config(changes={'log': 'int_visitors__changed', 'key': ['source_name', 'visitor_id']}) }}
with identity_sightings as (
    select *
    from {{ ref('identity_sightings') }}
    where {{ is_changed('int_visitors__changed') }}
    qualify
        customer_id is not null
        or max(customer_id) over (partition by source_name, visitor_id) is null
),

intervals as (
    select
        source_name,
        visitor_id,
        customer_id,
        person_id,
        run_number,
        min(seen_at) as first_seen_at,
        min(known_at) as known_at
    from identity_sightings
    group by source_name, visitor_id, customer_id, person_id, run_number
),

-- A device that too many people use is shared, and nobody's, from the sighting on that exceeds the
-- limit.
first_sightings as (
    select
        source_name,
        visitor_id,
        customer_id,
        person_id,
        min(seen_at) as first_seen_at
    from identity_sightings
    group by source_name, visitor_id, customer_id, person_id
),

shared as (
    select
        source_name,
        visitor_id,
        first_seen_at as shared_from
    from first_sightings
    qualify row_number() over (
        partition by source_name, visitor_id
        order by first_seen_at, customer_id, person_id
    ) = {{ setting('shared_device_max_customers') }} + 1
),

laid_out as (
    select
        *,
        case
            when run_number = 1 then timestamp '0001-01-01 00:00:00' else first_seen_at
        end as valid_from,
        coalesce(
            lead(first_seen_at) over (partition by source_name, visitor_id order by run_number),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from intervals
),

final as (
    select
        l.source_name,
        l.visitor_id,
        l.customer_id,
        l.person_id,
        l.valid_from,
        l.valid_to,
        l.first_seen_at,
        l.known_at,
        s.shared_from
    from laid_out as l
    left join shared as s
        on l.source_name = s.source_name and l.visitor_id = s.visitor_id
    -- Two customers seen at the very same instant: the later one in the order has the interval.
    where l.valid_from < l.valid_to
)

select * from final
