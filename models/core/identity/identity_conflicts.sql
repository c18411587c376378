-- Where the evidence of who is who disagrees, so that a shop sees how much of its identity rests on
-- a rule. The comment at each kind says which rule.
with sessions as (
    select * from {{ ref('sessions') }}
),

int_sessions__merged as (
    select * from {{ ref('int_sessions__merged') }}
    where not is_superseded
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

int_emails__owned as (
    select * from {{ ref('int_emails__owned') }}
),

int_orders__named as (
    select * from {{ ref('int_orders__named') }}
    where is_current
),

events as (
    select * from {{ ref('events') }}
    where event_type = 'purchase' and order_id is not null and customer_id is not null
),

-- Two customers in one session: it counts for no person.
in_sessions as (
    select
        s.source_name,
        'session_of_two_customers' as conflict_kind,
        s.session_id as subject_id,
        m.first_customer_id as customer_id,
        m.last_customer_id as other_customer_id,
        s.started_at as seen_at
    from sessions as s
    inner join int_sessions__merged as m
        on
            s.source_name = m.source_name
            and s.visitor_id = m.visitor_id
            and s.started_at = m.started_at
    where s.has_identity_conflict
),

-- A device of too many customers (or buyers by e-mail): from then on its anonymous events are
-- nobody's.
on_devices as (
    select
        source_name,
        'device_of_many_customers' as conflict_kind,
        visitor_id as subject_id,
        min(customer_id) as customer_id,
        max(customer_id) as other_customer_id,
        min(shared_from) as seen_at
    from identity_map
    where shared_from is not null
    group by source_name, visitor_id
),

-- A second customer with an address: guest orders with it stay with the first.
of_emails as (
    select
        later.source_name,
        'email_of_two_customers' as conflict_kind,
        later.customer_id as subject_id,
        min(first_claim.customer_id) as customer_id,
        later.customer_id as other_customer_id,
        min(later.known_at) as seen_at
    from int_emails__owned as later
    inner join int_emails__owned as first_claim
        on
            later.source_name = first_claim.source_name
            and later.email_hash = first_claim.email_hash
            and first_claim.claim_number = 1
    where later.claim_number > 1
    group by later.source_name, later.customer_id
),

-- An order and the event of its purchase name different customers: the order is believed.
of_orders as (
    select
        o.source_name,
        'order_of_two_customers' as conflict_kind,
        o.order_id as subject_id,
        o.customer_id,
        max(e.customer_id) as other_customer_id,
        o.ordered_at as seen_at
    from int_orders__named as o
    inner join events as e
        on o.source_name = e.source_name and o.order_id = e.order_id
    where o.customer_id <> e.customer_id
    group by o.source_name, o.order_id, o.customer_id, o.ordered_at
),

conflicts as (
    select * from in_sessions
    union all
    select * from on_devices
    union all
    select * from of_emails
    union all
    select * from of_orders
),

final as (
    select
        source_name,
        conflict_kind,
        subject_id,
        customer_id,
        other_customer_id,
        seen_at
    from conflicts
)

select * from final
