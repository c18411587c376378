-- Why a visitor is taken for a person: an event that names both it and a customer, or an order. Of
-- a run of sightings of one person only those stay that tell something new: the first, and a later
-- one that became known earlier. Runs of buyers known by e-mail are kept apart from runs of
-- customers, who take precedence on a device.
{{ config(changes={'log': 'int_visitors__changed', 'key': ['source_name', 'visitor_id']}) }}
with events as (
    select * from {{ ref('events') }}
    where
        {{ is_changed('int_visitors__changed') }}
        and visitor_id is not null and customer_id is not null
),

-- A test order tells nothing of who uses the device.
int_orders__named as (
    select * from {{ ref('int_orders__named') }}
    where
        {{ is_changed('int_visitors__changed') }}
        and visitor_id is not null and customer_id is not null and not is_test
),

int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
    where
        {{ is_changed('int_visitors__changed') }}
        and visitor_id is not null and email_person_id is not null and not is_test
),

sightings as (
    select
        source_name,
        visitor_id,
        customer_id,
        {{ person_id('source_name', 'customer_id', 'visitor_id') }} as person_id,
        'event' as evidence,
        occurred_at as seen_at,
        available_at as known_at
    from events
    union all
    select
        source_name,
        visitor_id,
        customer_id,
        {{ person_id('source_name', 'customer_id', 'visitor_id') }} as person_id,
        evidence,
        ordered_at as seen_at,
        known_at
    from int_orders__named
    union all
    select
        source_name,
        visitor_id,
        cast(null as string) as customer_id,
        email_person_id as person_id,
        'email' as evidence,
        ordered_at as seen_at,
        known_at
    from int_orders__versions
),

-- Nearly every visitor is of one person, whose later sightings tell nothing new unless they were
-- known before the first one: only of the others are all put in order.
visitors as (
    select
        source_name,
        visitor_id,
        customer_id is null as is_by_email,
        min(person_id) = max(person_id) as is_one_person,
        min(seen_at) as first_seen_at,
        min_by(known_at, seen_at) as first_known_at
    from sightings
    group by source_name, visitor_id, customer_id is null
),

telling as (
    select s.*
    from sightings as s
    inner join visitors as v
        on
            s.source_name = v.source_name
            and s.visitor_id = v.visitor_id
            and (s.customer_id is null) = v.is_by_email
    where
        not v.is_one_person
        or s.seen_at = v.first_seen_at
        or s.known_at < v.first_known_at
),

followed as (
    select
        *,
        lag(person_id) over (
            partition by source_name, visitor_id, customer_id is null
            order by seen_at, known_at, person_id, evidence
        ) as previous_person_id
    from telling
),

-- A, B, A is three runs.
numbered as (
    select
        *,
        sum(case when previous_person_id = person_id then 0 else 1 end) over (
            partition by source_name, visitor_id, customer_id is null
            order by seen_at, known_at, person_id, evidence
            rows between unbounded preceding and current row
        ) as run_number
    from followed
),

-- When the earlier sightings of the run first became known: one that was known before that tells
-- something new.
compared as (
    select
        *,
        min(known_at) over (
            partition by source_name, visitor_id, customer_id is null, run_number
            order by seen_at, known_at, person_id, evidence
            rows between unbounded preceding and 1 preceding
        ) as earlier_known_at
    from numbered
),

final as (
    select
        source_name,
        visitor_id,
        customer_id,
        person_id,
        evidence,
        cast(run_number as bigint) as run_number,
        seen_at,
        known_at
    from compared
    where earlier_known_at is null or known_at < earlier_known_at
)

select * from final
