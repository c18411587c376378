-- The customers whom an order itself tells of, and since when: those whom its versions name, and
-- the owner of its e-mail address, who may have signed up after the order. The name on the current
-- version goes before the address.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

int_emails__owned as (
    select * from {{ ref('int_emails__owned') }}
    where claim_number = 1
),

told as (
    select
        source_name,
        order_id,
        customer_id,
        visitor_id,
        'order' as evidence,
        is_current,
        is_test,
        ordered_at,
        known_at
    from int_orders__versions
    where customer_id is not null
    union all
    select
        v.source_name,
        v.order_id,
        e.customer_id,
        v.visitor_id,
        'email' as evidence,
        v.is_current and v.customer_id is null as is_current,
        v.is_test,
        v.ordered_at,
        greatest(e.known_at, v.known_at) as known_at
    from int_orders__versions as v
    inner join int_emails__owned as e
        on v.source_name = e.source_name and v.email_hash = e.email_hash
    where v.customer_id is null
),

final as (
    select
        source_name,
        order_id,
        customer_id,
        max(visitor_id) as visitor_id,
        max(evidence) as evidence,
        max(case when is_current then 1 else 0 end) = 1 as is_current,
        max(case when is_test then 1 else 0 end) = 1 as is_test,
        min(ordered_at) as ordered_at,
        min(known_at) as known_at
    from told
    group by source_name, order_id, customer_id
)

select * from final
