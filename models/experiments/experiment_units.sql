-- Every unit of an experiment once: its arm, when it was first exposed, and what was known of it
-- then. A unit of two arms, or of an arm that no plan has, counts in no result.
with exposures as (
    select e.*
    from {{ ref('exposures') }} as e
    inner join {{ ref('clock') }} as c
        on e.exposed_at < c.as_of_at
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_order
),

customer_lifecycle as (
    select * from {{ ref('customer_lifecycle') }}
),

units as (
    select
        source_name,
        experiment_id,
        unit_id,
        min_by(arm, concat(cast(exposed_at as string), ' ', arm)) as arm,
        min_by(person_id, concat(cast(exposed_at as string), ' ', arm)) as person_id,
        count(*) > 1 as is_in_two_arms,
        min(case when is_planned then 1 else 0 end) = 1 as is_planned,
        min(exposed_at) as exposed_at
    from exposures
    group by source_name, experiment_id, unit_id
),

visits as (
    select
        u.source_name,
        u.experiment_id,
        u.unit_id,
        max_by(s.device_type, s.started_at) as device
    from units as u
    inner join sessions as s
        on
            u.person_id = s.person_id
            and u.exposed_at >= s.started_at
            and u.exposed_at <= s.ended_at
    group by u.source_name, u.experiment_id, u.unit_id
),

buyers as (
    select
        person_id,
        min(ordered_at) as first_ordered_at,
        min(case when is_net_at_clock then ordered_at end) as first_net_ordered_at
    from orders
    group by person_id
),

-- An id that no other table has is no customer and no visitor of the shop: it could only be 0.
known as (
    select person_id from {{ ref('customers') }}
    union
    select person_id from sessions
    union
    select person_id from orders
),

final as (
    select
        u.source_name,
        u.experiment_id,
        u.unit_id,
        u.arm,
        u.person_id,
        v.device,
        case when b.first_ordered_at < u.exposed_at then 'known' else 'new' end as buyer_kind,
        l.country,
        -- Of an order after the exposure it could be what the arm did.
        case when b.first_net_ordered_at < u.exposed_at then l.first_category end
            as first_category,
        u.is_in_two_arms,
        u.is_planned,
        k.person_id is not null as is_known,
        u.is_planned and not u.is_in_two_arms as is_counted,
        u.exposed_at
    from units as u
    left join visits as v
        on
            u.source_name = v.source_name
            and u.experiment_id = v.experiment_id
            and u.unit_id = v.unit_id
    left join known as k
        on u.person_id = k.person_id
    left join buyers as b
        on u.person_id = b.person_id
    left join customer_lifecycle as l
        on u.person_id = l.person_id
)

select * from final
