-- The tree of referrals: above and below each customer, and the referrals that cannot be true.
with customers as (
    select * from {{ ref('customers') }}
),

int_referrals__ancestors as (
    select * from {{ ref('int_referrals__ancestors') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

above as (
    select
        source_name,
        customer_id,
        min_by(ancestor_id, distance) as referrer_id,
        max_by(ancestor_id, distance) as root_customer_id,
        max(distance) as generation
    from int_referrals__ancestors
    group by source_name, customer_id
),

below as (
    select
        source_name,
        ancestor_id,
        count(case when distance = 1 then 1 end) as direct_referral_count,
        count(*) as descendant_count
    from int_referrals__ancestors
    group by source_name, ancestor_id
),

first_orders as (
    select
        person_id,
        min(ordered_at) as ordered_at
    from orders
    group by person_id
),

final as (
    select
        c.source_name,
        c.customer_id,
        c.person_id,
        a.referrer_id,
        coalesce(a.root_customer_id, c.customer_id) as root_customer_id,
        case
            when c.referred_by is null or a.referrer_id is not null then null
            when c.referred_by = c.customer_id then 'self_referral'
            when r.customer_id is null then 'unknown_referrer'
            else 'circular_referral'
        end as ignored_reason,
        cast(coalesce(a.generation, 0) as bigint) as generation,
        coalesce(b.direct_referral_count, 0) as direct_referral_count,
        coalesce(b.descendant_count, 0) as descendant_count,
        -- Who names a referrer who is not known was referred all the same.
        coalesce(c.referred_by <> c.customer_id, false) as is_referred,
        -- A guest's first order is older than the profile, a lead has a profile and no order.
        least(
            coalesce(o.ordered_at, c.signed_up_at), coalesce(c.signed_up_at, o.ordered_at)
        ) as joined_at
    from customers as c
    left join customers as r
        on c.source_name = r.source_name and c.referred_by = r.customer_id
    left join above as a
        on c.source_name = a.source_name and c.customer_id = a.customer_id
    left join below as b
        on c.source_name = b.source_name and c.customer_id = b.ancestor_id
    left join first_orders as o
        on c.person_id = o.person_id
)

select * from final
